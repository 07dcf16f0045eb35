"""Pure. Links as twitter-text 3.1.0 finds them: in JavaScript for X, in Ruby and with rules of its own for Mastodon.

Offsets count UTF-16 units where a function says units: that is how JavaScript counts, and some of its quirks hang on it.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import regex

from bot.core import tlds
from bot.core.model import Entity

# twitter-text counts in UTF-16 units, and may begin a domain at the second half of an emoji.
ASTRAL = re.compile("[\U00010000-\U0010ffff]")


def halved(text: str) -> str:
    """The text in UTF-16 units, a surrogate each where a character has two."""
    return ASTRAL.sub(lambda found: "".join(map(chr, memoryview(found[0].encode("utf-16-le")).cast("H"))), text)


def joined(units: str) -> str:
    """The text of UTF-16 units."""
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


SPACE = r"\t-\r \x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_DIRECTION, _NEVER = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069", r"\ufeff\ufffe\uffff"
PUNCTUATION = r"!#-/:-@\[-_{-~"  # neither the double quote nor the backtick: twitter-text allows them in a domain
ACCENTS = (
    r"\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272\u0289\u028b"
    r"\u02bb\u0300-\u036f\u1e00-\u1eff"
)
LATIN = (  # and what "in any case" adds to it in JavaScript: the iotas, as the capital of U+0345 is one, and so on
    rf"{ACCENTS}\u0260\u0269\u0275\u0280\u0283\u0288\u028a\u028c\u0292\u0399\u03b9\u1fbe\u2c65\u2c66\u2c7e\u2c7f\ua7dc"
)
CYRILLIC = r"\u0400-\u04ff\u1c80-\u1c87"
_HOST = rf"[^{PUNCTUATION}{SPACE}{_DIRECTION}{_NEVER}]"
_INNER = rf"(?:{_HOST}|[-_])"  # inside a label, but not at its ends
_GLUE = rf"A-Za-z0-9@＠$#＃{_NEVER}"  # no link begins right behind one of these
_DOT = re.compile(rf"\.(?={_HOST})")
_LABEL = re.compile(rf"(?![-_]){_INNER}++(?<![-_])\.")
_LABEL_BACKWARDS = regex.compile(rf"(?r){_INNER}+")
_BARE_START = re.compile(rf"(?<![{_GLUE}])(?!\A[^{_GLUE}]{_HOST}){_HOST}")  # the first character is skipped if it can be
_LATIN_LABELS = re.compile(rf"(?:[-A-Za-z0-9{LATIN}]++\.)++")
_ASCII_TLD = re.compile(r"[A-Za-z0-9]++(?![@+-])")
_FOREIGN = "|".join(sorted((word for word in tlds.X if not word.isascii()), key=len, reverse=True))
_FOREIGN_TLD = re.compile(rf"(?i:{_FOREIGN})(?![A-Za-z0-9@+-])")
_NEVER_ON_MASTODON = re.compile('[\0-\x1f"`\x7f]')
_IDN_DOTS = re.compile("[\u3002\uff0e\uff61]")
_URL_LIMIT, _LABEL_LIMIT, _SLUG_LIMIT = 4096, 63, 40


@dataclass(frozen=True, slots=True)
class Finder:
    """How one network's twitter-text differs from another's: its schemes, what may follow a domain, a top-level domain in
    punycode, where the links of X's shortener end, and whether a link is one, by its scheme, its domain and the whole."""

    schemes: tuple[str, ...]
    rest: regex.Pattern[str]
    punycode: re.Pattern[str]
    short: re.Pattern[str]
    valid: Callable[[str, str, str], bool]


def _pair(inside: str) -> str:
    """A pair of brackets, with at most one pair inside."""
    return rf"\((?:{inside}++|{inside}*+\({inside}++\){inside}*+)\)"


def _rest(path: str, query: str) -> regex.Pattern[str]:
    """What may follow a domain: a port, a path and a query."""
    return regex.compile(rf"(?::[0-9]+)?(?P<path>/{path})?(?:\?{query})?")


def _tld(text: str, at: int, finder: Finder) -> int:
    """Where the top-level domain ends that begins here; 0 for none."""
    word = _ASCII_TLD.match(text, at)
    if word and word[0].lower() in tlds.X:
        return word.end()
    other = _FOREIGN_TLD.match(text, at) or finder.punycode.match(text, at)
    return other.end() if other else 0


def _first_label(text: str, free: int, dot: int) -> int:
    """Where the first of the labels begins that reach a dot without a break; the dot itself if none does."""
    first = end = dot
    while (label := _LABEL_BACKWARDS.match(text, free, end)) and text[end - 1] not in "-_":
        first = label.start()
        if first == free or text[first] in "-_" or text[first - 1] != ".":
            break
        end = first - 1
    return first


def _farther(text: str, dot: int, finder: Finder) -> tuple[int, int]:
    """Where the longest domain ends that reaches beyond the label behind this dot, 0 for none; and the last dot that labels
    reach without a break. It holds for all dots up to that one, so that none is looked at twice."""
    end = 0
    while following := _LABEL.match(text, dot + 1):
        label, dot = dot + 1, following.end() - 1
        if "_" not in text[label:dot]:
            end = _tld(text, dot + 1, finder) or end
    return end, dot


def _domain_end(text: str, start: int, dot: int, far: int, finder: Finder) -> int:
    """Where the longest domain ends that begins here and reaches beyond a dot; 0 for none. `far` is what `_farther` says."""
    label = text.rfind(".", start, dot) + 1 or start
    return far if far > dot else 0 if "_" in text[label:dot] else _tld(text, dot + 1, finder)


def _address(text: str, free: int, dot: int, far: int, finder: Finder) -> tuple[int, int, int] | None:
    """Where a link begins, where its domain begins and ends, around a dot with a top-level domain behind it."""
    first, lowest = _first_label(text, free, dot), free + 1 if free else 0
    before = text[max(lowest, first - 9) : first].lower()
    scheme = next((len(scheme) for scheme in finder.schemes if before.endswith(scheme)), 0)
    starts_well = first < dot and text[first] not in "-_" and _BARE_START.match(text, first - scheme)
    if scheme and starts_well and (end := _domain_end(text, first, dot, far, finder)):
        return first - scheme, first, end
    start = max(first, lowest)
    while bare := _BARE_START.search(text, start, dot):
        if end := _domain_end(text, bare.start(), dot, far, finder):
            return bare.start(), bare.start(), end
        # only an underscore can be in the way, and a domain may begin behind it
        start = text.rfind("_", bare.start(), dot) + 1 or dot
    return None


def _latin_domains(domain: str, finder: Finder) -> Iterator[tuple[int, int]]:
    """The parts of a domain that are one in Latin letters: a link without a scheme is made of these."""
    at = place = 0
    while labels := _LATIN_LABELS.search(domain, at):
        dots = [dot for dot in range(*labels.span()) if domain[dot] == "."]
        if end := next(filter(None, (_tld(domain, dot + 1, finder) for dot in reversed(dots))), 0):
            name = domain[labels.start() : end]
            place = domain.find(name, place) + len(name)  # twitter-text looks it up again: another place, at times
            yield place - len(name), place
        at = end or labels.end()


def _dns(label: str) -> str:
    if label.isascii():
        return label
    parts = _IDN_DOTS.split(joined(label))
    return ".".join(part if part.isascii() else "xn--" + part.encode("punycode").decode() for part in parts)


def _valid_on_x(scheme: str, domain: str, link: str) -> bool:
    """Whether it is short enough, each label fits the DNS, and a name that begins as punycode is not something else."""
    if len(scheme or "https://") + len(link) > _URL_LIMIT:  # the scheme is counted twice
        return False
    if domain.startswith("xn--") and not any(_latin_domains(domain, X)):
        return False
    # the first look spares long words the encoding, which is slow and makes nothing shorter
    return all(len(label) <= 2 * _LABEL_LIMIT and len(_dns(label)) <= _LABEL_LIMIT for label in domain.split("."))


def _valid_on_mastodon(_scheme: str, domain: str, link: str) -> bool:
    """Whether its domain has a name by IDNA 2003, which knows Unicode 3.2 and so no emoji, and it is short enough."""
    if _NEVER_ON_MASTODON.search(domain) or any(unicodedata.ucd_3_2_0.category(each) == "Cn" for each in domain):
        return False
    try:
        return len(link) + max(0, len(domain.encode("idna")) - len(domain)) <= _URL_LIMIT
    except UnicodeError:
        return False


def _accepted(text: str, address: tuple[int, int, int], rest: regex.Match[str], finder: Finder) -> Iterator[Entity]:
    """The links that an address makes: mostly one; none if it breaks a limit."""
    link, start, end = address
    url, domain = text[link : rest.end()], text[start:end]
    if not finder.valid(text[link:start], domain, url):
        return
    if link < start:
        short = finder.short.match(url)
        if not short or len(short[1]) <= _SLUG_LIMIT:
            url = short[0] if short else url
            yield Entity("link", link, link + len(url), url)
    elif start == 0 or text[start - 1] not in "-_./":
        places = list(_latin_domains(domain, finder))
        for left, right in places:
            with_rest = rest["path"] and right == places[-1][1]
            url = domain[left:right] + (text[end : rest.end()] if with_rest else "")
            yield Entity("link", start + left, start + left + len(url), "https://" + url)


def links_in_units(units: str, finder: Finder) -> Iterator[Entity]:
    """The links of a text in UTF-16 units, in reading order and without overlap."""
    free = 0  # all before it belongs to an address
    far = last = -1
    for found in _DOT.finditer(units):
        dot = found.start()
        if dot < free or not _tld(units, dot + 1, finder):
            continue
        if dot > last:
            far, last = _farther(units, dot, finder)
        if (address := _address(units, free, dot, far, finder)) and (rest := finder.rest.match(units, address[-1])):
            yield from _accepted(units, address, rest, finder)
            free = rest.end()


def links(text: str, finder: Finder) -> Iterator[Entity]:
    """The links of a text, in reading order and without overlap; offsets in characters."""
    units = halved(text)
    halves = [half.start() for half in re.finditer("[\ud800-\udbff]", units)]
    for link in links_in_units(units, finder):
        start, end = (place - bisect_left(halves, place) for place in (link.start, link.end))
        yield Entity("link", start, end, joined(link.target))


_WEB = ("http://", "https://")
_X_GENERAL = rf"[!#-'*-;=@-\[\]_a-z|~\u2013{LATIN}{CYRILLIC}]"
_X_ENDING = rf"[#+\-/-9=A-Z_a-z{LATIN}{CYRILLIC}]"
_X_QUERY = r"[!#-;=?-\[\]_a-z|~]*[#&\-/-9=A-Z_a-z]"
X = Finder(
    schemes=_WEB,
    rest=_rest(rf"(?:(?:{_X_GENERAL}|{_pair(_X_GENERAL)})*{_X_ENDING})?(?:{_pair(_X_GENERAL)})*", _X_QUERY),
    punycode=re.compile(r"[Xx][Nn]--[-0-9A-Za-z]+"),
    short=re.compile(rf"(?i:https?://t\.co/)([A-Za-z0-9]+)(?:\?{_X_QUERY})?"),
    valid=_valid_on_x,
)
_GENERAL, _ENDING = r"[^\s<>()?]", r"[^\s()?!*\"'「」<>;:=,.$%\[\]~&|@]"
_BEYOND_ASCII = r"\u00a0-\ufdcf\ufdf0-\uffef\U00010000-\U000dfffd\U000e1000-\U0010fffd"
_QUERY = rf"[!#-;=?-\[\]^_a-z|~{_BEYOND_ASCII}]*[#&\-/-9=A-Z_a-z{_BEYOND_ASCII}]"
_LAST_PAIR = _pair(rf"[!#-'*-;=@-\[\]_a-z|~\p{{Pd}}\p{{Cyrillic}}{LATIN}]")  # at the end of a path, Mastodon left X's rule
MASTODON = Finder(
    schemes=(*_WEB, "dat://", "dweb://", "ipfs://", "ipns://", "ssb://", "gopher://", "gemini://"),
    rest=_rest(rf"(?:(?:{_GENERAL}|{_pair(_GENERAL)})*(?:{_ENDING}|{_LAST_PAIR}))?", _QUERY),
    punycode=re.compile(r"[Xx][Nn]--[0-9A-Za-z]+"),
    short=re.compile(r"(?i:https?://t\.co/)([A-Za-z0-9]+)"),
    valid=_valid_on_mastodon,
)
