"""Maps are drawn before pictures are fitted: their files are read, their tiles fetched, and what is wrong with them has its
place. What a map is drawn from stands in its own folder, or below."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

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
WANTED = f"a file that ends in {ENDING}"
UNDRAWN = "could not be drawn"  # never sent: whatever could not be drawn is a fault
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
    there is none. What is wrong with a map is among the faults, and said once: about its alt text, too, nobody can say more."""
    sheets = sheets_of(draft, path, faults)
    pictures = {source: _drawn(sheet, faults) if sheet else None for source, sheet in sheets.items()}

    def told(figure: Figure) -> Figure:
        if figure.source not in sheets:
            return figure
        sheet, picture = sheets[figure.source], pictures[figure.source]
        if not (sheet and picture):
            return replace(figure, alt=figure.alt or UNDRAWN)
        return replace(figure, alt=figure.alt or sheet.map.alt, proposed=picture.alt)

    return changed(draft, told), pictures


def sheets_of(draft: Draft, path: Path, faults: list[Fault]) -> dict[str, Sheet | None]:
    """The maps of a draft with their data, by source; what is wrong with them is among the faults."""
    found: dict[str, Sheet | None] = {}
    for figure in filter(is_map, figures(draft)):
        if figure.source not in found:
            found[figure.source] = _sheet_of(figure, draft, path, faults)
    return found


def _sheet_of(figure: Figure, draft: Draft, path: Path, faults: list[Fault]) -> Sheet | None:
    try:
        if figure.drawing:
            return _sheet(figure.drawing, str(path), path.parent, lang_of(draft), figure.span.line + 1)
        return sheet(beside(path.parent, figure.source), lang_of(draft), str(Path(figure.source)))
    except DraftError as error:
        faults += error.faults
    except Unfit as error:
        faults.append(_fault(figure, draft, str(error)))
    return None


def _drawn(sheet: Sheet, faults: list[Fault]) -> Drawn | None:
    try:
        return sheet.drawn()
    except DraftError as error:
        faults += error.faults
    return None


def _fault(figure: Figure, draft: Draft, said: str) -> Fault:
    """What is said of a figure, where it stands in the draft."""
    return Fault(draft.path, figure.span.line, figure.span.column, f"{figure.source}: {said}")


def notes(draft: Draft, drawings: Drawings) -> Iterator[str]:
    """What an author should know of the maps, each with its place."""
    for figure in dict.fromkeys(figures(draft)):
        if made := drawings.get(figure.source):
            yield from (str(_fault(figure, draft, each)) for each in made.notes)


def sheet(file: Path, lang: str = "", name: str = "") -> Sheet:
    """The map in a file, with its data; `name` is what it is called in messages. Raises DraftError, or Unfit where it cannot be
    read."""
    source = read(file, WANTED)
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
    return lambda name: read(beside(folder, name), "a file of data, or a picture")
