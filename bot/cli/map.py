"""`threadbot map`: draws a map alone, proposes its alt text, and says what has changed since another one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli import setting
from bot.cli.setting import json_option

if TYPE_CHECKING:
    from bot.engine.drawing import Sheet
    from bot.media.maps.model import Change, Drawn


@click.command("map")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "out",
    type=click.Path(path_type=Path),
    metavar="OUT.PNG",
    help="Write the picture here; of a draft with several maps OUT-1.PNG, OUT-2.PNG, …",
)
@click.option(
    "--compare",
    type=click.Path(path_type=Path),
    metavar="EARLIER.MAP.TOML",
    help="Say what each area gained and lost since that map, in km², and shade it.",
)
@json_option
def draw_map(file: Path, out: Path | None, compare: Path | None, as_json: bool) -> int:
    """Draw a map from a .map.toml file, or the maps of a draft, and propose an alt text for it.

    \b
    Examples:
      threadbot map drafts/maps/day4.map.toml -o day4.png
      threadbot map drafts/maps/day4.map.toml --compare drafts/maps/day1.map.toml -o gained.png
    """
    from rich.text import Text

    from bot.cli.desk import console

    if out and out.suffix.lower() != ".png":
        raise click.UsageError("-o: maps are written as PNG – give a name that ends in .png")
    if out and not out.parent.is_dir():
        raise click.UsageError(f"-o: there is no folder {setting.harmless(str(out.parent))} – make it first")
    with console(stderr=True).status(Text(setting.harmless(f"drawing {file} …"))):
        made = [_compared(file, compare)] if compare else [_Made(sheet, sheet.drawn(), None) for sheet in _sheets(file)]
    for place, each in zip(_places(out, len(made)), made, strict=True):
        if place:
            place.write_bytes(each.picture.data)
        if not as_json:
            _tell(place, each)
    if as_json:
        pictures = zip(_places(out, len(made)), made, strict=True)
        setting.print_json([_json(place, each) for place, each in pictures])
    return setting.DONE


@dataclass(frozen=True, slots=True)
class _Made:
    """A map as it was drawn, and what has changed since the one that it is compared with; None: there is none."""

    sheet: Sheet
    picture: Drawn
    changes: tuple[Change, ...] | None


def _sheets(file: Path) -> Sequence[Sheet]:
    from bot.core.errors import DraftError, Fault
    from bot.engine.drawing import ENDING, sheet
    from bot.media.unfit import Unfit

    try:
        if file.name.endswith(ENDING):
            return [sheet(file)]
        if file.suffix.lower() in (".md", ".txt"):
            return _maps_of(file)
        raise Unfit(f"neither a map nor a draft – name a file that ends in {ENDING}, .md or .txt")
    except Unfit as error:
        raise DraftError(Fault(str(file), 1, 1, str(error))) from None


def _maps_of(file: Path) -> Sequence[Sheet]:
    """The maps of a draft. Raises DraftError with every fault of them all, Unfit where there is none."""
    from bot.core.draft import parse
    from bot.core.errors import DraftError, Fault
    from bot.engine.drawing import ENDING, sheets_of
    from bot.media.opening import read
    from bot.media.unfit import Unfit
    from bot.networks.base import installed

    faults: list[Fault] = []
    found = sheets_of(parse(read(file, "a draft"), str(file), installed()), file, faults)
    if faults:
        raise DraftError(*faults)
    if not found:
        raise Unfit(f"has no map – name a file that ends in {ENDING}, or write a block that begins with ```map")
    return [each for each in found.values() if each]


def _compared(file: Path, compare: Path) -> _Made:
    (*later,), (*earlier,) = _sheets(file), _sheets(compare)
    if len(later) != 1 or len(earlier) != 1:
        raise click.UsageError("--compare: one map is compared with one other – give .map.toml files")
    changes = later[0].changes_since(earlier[0])
    return _Made(later[0], later[0].drawn(changes), changes)


def _places(out: Path | None, number: int) -> Sequence[Path | None]:
    if out is None or number == 1:
        return [out] * number
    return [out.with_stem(f"{out.stem}-{each}") for each in range(1, number + 1)]


def _tell(place: Path | None, made: _Made) -> None:
    if place:
        width, height = made.picture.size
        click.echo(setting.harmless(f"{place}: {width}×{height}, {max(1, len(made.picture.data) // 1000)} kB"))
    for note in made.picture.notes:
        click.secho(setting.harmless(f"warning: {note}"), fg="yellow", err=True)
    for line in _alt(made):
        click.echo(setting.harmless(line))
    if made.changes is not None:
        from bot.media.maps.telling import difference

        for line in difference(made.changes, made.sheet.map.lang):
            click.echo(setting.harmless(line))


def _alt(made: _Made) -> Iterator[str]:
    if made.sheet.map.alt:
        yield f"alt text: {made.sheet.map.alt}"
    else:
        yield "no alt text – put this into the map if it is right, or your own words:"
        yield f"alt = {_toml(made.picture.alt)}"


def _toml(text: str) -> str:
    """A text as TOML has it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _json(place: Path | None, made: _Made) -> dict[str, Any]:
    said: dict[str, Any] = {
        "file": None if place is None else str(place),
        "width": made.picture.size[0],
        "height": made.picture.size[1],
        "alt": made.sheet.map.alt or None,
        "proposed": made.picture.alt,
        "notes": made.picture.notes,
    }
    if made.changes is not None:
        kinds = ("name", "before", "after", "gained", "lost")
        said["changes"] = [{kind: getattr(each, kind) for kind in kinds} for each in made.changes]
    return said
