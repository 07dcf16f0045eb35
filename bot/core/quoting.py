"""Pure. Whether a stop stands in the middle of a short quote or parenthesis, which is one saying and not parted there."""

from __future__ import annotations

from functools import lru_cache

from bot.core.marks import PAIRS, WIDE_OPENERS, WIDE_STOPS

SAYING = 160  # characters: a quote up to this length is not parted between its sentences where the text can be otherwise
_SPACELESS = "\u2e80"  # from here on, characters before which no space is needed

Pair = tuple[str, str]


def sayings(text: str, start: int, end: int) -> list[Pair]:
    """The pairs of quotation marks and parentheses that occur there."""
    return [pair for pair in _pairs(text) if text.find(pair[0], start, end) >= 0]


@lru_cache(1)
def _pairs(text: str) -> list[Pair]:
    """Those that occur in a text, which is asked for by its lines."""
    return [pair for pair in PAIRS if pair[0] in text]


def within(text: str, start: int, end: int, seam: int, pairs: list[Pair]) -> bool:
    """Whether a sentence whose marks end at `seam`, in a line from `start` to `end`, goes on there with its saying."""
    for opening, closing in pairs:
        at = text.rfind(opening, max(start, seam - SAYING), seam)
        if at < 0 or not _opens(text, start, at, opening != closing):
            continue
        closed = text.find(closing, at + 1, seam)
        if closed >= 0:
            if opening == "（" and closed == seam - 1 and _interrupts(text, start, at):
                return True
            continue
        close = text.find(closing, seam, min(end, at + SAYING))
        if close >= 0 and not (opening == closing and text[close - 1].isspace()):
            return True
    return False


def _opens(text: str, start: int, at: int, paired: bool) -> bool:
    """Whether a quotation mark opens: the same marks close in other languages, behind a letter or a stop."""
    if at == start or text[at] in WIDE_OPENERS:
        return True
    before = text[at - 1]
    return before.isspace() or before in "([{’'" or (paired and before >= _SPACELESS)


def _interrupts(text: str, start: int, at: int) -> bool:
    """Whether a parenthesis that opens there does so within a sentence, which then goes on behind it."""
    return at > start and not text[at - 1].isspace() and text[at - 1] not in WIDE_STOPS
