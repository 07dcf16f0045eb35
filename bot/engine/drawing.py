"""Maps are drawn before pictures are fitted: their files are read, their tiles fetched, and what is wrong with them has its
place. What a map is drawn from stands in its own folder, or below."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.draft import parse
from bot.core.errors import DraftError, Fault
from bot.core.figures import changed, figures
from bot.core.model import Draft, Figure
from bot.core.saying import lang_of
from bot.engine.beside import beside
from bot.engine.tiles import Tiles
from bot.media.opening import read
from bot.media.unfit import Unfit

if TYPE_CHECKING:
    from bot.media.maps.model import Change, Drawn, Loaded, Map

ENDING = ".map.toml"
LARGEST_MAP = 1_000_000  # bytes of what describes a map; its data stand in files of their own


@dataclass(frozen=True, slots=True)
class Sheet:
    """A map with its data, ready to be drawn, and the folder that its files are in."""

    map: Map
    loaded: tuple[Loaded, ...]
    folder: Path

    def drawn(self, changes: tuple[Change, ...] = ()) -> Drawn:
        """The picture. Raises DraftError for what cannot be drawn: a letter that no font has, tiles that are not to be had."""
        from bot.media.maps.drawing import draw  # here and below: it takes longer to import than a text takes to check

        tiles = Tiles(self.map.base.tiles) if self.map.base.tiles else None
        with self._here():
            return draw(self.map, self.loaded, _reader(self.folder), tiles, changes)

    def changes_since(self, earlier: Sheet) -> tuple[Change, ...]:
        """What each area gained and lost. Raises DraftError for outlines that are too tangled to compare."""
        from bot.media.maps.changes import changes

        with self._here():
            return changes(earlier.loaded, self.loaded)

    @contextmanager
    def _here(self) -> Iterator[None]:
        try:
            yield
        except Unfit as error:
            raise DraftError(Fault(self.map.path, self.map.line, 1, str(error))) from None


def is_map(figure: Figure) -> bool:
    """Whether a figure is to be drawn."""
    return bool(figure.drawing) or figure.source.endswith(ENDING)


Drawings = Mapping[str, "Drawn | None"]  # by source; None: it could not be drawn


def drawn(draft: Draft, path: Path, faults: list[Fault]) -> tuple[Draft, Drawings]:
    """The maps of a draft, drawn, and the draft with their alt texts: those that stand with their data, and the proposals where
    there is none. What is wrong with a map is among the faults."""
    done: dict[str, tuple[Sheet, Drawn] | None] = {}
    for figure in filter(is_map, figures(draft)):
        if figure.source not in done:
            done[figure.source] = _drawn(figure, draft, path, faults)

    def told(figure: Figure) -> Figure:
        if not (made := done.get(figure.source)):
            return figure
        return replace(figure, alt=figure.alt or made[0].map.alt, proposed=made[1].alt)

    return changed(draft, told), {source: made and made[1] for source, made in done.items()}


def _drawn(figure: Figure, draft: Draft, path: Path, faults: list[Fault]) -> tuple[Sheet, Drawn] | None:
    try:
        made = sheet_of(figure, path, lang_of(draft))
        return made, made.drawn()
    except DraftError as error:
        faults += error.faults
    except Unfit as error:
        faults.append(Fault(draft.path, figure.span.line, figure.span.column, f"{figure.source}: {error}"))
    return None


def notes(draft: Draft, drawings: Drawings) -> Iterator[str]:
    """What an author should know of the maps, each with its place."""
    for figure in dict.fromkeys(figures(draft)):
        if made := drawings.get(figure.source):
            yield from (
                str(Fault(draft.path, figure.span.line, figure.span.column, f"{figure.source}: {each}")) for each in made.notes
            )


def sheet_of(figure: Figure, draft: Path, lang: str) -> Sheet:
    """The map that a draft's figure is, with its data. Raises DraftError, or Unfit where there is no such file."""
    if figure.drawing:
        return _sheet(figure.drawing, str(draft), draft.parent, lang, figure.span.line + 1)
    return sheet(beside(draft.parent, figure.source), lang, str(Path(figure.source)))


def sheets_of(draft: Path, networks: Collection[str]) -> list[Sheet]:
    """All the maps of a draft. Raises DraftError, also where there is none, or Unfit."""
    found = parse(read(draft), str(draft), networks)
    sheets = [sheet_of(figure, draft, lang_of(found)) for figure in filter(is_map, figures(found))]
    if not sheets:
        raise Unfit("has no map – name a file that ends in .map.toml, or write a block that begins with ```map")
    return sheets


def sheet(file: Path, lang: str = "", name: str = "") -> Sheet:
    """The map in a file, with its data; `name` is what it is called in messages. Raises DraftError, or Unfit where it cannot be
    read."""
    source = read(file)
    if len(source) > LARGEST_MAP:
        raise Unfit(f"larger than {LARGEST_MAP // 10**6} MB – put the data into files of its own, and name them")
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unfit("is not UTF-8 – save it as UTF-8") from None
    return _sheet(text, name or str(file), file.parent, lang, 1)


def _sheet(source: str, name: str, folder: Path, lang: str, first: int) -> Sheet:
    from bot.media.maps.data.loading import load
    from bot.media.maps.data.spec import read as read_map

    asked = read_map(source, name, first)
    asked = replace(asked, lang=asked.lang or lang)
    return Sheet(asked, load(asked, _reader(folder)), folder)


def _reader(folder: Path) -> Callable[[str], bytes]:
    return lambda name: read(beside(folder, name))
