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
from bot.core.links import ASTRAL, CYRILLIC, LATIN, PUNCTUATION, SPACE, X_QUERY, halved, joined, links, links_in_units, rest_of
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


# --- X ---------------------------------------------------------------------------------------------------------------
_WIDE = re.compile("[^\0-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]+")
_JOINERS = re.compile("[\u200d\u20e3\ufe0f\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\U000e007f]")
_JS_SPACE = r"\t-\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_EMOJI = re.compile(emoji.SEQUENCES)
_X_GENERAL = rf"[!#-'*-;=@-\[\]_a-z|~\u2013{LATIN}{CYRILLIC}]"
_X_ENDING = rf"[#+\-/-9=A-Z_a-z{LATIN}{CYRILLIC}]"
_X_REST = rest_of(_X_GENERAL, rf"(?:(?:{_X_GENERAL}|<pair>)*{_X_ENDING})?(?:<pair>)*", X_QUERY)
_X_SCHEMES = ("http://", "https://")
_X_MENTION = regex.compile(
    r"(?:(?<![A-Za-z0-9_!#$%&*@＠])|(?<=(?:^|[^A-Za-z0-9_+~.-])[Rr][Tt]))"
    rf"[@＠]([A-Za-z0-9_]{{1,15}}+)(?![A-Za-z0-9_@＠{LATIN}]|://)"
)
_NOT_LETTER = r"\p{Nd}_\u200c\u200d\ua67e\u05be\u05f3\u05f4\uff5e\u301c\u309b\u309c\u30a0\u30fb\u3003\u0f0b\u0f0c\u00b7"
_IN_TAG = rf"[\p{{L}}\p{{M}}{_NOT_LETTER}]"
_X_TAG = regex.compile(
    rf"(?<!(?![\ufe0e\ufe0f]){_IN_TAG}|&)[#＃](?![\ufe0f\u20e3])((?=[{_NOT_LETTER}]*+{_IN_TAG}){_IN_TAG}++)(?![#＃]|://)"
)
_X_CASHTAG = regex.compile(rf"(?<![^{SPACE}])\$([A-Za-z]{{1,6}}(?:[._][A-Za-z]{{1,2}})?)(?=[{_JS_SPACE}{PUNCTUATION}]|\Z)")


def _weight(text: str) -> int:
    return len(text) if text.isascii() else len(text) + sum(map(len, _WIDE.findall(text)))


def _saved_by_emoji(text: str, found: list[Entity]) -> int:
    """What a text weighs less because an emoji of several characters weighs 2; one that begins in a link does not."""
    astral = [found.start() for found in ASTRAL.finditer(text)]  # to count places in UTF-16 units, as the links do
    savings = ((f.start() + bisect_left(astral, f.start()), _weight(f[0]) - 2) for f in _EMOJI.finditer(text))
    return sum(saved for place, saved in savings if not any(link.start <= place < link.end for link in found))


def _x_count(text: str) -> int:
    """The weighted length after NFC: 1 a character in most alphabets, 2 in others and for an emoji, 23 for a link."""
    text = unicodedata.normalize("NFC", text)
    units = halved(text)
    found = list(links_in_units(units, _X_SCHEMES, _X_REST))
    weight = _weight(joined(_as_counted(units, found)))
    return weight - _saved_by_emoji(text, found) if _JOINERS.search(text) else weight


def _x_entities(text: str) -> tuple[Entity, ...]:
    marks = _marked(text, "mention", _X_MENTION), _marked(text, "tag", _X_TAG), _marked(text, "cashtag", _X_CASHTAG)
    return _disjoint(links(text, _X_SCHEMES, _X_REST), *marks)


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
    tags = (tag for tag in _marked(text, "tag", _SKY_TAG) if len(halved(tag.target)) <= 64)
    cashtags = (replace(tag, target=tag.target.upper()) for tag in _marked(text, "cashtag", _SKY_CASHTAG))
    return _disjoint(_sky_links(text), mentions, tags, cashtags)


# --- Mastodon --------------------------------------------------------------------------------------------------------
_HOST_LIMIT = 253
_GENERAL, _ENDING, _BEYOND_ASCII = r"[^\s<>()?]", r"[^\s()?!*\"'「」<>;:=,.$%\[\]~&|@]", r"\u00a0-\ufdcf\ufdf0-\uffef"
_QUERY = rf"[!#-;=?-\[\]^_a-z|~{_BEYOND_ASCII}]*[#&\-/-9=A-Z_a-z{_BEYOND_ASCII}]"
_REST = rest_of(_GENERAL, rf"(?:(?:{_GENERAL}|<pair>)*(?:{_ENDING}|<pair>))?", _QUERY)
_SCHEMES = (*_X_SCHEMES, "dat://", "dweb://", "ipfs://", "ipns://", "ssb://", "gopher://", "gemini://")
_WORD = r"[\p{L}\p{M}\p{Nd}\p{Pc}]"
_FEDIVERSE_MENTION = regex.compile(
    rf"(?<![=/]|{_WORD})@((?>[A-Za-z0-9_]+(?:[.-]+[A-Za-z0-9_]+)*(?:@{_WORD}+(?:[.-]+{_WORD}+)*)?))(?![@＠{LATIN}]|://)"
)
_FEDIVERSE_TAG = regex.compile(rf"(?<!\S)[#＃]((?=[^\s]*?\p{{Alphabetic}}){_WORD}(?:[·・\u200c]*{_WORD})*)")


def _fediverse_costs(text: str) -> tuple[Entity, ...]:
    """The links and mentions, of which Mastodon counts less than what is written, or more."""
    found = (link for link in links(text, _SCHEMES, _REST) if text.startswith(link.target, link.start))
    mentions = _marked(text, "mention", _FEDIVERSE_MENTION)
    return _disjoint(found, (m for m in mentions if len(m.target.partition("@")[2]) <= _HOST_LIMIT))


def _fediverse_entities(text: str) -> tuple[Entity, ...]:
    return _disjoint(_fediverse_costs(text), _marked(text, "tag", _FEDIVERSE_TAG))


DIALECTS = {
    "x": Dialect("weighted characters", _x_count, _x_entities),
    "bluesky": Dialect("graphemes", graphemes, _sky_entities),
    "mastodon": Dialect("characters", lambda text: graphemes(_as_counted(text, _fediverse_costs(text))), _fediverse_entities),
    "plain": Dialect("graphemes", graphemes, lambda text: tuple(_sky_links(text))),
}
