"""Pure. Where a sentence may break between its words, and how good a place each is.

Behind a comma rather than between plain words, rather there than within an aside; not behind an article; a quote stays with
who said it, and a colon with what it leads to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, cached_property, lru_cache
from typing import NamedTuple

from bot.core.ending import STOP, ending
from bot.core.holding import REMEMBERED, Is, holding
from bot.core.joining import PLAIN, extends, joined, prepends
from bot.core.kinds import Break, Kind, breaks
from bot.core.languages.language import Language
from bot.core.marks import CLOSERS, EMOJI, ITEM, NARROW_STOPS, NO_BREAK, SPACE, THAI, WIDE_CLOSERS, WIDE_STOPS
from bot.core.spans import linked
from bot.core.unspaced import PAUSES, places

INSERTION = 12  # words: no insertion between two commas is longer
MOST = 8  # seams in a row that hold: a row of numbers, or of initials, is cut at last

_SPACES = re.compile(rf"[{SPACE}{NO_BREAK}][{SPACE}{NO_BREAK}]*+")
_LEADS = re.compile(r"[:：👇⬇↓⤵]\ufe0f?\Z")
_EMOJI = re.compile(f"[{EMOJI}]++")
_PAUSE = re.compile(rf"[,;،؛、，；][{CLOSERS}{WIDE_CLOSERS}]*\Z|[)\]»”{EMOJI}]\Z")
_QUOTED = re.compile(r"[»”\"“«’'][,.،]?\Z|[,.!?…][»”\"“’']\Z")
_STOPPED = re.compile(rf"[{NARROW_STOPS}{WIDE_STOPS}][{CLOSERS}{WIDE_CLOSERS}]*\Z")
_QUOTES = "«“„\"‘'‹"
_OPENING = _QUOTES + "(["
_UNSPACED = re.compile(f"[{THAI}]")
_DASHES = frozenset("–—-")
_CLAUSE, _WORD, _NAME, _LEAD = Kind.CLAUSE, Kind.WORD, Kind.NAME, Kind.LEAD  # an enum's member takes longer to find
_PAUSED = {**dict.fromkeys(PAUSES, _CLAUSE), "：": _LEAD}


class _Look(NamedTuple):
    """What a word is by itself: what it holds, what it is to the word before it, and how good a place is behind it, if it
    takes no more than that to know; whether it takes more to know the place before it."""

    holds: int
    is_: int
    kind: Kind | None
    open: bool


@cache
def _looks(language: Language) -> Callable[[str], _Look]:
    """How the words of a language look."""
    rules, conjunctions = holding(language), language.conjunctions
    opening = conjunctions | {conjunction.partition(" ")[0] for conjunction in conjunctions} | _DASHES

    @lru_cache(REMEMBERED)
    def look(word: str) -> _Look:
        small, first, last = word.lower(), word[0], word[-1]
        kind = _WORD if last.isalpha() and not _UNSPACED.match(last) and not (last > PLAIN and prepends(last)) else None
        if kind and small in language.leaning:
            kind = _NAME
        elif kind and (small in language.particles or (_capital(word) and small not in language.starters)):
            kind = None
        joins = first > PLAIN and extends(first)
        return _Look(rules.holds(word), rules.is_(word), kind, joins or first in _OPENING or small in opening)

    return look


@cache
def _beginning(language: Language) -> frozenset[str]:
    """The words that begin something of its own."""
    return language.starters | language.leaning | language.conjunctions


def _capital(word: str) -> bool:
    """Whether a word, or what is behind its apostrophe, begins with a capital."""
    return word.rpartition("’")[2][:1].isupper()


@lru_cache(REMEMBERED)
def _behind(word: str) -> tuple[Kind, bool, bool]:
    """How good a place is behind a word, by its own marks; whether a quote ends with it; whether a sentence may."""
    kind = _LEAD if _LEADS.search(word) else _CLAUSE if _PAUSE.search(word) else _WORD
    return kind, bool(_QUOTED.search(word)), bool(_STOPPED.search(word))


def words(text: str, start: int, end: int, language: Language) -> list[Break]:
    """The seams between the words of a sentence: CLAUSE, SAYING, WORD, NAME, LEAD. None inside what is never cut."""
    seams = _spaces(text, start, end)
    starts, ends = [start, *(after for _, after in seams)], [*(before for before, _ in seams), end]
    tokens = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    looks = list(map(_looks(language), tokens)) if seams else []
    held = _held(looks, bool(ITEM.match(text, start)))
    sentence = _Sentence(text, starts, tokens, language)
    found = []
    for at, (before, after) in enumerate(seams):
        if not held[at]:
            kind = looks[at].kind
            if kind is None or looks[at + 1].open:
                if joined(text, before, after):
                    continue
                kind = sentence.kind(at)
            found.append((before, after, kind))
    unspaced = _unspaced(text, start, end, language)
    return breaks(sorted([*found, *unspaced]) if unspaced else found)


def _spaces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The runs of white space between words, but those that are no-break throughout."""
    spans = [found.span() for found in _SPACES.finditer(text, start, end)]
    if any(text.find(mark, start, end) >= 0 for mark in NO_BREAK):
        spans = [span for span in spans if text[span[0]] not in NO_BREAK or text[span[0] : span[1]].strip(NO_BREAK)]
    if spans and spans[0][0] == start:
        del spans[0]
    if spans and spans[-1][1] == end:
        del spans[-1]
    return spans


_MARK, _LINK, _LINKED = Is.MARK.value, Is.LINK.value, (Is.NUMBER | Is.MONTH).value
_CALL, _CALLED = Is.CALL.value, Is.CALLED.value


def _held(looks: Sequence[_Look], item: bool) -> list[int]:
    """Which words hold together with the next: not 0. The mark of an item holds, too."""
    held = [look.is_ & _MARK for look in looks[1:]]
    for at, look in enumerate(looks[:-1]):
        if look.holds:
            held[at] |= look.holds & looks[at + 1].is_ & ~_LINK
            # "2 à 3 km", "3 de mayo": a link holds on both sides, or on neither
            if look.holds & looks[at + 1].is_ & _LINK and at + 2 < len(looks) and looks[at + 2].is_ & _LINKED:
                held[at] = held[at + 1] = _LINK
            # "+33 6 12": a digit or four alone are anything, but behind a country's code they dial
            elif at and held[at - 1] & _CALL and look.holds & _CALLED:
                held[at] |= looks[at + 1].is_ & _CALL
    if held and item:
        held[0] = _MARK
    run = 0
    for at, holds in enumerate(held):
        if holds:
            run = (run + 1) % (MOST + 1)
            held[at] = run
        else:
            run = 0
    return held


class _Sentence:
    """The words of one sentence."""

    def __init__(self, text: str, starts: Sequence[int], tokens: Sequence[str], language: Language) -> None:
        self.text, self.starts, self.tokens, self.language = text, starts, tokens, language
        self.ending = ending(language)

    @cached_property
    def aside(self) -> list[bool]:
        """Whether the place behind each word is within brackets, or between two dashes."""
        return _asides(self.tokens)

    def kind(self, at: int) -> Kind:
        """How good a place is behind a word."""
        word, after = self.tokens[at], self.tokens[at + 1]
        kind, quoted, stopped = _behind(word)
        if kind is _LEAD:
            return kind
        if not at and _EMOJI.fullmatch(word):
            return _NAME
        if (quoted or after[0] in _QUOTES) and self._says(at, word, after, quoted):
            return Kind.SAYING
        if kind is _CLAUSE or (stopped and self._ends(at)):
            return _WORD if self.aside[at] or self._encloses(at, word, after) else _CLAUSE
        return self._between_plain(at, word, after)

    def _says(self, at: int, word: str, after: str, quoted: bool) -> bool:
        """Whether a place is between a quote and who said it."""
        said = self.ending.said
        if quoted and said and said.match(self.text, self.starts[at + 1] + 2 * (after in _DASHES)):
            return True
        sayers, small = self.language.sayers, word.rstrip(",").rpartition("’")[2].lower()
        return after[0] in _QUOTES and (small in sayers or bool(_UNSPACED.match(small[-1:]) and small.endswith(tuple(sayers))))

    def _encloses(self, at: int, word: str, after: str) -> bool:
        """Whether a comma is one of the two around an insertion: "la police, elle, avait", "le collectif, qui …, a saisi"."""
        if word[-1] != "," or not self.language.starters:
            return False
        return after[-1] == "," or (self._goes_on(after) and self._inserted(at))

    def _goes_on(self, after: str) -> bool:
        """Whether a word begins nothing of its own."""
        before, elided, _ = after.partition("’")
        return before[:1].islower() and before + elided not in _beginning(self.language)

    def _inserted(self, at: int) -> bool:
        """Whether an insertion ends with a word: one word between commas, or begun with "qui" or its like."""
        for before in range(at - 1, max(-1, at - INSERTION), -1):
            if self.tokens[before][-1] == ",":
                return before == at - 1 or self.tokens[before + 1].lower() in self.language.conjunctions
        return False

    def _ends(self, at: int) -> bool:
        """Whether a sentence within a quote ends with a word."""
        start, after = self.starts[at], self.starts[at + 1]
        stops = STOP.finditer(self.text, start, after + 1)
        return any(stop.end() == after and self.ending.ends(self.text, self.starts[0], stop, False) for stop in stops)

    def _between_plain(self, at: int, word: str, after: str) -> Kind:
        """Between words without marks: before an aside, or a word that opens a clause, rather than behind one that leans."""
        if word in _DASHES:
            return _NAME if self.aside[at] else _CLAUSE
        if after in _DASHES:
            return _CLAUSE if self.aside[at + 1] and not self.aside[at] else _NAME
        small, behind = word.lower(), after.lower()
        if small in self.language.leaning:
            return _NAME
        if not self.aside[at] and (after[0] in "([" or self._opens_clause(at, behind) or _UNSPACED.match(word[-1])):
            return _CLAUSE
        return _NAME if self._name(at, word, after) else _WORD

    def _opens_clause(self, at: int, after: str) -> bool:
        conjunctions = self.language.conjunctions
        return after in conjunctions or (
            at + 2 < len(self.tokens) and f"{after} {self.tokens[at + 2].lower()[:3].rstrip('’')}" in conjunctions
        )

    def _name(self, at: int, word: str, after: str) -> bool:
        """Whether a place is within a name: de | Gaulle, Charles | de Gaulle, Emmanuel | Macron."""
        particles = self.language.particles
        if word.lower() in particles:
            return self._capital(at + 1) or (after.lower() in particles and self._capital(at + 2))
        if not _capital(word) or word.lower() in self.language.starters:
            return False
        if after.lower() in particles:
            return self._capital(at + 2) or self._capital(at + 3)
        linked = after.partition("-")[0] in particles  # el-Assad
        return linked or (self._capital(at + 1) and not self.language.nouns)

    def _capital(self, at: int) -> bool:
        return at < len(self.tokens) and self.tokens[at].removeprefix("d’").removeprefix("d'")[:1].isupper()


def _asides(tokens: Sequence[str]) -> list[bool]:
    """Whether the place behind each word is within brackets, or between two dashes."""
    if _DASHES.isdisjoint(tokens) and "(" not in "".join(tokens):
        return [False] * len(tokens)
    dashes = sum(token in _DASHES for token in tokens)
    asides: list[bool] = []
    depth, seen = 0, 0
    for token in tokens:
        depth = max(0, depth + token.count("(") - token.count(")"))
        seen += token in _DASHES
        asides.append(depth > 0 or (seen % 2 == 1 and seen < dashes))
    return asides


def _unspaced(text: str, start: int, end: int, language: Language) -> list[tuple[int, int, Kind]]:
    """The places with no white space, in scripts that write none."""
    found = places(text, start, end, language.code == "ja")
    whole = linked(text, start, end, found)
    kept = (at for at in found if not whole.cut(at)) if whole.starts else found
    return [(at, at, _PAUSED.get(text[at - 1], _WORD)) for at in kept]
