"""Pure. How networks read a text: what they count, and which links, mentions and tags they see in it.

X is read as twitter-text 3.1.0 (config v3) reads it, Bluesky as `detectFacets` of `@atproto/api`, Mastodon as its own
`StatusLengthValidator` and `Extractor`. Their rules are followed, quirks included; their expressions are not.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import regex

from bot.core import emoji, tlds
from bot.core.model import Entity, EntityKind


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a network reads text. Entities are in reading order and do not overlap; their offsets are in characters."""

    unit: str
    count: Callable[[str], int]
    entities: Callable[[str], tuple[Entity, ...]]


# --- grapheme clusters -----------------------------------------------------------------------------------------------
_CLUSTER = regex.compile(r"\X")
# Characters that stand alone unless a neighbour from outside this class says otherwise.
_ALONE = (
    r"\n -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u058f\u1e00-\u1fff\u2010-\u2027\u202f-\u205f\u20a0-\u20bf"
    r"\u2100-\u2bff\u3000-\u3029\u3030-\u3098\u309b-\ua4cf\uff01-\uff9d"
)
_RISKY = re.compile(rf"[^{_ALONE}]+(?:[{_ALONE}][^{_ALONE}]+)*")


def _risky_runs(text: str) -> Iterator[tuple[int, int]]:
    """Where characters may join: with a neighbour on each side, as both may be drawn in."""
    return ((max(run.start() - 1, 0), min(run.end() + 1, len(text))) for run in _RISKY.finditer(text))


def graphemes(text: str) -> int:
    """The number of extended grapheme clusters (UAX #29): what a reader takes for one character. `\\r\\n` is one."""
    return len(text) - sum(end - start - len(_CLUSTER.findall(text[start:end])) for start, end in _risky_runs(text))


def cluster_ends(text: str) -> list[int]:
    """Where each grapheme cluster ends, in characters from the start of the text."""
    ends: list[int] = []
    done = 0
    for start, end in _risky_runs(text):
        ends.extend(range(done + 1, start + 1))
        ends.extend(cluster.end() for cluster in _CLUSTER.finditer(text, start, end))
        done = end
    ends.extend(range(done + 1, len(text) + 1))
    return ends


# --- what all dialects share -----------------------------------------------------------------------------------------
def _marked(text: str, kind: EntityKind, mark: regex.Pattern[str]) -> Iterator[Entity]:
    """The words behind a sign such as `#`: the sign is part of the entity, not of its target."""
    return (Entity(kind, found.start(1) - 1, found.end(1), found[1]) for found in mark.finditer(text))


def _disjoint(*kinds: Iterable[Entity]) -> tuple[Entity, ...]:
    """All entities in reading order; of two that overlap the first to begin stays, as in every network's renderer."""
    kept: list[Entity] = []
    for entity in sorted((entity for kind in kinds for entity in kind), key=lambda entity: entity.start):
        if not kept or entity.start >= kept[-1].end:
            kept.append(entity)
    return tuple(kept)


def _as_counted(text: str, entities: Iterable[Entity]) -> str:
    """What X and Mastodon count: 23 characters for a link, and of a mention no more than the name."""
    parts: list[str] = []
    done = 0
    for entity in entities:
        parts += text[done : entity.start], "x" * 23 if entity.kind == "link" else "@" + entity.target.partition("@")[0]
        done = entity.end
    return "".join(parts) + text[done:]


# twitter-text counts in UTF-16 units, and may begin a domain at the second half of an emoji.
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


def _halved(text: str) -> str:
    return _ASTRAL.sub(lambda found: "".join(map(chr, memoryview(found[0].encode("utf-16-le")).cast("H"))), text)


def _joined(units: str) -> str:
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


# --- links as twitter-text finds them (X, Mastodon) ------------------------------------------------------------------
_SPACE = r"\t-\r \x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_DIRECTION, _NEVER = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069", r"\ufeff\ufffe\uffff"
_PUNCTUATION = r"!#-/:-@\[-_{-~"  # neither the double quote nor the backtick: twitter-text allows them in a domain
_LATIN = (  # and what "in any case" adds to it in JavaScript: the iotas, as the capital of U+0345 is one, and so on
    r"\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0260\u0263\u0268\u0269\u026f\u0272\u0275"
    r"\u0280\u0283\u0288-\u028c\u0292\u02bb\u0300-\u036f\u0399\u03b9\u1e00-\u1eff\u1fbe\u2c65\u2c66\u2c7e\u2c7f\ua7dc"
)
_CYRILLIC = r"\u0400-\u04ff\u1c80-\u1c87"
_HOST = rf"[^{_PUNCTUATION}{_SPACE}{_DIRECTION}{_NEVER}]"
_INNER = rf"(?:{_HOST}|[-_])"  # inside a label, but not at its ends
_GLUE = rf"A-Za-z0-9@＠$#＃{_NEVER}"  # no link begins right behind one of these
_DOT = re.compile(rf"\.(?={_HOST})")
_LABEL = re.compile(rf"(?![-_]){_INNER}++(?<![-_])\.")
_LABEL_BACKWARDS = regex.compile(rf"(?r){_INNER}+")
_BARE_START = re.compile(rf"(?<![{_GLUE}])(?!\A[^{_GLUE}]{_HOST}){_HOST}")  # the first character is skipped if it can be
_LATIN_LABELS = re.compile(rf"(?:[-A-Za-z0-9{_LATIN}]++\.)++")
_ASCII_TLD = re.compile(r"[A-Za-z0-9]++(?![@+-])")
_FOREIGN = "|".join(sorted((word for word in tlds.X if not word.isascii()), key=len, reverse=True))
_OTHER_TLD = re.compile(rf"(?i:{_FOREIGN})(?![A-Za-z0-9@+-])|[Xx][Nn]--[-0-9A-Za-z]+")
_IDN_DOTS = re.compile("[\u3002\uff0e\uff61]")
_X_QUERY = r"[!#-;=?-\[\]_a-z|~]*[#&\-/-9=A-Z_a-z]"
_T_CO = re.compile(rf"(?i:https?://t\.co/)([A-Za-z0-9]+)(?:\?{_X_QUERY})?")
_URL_LIMIT, _LABEL_LIMIT, _SLUG_LIMIT, _HOST_LIMIT = 4096, 63, 40, 253


def _rest(general: str, path: str, query: str) -> regex.Pattern[str]:
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
    parts = _IDN_DOTS.split(_joined(label))
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


def _links(units: str, schemes: tuple[str, ...], rest: regex.Pattern[str]) -> Iterator[Entity]:
    """The links of a text in UTF-16 units, in reading order and without overlap."""
    free = 0  # all before it belongs to an address
    for dot in _DOT.finditer(units):
        if dot.start() < free or not _tld(units, dot.end()):
            continue
        if (address := _address(units, free, dot.start(), schemes)) and (found := rest.match(units, address[-1])):
            yield from _accepted(units, address, found)
            free = found.end()


def _links_in_characters(text: str, schemes: tuple[str, ...], rest: regex.Pattern[str]) -> Iterator[Entity]:
    units = _halved(text)
    halves = [half.start() for half in re.finditer("[\ud800-\udbff]", units)]
    for link in _links(units, schemes, rest):
        start, end = (place - bisect_left(halves, place) for place in (link.start, link.end))
        yield Entity("link", start, end, _joined(link.target))


# --- X ---------------------------------------------------------------------------------------------------------------
_WIDE = re.compile("[^\0-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]+")
_JOINERS = re.compile("[\u200d\u20e3\ufe0f\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\U000e007f]")
_JS_SPACE = r"\t-\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_EMOJI = re.compile(emoji.SEQUENCES)
_X_GENERAL = rf"[!#-'*-;=@-\[\]_a-z|~\u2013{_LATIN}{_CYRILLIC}]"
_X_ENDING = rf"[#+\-/-9=A-Z_a-z{_LATIN}{_CYRILLIC}]"
_X_REST = _rest(_X_GENERAL, rf"(?:(?:{_X_GENERAL}|<pair>)*{_X_ENDING})?(?:<pair>)*", _X_QUERY)
_X_SCHEMES = ("http://", "https://")
_X_MENTION = regex.compile(
    r"(?:(?<![A-Za-z0-9_!#$%&*@＠])|(?<=(?:^|[^A-Za-z0-9_+~.-])[Rr][Tt]))"
    rf"[@＠]([A-Za-z0-9_]{{1,15}}+)(?![A-Za-z0-9_@＠{_LATIN}]|://)"
)
_NOT_LETTER = r"\p{Nd}_\u200c\u200d\ua67e\u05be\u05f3\u05f4\uff5e\u301c\u309b\u309c\u30a0\u30fb\u3003\u0f0b\u0f0c\u00b7"
_IN_TAG = rf"[\p{{L}}\p{{M}}{_NOT_LETTER}]"
_X_TAG = regex.compile(
    rf"(?<!(?![\ufe0e\ufe0f]){_IN_TAG}|&)[#＃](?![\ufe0f\u20e3])((?=[{_NOT_LETTER}]*+{_IN_TAG}){_IN_TAG}++)(?![#＃]|://)"
)
_X_CASHTAG = regex.compile(rf"(?<![^{_SPACE}])\$([A-Za-z]{{1,6}}(?:[._][A-Za-z]{{1,2}})?)(?=[{_JS_SPACE}{_PUNCTUATION}]|\Z)")


def _weight(text: str) -> int:
    return len(text) if text.isascii() else len(text) + sum(map(len, _WIDE.findall(text)))


def _saved_by_emoji(text: str, links: list[Entity]) -> int:
    """What a text weighs less because an emoji of several characters weighs 2; one that begins in a link does not."""
    astral = [found.start() for found in _ASTRAL.finditer(text)]  # to count places in UTF-16 units, as the links do
    savings = ((f.start() + bisect_left(astral, f.start()), _weight(f[0]) - 2) for f in _EMOJI.finditer(text))
    return sum(saved for place, saved in savings if not any(link.start <= place < link.end for link in links))


def _x_count(text: str) -> int:
    """The weighted length after NFC: 1 a character in most alphabets, 2 in others and for an emoji, 23 for a link."""
    text = unicodedata.normalize("NFC", text)
    units = _halved(text)
    links = list(_links(units, _X_SCHEMES, _X_REST))
    weight = _weight(_joined(_as_counted(units, links)))
    return weight - _saved_by_emoji(text, links) if _JOINERS.search(text) else weight


def _x_entities(text: str) -> tuple[Entity, ...]:
    marks = _marked(text, "mention", _X_MENTION), _marked(text, "tag", _X_TAG), _marked(text, "cashtag", _X_CASHTAG)
    return _disjoint(_links_in_characters(text, _X_SCHEMES, _X_REST), *marks)


# --- Bluesky, and the links of our own pages -------------------------------------------------------------------------
_SKY_TLDS = frozenset("." + tld for tld in tlds.BLUESKY)
_SKY_BEFORE = rf"(?<![^{_JS_SPACE}(])"
_SKY_LINK = re.compile(
    rf"{_SKY_BEFORE}(?:(?i:https?://)[^{_JS_SPACE}]+|([A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+)+)[^{_JS_SPACE}]*)"
)
_SKY_MENTION = regex.compile(rf"{_SKY_BEFORE}@([A-Za-z0-9.-]+)(?a:\b)")
_SKY_CASHTAG = regex.compile(rf"{_SKY_BEFORE}\$([A-Za-z][A-Za-z0-9]{{0,4}})(?=[{_JS_SPACE}.,;:!?)\"'\u2019]|\Z)")
_TAG_STOP = rf"{_JS_SPACE}\u00ad\u200b-\u200d\u2060\u20e2"
_SKY_TAG = regex.compile(
    rf"(?<![^{_JS_SPACE}])[#＃](?!\ufe0f)([^{_TAG_STOP}]*[^0-9\p{{P}}{_TAG_STOP}][^{_TAG_STOP}]*?)\p{{P}}*(?=[{_TAG_STOP}]|\Z)"
)


def _sky_links(text: str) -> Iterator[Entity]:
    for found in _SKY_LINK.finditer(text):
        shown, host = found[0], found[1]
        if not (host[host.rfind(".") :] in _SKY_TLDS if host else shown.startswith("http")):
            continue
        shown = shown[:-1] if shown[-1] in ".,;:!?" else shown
        shown = shown[:-1] if shown[-1] == ")" and "(" not in shown else shown
        yield Entity("link", found.start(), found.start() + len(shown), "https://" + shown if host else shown)


def _sky_entities(text: str) -> tuple[Entity, ...]:
    handles = _marked(text, "mention", _SKY_MENTION)
    mentions = (handle for handle in handles if handle.target[handle.target.rfind(".") :] in _SKY_TLDS | {".test"})
    tags = (tag for tag in _marked(text, "tag", _SKY_TAG) if len(_halved(tag.target)) <= 64)
    cashtags = (replace(tag, target=tag.target.upper()) for tag in _marked(text, "cashtag", _SKY_CASHTAG))
    return _disjoint(_sky_links(text), mentions, tags, cashtags)


# --- Mastodon --------------------------------------------------------------------------------------------------------
_GENERAL, _ENDING, _BEYOND_ASCII = r"[^\s<>()?]", r"[^\s()?!*\"'「」<>;:=,.$%\[\]~&|@]", r"\u00a0-\ufdcf\ufdf0-\uffef"
_QUERY = rf"[!#-;=?-\[\]^_a-z|~{_BEYOND_ASCII}]*[#&\-/-9=A-Z_a-z{_BEYOND_ASCII}]"
_REST = _rest(_GENERAL, rf"(?:(?:{_GENERAL}|<pair>)*(?:{_ENDING}|<pair>))?", _QUERY)
_SCHEMES = (*_X_SCHEMES, "dat://", "dweb://", "ipfs://", "ipns://", "ssb://", "gopher://", "gemini://")
_WORD = r"[\p{L}\p{M}\p{Nd}\p{Pc}]"
_FEDIVERSE_MENTION = regex.compile(
    rf"(?<![=/]|{_WORD})@((?>[A-Za-z0-9_]+(?:[.-]+[A-Za-z0-9_]+)*(?:@{_WORD}+(?:[.-]+{_WORD}+)*)?))(?![@＠{_LATIN}]|://)"
)
_FEDIVERSE_TAG = regex.compile(rf"(?<!\S)[#＃]((?=[^\s]*?\p{{Alphabetic}}){_WORD}(?:[·・\u200c]*{_WORD})*)")


def _fediverse_costs(text: str) -> tuple[Entity, ...]:
    """The links and mentions, of which Mastodon counts less than what is written, or more."""
    links = (link for link in _links_in_characters(text, _SCHEMES, _REST) if text.startswith(link.target, link.start))
    mentions = _marked(text, "mention", _FEDIVERSE_MENTION)
    return _disjoint(links, (m for m in mentions if len(m.target.partition("@")[2]) <= _HOST_LIMIT))


def _fediverse_entities(text: str) -> tuple[Entity, ...]:
    return _disjoint(_fediverse_costs(text), _marked(text, "tag", _FEDIVERSE_TAG))


DIALECTS = {
    "x": Dialect("weighted characters", _x_count, _x_entities),
    "bluesky": Dialect("graphemes", graphemes, _sky_entities),
    "mastodon": Dialect("characters", lambda text: graphemes(_as_counted(text, _fediverse_costs(text))), _fediverse_entities),
    "plain": Dialect("graphemes", graphemes, lambda text: tuple(_sky_links(text))),
}
