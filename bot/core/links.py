"""Pure. Links as twitter-text 3.1.0 finds them, for X and, with other schemes and paths, for Mastodon.

Offsets count UTF-16 units where a function says units: that is how twitter-text counts, and some of its quirks hang on it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

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
LATIN = (  # and what "in any case" adds to it in JavaScript: the iotas, as the capital of U+0345 is one, and so on
    r"\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0260\u0263\u0268\u0269\u026f\u0272\u0275"
    r"\u0280\u0283\u0288-\u028c\u0292\u02bb\u0300-\u036f\u0399\u03b9\u1e00-\u1eff\u1fbe\u2c65\u2c66\u2c7e\u2c7f\ua7dc"
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
_OTHER_TLD = re.compile(rf"(?i:{_FOREIGN})(?![A-Za-z0-9@+-])|[Xx][Nn]--[-0-9A-Za-z]+")
_IDN_DOTS = re.compile("[\u3002\uff0e\uff61]")
X_QUERY = r"[!#-;=?-\[\]_a-z|~]*[#&\-/-9=A-Z_a-z]"
_T_CO = re.compile(rf"(?i:https?://t\.co/)([A-Za-z0-9]+)(?:\?{X_QUERY})?")
_URL_LIMIT, _LABEL_LIMIT, _SLUG_LIMIT = 4096, 63, 40


def rest_of(general: str, path: str, query: str) -> regex.Pattern[str]:
    """What may follow a domain. In a path, `<pair>` is a pair of brackets, with at most one pair inside."""
    pair = rf"\((?:{general}++|{general}*+\({general}++\){general}*+)\)"
    return regex.compile(rf"(?::[0-9]+)?(?P<path>/{path.replace('<pair>', pair)})?(?:\?{query})?")


def _tld(text: str, at: int) -> int:
    """Where the top-level domain ends that begins here; 0 for none."""
    word = _ASCII_TLD.match(text, at)
    if word and word[0].lower() in tlds.X:
        return word.end()
    other = _OTHER_TLD.match(text, at)
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


def _domain_end(text: str, start: int, dot: int) -> int:
    """Where the longest domain ends that begins here and reaches beyond a dot; 0 for none."""
    end, label = 0, text.rfind(".", start, dot) + 1 or start
    while True:
        if "_" not in text[label:dot]:
            end = _tld(text, dot + 1) or end
        following = _LABEL.match(text, dot + 1)
        if not following:
            return end
        label, dot = dot + 1, following.end() - 1


def _address(text: str, free: int, dot: int, schemes: tuple[str, ...]) -> tuple[int, int, int] | None:
    """Where a link begins, where its domain begins and ends, around a dot with a top-level domain behind it."""
    first, lowest = _first_label(text, free, dot), free + 1 if free else 0
    before = text[max(lowest, first - 9) : first].lower()
    scheme = next((len(scheme) for scheme in schemes if before.endswith(scheme)), 0)
    starts_well = first < dot and text[first] not in "-_" and _BARE_START.match(text, first - scheme)
    if scheme and starts_well and (end := _domain_end(text, first, dot)):
        return first - scheme, first, end
    start = max(first, lowest)
    while bare := _BARE_START.search(text, start, dot):
        if end := _domain_end(text, bare.start(), dot):
            return bare.start(), bare.start(), end
        # only an underscore can be in the way, and a domain may begin behind it
        start = text.rfind("_", bare.start(), dot) + 1 or dot
    return None


def _latin_domains(domain: str) -> Iterator[tuple[int, int]]:
    """The parts of a domain that are one in Latin letters: a link without a scheme is made of these."""
    at = place = 0
    while labels := _LATIN_LABELS.search(domain, at):
        dots = [dot for dot in range(*labels.span()) if domain[dot] == "."]
        if end := next(filter(None, (_tld(domain, dot + 1) for dot in reversed(dots))), 0):
            name = domain[labels.start() : end]
            place = domain.find(name, place) + len(name)  # twitter-text looks it up again: another place, at times
            yield place - len(name), place
        at = end or labels.end()


def _dns(label: str) -> str:
    parts = _IDN_DOTS.split(joined(label))
    return ".".join(part if part.isascii() else "xn--" + part.encode("punycode").decode() for part in parts)


def _resolvable(domain: str) -> bool:
    """Whether each label fits the DNS, and a name that begins as punycode is not something else."""
    if domain.startswith("xn--") and not any(_latin_domains(domain)):
        return False
    # the first look spares long words the encoding, which is slow and makes nothing shorter
    return all(len(label) <= 2 * _LABEL_LIMIT and len(_dns(label)) <= _LABEL_LIMIT for label in domain.split("."))


def _accepted(text: str, address: tuple[int, int, int], rest: regex.Match[str]) -> Iterator[Entity]:
    """The links that an address makes: mostly one; none if it breaks a limit."""
    link, start, end = address
    url, domain = text[link : rest.end()], text[start:end]
    if len(text[link:start] or "https://") + len(url) > _URL_LIMIT or not _resolvable(domain):
        return
    if link < start:
        short = _T_CO.match(url)
        if not short or len(short[1]) <= _SLUG_LIMIT:
            url = short[0] if short else url
            yield Entity("link", link, link + len(url), url)
    elif start == 0 or text[start - 1] not in "-_./":
        places = list(_latin_domains(domain))
        for left, right in places:
            with_rest = rest["path"] and right == places[-1][1]
            url = domain[left:right] + (text[end : rest.end()] if with_rest else "")
            yield Entity("link", start + left, start + left + len(url), "https://" + url)


def links_in_units(units: str, schemes: tuple[str, ...], rest: regex.Pattern[str]) -> Iterator[Entity]:
    """The links of a text in UTF-16 units, in reading order and without overlap."""
    free = 0  # all before it belongs to an address
    for dot in _DOT.finditer(units):
        if dot.start() < free or not _tld(units, dot.end()):
            continue
        if (address := _address(units, free, dot.start(), schemes)) and (found := rest.match(units, address[-1])):
            yield from _accepted(units, address, found)
            free = found.end()


def links(text: str, schemes: tuple[str, ...], rest: regex.Pattern[str]) -> Iterator[Entity]:
    """The links of a text, in reading order and without overlap; offsets in characters."""
    units = halved(text)
    halves = [half.start() for half in re.finditer("[\ud800-\udbff]", units)]
    for link in links_in_units(units, schemes, rest):
        start, end = (place - bisect_left(halves, place) for place in (link.start, link.end))
        yield Entity("link", start, end, joined(link.target))
