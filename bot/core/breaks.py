"""Pure. Where a text may break, and how good a place each is; the marks and words of a language as data."""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import regex

from bot.core.text import DIALECTS, cluster_ends


class Kind(IntEnum):
    """The kinds of break, best first. `LEAD` parts a lead-in ("Sources :") from what it leads to, `INSIDE` a word."""

    PARAGRAPH = 0
    LINE = 1
    SENTENCE = 2
    CLAUSE = 3
    WORD = 4
    LEAD = 5
    INSIDE = 6


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a text may be cut: the piece before ends at `end`, the piece after starts at `start`, and the white
    space between them is dropped. Offsets in characters."""

    end: int
    start: int
    kind: Kind


# White space that may be a seam: no-break, narrow no-break and figure spaces hold together what they stand between.
SEAM = regex.compile(r"[\s--[\u00A0\u202F\u2007]]+", regex.V1)

CLOSERS = "»”’\"')]}›」』）】"
SENTENCE_END = regex.compile(rf"(?:[.!?…؟۔।]+|[。！？]+)[\s{regex.escape(CLOSERS)}]*$")
CLAUSE_END = regex.compile(rf"[,;،؛—–、，；][{regex.escape(CLOSERS)}]*$|[)\]»”]$")
LEAD_END = regex.compile(r"[:：]$")

# Words whose full stop ends no sentence (fr, en); also any single capital, so that initials hold.
ABBREVIATIONS = frozenset(
    """
    m mm mme mmes mlle mlles me dr pr prof st ste mgr gén col cne lt cf ex env av apr boul bd al éd ibid jr réf sq sr tél
    trad vs mr mrs ms gen sgt capt inc ltd co corp approx dept e.g i.e u.s j.-c c.-à-d
    """.split()
)
# Those that are words as well ("il en est. Puis", "he said no. Then"): they stand before a number, or the sentence ends.
BEFORE_NUMBERS = frozenset(
    """
    no nos p pp art chap fig hab tome vol est janv févr avr juil sept oct nov déc jan feb mar apr jun jul aug sep dec
    """.split()
)
LAST_WORD = regex.compile(r"([\p{L}\p{M}.\-]+)\.$")

MONTHS = (
    "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|janv|févr|avr|juil|sept|oct|nov|déc|"
    "January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
)
UNITS = (
    "[kcdmµ]?m[²³23]?|ha|hectares?|[kmµ]?g|kilos?|tonnes?|t|[cdhm]?[lL]|litres?|[kMGT]?[WVA]h?|[kMGT]?Hz|[kMGT]?[oB]|hPa|bars?|"
    "°\\s?[CF]?|%|‰|€|\\$|£|¥|₴|₽|euros?|dollars?|k€|M€|Md€|h|min|s|ms|heures?|hours?|minutes?|secondes?|seconds?|jours?|days?|"
    "semaines?|weeks?|mois|months?|ans?|années?|years?|mille|milliers?|millions?|milliards?|billions?|thousand|"
    "kilom[èe]tres?|m[èe]tres?|km/h|m/s|m[²³]/s|miles?|mi|ft|habitants?|hommes|morts|personnes?|people|fois|points?"
)
GAP = r"[\s--[\n]]"
# Thousands in groups: at most five, or else a row of such numbers could not be cut anywhere.
GROUPS = rf"\d{{1,3}}(?:{GAP}\d{{3}}(?!\d)){{1,4}}"
NUMBER = rf"(?<!\d)(?<!\d[.,:/’'])[+\-−]?(?:{GROUPS}|\d++)(?:[.,:/’']\d++)*+"
TITLES = "MM?|Mmes?|Mlles?|Mes?|Drs?|Prs?|Prof|Ste?|Mgr|Mr|Mrs|Ms|Gen|Gén|Col|Lt|Capt|Sgt"

# What is never cut, beside links, mentions, tags and e-mail addresses: what two of them share holds the whole together.
# Each is linear: no repetition starts where one of its kind has just failed, and none is tried twice.
WHOLE = tuple(
    regex.compile(pattern, regex.V1 | regex.MULTILINE)
    for pattern in (
        rf"{NUMBER}(?:{GAP}?(?:{UNITS})(?![\p{{L}}\d])(?:{GAP}?\d{{1,3}}(?!\d))?){{0,3}}",  # 20 000, 295 km², 3,5 %, 14 h 30
        rf"(?<!\d)\d{{1,2}}(?:{GAP}\d\d(?!\d)){{3,4}}",  # 06 12 34 56 78
        rf"(?i:\b(?:n[°º]|nos?\.|pp?\.|art\.|fig\.|chap\.|vol\.)|[№§€$£¥]){GAP}?\d++",  # n° 5, p. 12, $ 5
        rf"\b(?:1er|\d{{1,2}}){GAP}(?:{MONTHS})\b\.?(?:{GAP}\d{{4}}(?!\d))?",  # 1er mai, 3 nov. 2026
        rf"\b(?:{MONTHS})\b\.?{GAP}\d{{1,2}}(?!\d)(?:,{GAP}\d{{4}}(?!\d))?",  # May 3, 2026
        rf"\b(?:{TITLES})\.?{GAP}\p{{Lu}}",  # M. Dupont
        rf"\b(?:av|apr)\.{GAP}J\.-C\.|\bp\.{GAP}ex\.",
        rf"(?<![\p{{L}}.])\p{{Lu}}\.(?:{GAP}?\p{{Lu}}\.){{1,5}}",  # O. N. U.
        rf"^{GAP}*+(?:\d{{1,3}}[.)/]|[–—•*\-]){GAP}++\S",  # the mark of a list's item
        r"(?<![\p{L}\d._%+\-])[\p{L}\d._%+\-]++@[\p{L}\d.\-]+\.\p{L}{2,}",  # e-mail
    )
)
# French marks stay with their word. They overlap ("« quoi ? »"), so each match starts at the character after the last start.
MARKS = regex.compile(rf"[^\s!?;:]{GAP}++[!?;:]|[^\s%]{GAP}++%|\S{GAP}++[»›]|[«‹]{GAP}++\S", regex.V1)
HAN = r"[\p{Han}\p{Hiragana}\p{Katakana}ー]"
# Between two characters of a script without spaces, but not before a mark or small kana (kinsoku), nor after an opening one.
HAN_PAIR = regex.compile(
    rf"(?<=[{HAN[1:-1]}。、！？」』）])(?=[{HAN[1:-1]}「『（])(?![ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮー々])"
)


def breaks(text: str) -> list[Break]:
    """Every place where the text may be cut between words, in order; none inside what is never cut."""
    whole, clusters = Spans(_whole(text)), frozenset(cluster_ends(text))
    seams = (seam.span() for pattern in (SEAM, HAN_PAIR) for seam in pattern.finditer(text))
    return [
        Break(end, start, _kind(text, end, start))
        for end, start in sorted(seams)
        if end and start < len(text) and not whole.cut(end, start) and end in clusters and start in clusters
    ]


def inside(text: str, start: int, end: int) -> list[Break]:
    """Where a word that no post can hold may be cut after all: between graphemes, but never within a link or number."""
    word = text[start:end]
    whole = Spans(_whole(word))
    ends = cluster_ends(word)[:-1]
    return [Break(start + at, start + at, Kind.INSIDE) for at in ends if not whole.cut(at, at)]


class Spans:
    """Spans that must stay whole, merged where they overlap."""

    def __init__(self, spans: Iterator[tuple[int, int]]) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []
        for start, end in sorted(spans):
            if self.ends and start < self.ends[-1]:
                self.ends[-1] = max(self.ends[-1], end)
            else:
                self.starts.append(start)
                self.ends.append(end)

    def cut(self, end: int, start: int) -> bool:
        """Whether a break that ends a piece at `end` and starts the next at `start` would cut one of them."""
        at = bisect.bisect_left(self.starts, start) - 1
        return at >= 0 and self.starts[at] < start and end < self.ends[at]


def _whole(text: str) -> Iterator[tuple[int, int]]:
    for dialect in DIALECTS.values():
        for entity in dialect.entities(text):
            yield entity.start, entity.end
    for pattern in WHOLE:
        yield from (match.span() for match in pattern.finditer(text))
    yield from (match.span() for match in MARKS.finditer(text, overlapped=True))


def _kind(text: str, end: int, start: int) -> Kind:
    seam = text[end:start]
    if seam.count("\n") > 1:
        return Kind.PARAGRAPH
    if "\n" in seam:
        return Kind.LINE
    before = text[max(0, end - 40) : end]
    if LEAD_END.search(before):
        return Kind.LEAD
    after = text[start : start + 1]
    if SENTENCE_END.search(before) and not _abbreviated(before, after) and not after.islower():
        return Kind.SENTENCE
    return Kind.CLAUSE if CLAUSE_END.search(before) else Kind.WORD


def _abbreviated(before: str, after: str) -> bool:
    word = LAST_WORD.search(before)
    if not word:
        return False
    last = word[1].lower()
    if len(last) == 1 and word[1].islower():  # "p. 12", but "3 t. Ensuite" and "à 18 h. Puis" end
        return after.isdigit()
    return len(last) == 1 or last in ABBREVIATIONS or (last in BEFORE_NUMBERS and after.isdigit())
