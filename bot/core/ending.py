"""Pure. Whether a full stop, or its like, ends a sentence.

Told from what stands before it (an abbreviation, an initial, the number of a list's item) and behind it (a lower-case
letter, who said it), by the language's own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from functools import cache

import regex

from bot.core.holding import MONTHS, Is, holding, keyed
from bot.core.languages.language import Language
from bot.core.marks import (
    CAPITALS,
    CJK_CLOSERS,
    CLOSERS,
    EMOJI,
    FEELINGS,
    NARROW_STOPS,
    NO_BREAK,
    OPENERS,
    SIGNALS,
    SPACE,
    THAI,
    WIDE_CLOSERS,
    WIDE_STOPS,
)

_STOP = f"[{NARROW_STOPS}{WIDE_STOPS}]"
_BEGUN = rf"[ {NO_BREAK}][{OPENERS}]{{0,2}}+[ {NO_BREAK}]?[{CAPITALS}]"
# Emoji that go with what follows: signals, and behind a full stop whatever shows no feeling, if a sentence begins behind it.
_OPENING_EMOJI = rf"[{SIGNALS}]|(?<=\.[ {NO_BREAK}])[{EMOJI}](?<![{FEELINGS}])[{EMOJI}]{{0,9}}+{_BEGUN}"
# The first stop of a row, those behind it, what closes behind them (2), and white space. It begins with a class and not with
# a repetition, or with what it looks back at: so the engine finds the next one twice as fast.
STOP = re.compile(
    rf"({_STOP})(?<!{_STOP}{_STOP}){_STOP}*+"
    rf"((?:[{CLOSERS}{WIDE_CLOSERS}{EMOJI}]|[ {NO_BREAK}]?(?:[»›](?!\w)|(?!{_OPENING_EMOJI})[{EMOJI}])|\[\d{{1,3}}\])*+)"
    rf"(?:(?=[{SPACE}{NO_BREAK}])|(?<=[{WIDE_STOPS}{WIDE_CLOSERS}]))[{SPACE}{NO_BREAK}]*+"
)
Stop = re.Match[str]

LIST = 600  # characters in which the item before is looked for
LETTERS = 3  # of an unknown word, which is then no initial
WORD = 40  # characters: no abbreviation is longer
UNCASED = "\u0530"  # from here on, letters mostly have no capitals

_BEFORE = re.compile(rf"[{OPENERS}{NO_BREAK}{SPACE}–—―*_-]*+")
_LINK_OR_BRAND = re.compile(r"https?:|www\.|[a-z]{1,3}[A-Z]")  # what begins a sentence though it is written small
_FIRST_WORD = regex.compile(r"[\p{L}\p{M}-]++(?:[’'][\p{L}\p{M}]++)?")
_LINK = re.compile(rf"(https?://[^{SPACE}]++)[{SPACE}]*+")
_MARK = re.compile(rf"[{NO_BREAK}.,;:!?…{CLOSERS}]")
# A syllable of Hangul, Han or kana is a word.
_INITIALS = regex.compile(r"(?:\p{L}\p{M}*\.-?)*(?!\p{Hangul}|\p{Han}|\p{Hiragana}|\p{Katakana})\p{L}\p{M}*")
_NUMERAL = re.compile(r"\d|[IVXLC]+(?![\w’'])|[A-Z]\.")  # "p. 12", "vol. II", "art. L. 121"
_DAY = re.compile(r"\d{1,2}\.")
_ROMAN = re.compile(r"[IVX]+")
_EXCLAIMED = frozenset({"Yahoo", "Jeopardy", "Joomla"})
_JUDGED = (Is.NAME | Is.SURNAME | Is.NOUN | Is.UNIT).value
_STRAY = re.compile(r"[!?;:,.%‰؟؛،]|[»›…](?!\w)")  # what begins no sentence
_THAI = re.compile(f"[{THAI}]")
_OPENED = "([{"
_LOUD = "?!"
_CUT_OFF = "\"'«»‹›“”„‘([{¿¡*_"


class Then(Enum):
    """What a word with a full stop says of the sentence."""

    GOES_ON = auto()
    ENDS_BEFORE_STARTER = auto()
    ENDS_BUT_BEFORE_NUMBER = auto()


class Ending:
    """How sentences end in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.holding = holding(language)
        self.said = regex.compile(language.saying) if language.saying else None
        firsts = {keyed(first.rstrip(".")) for first, _ in language.phrases}
        self.then = {
            **dict.fromkeys(language.numbered, Then.ENDS_BUT_BEFORE_NUMBER),
            **dict.fromkeys(language.abbreviations | language.titles, Then.GOES_ON),
            **dict.fromkeys(language.closing, Then.ENDS_BEFORE_STARTER),
        }
        self.marked = {*self.then, *firsts, *language.months, *MONTHS}
        self.known = self.marked | language.units

    def ends(self, text: str, start: int, stop: Stop, small: bool) -> bool:
        """Whether a sentence that began at `start` ends at this stop; something follows it.

        `small`: whether the text is written without capitals.
        """
        at, seam = stop.span()
        if seam == at + 2 and text[seam].isupper() and self._plainly_ends(text, start, at):
            return True
        closes, closed = stop.span(2)
        if at == start or text[at - 1] in _OPENED:
            return False
        if closes == seam:  # a mark of a script without spaces
            return not text[seam].isdigit()
        if not _apart(text, stop):
            return False
        if _STRAY.match(text, seam):
            return False
        first = seam if text[seam].isalnum() else _BEFORE.match(text, seam).end()  # type: ignore[union-attr]  # may be empty
        single = closes == at + 1 and text[at] == "."
        uncased = small and (single or text[at] in _LOUD)
        lower = text[first : first + 1].islower() and not uncased and not _LINK_OR_BRAND.match(text, first)
        if lower or ((closed > closes or (uncased and not single)) and self._said(text, seam)):
            return False
        if single:
            return self._full_stop_ends(text, start, stop, first)
        return text[at] != "!" or text[max(start, at - 8) : at].split(" ")[-1] not in _EXCLAIMED

    def _plainly_ends(self, text: str, start: int, at: int) -> bool:
        """Whether a stop, and no more, ends a word of no table: with a capital behind them, the commonest end of all."""
        if text[at + 1] != " " or text[at] == "!" or at == start or text[at - 1] in _OPENED:
            return False
        if text[at] != ".":
            return True
        word = text[text.rfind(" ", at - WORD, at) + 1 : at].rpartition("’")[2]  # or too much, in which there is a space
        small = word.lower()
        long = len(word) > LETTERS or (word == small and len(word) > 1)
        return long and word < UNCASED and small not in self.marked and word.replace("-", "").isalpha()

    def _said(self, text: str, seam: int) -> bool:
        return bool(self.said and self.said.match(text, seam) and not self._starts(text, seam))

    def _full_stop_ends(self, text: str, start: int, stop: Stop, first: int) -> bool:
        at = stop.start()
        before = text[max(start, at - WORD) : at]
        words = before.rsplit(None, 2)[-2:]
        if not words or before[-1].isspace():
            return True
        word = words[-1].lstrip(_CUT_OFF)
        if "’" in word or "'" in word:
            word = word.replace("'", "’").rstrip("’").rpartition("’")[2]
        key = keyed(word)
        if _THAI.match(word):
            return False
        if key not in self.known:
            return (len(word) > LETTERS and word.isalpha()) or self._strange_ends(text, start, at, words, first)
        then = self.then.get(key)
        ends = self._follows(then, text, first) if then else self._strange_ends(text, start, at, words, first)
        return ends and not self._held(text, start, stop)

    def _strange_ends(self, text: str, start: int, at: int, words: list[str], first: int) -> bool:
        """Behind what is no word: a number, an initial, a sign, an abbreviation with full stops within."""
        word = words[-1].lstrip(_CUT_OFF)
        word = word.rpartition("’")[2] or word
        if not word:
            return True
        if word.isdecimal():
            return self._number_ends(text, start, at - len(word), words, first)
        if self._measures(words):
            return not text[first : first + 1].isdigit()
        if self.language.ordinals and _ROMAN.fullmatch(word):
            return self._starts(text, first)
        if word[-1].isalpha() and _INITIALS.fullmatch(word):
            return at - len(words[-1]) > start and self._initial_ends(text, first, [*words[:-1], word])
        return True

    def _held(self, text: str, start: int, stop: Stop) -> bool:
        """Whether the words on both sides hold together; titles, initials and ordinals are judged elsewhere."""
        before = text[max(start, stop.start() - WORD) : stop.end(2)].split()[-1]
        behind = text[stop.end() : stop.end() + WORD].split(None, 1)[0]
        return bool(self.holding.holds(before) & self.holding.is_(behind) & ~_JUDGED)

    def _measures(self, words: list[str]) -> bool:
        """Whether the last word is the unit of the number before it: "3,5 m. Il", but "20 тыс. га"."""
        return (
            len(words) > 1
            and words[-2][-1].isdigit()
            and bool(self.holding.is_(words[-1]) & Is.UNIT)
            and keyed(words[-1]) not in self.language.scales
        )

    def _follows(self, then: Then, text: str, first: int) -> bool:
        if then is Then.ENDS_BUT_BEFORE_NUMBER:
            return not _NUMERAL.match(text, first)
        return then is Then.ENDS_BEFORE_STARTER and self._starts(text, first)

    def _starts(self, text: str, first: int) -> bool:
        """Whether a word that begins sentences, and no name, stands there."""
        word = _FIRST_WORD.match(text, first)
        if not word:
            return not text[first : first + 1].isdigit()
        if len(word[0]) == 1 and text[word.end() : word.end() + 1] == ".":
            return False
        before, elided, behind = word[0].lower().replace("'", "’").partition("’")
        return before + elided in self.language.starters or before + elided + behind in self.language.starters

    def _initial_ends(self, text: str, first: int, words: list[str]) -> bool:
        """Not in "J. Dupont" and "U.S. Army"; but "plan B. Ensuite", "5 V. Puis" and "in the U.S. The" end."""
        word = words[-1]
        if len(word) == 1:
            behind = text[first : first + 1]
            lettered = len(words) > 1 and (words[-2].lower() in self.language.lettered or words[-2].isdigit())
            if word.islower() or lettered or not behind.isalnum():
                return True
        return self._starts(text, first)

    def _number_ends(self, text: str, start: int, at: int, words: list[str], first: int) -> bool:
        """Not in "1. Foo 2. Bar" and "3. 11. 2026", nor where "3." is "third"; but "en 2024. Puis" and "p. 3. Puis" end."""
        number = int(words[-1].lstrip(_CUT_OFF))
        dated = len(words) > 1 and _DAY.fullmatch(words[-2]) and text[first : first + 1].isdigit()
        if at == start or dated or _DAY.match(text, first):
            return False
        if number > 1 and text.rfind(f"{number - 1}. ", max(start, at - LIST), at) >= 0:
            return False
        if self.language.ordinals and self.holding.is_(text[first : first + WORD].partition(" ")[0]) & Is.MONTH:
            return False
        counted = len(words) > 1 and keyed(words[-2].rstrip(".")) in self.language.numbered
        return counted or number > 99 or not self.language.ordinals or self._starts(text, first)


def _apart(text: str, stop: Stop) -> bool:
    """Whether white space follows, or a mark of a script that writes none and nothing that belongs to it."""
    if text[stop.end() - 1].isspace():
        return text[stop.end(2) : stop.end()].strip(NO_BREAK) != ""
    return (stop[1] in WIDE_STOPS or text[stop.end() - 1] in CJK_CLOSERS) and not text[stop.end()].isdigit()


def link_ends(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where a sentence ends with a link and no mark: a capital follows, or the link is what a colon led to."""
    for link in _LINK.finditer(text, start, end):
        after = link.end()
        if after == end or _MARK.match(text, link.end(1) - 1):
            continue
        word = _BEFORE.match(text, after).end()  # type: ignore[union-attr]  # may be empty
        first = text[word : word + 1]
        led = text[max(start, link.start() - 3) : link.start()].rstrip()[-1:] in (":", "：")
        if first.isupper() or (led and first.isalpha() and not first.islower()):
            yield link.end(1), after


ending = cache(Ending)
