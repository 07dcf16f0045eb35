"""Pure. Where a text may break, and how good a place each is.

Four levels of units, each called on a unit of the one above: paragraphs, lines, sentences, words; and the inside of a word
that no post can hold. White space at a break belongs to neither piece. Offsets are in characters of the whole text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import regex

from bot.core.ending import STOP, Ending, ending, link_ends
from bot.core.graphemes import cluster_ends
from bot.core.joining import PLAIN, extends, joined, prepends
from bot.core.kinds import Break, Kind
from bot.core.languages.language import Language
from bot.core.marks import CLOSERS, ITEM, NARROW_STOPS, NO_BREAK, QUESTIONS, QUOTES, WIDE_CLOSERS, WIDE_STOPS
from bot.core.quoting import sayings, within
from bot.core.seams import words
from bot.core.spans import Spans, entities, linked

__all__ = ["Break", "Kind", "inside", "lines", "paragraphs", "sentences", "words"]

# --- paragraphs and lines --------------------------------------------------------------------------------------------
LEAD_WORDS = 30  # characters: no lead-in without a mark is longer,
LEAD_POINTED = 60  # and none that points downwards; a longer hook of a thread points to the posts behind it
_BLANK_LINE = re.compile(r"\n[^\S\n]*+\n\s*+")
_NEW_LINE = re.compile(r"\n\s*+")
_LINK = re.compile(r"(?:https?://|www\.)\S++\Z")
_POINTING = re.compile(r"(?:[ \u00a0\u202f]*+[👇⬇↓⤵\ufe0f\U0001f3fb-\U0001f3ff])++\Z")
_SEVERAL = re.compile(r"(?:[.!?…]\s|[。！？]\s*+)\S")
_ENDED = re.compile(rf"[.!?…؟۔।॥。！？][{CLOSERS}{WIDE_CLOSERS}]*\Z")


def paragraphs(text: str, start: int, end: int, language: Language) -> list[Break]:
    """The seams with a blank line: PARAGRAPH, or LEAD after a lead-in such as "Sources :"."""
    seams = _seams(_BLANK_LINE, text, start, end)
    return [
        Break(before, after, Kind.LEAD if _leads(text, _line(text, start, before), before, language) else Kind.PARAGRAPH)
        for before, after in seams
    ]


def lines(text: str, start: int, end: int, language: Language) -> list[Break]:
    """The seams with a newline: LINE; ANSWER behind a question; LEAD between a lead-in and its list, link or lines."""
    seams = _seams(_NEW_LINE, text, start, end)
    units = pairwise([start, *(place for seam in seams for place in seam), end])
    spans = [unit for at, unit in enumerate(units) if at % 2 == 0]
    return [Break(one[1], two[0], _line_kind(text, one, two, language)) for one, two in pairwise(spans)]


def _seams(pattern: re.Pattern[str], text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The white space around each match, where something stands on both sides of it."""
    seams = []
    for found in pattern.finditer(text, start, end):
        before, after = found.span()
        while before > start and text[before - 1].isspace():
            before -= 1
        if before > start and after < end:
            # White space that a mark joins to, or that joins to a mark, stays with it.
            after -= text[after] > PLAIN and text[after - 1] != "\n" and extends(text[after])
            before += text[before - 1] > PLAIN and text[before] != "\n" and prepends(text[before - 1])
            seams.append((before, after))
    return seams


def _line(text: str, start: int, end: int) -> int:
    """Where the line that ends there starts, or a place too far away for a lead-in."""
    near = max(start, end - LEAD_POINTED)
    return max(near, text.rfind("\n", near, end) + 1)


def _leads(text: str, start: int, end: int, language: Language) -> bool:
    """Whether a line that ends there is a lead-in: by its last mark, or as a whole by its words."""
    if text[end - 1] in ":：":
        return True
    if end - start < LEAD_POINTED and (pointing := _POINTING.search(text, start, end)):
        return not _SEVERAL.search(text, start, pointing.start())
    return end - start < LEAD_WORDS and text[start:end].strip("*_# ").lower() in language.leads


def _line_kind(text: str, one: tuple[int, int], two: tuple[int, int], language: Language) -> Kind:
    """How good a place is between two lines."""
    start, end = one
    if _leads(text, start, end, language):
        return Kind.LEAD
    if text[end - 1] in QUESTIONS:
        return Kind.LINE if text[two[1] - 1] in QUESTIONS else Kind.ANSWER
    if text[two[0]].isupper() or text[end - 1] in NARROW_STOPS or text[end - 1] in WIDE_STOPS:
        return Kind.LINE
    opens = any(begins.match(text, *two) and not begins.match(text, *one) for begins in (ITEM, _LINK))
    return Kind.LEAD if opens and not _ENDED.search(text, max(start, end - 8), end) else Kind.LINE


# --- sentences -------------------------------------------------------------------------------------------------------
_SENTENCE, _ANSWER = Kind.SENTENCE, Kind.ANSWER  # names of their own, as an enum's member takes longer to find
_QUESTION = re.compile(f"[{QUESTIONS}]")
_QUOTED_QUESTION = re.compile(rf"[{QUESTIONS}][ {NO_BREAK}]?[»”\"“」]")


def sentences(text: str, start: int, end: int, language: Language) -> list[Break]:
    """The ends of sentences within a line: SENTENCE, or ANSWER where a question is answered."""
    found = _ends(text, start, end, ending(language))
    if text.find("://", start, end) >= 0 and (links := list(link_ends(text, start, end))):
        found = sorted({*found, *(Break(*seam, _SENTENCE) for seam in links)})
    return list(_answered(text, start, end, found)) if found and _QUESTION.search(text, start, end) else found


def _ends(text: str, start: int, end: int, rules: Ending) -> list[Break]:
    """The seams behind the stops that end sentences."""
    small = text[start : start + 1].islower() and text[start:end].islower()
    pairs = sayings(text, start, end)
    begun, tight = start, False
    found = []
    for stop in STOP.finditer(text, start, end):
        after = stop.end()
        if (
            after < end
            and rules.ends(text, begun, stop, small)
            and not (pairs and within(text, start, end, stop.end(2), pairs))
        ):
            begun, before = after, stop.end(2)
            if (text[after] <= PLAIN and text[before - 1] <= PLAIN) or not joined(text, before, after):
                found.append(Break(before, after, _SENTENCE))
                tight = tight or before == after
    whole = linked(text, start, end, [place.end for place in found]) if tight else None
    if whole and whole.starts:  # Bluesky's links go on behind "。"
        return [place for place in found if not whole.cut(place.end)]
    return found


def _answered(text: str, start: int, end: int, places: Sequence[Break]) -> Iterator[Break]:
    """The ends of sentences where one is a question."""
    marks = [text[place.end - 1] for place in places] + [text[end - 1]]
    asks = [mark in QUESTIONS for mark in marks]
    begun = start
    for at, place in enumerate(places):
        quoted = text[place.start] in QUOTES and _QUOTED_QUESTION.search(text, begun, place.end)
        yield Break(place.end, place.start, _ANSWER) if (asks[at] and not asks[at + 1]) or quoted else place
        begun = place.start


# --- within a word ---------------------------------------------------------------------------------------------------
_NUMBER = regex.compile(rf"\d++(?:[.,:/’'{NO_BREAK}]\d++)*+[\p{{L}}%°€$£²³]{{0,4}}")


def inside(text: str, start: int, end: int) -> list[Break]:
    """Where a word that no post can hold may be cut after all: between graphemes, but never within a link or number."""
    whole = Spans([*entities(text, start, end), *(number.span() for number in _NUMBER.finditer(text, start, end))])
    ends = cluster_ends(text[start:end])[:-1]
    return [Break(start + at, start + at, Kind.INSIDE) for at in ends if not whole.cut(start + at)]
