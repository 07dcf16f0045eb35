"""Which fonts there are on this machine, and which of them writes a character; no program is asked, only folders.

First the families of the optional extra `threadbot[fonts]`, so that a map is the same picture on each machine that has
it: Noto Sans and its sisters for some twenty scripts, and Noto Sans CJK, all under the SIL Open Font License 1.1. Then what
the system has, the families below before all others.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path

import regex

from bot.media.maps.letters.coverage import coverage
from bot.media.unfit import Unfit

EXTRA = ("manimgx_fonts", "noto_cjk_sans_jp_regular")  # packages that hold font files and nothing else
FOLDERS = {  # where fontconfig, macOS and Windows look
    "linux": ("~/.local/share/fonts", "~/.fonts", "/usr/local/share/fonts", "/usr/share/fonts"),
    "darwin": ("~/Library/Fonts", "/Library/Fonts", "/System/Library/Fonts"),
    "win32": ("~/AppData/Local/Microsoft/Windows/Fonts", "C:/Windows/Fonts"),
}
# Names of families without blanks, the best for a map first: of Latin, then of other scripts.
PREFERRED = """
    NotoSans DejaVuSans LiberationSans OpenSans Roboto SegoeUI Arial Helvetica Verdana
    NotoSansArabic NotoSansHebrew NotoSansThai NotoSansDevanagari NotoSansCJKjp NotoSansCJK NotoSansJP Hiragino PingFang
    AppleSDGothicNeo YuGoth meiryo msyh malgun GeezaPro Tahoma leelawui Nirmala DroidSansFallback
""".split()
LAST = re.compile(r"Mono|Serif|Condensed|Emoji|Symbol|Math|Light|Thin|Black|Slanted|Code|Display|UI(?!$)", re.I)
NEVER = re.compile(r"Color|LastResort|Bitmap", re.I)  # pictures instead of outlines, or boxes instead of letters
WINDOWS = re.compile(r"(arial|segoeui|tahoma|verdana|calibri)(bd|bi|b|i|z)?", re.I)
STYLE = re.compile(r"[-_ ]?(Regular|Book|VF)?[-_ ]?(?P<bold>Bold)?[-_ ]?(?P<italic>Italic|Oblique)?", re.I)

SCRIPTS = (  # Unicode's name for a script, and where its letters come from
    ("Han", "noto-cjk-sans-jp-regular", "fonts-noto-cjk"),
    ("Hiragana", "noto-cjk-sans-jp-regular", "fonts-noto-cjk"),
    ("Katakana", "noto-cjk-sans-jp-regular", "fonts-noto-cjk"),
    ("Hangul", "noto-cjk-sans-jp-regular", "fonts-noto-cjk"),
    *(
        (script, "manimgx-fonts", "fonts-noto-core")
        for script in """
            Latin Cyrillic Greek Arabic Hebrew Thai Devanagari Armenian Bengali Ethiopic Georgian Gujarati Gurmukhi Kannada
            Khmer Lao Malayalam Myanmar Oriya Sinhala Tamil Telugu
        """.split()
    ),
)
# Leave no ink, or HarfBuzz makes them from others: it widens the blank for each space, and a hyphen need not be unbreakable.
INKLESS = regex.compile(r"[\p{Default_Ignorable_Code_Point}\p{Zs}\u2011]")


@dataclass(frozen=True, slots=True)
class Face:
    """One style of a family: a file, and how it is brought to that style. `instance` is a style of a variable font;
    `thicken`: the family has no bold, its outlines are made thicker."""

    path: Path
    instance: str = ""
    thicken: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """A font file, and what its name says of it."""

    path: Path
    family: str
    bold: bool
    italic: bool

    @property
    def variable(self) -> bool:
        return "[" in self.path.name or "-VF" in self.path.name


@dataclass(frozen=True, slots=True)
class Family:
    """The files of one family. It covers what its first file does."""

    name: str
    files: tuple[File, ...]

    def has(self, cluster: str) -> bool:
        """Whether each character of a cluster has a glyph, or needs none."""
        covered = coverage(self.files[0].path)
        return all(character in covered or INKLESS.match(character) for character in cluster)

    def face(self, bold: bool, italic: bool) -> Face:
        """The nearest to a style. Slanted letters that a family does not have stay upright: most scripts know none."""
        file = max(self.files, key=lambda file: (file.italic == italic, file.bold == bold, not file.italic))
        if file.variable:
            words = [*["Bold"] * bold, *["Italic"] * file.italic]
            return Face(file.path, " ".join(words) or "Regular")
        return Face(file.path, thicken=bold and not file.bold)


@dataclass(frozen=True, slots=True)
class Fonts:
    """The families of a machine, the best first."""

    families: tuple[Family, ...]

    def family(self, cluster: str, near: Family | None = None) -> Family:
        """The family that writes a cluster of characters. What belongs to no script (digits, marks, blanks) is written
        by that of its neighbour `near`, if it can. Raises Unfit: none can; which character, and what to install."""
        if near and not regex.search(r"\p{L}", cluster) and near.has(cluster):
            return near
        for family in self.families:
            if family.has(cluster):
                return family
        raise Unfit(self._missing(cluster))

    def _missing(self, cluster: str) -> str:
        unknown = (sign for sign in cluster if not any(family.has(sign) for family in self.families))
        sign = next(unknown, "")
        if not sign:
            return f"no font here has all of “{cluster}”, a letter with marks of another script – write it otherwise"
        for script, package, system in SCRIPTS:
            if regex.match(rf"\p{{Script={script}}}", sign):
                return (
                    f"no font here can write “{sign}” ({script}) – install one: pipx inject threadbot {package}, "
                    f"or apt install {system}"
                )
        return f"no font here can write “{sign}” (U+{ord(sign):04X}) – install one that has it, or write it otherwise"


@cache
def system() -> Fonts:
    """The fonts of the extra, then those of this machine."""
    extra = [file for package in EXTRA for file in sorted(_packed(package))]
    folders = FOLDERS.get(sys.platform, FOLDERS["linux"])
    found = [file for folder in folders for file in sorted(_files(Path(folder).expanduser()))]
    return Fonts(families(extra) + families(found))


def families(paths: Iterable[Path]) -> tuple[Family, ...]:
    """Font files as families, by their names alone, the preferred first and those unlike a map's letters last."""
    files = [_file(path) for path in paths if not NEVER.search(path.name)]
    ordered = sorted(files, key=lambda file: (_rank(file.family), file.bold, file.italic))
    return tuple(Family(name, tuple(group)) for name, group in groupby(ordered, lambda file: file.family))


def _rank(family: str) -> tuple[bool, int, str]:
    small = [name.lower() for name in PREFERRED]
    at = small.index(family.lower()) if family.lower() in small else len(small)
    return at == len(small) and bool(LAST.search(family)), at, family


def _file(path: Path) -> File:
    stem = re.sub(r"\[.*?\]", "", path.name).split(".")[0]
    if windows := WINDOWS.fullmatch(stem):
        style = (windows[2] or "").lower()
        return File(path, windows[1], style in ("bd", "b", "bi", "z"), style in ("i", "bi", "z"))
    at = next(at for at in range(len(stem) + 1) if STYLE.fullmatch(stem, at))
    style = STYLE.fullmatch(stem, at)
    assert style is not None  # at the end at the latest: it may be empty
    return File(path, stem[:at].replace(" ", ""), bool(style["bold"]), bool(style["italic"]))


def _packed(package: str) -> Iterator[Path]:
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        yield from _files(Path(folder))


def _files(folder: Path) -> Iterator[Path]:
    for pattern in ("*.ttf", "*.otf", "*.ttc"):
        yield from folder.rglob(pattern)
