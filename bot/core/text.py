"""Pure. How networks read a text: what they count, and which links, mentions and tags they see in it.

X is read as twitter-text 3.1.0 (config v3) reads it, Bluesky as `detectFacets` of `@atproto/api`, Mastodon as its own
`StatusLengthValidator` and `Extractor`. What follows are their rules, not their expressions.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import regex

from bot.core import emoji, tlds
from bot.core.model import Entity, EntityKind

# --- grapheme clusters -----------------------------------------------------------------------------------------------

_CLUSTER = regex.compile(r"\X")
# Characters that stand alone unless a neighbour from outside this class says otherwise.
_ALONE = (
    r"\n -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u058f\u1e00-\u1fff\u2010-\u2027\u202f-\u205f\u20a0-\u20bf"
    r"\u2100-\u2bff\u3000-\u3029\u3030-\u3098\u309b-\ua4cf\uff01-\uff9d"
)
_RISKY = re.compile(rf"[{_ALONE}]?(?:[^{_ALONE}]+[{_ALONE}]?)+")


def graphemes(text: str) -> int:
    """The number of extended grapheme clusters (UAX #29): what a reader takes for one character. `\\r\\n` is one."""
    if text.isascii():
        return len(text) - text.count("\r\n")
    return len(text) - sum(len(run) - len(_CLUSTER.findall(run)) for run in _RISKY.findall(text))


def cluster_ends(text: str) -> list[int]:
    """Where each grapheme cluster ends, in characters from the start of the text."""
    ends: list[int] = []
    done = 0
    for run in _RISKY.finditer(text):
        ends.extend(range(done + 1, run.start() + 1))
        ends.extend(cluster.end() for cluster in _CLUSTER.finditer(text, run.start(), run.end()))
        done = run.end()
    ends.extend(range(done + 1, len(text) + 1))
    return ends


# --- links as twitter-text finds them (X, Mastodon) ------------------------------------------------------------------

_SPACE = r"\t-\r \x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_DIRECTION = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_NEVER = r"\ufeff\ufffe\uffff"
_PUNCTUATION = r"!#-/:-@\[-_{-~"  # neither the double quote nor the backtick: twitter-text allows them in a domain
_LATIN = (  # and what "in any case" adds to it in JavaScript: the iotas are the capital of U+0345, and so on
    r"\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0260\u0263\u0268\u0269\u026f\u0272\u0275"
    r"\u0280\u0283\u0288-\u028c\u0292\u02bb\u0300-\u036f\u0399\u03b9\u1e00-\u1eff\u1fbe\u2c65\u2c66\u2c7e\u2c7f\ua7dc"
)
_CYRILLIC = r"\u0400-\u04ff\u1c80-\u1c87"
_HOST = rf"[^{_PUNCTUATION}{_SPACE}{_DIRECTION}{_NEVER}]"
_INNER = rf"(?:{_HOST}|[-_])"  # inside a label, but not at its ends

_DOT = re.compile(rf"\.(?={_HOST})")
_LABEL = re.compile(rf"(?![-_]){_INNER}++(?<![-_])\.")
_LABEL_BACKWARDS = regex.compile(rf"(?r){_INNER}+")
_GLUE = rf"A-Za-z0-9@＠$#＃{_NEVER}"  # no link begins right behind these
_BARE_START = re.compile(rf"(?<![{_GLUE}])(?!\A[^{_GLUE}]{_HOST}){_HOST}")  # nor, at \A, before where it could
_LATIN_LABELS = re.compile(rf"(?:[-A-Za-z0-9{_LATIN}]++\.)++")
_ASCII_TLD = re.compile(r"[A-Za-z0-9]++(?![@+-])")
_TLD_GOES_ON = re.compile(r"[A-Za-z0-9@+-]")
_PUNYCODE_TLD = re.compile(r"[Xx][Nn]--[-0-9A-Za-z]+")
_FOREIGN_TLDS = frozenset(word.upper() for word in tlds.X if not word.isascii())
_LONGEST_FOREIGN_TLD = max(map(len, _FOREIGN_TLDS))
_IDN_DOTS = re.compile("[\u3002\uff0e\uff61]")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_URL_LIMIT, _LABEL_LIMIT, _SLUG_LIMIT = 4096, 63, 40


@dataclass(frozen=True, slots=True)
class _Link:
    start: int
    end: int
    url: str


@dataclass(frozen=True, slots=True)
class _Grammar:
    """What differs between users of twitter-text: the schemes, what may follow a domain, and links without a scheme."""

    schemes: tuple[str, ...]
    rest: re.Pattern[str]
    bare: bool


def _bracketed(general: str) -> str:
    """A pair of brackets in a path, with at most one pair inside."""
    return rf"\((?:{general}++|{general}*+\({general}++\){general}*+)\)"


def _rest(path: str, query: str) -> re.Pattern[str]:
    """What may follow a domain."""
    return re.compile(rf"(?::[0-9]+)?(?P<path>/{path})?(?:\?{query})?")


_X_QUERY = r"[!#-;=?-\[\]_a-z|~]*[#&\-/-9=A-Z_a-z]"
_T_CO = re.compile(rf"(?i:https?://t\.co/)([A-Za-z0-9]+)(?:\?{_X_QUERY})?")


def _tld(text: str, at: int) -> int:
    """Where the top-level domain ends that begins here; 0 for none."""
    word = _ASCII_TLD.match(text, at)
    if word and word[0].lower() in tlds.X:
        return word.end()
    for end in range(min(at + _LONGEST_FOREIGN_TLD, len(text)), at, -1):
        if text[at:end].upper() in _FOREIGN_TLDS and not _TLD_GOES_ON.match(text, end):
            return end
    encoded = _PUNYCODE_TLD.match(text, at)
    return encoded.end() if encoded else 0


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


def _domain(text: str, free: int, dot: int, schemes: tuple[str, ...]) -> tuple[int, int, int] | None:
    """Where a link begins, where its domain begins and ends, around a dot with a top-level domain behind it."""
    first, lowest = _first_label(text, free, dot), free + 1 if free else 0
    before = text[max(lowest, first - 9) : first].lower()
    scheme = next((len(scheme) for scheme in schemes if before.endswith(scheme)), 0)
    if scheme and first < dot and text[first] not in "-_" and _BARE_START.match(text, first - scheme):
        if end := _domain_end(text, first, dot):
            return first - scheme, first, end
    start = max(first, lowest)
    while bare := _BARE_START.search(text, start, dot):
        if end := _domain_end(text, bare.start(), dot):
            return bare.start(), bare.start(), end
        # only an underscore can be in the way, and a domain may begin behind it
        start = text.rfind("_", bare.start(), dot) + 1 or dot
    return None


def _resolvable(domain: str) -> bool:
    """Whether each label fits the DNS, and a name that begins as punycode is not something else."""
    if domain.startswith("xn--") and not any(_latin_domains(domain)):
        return False
    return all(_dns_length(label) <= _LABEL_LIMIT for label in domain.split("."))


def _dns_length(label: str) -> int:
    parts = _IDN_DOTS.split(_joined(label))
    if max(map(len, parts)) > _LABEL_LIMIT:  # encoding never shortens, and takes long on long words
        return _LABEL_LIMIT + 1
    encoded = (part if part.isascii() else "xn--" + part.encode("punycode").decode() for part in parts)
    return len(".".join(encoded))


def _latin_domains(domain: str) -> Iterator[tuple[int, int]]:
    """The parts of a domain that make a domain in Latin letters: a link without a scheme is one of these."""
    at = place = 0
    while labels := _LATIN_LABELS.search(domain, at):
        dots = [dot for dot in range(*labels.span()) if domain[dot] == "."]
        if end := next(filter(None, (_tld(domain, dot + 1) for dot in reversed(dots))), 0):
            name = domain[labels.start() : end]
            place = domain.find(name, place) + len(name)  # twitter-text looks it up again: another place, at times
            yield place - len(name), place
        at = end or labels.end()


def _shown(text: str, span: tuple[int, int, int], rest: re.Match[str], bare: bool) -> Iterator[_Link]:
    """The links of one address that was found: mostly one; none if it breaks a limit."""
    link, start, end = span
    url, domain = text[link : rest.end()], text[start:end]
    if len(text[link:start] or "https://") + len(url) > _URL_LIMIT or not _resolvable(domain):
        return
    if link < start:
        short = _T_CO.match(url)
        if not short or len(short[1]) <= _SLUG_LIMIT:
            yield _Link(link, link + len(short[0] if short else url), short[0] if short else url)
    elif bare and not (start and text[start - 1] in "-_./"):
        places = list(_latin_domains(domain))
        for left, right in places:
            tail = text[end : rest.end()] if rest["path"] and right == places[-1][1] else ""
            name = domain[left:right] + tail
            yield _Link(start + left, start + left + len(name), "https://" + name)


def _scan(text: str, grammar: _Grammar) -> Iterator[_Link]:
    free = 0  # all before it belongs to an address
    for dot in _DOT.finditer(text):
        if dot.start() < free or not _tld(text, dot.end()):
            continue
        if span := _domain(text, free, dot.start(), grammar.schemes):
            rest = grammar.rest.match(text, span[2])
            assert rest  # each of its parts is optional
            yield from _shown(text, span, rest, grammar.bare)
            free = rest.end()


def _halved(text: str) -> str:
    """A text in UTF-16 units: twitter-text starts a domain at the second half of an emoji."""
    return _ASTRAL.sub(lambda found: "".join(map(chr, memoryview(found[0].encode("utf-16-le")).cast("H"))), text)


def _joined(units: str) -> str:
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _links(text: str, grammar: _Grammar) -> list[_Link]:
    """The links in reading order, without overlap; offsets in characters."""
    if not _DOT.search(text):
        return []
    units = _halved(text)
    found = list(_scan(units, grammar))
    if len(units) == len(text) or not found:
        return found
    halves = [half.start() for half in re.finditer("[\ud800-\udbff]", units)]
    place = [link.start - bisect_left(halves, link.start) for link in found]
    ends = [link.end - bisect_left(halves, link.end) for link in found]
    return [_Link(start, end, _joined(link.url)) for start, end, link in zip(place, ends, found, strict=True)]


def _replace(text: str, cuts: Iterable[tuple[int, int, str]]) -> str:
    """The text with some spans, in order, replaced."""
    parts, done = [], 0
    for start, end, instead in cuts:
        parts += text[done:start], instead
        done = end
    return "".join(parts) + text[done:]


_SHORTENED = "x" * 23  # what both X and Mastodon count for a link

# --- X ---------------------------------------------------------------------------------------------------------------

_WIDE = re.compile("[^\0-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]+")
_JOINERS = re.compile("[\u200d\u20e3\ufe0f\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\U000e007f]")
_X_GENERAL = rf"[!#-'*-;=@-\[\]_a-z|~\u2013{_LATIN}{_CYRILLIC}]"
_X_PAIR, _X_ENDING = _bracketed(_X_GENERAL), rf"[#+\-/-9=A-Z_a-z{_LATIN}{_CYRILLIC}]"
_X = _Grammar(
    schemes=("http://", "https://"),
    rest=_rest(rf"(?:(?:{_X_GENERAL}|{_X_PAIR})*{_X_ENDING})?(?:{_X_PAIR})*", _X_QUERY),
    bare=True,
)
_TAG_LETTER, _TAG_OTHER = r"\p{L}\p{M}", r"\p{Nd}_\u200c\u200d\ua67e\u05be\u05f3\u05f4\uff5e\u301c\u309b\u309c\u30a0\u30fb\u3003\u0f0b\u0f0c\u00b7"


def _weight(text: str) -> int:
    return len(text) if text.isascii() else len(text) + sum(map(len, _WIDE.findall(text)))


@cache
def _emoji_sequences() -> re.Pattern[str]:
    return re.compile(emoji.SEQUENCES)


def _x_count(text: str) -> int:
    """twitter-text's weighted length: 1 for most alphabets, 2 for the rest and for an emoji, 23 for a link; after NFC."""
    text = unicodedata.normalize("NFC", text)
    links = _links(text, _X)
    weight = _weight(_replace(text, ((link.start, link.end, _SHORTENED) for link in links)))
    if not text.isascii() and _JOINERS.search(text):
        for found in _emoji_sequences().finditer(text):
            if not any(link.start <= found.start() < link.end for link in links):
                weight -= _weight(found[0]) - 2
    return weight


@cache
def _x_marks() -> tuple[tuple[EntityKind, regex.Pattern[str]], ...]:
    alnum = rf"[{_TAG_LETTER}{_TAG_OTHER}]"
    tag = rf"(?<!(?![\ufe0e\ufe0f]){alnum}|&)[#＃](?![\ufe0f\u20e3])((?=[{_TAG_OTHER}]*+[{_TAG_LETTER}]){alnum}++)(?![#＃]|://)"
    name = rf"(?:(?<![A-Za-z0-9_!#$%&*@＠])|(?<=(?:^|[^A-Za-z0-9_+~.-])[Rr][Tt]))[@＠]([A-Za-z0-9_]{{1,15}}+)(?![A-Za-z0-9_@＠{_LATIN}]|://)"
    cash = rf"(?<![^{_SPACE}])\$([A-Za-z]{{1,6}}(?:[._][A-Za-z]{{1,2}})?)(?=[\s{_PUNCTUATION}]|$)"
    return (("mention", regex.compile(name)), ("tag", regex.compile(tag)), ("cashtag", regex.compile(cash)))


def _x_entities(text: str) -> tuple[Entity, ...]:
    return _disjoint(_as_entities(_links(text, _X)), *(_marked(text, kind, mark) for kind, mark in _x_marks()))


def _as_entities(links: Iterable[_Link]) -> Iterator[Entity]:
    return (Entity("link", link.start, link.end, link.url) for link in links)


def _marked(text: str, kind: EntityKind, mark: regex.Pattern[str]) -> Iterator[Entity]:
    """What a sign such as `#` makes of the word behind it: the sign is part of the entity, not of its target."""
    return (Entity(kind, found.start(1) - 1, found.end(1), found[1]) for found in mark.finditer(text))


def _disjoint(*kinds: Iterable[Entity]) -> tuple[Entity, ...]:
    """All entities in reading order; of two that overlap the first to begin stays, as in every network's renderer."""
    kept: list[Entity] = []
    for entity in sorted((entity for kind in kinds for entity in kind), key=lambda entity: entity.start):
        if not kept or entity.start >= kept[-1].end:
            kept.append(entity)
    return tuple(kept)


# --- Bluesky and our own pages ---------------------------------------------------------------------------------------

_JS_SPACE = r"\t-\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_TAG_STOP = rf"{_JS_SPACE}\u00ad\u200b-\u200d\u2060\u20e2"
_SKY_LINK = re.compile(
    rf"(?<![^{_JS_SPACE}(])(?:https?://[^{_JS_SPACE}]+|(?P<host>[A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+)+)[^{_JS_SPACE}]*)"
)
_SKY_MENTION = re.compile(rf"(?<![^{_JS_SPACE}(])@([A-Za-z0-9.-]+)\b", re.ASCII)


@cache
def _sky_marks() -> tuple[tuple[EntityKind, regex.Pattern[str]], ...]:
    cash = rf"(?<![^{_JS_SPACE}(])\$([A-Za-z][A-Za-z0-9]{{0,4}})(?=[{_JS_SPACE}.,;:!?)\"'\u2019]|\Z)"
    return (("cashtag", regex.compile(cash)),)


@cache
def _sky_tag() -> regex.Pattern[str]:
    return regex.compile(
        rf"(?<![^{_JS_SPACE}])[#＃](?!\ufe0f)([^{_TAG_STOP}]*[^0-9\p{{P}}{_TAG_STOP}][^{_TAG_STOP}]*?)\p{{P}}*(?=[{_TAG_STOP}]|\Z)"
    )


def _has_tld(host: str) -> bool:
    name, dot, last = host.rpartition(".")
    return bool(dot) and last in tlds.BLUESKY


def _sky_links(text: str) -> Iterator[Entity]:
    for found in _SKY_LINK.finditer(text):
        if found["host"] and not _has_tld(found["host"]):
            continue
        shown = found[0][:-1] if found[0][-1] in ".,;:!?" else found[0]
        if shown[-1] == ")" and "(" not in shown:
            shown = shown[:-1]
        target = "https://" + shown if found["host"] else shown
        yield Entity("link", found.start(), found.start() + len(shown), target)


def _sky_mentions(text: str) -> Iterator[Entity]:
    for mention in _marked(text, "mention", _SKY_MENTION):
        if _has_tld(mention.target) or mention.target.endswith(".test"):
            yield mention


def _sky_entities(text: str) -> tuple[Entity, ...]:
    tags = (tag for tag in _marked(text, "tag", _sky_tag()) if len(_halved(tag.target)) <= 64)
    marks = (_marked(text, kind, mark) for kind, mark in _sky_marks())
    return _disjoint(_sky_links(text), _sky_mentions(text), tags, *marks)


def _plain_entities(text: str) -> tuple[Entity, ...]:
    return tuple(_sky_links(text))


# --- Mastodon --------------------------------------------------------------------------------------------------------

_ANY = r"\u00a0-\ufdcf\ufdf0-\uffef"
_GENERAL, _ENDING = r"[^\s<>()?]", r"[^\s()?!*\"'「」<>;:=,.$%\[\]~&|@]"
_PAIR = _bracketed(_GENERAL)
_FEDIVERSE = _Grammar(
    schemes=("http://", "https://", "dat://", "dweb://", "ipfs://", "ipns://", "ssb://", "gopher://", "gemini://"),
    rest=_rest(
        rf"(?:(?:{_GENERAL}|{_PAIR})*(?:{_ENDING}|{_PAIR}))?",
        rf"[!#-;=?-\[\]^_a-z|~{_ANY}]*[#&\-/-9=A-Z_a-z{_ANY}]",
    ),
    bare=False,
)


@cache
def _fediverse_marks() -> tuple[tuple[EntityKind, regex.Pattern[str]], ...]:
    name = r"[a-zA-Z0-9_]+(?:[a-zA-Z0-9_.-]+[a-zA-Z0-9_]+)?"
    mention = rf"(?<![=/\w])@({name}(?:@[\w.-]{{0,252}}\w+)?)(?![@＠{_LATIN}]|://)"
    tag = r"(?<!\S)[#＃]([\w·・\u200c]*)"
    return (("mention", regex.compile(mention)), ("tag", regex.compile(tag)))


def _fediverse_entities(text: str) -> tuple[Entity, ...]:
    marks = (_marked(text, kind, mark) for kind, mark in _fediverse_marks())
    return _disjoint(_as_entities(_links(text, _FEDIVERSE)), *marks)


def _fediverse_count(text: str) -> int:
    """Grapheme clusters with 23 for each link that has a scheme, and with the name alone for a remote mention."""
    costs = {"link": lambda entity: _SHORTENED, "mention": lambda entity: "@" + entity.target.partition("@")[0]}
    entities = (entity for entity in _fediverse_entities(text) if entity.kind in costs)
    return graphemes(_replace(text, ((e.start, e.end, costs[e.kind](e)) for e in entities)))


# --- the table -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a network reads text. Entities are in reading order and do not overlap; their offsets are in characters."""

    unit: str
    count: Callable[[str], int]
    entities: Callable[[str], tuple[Entity, ...]]


DIALECTS = {
    "x": Dialect("weighted characters", _x_count, _x_entities),
    "bluesky": Dialect("graphemes", graphemes, _sky_entities),
    "mastodon": Dialect("characters", _fediverse_count, _fediverse_entities),
    "plain": Dialect("graphemes", graphemes, _plain_entities),
}
