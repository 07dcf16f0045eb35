"""Pure. Where a sentence may break between its words, and how good a place each is.

Behind a comma rather than between plain words, rather there than within an aside; not behind an article; a quote stays with
who said it, and a colon with what it leads to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from bot.core.ending import STOP, ending
from bot.core.holding import REMEMBERED, Is, holding
from bot.core.joining import joined
from bot.core.kinds import Break, Kind
from bot.core.languages.language import Language
from bot.core.marks import CLOSERS, EMOJI, ITEM, NARROW_STOPS, NO_BREAK, SPACE, THAI, WIDE_CLOSERS, WIDE_STOPS
from bot.core.spans import linked
from bot.core.unspaced import PAUSES, places

INSERTION = 12  # words: no insertion between two commas is longer
MOST = 8  # seams in a row that hold: a row of numbers, or of initials, is cut at last

_SPACES = re.compile(rf"[{SPACE}{NO_BREAK}][{SPACE}{NO_BREAK}]*+")
_LEADS = re.compile(r"[:：👇⬇↓⤵]\ufe0f?\Z")
_CLAUSE = re.compile(rf"[,;،؛、，；][{CLOSERS}{WIDE_CLOSERS}]*\Z|[)\]»”{EMOJI}]\Z")
_QUOTED = re.compile(r"[»”\"“«’'][,.]?\Z|[,.!?…][»”\"“’']\Z")
_STOPPED = re.compile(rf"[{NARROW_STOPS}{WIDE_STOPS}][{CLOSERS}{WIDE_CLOSERS}]*\Z")
_OPENS = re.compile("[«“„\"‘'‹]")
_UNSPACED = re.compile(f"[{THAI}]")
_DASHES = frozenset("–—-")

Units = Sequence[tuple[int, int]]


@lru_cache(REMEMBERED)
def _behind(word: str) -> tuple[Kind, bool, bool]:
    """How good a place is behind a word, by its own marks; whether a quote ends with it; whether a sentence may."""
    kind = Kind.LEAD if _LEADS.search(word) else Kind.CLAUSE if _CLAUSE.search(word) else Kind.WORD
    return kind, bool(_QUOTED.search(word)), bool(_STOPPED.search(word))


def words(text: str, start: int, end: int, language: Language) -> list[Break]:
    """The seams between the words of a sentence: CLAUSE, SAYING, WORD, NAME, LEAD. None inside what is never cut."""
    seams = [(before, after) for before, after in _spaces(text, start, end) if before > start and after < end]
    units = list(zip([start, *(after for _, after in seams)], [*(before for before, _ in seams), end], strict=True))
    sentence = _Sentence(text, units, language)
    held = _held(text, start, seams, sentence.tokens, language)
    found = [Break(*seam, sentence.kind(at)) for at, seam in enumerate(seams) if not held[at]]
    unspaced = _unspaced(text, start, end, language)
    return sorted([*found, *unspaced], key=lambda place: place.end) if unspaced else found


def _spaces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The runs of white space, but those that are no-break throughout."""
    for found in _SPACES.finditer(text, start, end):
        span = found.span()
        if text[span[0]] not in NO_BREAK or found[0].strip(NO_BREAK):
            yield span


_MARK, _LINK, _LINKED = Is.MARK.value, Is.LINK.value, (Is.NUMBER | Is.MONTH).value


def _held(text: str, start: int, seams: Units, tokens: Sequence[str], language: Language) -> list[bool]:
    """Whether the words on both sides of each seam hold together."""
    rules = holding(language)
    is_, holds = [*map(rules.is_, tokens), 0], [*map(rules.holds, tokens)]
    held = [bool((holds[at] & ~_LINK | _MARK) & is_[at + 1]) for at in range(len(seams))]
    for at in range(len(seams) - 1):  # "2 à 3 km", "3 de mayo": a link holds on both sides, or on neither
        if holds[at] & is_[at + 1] & _LINK and is_[at + 2] & _LINKED:
            held[at] = held[at + 1] = True
    if seams and ITEM.match(text, start):
        held[0] = True
    run = 0
    for at, seam in enumerate(seams):
        run = (run + 1) % (MOST + 1) if held[at] else 0
        held[at] = run > 0 or joined(text, *seam)
    return held


class _Sentence:
    """The words of one sentence."""

    def __init__(self, text: str, units: Units, language: Language) -> None:
        self.text, self.units, self.language = text, units, language
        self.tokens = [text[start:end] for start, end in units]
        self.ending = ending(language)
        self.aside = _asides(self.tokens)

    def kind(self, at: int) -> Kind:
        """How good a place is behind a word."""
        word, after = self.tokens[at], self.tokens[at + 1]
        kind, quoted, stopped = _behind(word)
        if kind is Kind.LEAD:
            return kind
        if self._says(at, word, after, quoted):
            return Kind.SAYING
        if kind is Kind.CLAUSE or (stopped and self._ends(at)):
            return Kind.WORD if self.aside[at] or self._encloses(at, word, after) else Kind.CLAUSE
        return self._between_plain(at, word, after)

    def _says(self, at: int, word: str, after: str, quoted: bool) -> bool:
        """Whether a place is between a quote and who said it."""
        said = self.ending.said
        if quoted and said and said.match(self.text, self.units[at + 1][0] + 2 * (after in _DASHES)):
            return True
        return bool(_OPENS.match(after)) and word.rstrip(",").rpartition("’")[2].lower() in self.language.sayers

    def _encloses(self, at: int, word: str, after: str) -> bool:
        """Whether a comma is one of the two around an insertion: "la police, elle, avait", "le collectif, qui …, a saisi"."""
        if word[-1] != "," or not self.language.starters:
            return False
        return after[-1] == "," or (self._goes_on(after) and self._inserted(at))

    def _goes_on(self, after: str) -> bool:
        """Whether a word begins nothing of its own."""
        before, elided, _ = after.partition("’")
        known = self.language.starters, self.language.leaning, self.language.conjunctions
        return before[:1].islower() and not any(before + elided in words for words in known)

    def _inserted(self, at: int) -> bool:
        """Whether an insertion ends with a word: one word between commas, or begun with "qui" or its like."""
        for before in range(at - 1, max(-1, at - INSERTION), -1):
            if self.tokens[before][-1] == ",":
                return before == at - 1 or self.tokens[before + 1].lower() in self.language.conjunctions
        return False

    def _ends(self, at: int) -> bool:
        """Whether a sentence within a quote ends with a word."""
        start, after = self.units[at][0], self.units[at + 1][0]
        stops = STOP.finditer(self.text, start, after + 1)
        return any(stop.end() == after and self.ending.ends(self.text, self.units[0][0], stop, False) for stop in stops)

    def _between_plain(self, at: int, word: str, after: str) -> Kind:
        """Between words without marks: before an aside, or a word that opens a clause, rather than behind one that leans."""
        if word in _DASHES:
            return Kind.NAME if self.aside[at] else Kind.CLAUSE
        if after in _DASHES:
            return Kind.CLAUSE if self.aside[at + 1] and not self.aside[at] else Kind.NAME
        small, behind = word.lower(), after.lower()
        if small in self.language.leaning:
            return Kind.NAME
        if not self.aside[at] and (after[0] in "([" or self._opens_clause(at, behind) or _UNSPACED.match(word[-1])):
            return Kind.CLAUSE
        return Kind.NAME if self._name(at, word, after) else Kind.WORD

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
        if not word.rpartition("’")[2][:1].isupper() or word.lower() in self.language.starters:
            return False
        if after.lower() in particles:
            return self._capital(at + 2) or self._capital(at + 3)
        linked = after.partition("-")[0] in particles  # el-Assad
        return linked or (self._capital(at + 1) and not self.language.nouns)

    def _capital(self, at: int) -> bool:
        return at < len(self.tokens) and self.tokens[at].removeprefix("d’").removeprefix("d'")[:1].isupper()


def _asides(tokens: Sequence[str]) -> list[bool]:
    """Whether the place behind each word is within brackets, or between two dashes."""
    dashes = sum(token in _DASHES for token in tokens)
    asides: list[bool] = []
    depth, seen = 0, 0
    for token in tokens:
        depth = max(0, depth + token.count("(") - token.count(")"))
        seen += token in _DASHES
        asides.append(depth > 0 or (seen % 2 == 1 and seen < dashes))
    return asides


def _unspaced(text: str, start: int, end: int, language: Language) -> list[Break]:
    """The places with no white space, in scripts that write none."""
    found = [at for at in places(text, start, end, language.code == "ja") if not joined(text, at, at)]
    whole = linked(text, start, end if found else start)
    return [Break(at, at, _unspaced_kind(text[at - 1])) for at in found if not whole.cut(at)]


def _unspaced_kind(before: str) -> Kind:
    return Kind.LEAD if before == "：" else Kind.CLAUSE if before in PAUSES else Kind.WORD
