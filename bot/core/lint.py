"""Pure. What a careful reader would query in a text before it goes out; nothing here keeps a draft from being published.

A warning must be worth reading. So a link is queried only where its last part is written like the first word of a
sentence: `fin.Il`, but neither `lemonde.fr` nor `Character.AI`. Characters that cost double on X are named once a passage,
and only if they are three or more and one in a hundred; never an emoji, or the signs of a text that costs double
throughout. A quotation mark is queried only where no custom explains it: « at each paragraph of a long quotation, »German«
and ”Swedish” marks, an apostrophe, an inch, a Hebrew abbreviation.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache

import regex

from bot.core.model import Entity
from bot.core.text import DIALECTS
from bot.core.wording import Block

FEWEST, RAREST = 3, 0.01  # double characters in a passage, and their share of it: fewer move no break
NAMED = 5  # more kinds of them are not listed

# Signs between words and numbers, letters above and below the line, letters in disguise (𝗯𝗼𝗹𝗱). A sign before U+FE0F is
# meant as an emoji.
_SIGNS = re.compile("[\u1d2c-\u1d6a\u2000-\u2bff\u2e00-\u2e7f\U0001d400-\U0001d7ff](?!\ufe0f)")
_AS_EXPECTED = regex.compile(r"[[\p{Emoji}\p{Emoji_Component}\p{M}\p{Script=Braille}]--[™]]", regex.V1)
_CHEAPER = {
    "\u202f": "\u00a0",
    "−": "–",
    "•": "·",
    "∙": "·",
    "⋅": "·",
    "⁄": "/",
    **dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True)),
}
_AFTER_HOST = re.compile("[/?#:]")


def lints(path: str, block: Block, dialect: str) -> Iterator[str]:
    """The warnings for a passage as one network gets it, in reading order, each `path:line:column: what – what to do`.

    The same finding has the same words on every network. `dialect` is a key of `DIALECTS`.
    """
    links = [entity for entity in DIALECTS[dialect].entities(block.text) if entity.kind == "link"]
    prose = _without(links, block.text)
    found = [*_glued(block.text, links), *_lonely(prose)]
    if dialect == "x":
        found += _dear(prose)
    for place, message in sorted(found):
        span = block.span(place)
        yield f"{path}:{span.line}:{span.column}: {message}"


def _without(links: Iterable[Entity], text: str) -> str:
    """The text with a letter for each character of a link: a mark in an address means nothing, and all offsets stay."""
    parts: list[str] = []
    done = 0
    for link in links:
        parts += text[done : link.start], "x" * (link.end - link.start)
        done = link.end
    return "".join(parts) + text[done:]


def _glued(text: str, links: Iterable[Entity]) -> Iterator[tuple[int, str]]:
    """Links that are the end of a sentence and the first word of the next."""
    for link in links:
        # of a link with a scheme this is the scheme, without a dot
        host, *_ = _AFTER_HOST.split(text[link.start : link.end], maxsplit=1)
        before, _, after = host.rpartition(".")  # Bluesky leaves a full stop at the end of some
        if not (before and after and after[0].isupper() and after[1:].islower()):
            continue
        word = before.rpartition(".")[2]
        message = f"without a space, “{word}.{after}” becomes a link (23 characters on X)"
        advice = f"write “{word}. {after}”, or “{word}.{after.lower()}” if a link is meant"
        yield link.start + len(before) - len(word), f"{message} – {advice}"


def _dear(text: str) -> Iterator[tuple[int, str]]:
    """The signs that cost double on X, in one warning at the first of them."""
    signs = [(found.start(), found[0]) for found in _SIGNS.finditer(text) if _costs_double(found[0])]
    if len(signs) < max(FEWEST, RAREST * len(text)) or DIALECTS["x"].count(text) - len(signs) > 1.5 * len(text):
        return
    counts = Counter(sign for _, sign in signs)
    common = [sign for sign, _ in counts.most_common(NAMED)]
    listed = ", ".join(f"{_name(sign)} ×{counts[sign]}" for sign in common) + (", …" if len(counts) > NAMED else "")
    swaps = ", ".join(f"{_name(cheaper)} for {_name(sign)}" for sign in common if (cheaper := _cheaper(sign)))
    advice = f"write {swaps}" if swaps else "leave some out where a post is full"
    yield signs[0][0], f"characters that cost double on X: {listed}, {len(signs)} more in all – {advice}"


@cache
def _costs_double(sign: str) -> bool:
    return DIALECTS["x"].count(sign) > 1 and not _AS_EXPECTED.match(sign)


def _cheaper(sign: str) -> str:
    """What says the same for less; nothing for most."""
    plain = unicodedata.normalize("NFKC", sign) if sign.isalpha() or sign.isdecimal() else ""
    cheaper = _CHEAPER.get(sign, plain)
    return cheaper if cheaper and DIALECTS["x"].count(cheaper) < DIALECTS["x"].count(sign) else ""


def _invisible(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "ZC"


def _name(sign: str) -> str:
    return f"{unicodedata.name(sign, 'character').lower()} U+{ord(sign):04X}" if _invisible(sign) else f"“{sign}”"


# --- quotation marks -------------------------------------------------------------------------------------------------
# What ends a quotation that each mark begins, in any of the customs: “en”, „de“, „pl”, ”sv”, »de«, »sv», ”ar“, 「ja」.
_ENDS = {"«": "»", "»": "«»", "‹": "›", "›": "‹", "“": '”"', "„": '“”"', "”": "”“", '"': '"”', "‘": "’", "‚": "‘’"}
_ENDS |= {"「": "」", "『": "』", "《": "》", "〈": "〉"}
_BEGINS = {end: {mark for mark, ends in _ENDS.items() if end in ends} for end in sorted(set("".join(_ENDS.values())))}
_EITHER = frozenset('»›”"')  # begin a quotation in some customs, end it in others: their place tells
_INCH = frozenset('”"')
_SILENT = frozenset("’›")  # are an apostrophe or an arrow as well: never queried alone
_MARKS = re.compile(rf"(?P<line>(?:\A|\n)\s*+)|[{''.join(sorted({*_ENDS, *_BEGINS}))}]")
# Between two « that one » may end: ООО «Дом «Ромашка»; « Il a dit : « Viens. » Bounded, as it is asked at every «.
_SHARED_END = re.compile(r"[^\n.!?…,;:()]{0,30}|[^\n.!?…]{0,300}:\s?")
_BEFORE = "([{/—–-'’‘«‹“„¿¡"  # may stand between a space and a mark that begins a quotation
_AFTER = ".,;:!?…)]}/—–-'’»›”"  # the same after one that ends a quotation
_HEBREW = re.compile("[\u05d0-\u05ea]")
# Dropped letters (‘tis, ‘90s), and the Arabic ‘ayn or Polynesian ‘okina, behind which a vowel stands; ‘I and ‘a are words.
_NO_QUOTE = regex.compile(r"(?i)\s|\d|(?:tis|twas|til|till|em|cause|n|bout|round|cos|neath)\b|[aeiouāēīōūâîûáíú]\p{L}|\Z")


def _lonely(text: str) -> Iterator[tuple[int, str]]:
    """The quotation marks without a counterpart in the passage."""
    reading = _Quotes(text)
    for found in _MARKS.finditer(text):
        if found["line"] is None:
            reading.take(found[0], found.start())
        else:
            reading.line(found.end())
    for place in reading.alone():
        yield place, f"the quotation mark {text[place]} has no counterpart – add it, or remove this one"


class _Quotes:
    """Reads mark by mark and keeps the quotations that are open, as place and whether the mark must have its end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.stack: list[tuple[int, bool]] = []
        self.open: Counter[str] = Counter()
        self.lost: list[int] = []
        self.first = 0  # where the text of this line begins
        self.doubt = False  # whether this line has a mark that may be an inch, or stand within a Hebrew word

    def line(self, first: int) -> None:
        self.first, self.doubt = first, False

    def alone(self) -> list[int]:
        return sorted([*self.lost, *(place for place, needed in self.stack if needed)])

    def take(self, mark: str, place: int) -> None:
        before, after = self.text[max(place - 1, 0) : place], self.text[place + 1 : place + 2]
        if self._in_a_word(mark, before, after, place) or self._repeated(mark, place):
            return
        ends = any(self.open[begin] for begin in _BEGINS.get(mark, ()))
        if ends and not self._begins_anew(mark, before, after):
            self._end(mark)
        elif mark in _ENDS and (mark not in _EITHER or self._begins(mark, before, after)):
            self._begin(mark, place)
        elif self.doubt and mark in _INCH:
            self.doubt = False
        elif mark not in _SILENT:
            self.lost.append(place)

    def _in_a_word(self, mark: str, before: str, after: str, place: int) -> bool:
        """Whether a mark is an apostrophe, an inch or part of an abbreviation."""
        if mark == "’":
            return _spaced(after)
        if mark == "‘":
            return not self.open["‚"] and (_spaced(before) or bool(_NO_QUOTE.match(self.text, place + 1)))
        if mark not in '"”“':
            return False
        within = bool(_HEBREW.match(before) and _HEBREW.match(after))
        inch = mark in _INCH and before != "" and unicodedata.category(before)[0] == "N"
        self.doubt = self.doubt or within or inch
        return within or (inch and not any(self.open[begin] for begin in _BEGINS[mark]))

    def _repeated(self, mark: str, place: int) -> bool:
        """Whether a mark at the start of a line says that the quotation goes on; `»` may be the bullet of a list there."""
        if place != self.first or self.text[place + 1 : place + 3].strip() == "":
            return False
        if mark == "»" and (self.open["«"] or self.text[place + 1].isspace()):
            return True
        return mark in _ENDS and self.open[mark] > 0

    def _begins_anew(self, mark: str, before: str, after: str) -> bool:
        """Whether a mark that could end a quotation begins one all the same, by its place."""
        if mark not in _EITHER or not (_starts(before, after) and after.isalnum()):
            return False
        return self.stack[-1][0] < self.first if self._top() == mark else mark == '"'

    def _begins(self, mark: str, before: str, after: str) -> bool:
        if mark == '"':
            return not _stops(before, after)
        return _starts(before, after)

    def _top(self) -> str:
        return self.text[self.stack[-1][0]] if self.stack else ""

    def _begin(self, mark: str, place: int) -> None:
        if self._top() == mark == "«" and _SHARED_END.fullmatch(self.text, self.stack[-1][0] + 1, place):
            self.stack[-1] = self.stack[-1][0], False
        self.stack.append((place, True))
        self.open[mark] += 1

    def _end(self, mark: str) -> None:
        while self._top() not in _BEGINS[mark]:
            _, needed = self.stack[-1]
            place = self._pop()
            if needed:
                self.lost.append(place)
        self._pop()

    def _pop(self) -> int:
        place, _ = self.stack.pop()
        self.open[self.text[place]] -= 1
        return place


def _spaced(character: str) -> bool:
    """Whether a character is part of a word in a script that puts spaces between words."""
    return character.isalnum() and not (
        "\u0e00" <= character <= "\u109f" or "\u1780" <= character <= "\u17ff" or character > "\u2e7f"
    )


def _starts(before: str, after: str) -> bool:
    return (not before or before.isspace() or before in _BEFORE) and bool(after) and not after.isspace()


def _stops(before: str, after: str) -> bool:
    touches = bool(before) and not before.isspace() and before not in _BEFORE and before <= "\u2e7f"
    return touches and (not after or after.isspace() or (before.isalnum() and after in _AFTER))
