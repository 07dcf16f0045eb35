"""Writes `bot/core/tlds.py` and `bot/core/emoji.py` from unpacked npm packages.

    python tools/make_tables.py TWITTER_TEXT TWEMOJI_PARSER TLDS

Each argument is the folder of the package of that name: twitter-text 3.1.0 and the twemoji-parser 11 that it depends on
(the official counter of X, frozen since 2021), and tlds (which `@atproto/api` reads; newer is better). What is written
follows from the packages alone: every emoji table is put together again and compared before it is saved.
"""

from __future__ import annotations

import json
import re
import sys
import textwrap
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from itertools import product
from pathlib import Path
from re import _parser as parser  # type: ignore[attr-defined]  # the tree of a pattern: nothing public shows it
from typing import Any

CORE = Path(__file__).resolve().parent.parent / "bot" / "core"
TONES, JOINER, STYLE = "🏻🏼🏽🏾🏿", "\u200d", "\ufe0f"
SIGNS = [JOINER + sign + STYLE for sign in "♀♂"]

TLDS = '''{head}

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SHARED = _words(
    """
{shared}
    """
)

X = SHARED | _words(
    """
{x}
    """
)

BLUESKY = SHARED | _words(
    """
{bluesky}
    """
)
'''

TLDS_HEAD = """\"\"\"Pure data. The top-level domains that networks know, by the word lists of their own libraries.

Written by `tools/make_tables.py` from the npm packages twitter-text {twitter} and tlds {npm}; run it again to renew.
\"\"\""""

EMOJI = """{head}

from __future__ import annotations


def _class(codes: str) -> str:
    return "[" + "".join("-".join(chr(int(code, 16)) for code in span.split("-")) for span in codes.split()) + "]"


def _words(sequences: str) -> str:
    return "|".join("".join(chr(int(code, 16)) for code in word.split("-")) for word in sequences.split())


def _flags(countries: str) -> str:
    return "|".join("".join(chr(0x1F1A5 + ord(letter)) for letter in country) for country in countries.split())


_TONE = "[\\U0001f3fb-\\U0001f3ff]"
_STYLE = "\\ufe0f"  # "show me as a picture"
_SIGN = "\\u200d[\\u2640\\u2642]\\ufe0f"  # the woman's or the man's sign, joined

{tables}

# The longest at each place comes first: joined sequences, then what has a style or a tone.
SEQUENCES = "|".join(
    (
        rf"{{_WORKERS}}{{_TONE}}?\\u200d(?:{{_JOBS}})",
        rf"{{_SLEUTHS}}(?:{{_TONE}}|{{_STYLE}}){{_SIGN}}",
        rf"{{_DOERS}}{{_TONE}}?{{_SIGN}}",
        rf"{{_PAIRS}}{{_SIGN}}",
        _WHOLE,
        rf"[#*0-9]{{_STYLE}}?\\u20e3",
        rf"{{_STYLED_TONED}}(?:{{_STYLE}}{{_TONE}}?|{{_TONE}})",
        rf"{{_STYLED}}{{_STYLE}}",
        rf"{{_TONED}}{{_TONE}}",
        _FLAGS,
    )
)
"""

EMOJI_HEAD = """\"\"\"Pure data. The emoji sequences that X counts as one: `SEQUENCES` matches those of several code points.

Emoji 11, as in the counter that X published last; a newer sequence costs what its parts cost. Code points are in
hexadecimal, those of a sequence joined by hyphens; a hyphen in a class is a range.
Written by `tools/make_tables.py` from the npm package twemoji-parser {version}; run it again to renew.
\"\"\""""


def package(folder: Path) -> str:
    """The version of an unpacked npm package."""
    return str(json.loads((folder / "package.json").read_text())["version"])


def twitter_tlds(folder: Path) -> set[str]:
    """The words of the two alternations that twitter-text ends a domain with."""
    found: set[str] = set()
    for name in ("validGTLD", "validCCTLD"):
        source = (folder / "dist" / "regexp" / f"{name}.js").read_text()
        words = source.partition("'(?:(?:' + ")[2].partition("' + ')(?=")[0]
        found.update(filter(None, re.sub(r"'\s*\+\s*'|'", "", words).split("|")))
    return found


def columns(words: Collection[str]) -> str:
    """Words in lines of at most 120 columns; what is not ASCII may be twice as wide as its number of characters."""
    ascii_words, others = [word for word in words if word.isascii()], [word for word in words if not word.isascii()]
    fill = partial(textwrap.fill, initial_indent=" " * 4, subsequent_indent=" " * 4, break_on_hyphens=False)
    return "\n".join(filter(None, (fill(" ".join(ascii_words), 116), fill(" ".join(others), 60))))


def language(tree: Iterable[tuple[object, Any]]) -> Iterator[str]:
    """Every string that a pattern without endless repeats matches; look-aheads are taken as met."""
    yield from map("".join, product(*(list(strings(str(kind), value)) for kind, value in tree)))


def strings(kind: str, value: Any) -> Iterator[str]:
    match kind, value:
        case "LITERAL", int():
            yield chr(value)
        case "IN", list():
            for inner, span in value:
                low, high = (span, span) if str(inner) == "LITERAL" else span
                yield from map(chr, range(low, high + 1))
        case "BRANCH", (_, branches):
            for branch in branches:
                yield from language(branch)
        case "SUBPATTERN", (*_, inner):
            yield from language(inner)
        case "MAX_REPEAT", (0, 1, inner):
            yield ""
            yield from language(inner)
        case "ASSERT_NOT", _:
            yield ""
        case _:
            raise ValueError(f"the emoji pattern has a {kind}, which this tool does not read")


def official_sequences(folder: Path) -> set[str]:
    """The emoji of several code points that twemoji-parser knows."""
    source = (folder / "dist" / "lib" / "regex.js").read_text()
    pattern = source.partition("exports.default = /")[2].rpartition("/g;")[0]
    halves = set(language(parser.parse(pattern)))
    whole = {half.encode("utf-16-le", "surrogatepass").decode("utf-16-le") for half in halves}
    return {text for text in whole if len(text) > 1}


def starters(sequences: set[str], *tails: str) -> set[str]:
    """The characters that form a sequence with each of some tails."""
    return {text[0] for text in sequences if all(text[0] + tail in sequences for tail in tails)}


def sort_out(official: set[str]) -> tuple[dict[str, set[str]], set[str], set[str]]:
    """The classes of the table, the sequences that stay whole, and the flags."""
    styled, toned = starters(official, STYLE), starters(official, TONES[0])
    doers = starters(official, SIGNS[0], TONES[0] + SIGNS[0])
    jobs = {text[2:] for text in official if text[:2] == "👨" + JOINER and f"👨🏻{text[1:]}" in official}
    classes = {
        "WORKERS": set("👨👩"),
        "JOBS": jobs,
        "SLEUTHS": starters(official, STYLE + SIGNS[0]),
        "DOERS": doers,
        "PAIRS": starters(official, SIGNS[0]) - doers,
        "STYLED_TONED": styled & toned,
        "STYLED": styled - toned,
        "TONED": toned - styled,
    }
    flags = {text for text in official if len(text) == 2 and "🇦" <= text[0] <= "🇿"}
    whole = official - set(rebuilt(classes, set(), flags))
    return classes, whole, flags


def rebuilt(classes: dict[str, set[str]], whole: set[str], flags: set[str]) -> Iterator[str]:
    """Every sequence of a table, from its classes: the proof that sorting out lost nothing and made up nothing."""
    tails = {
        "WORKERS": [tone + JOINER + job for tone in ("", *TONES) for job in classes["JOBS"]],
        "SLEUTHS": [mark + sign for mark in (STYLE, *TONES) for sign in SIGNS],
        "DOERS": [tone + sign for tone in ("", *TONES) for sign in SIGNS],
        "PAIRS": SIGNS,
        "STYLED_TONED": [STYLE, *TONES, *(STYLE + tone for tone in TONES)],
        "STYLED": [STYLE],
        "TONED": list(TONES),
    }
    for name, ends in tails.items():
        yield from map("".join, product(sorted(classes[name]), ends))
    yield from map("".join, product("#*0123456789", ("", STYLE), "\u20e3"))
    yield from flags | whole


def codes(text: str) -> str:
    return "-".join(f"{ord(character):x}" for character in text)


def spans(characters: Iterable[str]) -> Iterator[str]:
    """A set of characters as single codes and ranges."""
    runs: list[list[int]] = []
    for code in sorted(map(ord, characters)):
        if runs and runs[-1][1] == code - 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return (f"{low:x}" if low == high else f"{low:x}-{high:x}" for low, high in runs)


def country(flag: str) -> str:
    return "".join(chr(ord(letter) - 0x1F1A5) for letter in flag)


def table(name: str, words: Collection[str], reader: str) -> str:
    """An assignment of words that the module's own reader turns into a part of the pattern."""
    line = f'_{name} = {reader}("{" ".join(words)}")'
    if len(line) <= 120:
        return line
    return f'_{name} = {reader}(\n    """\n{columns(words)}\n    """\n)'


def emoji_module(folder: Path) -> str:
    official = official_sequences(folder)
    classes, whole, flags = sort_out(official)
    if set(rebuilt(classes, whole, flags)) != official:
        raise SystemExit("the sorted table is not the official one: the classes of sort_out need another look")
    jobs = classes.pop("JOBS")
    tables = [table(name, list(spans(characters)), "_class") for name, characters in classes.items()]
    tables.append(table("JOBS", sorted(map(codes, jobs)), "_words"))
    tables.append(table("WHOLE", [codes(text) for text in sorted(whole, key=lambda text: (-len(text), text))], "_words"))
    tables.append(table("FLAGS", sorted(map(country, flags)), "_flags"))
    return EMOJI.format(head=EMOJI_HEAD.format(version=package(folder)), tables="\n".join(tables))


def tlds_module(twitter: Path, npm: Path) -> str:
    x, bluesky = twitter_tlds(twitter), set(json.loads((npm / "index.json").read_text()))
    parts = {"shared": x & bluesky, "x": x - bluesky, "bluesky": bluesky - x}
    tables = {name: columns(sorted(words)) for name, words in parts.items()}
    return TLDS.format(head=TLDS_HEAD.format(twitter=package(twitter), npm=package(npm)), **tables)


def main(twitter: Path, twemoji: Path, npm: Path) -> None:
    (CORE / "tlds.py").write_text(tlds_module(twitter, npm))
    (CORE / "emoji.py").write_text(emoji_module(twemoji))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    main(*map(Path, sys.argv[1:]))
