"""Pure. Which words hold together across a space: a number and its unit, a title and its name, a mark and its word.

Each word is looked at once for what it is to the word before it, and once for what it holds of the word behind it. A space
is no seam where the two meet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from enum import IntFlag, auto
from functools import cache, lru_cache
from unicodedata import category

import regex

from bot.core.languages.language import Language, words
from bot.core.marks import CLOSERS, HAN, NO_BREAK, OPENERS

REMEMBERED = 1 << 14  # words: more than a long thread has
SIGN = 4  # letters: no sign for a unit in `UNITS` has more


class Is(IntFlag):
    """What a word is to the word before it."""

    MARK = auto()
    NUMBER = auto()
    GROUP = auto()  # three digits: 20 "000"
    PAIR = auto()  # two digits: 14 h "30", 06 "12" 34 56 78
    SHORT = auto()  # one digit or two: 12 min "5" s
    YEAR = auto()
    UNIT = auto()
    NOUN = auto()  # what can be counted
    PROPER = auto()  # what can be counted with a capital: 12 "Français", 3 "BMP"
    ROMAN = auto()  # for what is numbered so: t. "IV"
    CENTURY = auto()
    PART = auto()  # the next part of a Korean date or time: 5월 "3일"
    CALL = auto()  # what follows the first group of a telephone number: +33 "6" 12 34 56 78
    CALLED = auto()  # held of the next group, in such a number only: see `seams`
    MONTH = auto()
    NAME = auto()  # for a title
    SURNAME = auto()  # for an initial: the same words, but "plan B. Ensuite" is told from "J. Dupont" by other means
    PLACE = auto()  # a part of coordinates
    PHRASE = auto()  # the second word of "p. ex."
    LINK = auto()  # between two numbers: 2 "à" 3
    OTHER = auto()


Table = tuple[tuple[Is, str], ...]
ANY = ~Is(0)
NUMBER = rf"[+\-−–~≈±<>]?[$€£¥₴₽₹]?\d++(?:[.,:/’'{NO_BREAK}–-]\d++)*+"
YEAR = r"(?:1\d|20)\d\d(?:[–/-](?:20|19)?\d\d)?"
DAY = r"\d{1,2}(?:[–/-]\d{1,2})?"
# As threads mix languages: of French and English in any text.
MONTHS = words(
    """
    january february march april may june july august september october november december jan feb apr aug sept oct nov dec
    janvier février mars avril mai juin juillet août septembre octobre novembre décembre janv févr fév avr juil déc
    """
)
UNITS = (
    r"[kcdmµμn]?m[²³23]?|ha|[kmµμ]?g|t|[cdhmk]?[lL]|[kMGT]?(?:W|V|A|Wh|Hz|Pa|J|N)|[kKMGTP]i?[oBb]|hPa|mb|bars?|°[CF]?|[‰%]|"
    r"[kM]?[€$£](?:\p{Lu}{2,3})?|Md€|₴|₽|¥|₹|h|min|mn|s|sec|ms|km/h|kts?|m/s|m[²³]/s|mi|ft|mph|kph|[MG]t|USD|EUR|GBP|UAH|RUB|CHF|dB|px|"
    r"lbs?|oz|(?:A\.?D|B\.?C(?:\.?E)?|BCE|CE)"
)
# Where language.numbered wants a full stop, these do not.
BEFORE_ROMAN = words(
    "chapitre tome volume livre acte titre annexe article chapter book act kapitel band capitolo capítulo tomo libro"
)
THOUSANDS = "만억조천백万萬亿億兆千百"  # written behind the digits, in Korean and Chinese


def keyed(word: str) -> str:
    """A word as the tables have it: in lower case, but a single letter as it is, since "M." is no "m."."""
    return word.lower() if len(word) > 1 else word


def _any(*tables: Iterable[str]) -> str:
    """Any of these words, in any case but for single letters."""
    entries = [word for table in tables for word in sorted(table)]
    long, single = ("|".join(regex.escape(word) for word in entries if (len(word) > 1) is big) for big in (True, False))
    return f"(?:(?i:{long or '(?!)'})|{single or '(?!)'})"


def _is(language: Language) -> Table:
    """What a word is, by expressions for the whole of it but the punctuation behind it; those with `\\d` want a digit."""
    common = _any(language.starters, language.links)
    first = r"\p{L}" if language.nouns else r"[\p{Ll}\p{Lo}]"
    return (
        (Is.MARK, r"[!?;:؟؛%‰]+(?![\p{L}\p{Nd}]).*+|Jr|[»›](?!\p{L}).*+|…[^\p{L}]*|ๆ.*+"),
        (Is.NUMBER, r"[+\-−~≈±]?[$€£¥₴₽₹]?\d.*+"),
        (Is.GROUP, rf"\d{{3}}(?:[.,]\d+|[–-]\d{{1,3}})?(?:{UNITS})?"),
        (Is.PAIR, r"\d\d"),
        (Is.SHORT, r"\d\d?"),
        (Is.YEAR, r"\d{4}"),
        (Is.UNIT, rf"(?:{UNITS}|{_any(language.units)})\p{{Hangul}}{{0,3}}"),
        (Is.UNIT, rf"US|[{HAN}].*+"),
        (Is.UNIT, rf"(?:{UNITS})[–-]{NUMBER}"),
        (Is.NOUN, rf"(?!{common}(?![\p{{L}}\p{{M}}])){first}[\p{{L}}\p{{M}}’'-]+"),
        (Is.PROPER, rf"(?!{common}(?![\p{{L}}\p{{M}}]))\p{{Lu}}[\p{{L}}\p{{M}}\p{{Nd}}’'-]+"),
        (Is.ROMAN, r"[IVX]{2,7}|[VX]"),
        (Is.CENTURY, r"вв?|ст|siècles?|secol[oi]|siglos?|séculos?|centur(?:y|ies)"),
        (Is.PART, r"\d{1,2}[월일시분초]\p{Hangul}{0,3}"),
        (Is.CALL, r"[(]?\d{1,4}[)]?(?:[.-]\d{2,4})*"),
        (Is.MONTH, _any(language.months | MONTHS)),
        (Is.NAME | Is.SURNAME, r"(?:[dDlL][’'])?[\p{Lu}\p{Lo}].*+"),
        (Is.NAME, _any(language.particles)),
        (Is.PLACE, r"\d+(?:[.,]\d+)?[°º′'’″\"”].*+|-?\d{1,3}\.\d{3,}"),
        (Is.PLACE, r"[NSEWO]"),
        (Is.PHRASE, _any(second.rstrip(".") for _, second in language.phrases)),
        (Is.LINK, rf"{_any(language.links)}|[x×+=/*–—-]"),
    )


def _holds(language: Language) -> Table:
    """What a word holds of the next, by expressions for the whole of it but what opens before it; `\\d` likewise."""
    months, titles = _any(language.months | MONTHS), _any(language.titles)
    return (
        (Is.UNIT | Is.LINK, rf"(?:(?:{UNITS})[–-])?{NUMBER}"),
        (Is.UNIT, rf"(?:.*[{HAN}](?=\d))?+{NUMBER}[{THOUSANDS}]*"),
        (Is.UNIT, r"[dD]ollars?"),
        (Is.NOUN | Is.PROPER, rf"(?!{YEAR}$){NUMBER}"),
        (Is.ROMAN, rf"{_any(language.numbered)}\.|{_any(BEFORE_ROMAN)}"),
        (Is.CENTURY, r"[IVX]{1,6}(?:e|ème|er|th|º)?"),
        (Is.PART, r"\d{1,4}[년월일시분]"),
        (Is.PART, r"오[전후]"),
        (Is.CALL, r"[+]\d{1,3}"),
        (Is.CALLED, r"\d{1,4}[)]?"),
        (Is.GROUP, rf"[+\-−~≈±<>]?[$€£¥₴₽₹]?(?:1[/:])?(?:\d{{1,3}}[{NO_BREAK}–-])*+\d{{1,3}}"),
        (Is.PAIR, r"\d\d|[+]\d\d"),
        (Is.SHORT, r"\p{Nd}*(?:h|min|mn|ft|lbs?|Uhr|ч|мин|год|хв)"),
        (Is.MONTH | Is.LINK, rf"{DAY}(?:er|st|nd|rd|th|[ºª°])?"),
        (Is.MONTH, r"er"),
        (Is.MONTH | Is.UNIT | Is.NOUN if language.ordinals else Is(0), r"\d{1,2}\."),
        (Is.UNIT, rf"{_any(language.scales)}\.?"),
        (Is.YEAR, rf"{DAY}(?:st|nd|rd|th)?,"),
        (Is.NUMBER | Is.LINK, rf"{months}\.?"),
        (Is.NUMBER, r"[nN]\.?[°ºᵒ]|[nN]os?|№|§§?|[제第≈~<>≤≥±−]|\p{Lu}{0,3}[$€£¥₴₽₹]"),
        (Is.NUMBER, rf"{_any(language.numbered)}(?:\.|(?<=['׳]))|(?i:env|approx|ca|circa|прибл|ок)\.|A\.?D\.?|M\.?Ö\.?"),
        # "г." is a town before its name, though no title: it is a year where a sentence ends
        (Is.NAME, rf"{titles}\.|г\.|(?=[\p{{Lu}}\p{{Lo}}]){titles}"),
        (Is.SURNAME, r"\p{Lu}\.(?:-?\p{Lu}\.)?"),
        (Is.PHRASE, rf"{_any(first.rstrip('.') for first, _ in language.phrases)}\.?"),
        (ANY, rf"(?:.*[\s(\[{{{NO_BREAK}«“„\"'’–—-])?[«‹]"),
        (Is.PLACE, r".{0,32}\d[°º′'’″\"”](?:[NSEWO],?)?|-?\d{1,3}\.\d{3,},"),
        (Is.PLACE, r"[NSEWO],?"),
    )


_NO_BREAKS = re.compile(f"[{NO_BREAK}]++")
_HAN = re.compile(f"[{HAN}]")
_DIGIT = regex.compile(r"\d")
_LEADING = regex.compile(rf"[{OPENERS}]*+(?:\p{{L}}{{1,6}}[’'](?=\p{{L}}))?")
_TRAILING = regex.compile(rf"(?<=[^{CLOSERS}.,;:!?…،؛])[{CLOSERS}.,;:!?…،؛]++$")


def _sum(table: Table) -> Callable[[str], Is]:
    """All that a word is, or holds."""
    rows = [(what, regex.compile(rf"(?:{pattern})", regex.V1), r"\d" in pattern) for what, pattern in table]
    patterns = tuple((what, pattern) for what, pattern, _ in rows)
    wordy = tuple((what, pattern) for what, pattern, numeric in rows if not numeric)

    def summed(word: str) -> Is:
        total = Is(0)
        for what, pattern in patterns if _DIGIT.search(word) else wordy:
            if pattern.fullmatch(word):
                total |= what
        return total

    return summed


def _folded(word: str) -> str:
    """A word as expressions compare it in any case: dotless and dotted i are one."""
    return word.casefold().replace("i\u0307", "i").replace("ı", "i")


class Holding:
    """What holds together in one language: where `holds(word) & is_(next word)` is not 0."""

    def __init__(self, language: Language) -> None:
        self._is, self._holds = _sum(_is(language)), _sum(_holds(language))
        nouns = Is.NOUN if language.nouns else Is(0)
        name = Is.NAME | Is.SURNAME | nouns
        self._plainly = {"Ll": Is.NOUN, "Lu": name | Is.PROPER, "Lo": name | Is.NOUN}
        self._tabled = frozenset(map(_folded, _tabled(language)))
        self.is_, self.holds = lru_cache(REMEMBERED)(self._what_is), lru_cache(REMEMBERED)(self._what_holds)

    # Plain integers, as an IntFlag's `&` takes ten times as long. Of what no-break spaces join, the first part counts as well
    # to what stands before, and the last to what stands behind.
    def _what_is(self, word: str) -> int:
        bare = word if word[-1:].isalpha() else _TRAILING.sub("", word)
        if self._is_plain(bare) and (plain := self._plainly.get(category(bare[0]))):
            return int(plain | Is.OTHER)
        first = _NO_BREAKS.split(word, 1)[0]
        return int(self._is(bare) | Is.OTHER) | (self.is_(first) if 0 < len(first) < len(word) else 0)

    def _what_holds(self, word: str) -> int:
        bare = _LEADING.sub("", word, 1) or word
        if self._is_plain(bare.rstrip(".,")):
            return 0
        last = _NO_BREAKS.split(word)[-1]
        return int(self._holds(bare)) | (self.holds(last) if 0 < len(last) < len(word) else 0)

    def _is_plain(self, word: str) -> bool:
        """Whether a word is in no table and no sign for a unit, so that its first letter says all: the most are."""
        return len(word) > SIGN and word.isalpha() and not _HAN.match(word) and _folded(word) not in self._tabled


def _tabled(language: Language) -> Iterator[str]:
    """All words that the expressions are made of."""
    tables = (language.starters, language.links, language.units, language.months | MONTHS, language.particles, language.scales)
    for table in (*tables, BEFORE_ROMAN, language.numbered, language.titles, *language.phrases):
        yield from (word.rstrip(".") for word in table)


holding = cache(Holding)
