"""Pure. Who is mentioned: `@afp` in a draft is `[people.afp]` of the config, by their handle on each network, and nobody else
is tagged by accident.

A network tags whoever has the name that it sees. So each mention that a network would see is a person of the config, or was
written for that network: in a part of its own (`{x: @lemonde}`), in its own full form (`@lemonde.fr` on Bluesky,
`@lemonde@mastodon.social` on Mastodon), or in a draft that goes to no other network with handles.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import regex

from bot.core.model import Entity, EntityKind, Person, Span
from bot.core.target import Target
from bot.core.text import DIALECTS
from bot.core.wording import Block, Change

# Scripts without spaces put a name between two letters: 記者@afpが
_LETTER = r"[\p{L}\p{M}\p{N}_--[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]]"
_BEFORE = rf"(?<!{_LETTER}|[@＠/=])"
_AT = regex.compile(rf"{_BEFORE}@([A-Za-z0-9_-]++)(?P<more>(?:[.@][\w-]+)*+)(?!{_LETTER})", regex.V1)
# What is in a handle that can be nobody else’s, written in full
_FULL = {"bluesky": ".", "mastodon": "@", "fediverse": "@"}
# There it is said beside the text who is mentioned, so it matters little what stands around a handle: d’@afp.com
BESIDE = frozenset({"bluesky"})
SILENT = frozenset({"plain"})  # nobody has a handle there


@dataclass(frozen=True, slots=True)
class Mention:
    """A mention as it was written, and what stands there on an account; `becomes` is empty for what tags nobody."""

    span: Span
    written: str
    becomes: str


@dataclass(frozen=True, slots=True)
class Named:
    """A block in which people have the names by which they go on a network. `handles` are theirs, without `@`; `strangers` are
    who else would be tagged, with what to do about it; `faults` are people who cannot be named."""

    block: Block
    handles: frozenset[str] = frozenset()
    mentions: tuple[Mention, ...] = ()
    strangers: tuple[tuple[Span, str], ...] = ()
    faults: tuple[tuple[Span, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Person:
    """A person in a text: from where to where, by which name, and as what."""

    start: int
    end: int
    written: str
    words: str
    kind: EntityKind | None = None  # what a network should see there


class _Absent(ValueError):
    """A person who is not on a network, and cannot be named otherwise."""


def named(block: Block, target: Target, absent: str) -> Named:
    """The block as it goes to an account. `absent` says what becomes of people who are not there, as in `Draft`."""
    if "@" not in block.text and "＠" not in block.text:
        return Named(block)
    faults: list[tuple[Span, str]] = []
    people: list[_Person] = []
    for start, end, name in _people(block.text, target):
        written = block.text[start:end]
        try:
            people.append(_Person(start, end, written, *_words(target.people[name], written, target, absent)))
        except _Absent as error:
            faults.append((block.span(start), str(error)))
            people.append(_Person(start, end, written, written))
    changes: list[Change] = [(each.start, each.end, each.words) for each in people]
    return _Reading(block, block.replaced(changes), people, target).named(faults)


def mentioned(text: str, seen: tuple[Entity, ...], handles: frozenset[str]) -> tuple[Entity, ...]:
    """What is seen in a text, and the mentions of people that only we see in it."""
    found = list(seen)
    for handle in sorted(handle for handle in handles if f"@{handle}" in text):
        places = regex.finditer(
            rf"(?<!{_LETTER}|[@＠/=])@{regex.escape(handle)}(?![A-Za-z0-9]|[.@][A-Za-z0-9])", text, regex.V1
        )
        for start, end in (place.span() for place in places):
            if not any(each.start < end and start < each.end for each in found):
                found.append(Entity("mention", start, end, handle))
    return tuple(sorted(found, key=lambda entity: entity.start))


def _links(text: str, dialect: str) -> list[Entity]:
    return [entity for entity in DIALECTS[dialect].entities(text) if entity.kind == "link"]


def _names(text: str, dialect: str) -> Iterator[regex.Match[str]]:
    """Whatever may be a name behind an @, outside of links."""
    links = iter(_links(text, dialect))
    link = next(links, None)
    for found in _AT.finditer(text):
        while link and link.end <= found.start():
            link = next(links, None)
        if not link or found.start() < link.start:
            yield found


def _people(text: str, target: Target) -> Iterator[tuple[int, int, str]]:
    """Where people stand, and their names in the config: the longest that ends with the word, or before a hyphen in it."""
    longest = max(map(len, target.people), default=0)
    for found in _names(text, target.rules.dialect) if longest else ():
        word = f"{found[1]}-"[: longest + 1].lower()
        ends = (at for at in range(len(word) - 1, 0, -1) if word[at] == "-")
        name = next((word[:end] for end in ends if word[:end] in target.people), "")
        if name and not found["more"]:
            yield found.start(), found.start() + 1 + len(name), name


def _words(person: Person, written: str, target: Target, absent: str) -> tuple[str, EntityKind | None]:
    """What a person is called on a network, and what this is to the network. Raises _Absent."""
    if handle := person.handles.get(target.network):
        return f"@{handle}", None if target.rules.dialect in SILENT else "mention"
    if target.rules.dialect in SILENT or absent in ("", "name"):
        return person.name, None
    if absent == "error":
        advice = f"write {{{target.network}: …}} for their name there, or add their handle to the config"
        raise _Absent(f"{written} has no handle on {target.network} – {advice}")
    if not person.url:
        advice = f"add url to [people.{written[1:].lower()}] in the config, or write absent: name"
        raise _Absent(f"{written} has no handle on {target.network}, and no page to link to – {advice}")
    return person.url, "link"


class _Reading:
    """What a network sees in a block in which people have been named."""

    def __init__(self, old: Block, new: Block, people: list[_Person], target: Target) -> None:
        self.old, self.new, self.people, self.target = old, new, people, target
        self.dialect = target.rules.dialect
        self.seen = {(each.start, each.end): each for each in DIALECTS[self.dialect].entities(new.text)}
        self.places = list(self._places())

    def _places(self) -> Iterator[tuple[int, int]]:
        """Where the people stand now."""
        shift = 0
        for each in self.people:
            yield each.start + shift, each.start + shift + len(each.words)
            shift += len(each.words) - (each.end - each.start)

    def named(self, faults: list[tuple[Span, str]]) -> Named:
        handles = frozenset(each.words[1:] for each in self.people if each.kind == "mention")
        mentions = sorted((*self._met(), *self._others()), key=lambda mention: mention.span)
        wrong = (*faults, *self._misread(), *self._strangers(foreign=True))
        return Named(self.new, handles, tuple(mentions), tuple(self._strangers(foreign=False)), wrong)

    def _met(self) -> Iterator[Mention]:
        known = self.target.facts.people
        for each in self.people:
            nobody = each.kind == "mention" and known is not None and each.words[1:] not in known
            yield Mention(self.old.span(each.start), each.written, "" if nobody else each.words)

    def _others(self) -> Iterator[Mention]:
        """All that looks like a mention and is none of a person."""
        known, people, shift = self.target.facts.people, {each.start: each for each in self.people}, 0
        tagged = {each.start: each.target for each in self._mentions() if known is None or each.target in known}
        for found in _names(self.old.text, self.dialect):
            if person := people.get(found.start()):
                shift += len(person.words) - (person.end - person.start)
                continue
            there = tagged.get(found.start() + shift)
            yield Mention(self.old.span(found.start()), found[0].rstrip("-"), f"@{there}" if there else "")

    def _mentions(self) -> Iterator[Entity]:
        starts = {start for start, _ in self.places}
        return (each for each in self.seen.values() if each.kind == "mention" and each.start not in starts)

    def _misread(self) -> Iterator[tuple[Span, str]]:
        """People whose handle or page the network would take for something else."""
        for each, place in zip(self.people, self.places, strict=True):
            beside = each.kind == "mention" and self.dialect in BESIDE
            if each.kind and not beside and place not in self.seen:
                said = f"{self.target.network} would not read {each.words} here as it is meant"
                yield self.old.span(each.start), f"{said} – put a space before and behind {each.written}"

    def _strangers(self, foreign: bool) -> Iterator[tuple[Span, str]]:
        """Who would be tagged and may not be meant; `foreign`: by a full handle of another network, so surely not."""
        full = _FULL.get(self.dialect)
        for each in self._mentions():
            if not (self.new.is_own(each.start, each.end) or (full and full in each.target)):
                found = _AT.match(self.new.text, each.start)
                written = found[0].rstrip("-") if found else ""
                if _is_full(written) is foreign:
                    yield self.new.span(each.start), self._misdirected(each, written) if foreign else self._question(each)

    def _misdirected(self, entity: Entity, written: str) -> str:
        network = self.target.network
        advice = f"write {{{network}: …}} for who they are there, or leave out the @"
        return f"on {network}, {written} would tag @{entity.target}, who is somebody else – {advice}"

    def _question(self, entity: Entity) -> str:
        """Who that is, and what to do."""
        written, network, name = self.new.text[entity.start : entity.end], self.target.network, entity.target.lower()
        if name in self.target.people:
            return f"who is {written}? – put a space before it if [people.{name}] of the config is meant"
        advice = f"add [people.{name}] to the config, or write {{{network}: {written}}} if that is them"
        return f"who is {written}? {network} would tag @{entity.target} – {advice}"


@lru_cache(maxsize=256)
def _is_full(written: str) -> bool:
    """Whether a handle is written in the full form of a network."""
    seen = ((entity, mark) for dialect, mark in _FULL.items() for entity in DIALECTS[dialect].entities(written))
    return any(each.kind == "mention" and each.end == len(written) and mark in each.target for each, mark in seen)
