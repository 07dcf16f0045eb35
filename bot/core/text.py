"""Pure. How networks read a text: what they count, and which links, mentions and tags they see in it.

X is read as twitter-text 3.1.0 (config v3) reads it, Bluesky as `detectFacets` of `@atproto/api`, Mastodon as its own
`StatusLengthValidator` and `Extractor`. Their rules are followed, quirks included; their expressions are not.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import regex

from bot.core import emoji, tlds
from bot.core.graphemes import cluster_ends as cluster_ends
from bot.core.graphemes import clusters as clusters
from bot.core.graphemes import fine_clusters as fine_clusters
from bot.core.graphemes import fine_graphemes
from bot.core.graphemes import graphemes as graphemes
from bot.core.labels import label
from bot.core.links import ACCENTS, ASTRAL, LATIN, MASTODON, PUNCTUATION, SPACE, X, halved, joined, links, links_in_units
from bot.core.model import Entity, EntityKind


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a network reads text. Entities are in reading order and do not overlap; their offsets are in characters.
    `count_warning` is what a content warning adds to the count of its post, `label` what is sent of a link instead of all of
    it (its entity keeps the address), `refused` what no post may contain."""

    unit: str
    count: Callable[[str], int]
    entities: Callable[[str], tuple[Entity, ...]]
    count_warning: Callable[[str], int] = lambda _: 0
    label: Callable[[str], str] | None = None
    refused: frozenset[str] = frozenset()

    def shown(self, text: str) -> tuple[str, tuple[Entity, ...]]:
        """A text as it is sent, and its entities there."""
        entities = self.entities(text)
        if self.label is None or "://" not in text:
            return text, entities
        parts: list[str] = []
        moved: list[Entity] = []
        done = length = 0
        for entity in entities:
            written = text[entity.start : entity.end]
            label = self.label(written) if entity.kind == "link" else written
            start = length + entity.start - done
            parts += text[done : entity.start], label
            done, length = entity.end, start + len(label)
            moved.append(replace(entity, start=start, end=length))
        return "".join(parts) + text[done:], tuple(moved)


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


LINK_COST = 23  # characters, on X and Mastodon


def _as_counted(text: str, entities: Iterable[Entity]) -> str:
    """What X and Mastodon count: 23 characters for a link, and of a mention no more than the name."""
    parts: list[str] = []
    done = 0
    for entity in entities:
        parts += text[done : entity.start], "x" * LINK_COST if entity.kind == "link" else "@" + entity.target.partition("@")[0]
        done = entity.end
    return "".join(parts) + text[done:]


# --- X ---------------------------------------------------------------------------------------------------------------
_WIDE = re.compile("[^\0-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]+")
_SECOND = re.compile("[\u200d\u20e3\ufe0f\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\U000e0067]")
_JS_SPACE = r"\t-\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_EMOJI = re.compile(emoji.SEQUENCES)
_X_MENTION = regex.compile(
    r"(?:(?<![A-Za-z0-9_!#$%&*@＠])|(?<=(?:^|[^A-Za-z0-9_+~.-])[Rr][Tt]))"
    rf"[@＠]([A-Za-z0-9_]{{1,20}}+(?:/[A-Za-z][A-Za-z0-9_-]{{0,24}}+)?+)(?![@＠{ACCENTS}]|://)"
)
_NOT_LETTER = r"\p{Nd}_\u200c\u200d\ua67e\u05be\u05f3\u05f4\uff5e\u301c\u309b\u309c\u30a0\u30fb\u3003\u0f0b\u0f0c\u00b7"
_IN_TAG = rf"[\p{{L}}\p{{M}}{_NOT_LETTER}]"
_X_TAG = regex.compile(
    rf"(?<!(?![\ufe0e\ufe0f]){_IN_TAG}|&)[#＃](?![\ufe0f\u20e3])((?=[{_NOT_LETTER}]*+{_IN_TAG}){_IN_TAG}++)(?=(?P<more>[#＃]|://)?)"
)
_X_CASHTAG = regex.compile(rf"(?<![^{SPACE}])\$([A-Za-z]{{1,6}}(?:[._][A-Za-z]{{1,2}})?)(?=[{_JS_SPACE}{PUNCTUATION}]|\Z)")


def wide_runs(text: str) -> Iterator[tuple[int, int]]:
    """Where the characters stand that weigh 2 on X."""
    return (run.span() for run in _WIDE.finditer(text))


def weight(text: str) -> int:
    """What a text weighs on X, links and emoji aside."""
    return len(text) if text.isascii() else len(text) + sum(map(len, _WIDE.findall(text)))


def emoji_sequences(text: str) -> Iterator[re.Match[str]]:
    """The emoji of several characters that weigh 2 on X. Each is known by its second character, which is searched first."""
    done = 0
    for second in _SECOND.finditer(text):
        if second.start() > done and (found := _EMOJI.match(text, second.start() - 1)):
            yield found
            done = found.end()


def _saved_by_emoji(text: str, found: list[Entity]) -> int:
    """What a text weighs less because an emoji of several characters weighs 2; one that begins in a link does not."""
    astral = [found.start() for found in ASTRAL.finditer(text)]  # to count places in UTF-16 units, as the links do
    starts = [link.start for link in found]
    saved = 0
    for each in emoji_sequences(text):
        place = each.start() + bisect_left(astral, each.start())
        before = bisect_right(starts, place) - 1
        if before < 0 or place >= found[before].end:
            saved += weight(each[0]) - 2
    return saved


def _x_count(text: str) -> int:
    """The weighted length after NFC: 1 a character in most alphabets, 2 in others and for an emoji, 23 for a link."""
    text = unicodedata.normalize("NFC", text)
    units = halved(text)
    found = list(links_in_units(units, X))
    total = weight(joined(_as_counted(units, found)))
    return total - _saved_by_emoji(text, found) if _SECOND.search(text) else total


def x_costs(text: str) -> Iterator[tuple[int, int, int]]:
    """What X weighs otherwise than by its characters: from where to where, and what it weighs. The text is in NFC."""
    found = [(link.start, link.end, LINK_COST) for link in links(text, X)]
    yield from found
    starts = [start for start, _, _ in found]
    for start, end in (each.span() for each in emoji_sequences(text)):
        before = bisect_right(starts, start) - 1
        if before < 0 or start >= found[before][1]:
            yield start, end, 2


def _x_tags(text: str) -> Iterator[Entity]:
    """A tag needs a character before it that is no part of an earlier one, even of one that was none in the end."""
    done = 0
    for found in _X_TAG.finditer(text):
        if found.start() > done or not done:
            done = found.end(1)
            if not found["more"]:
                yield Entity("tag", found.start(), done, found[1])


def _x_entities(text: str) -> tuple[Entity, ...]:
    marks = _marked(text, "mention", _X_MENTION), _x_tags(text), _marked(text, "cashtag", _X_CASHTAG)
    return _disjoint(links(text, X), *marks)


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
    tags = (tag for tag in _marked(text, "tag", _SKY_TAG) if graphemes(tag.target) <= 64 and len(tag.target.encode()) <= 640)
    cashtags = (replace(tag, target=tag.target.upper()) for tag in _marked(text, "cashtag", _SKY_CASHTAG))
    return _disjoint(_sky_links(text), mentions, tags, cashtags)


def _sky_count(text: str) -> int:
    """Graphemes of what is shown."""
    return graphemes(DIALECTS["bluesky"].shown(text)[0])


def sky_labels(text: str) -> Iterator[tuple[int, int, str]]:
    """What Bluesky is sent otherwise than it is written: from where to where, and what is sent."""
    if "://" in text:
        for each in _sky_entities(text):
            if each.kind == "link" and (shown := label(text[each.start : each.end])) != text[each.start : each.end]:
                yield each.start, each.end, shown


# --- Mastodon --------------------------------------------------------------------------------------------------------
_HOST_LIMIT = 253
_LETTERS_IN_RUBY = {"ſ", "\u212a"}  # to it an s and a k, which no link may touch; to JavaScript not
_WORD = r"[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}]"
_FEDIVERSE_MENTION = regex.compile(
    rf"(?<![=/]|{_WORD})@((?>[A-Za-z0-9_]+(?:[.-]+[A-Za-z0-9_]+)*(?:@{_WORD}+(?:[.-]+{_WORD}+)*)?))(?![@＠{LATIN}]|://)"
)
_FEDIVERSE_TAG = regex.compile(rf"(?<!\S)[#＃]((?=[^\s]*?\p{{Alphabetic}}){_WORD}(?:[·・\u200c]*{_WORD})*)")


def _touches_letter(text: str, link: Entity) -> bool:
    return not _LETTERS_IN_RUBY.isdisjoint((text[link.start - 1 : link.start], text[link.end : link.end + 1]))


def _fediverse_costs(text: str) -> tuple[Entity, ...]:
    """The links and mentions, of which Mastodon counts less than what is written, or more."""
    found = (link for link in links_in_units(text, MASTODON) if text.startswith(link.target, link.start))
    mentions = _marked(text, "mention", _FEDIVERSE_MENTION)
    near = (mention for mention in mentions if len(mention.target.partition("@")[2]) <= _HOST_LIMIT)
    return _disjoint((link for link in found if not _touches_letter(text, link)), near)


def _fediverse_count(text: str) -> int:
    return fine_graphemes(_as_counted(text, _fediverse_costs(text)))


def fediverse_costs(text: str) -> Iterator[tuple[int, int, int]]:
    """What Mastodon counts otherwise than by its graphemes: from where to where, and as how many."""
    for each in _fediverse_costs(text):
        yield each.start, each.end, LINK_COST if each.kind == "link" else 1 + fine_graphemes(each.target.partition("@")[0])


def _fediverse_entities(text: str) -> tuple[Entity, ...]:
    return _disjoint(_fediverse_costs(text), _marked(text, "tag", _FEDIVERSE_TAG))


# --- other servers that speak Mastodon's API -------------------------------------------------------------------------
def _cautious_count(text: str) -> int:
    """Never less than Mastodon or any of them counts: code points, mentions in full, a link at least 23 (GoToSocial counts it
    in full, validateStatusContent @57cb4fe; Mastodon as 23)."""
    return len(text) + sum(cost - (end - start) for start, end, cost in cautious_costs(text))


def cautious_costs(text: str) -> Iterator[tuple[int, int, int]]:
    """The links that are shorter than they count: from where to where, and as how many."""
    links_there = (each for each in _fediverse_costs(text) if each.kind == "link")
    return ((each.start, each.end, LINK_COST) for each in links_there if each.end - each.start < LINK_COST)


DIALECTS = {
    "x": Dialect("weighted characters", _x_count, _x_entities, refused=frozenset("\ufeff\ufffe\uffff")),
    "bluesky": Dialect("graphemes", _sky_count, _sky_entities, label=label),
    "mastodon": Dialect("characters", _fediverse_count, _fediverse_entities, count_warning=fine_graphemes),
    "fediverse": Dialect("characters", _cautious_count, _fediverse_entities, count_warning=len),
    "plain": Dialect("graphemes", graphemes, lambda text: tuple(_sky_links(text))),
}
