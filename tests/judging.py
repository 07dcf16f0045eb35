"""threadbot's reading of a text beside that of the networks' own code (`tests/judge`), in the same words."""

from __future__ import annotations

import json
import re
import subprocess
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

import regex

from bot.core.graphemes import cluster_ends, fine_graphemes, graphemes
from bot.core.model import Entity
from bot.core.text import DIALECTS
from tests.servers import node

Verdict = dict[str, Any]
# U+1F7DB and others were pictographs before Unicode 18, ★ and others before 17: a joiner holds such. Two marks changed too.
ONCE_PICTOGRAPHS = r"[[\p{So}\p{Cn}]--\p{Extended_Pictographic}]"
LETTER = regex.compile(r"[\p{L}\p{M}\p{Nd}]")
BARE_HTTP = re.compile(rb"http(?!s?://)")  # a domain such as http.cat: to the official code an address as it is, to us not
HELD_ONCE = regex.compile(rf"(?V1){ONCE_PICTOGRAPHS}\p{{M}}*\u200d|\u200d{ONCE_PICTOGRAPHS}|[\U0001171e\U00011a3a]")


def judged(folder: Path, texts: Sequence[str]) -> tuple[dict[str, str], list[Verdict]]:
    """The versions that judge, and what they say of each text."""
    asked = "".join(json.dumps(text) + "\n" for text in texts)
    program = [node(folder), "--no-warnings", "judge.mjs"]
    done = subprocess.run(program, cwd=folder, input=asked, capture_output=True, text=True, encoding="utf-8", check=True)
    versions, *verdicts = map(json.loads, done.stdout.splitlines())
    assert len(verdicts) == len(texts), "one answer a text"
    return versions, verdicts


def differences(text: str, verdict: Verdict) -> Iterator[str]:
    """What threadbot sees otherwise, but for what docs/counting.md lists."""
    if verdict["x"]:  # else its punycode gave up on a very long domain
        yield from _on_x(text, verdict["x"])
    yield from _on_bluesky(text, verdict["bluesky"])
    yield from _clusters(text, verdict)


def _on_x(text: str, said: Verdict) -> Iterator[str]:
    dialect = DIALECTS["x"]
    used = dialect.count(text)
    valid = 0 < used <= 280 and dialect.refused.isdisjoint(text)
    if (used, valid) != (said["weight"], said["valid"]):
        yield f"x counts {said['weight']} ({said['valid']}), we {used} ({valid})"
    places = [0, *accumulate(1 + (character > "\uffff") for character in text)]
    ours = [[e.kind, places[e.start], places[e.end], _as_x_says(text, e)] for e in dialect.entities(text)]
    theirs = [[kind, start, end, target + slug] for kind, start, end, target, slug in said["entities"]]
    if ours != theirs and not _beyond_compare(text, said["entities"]):
        yield f"x sees {theirs}, we {ours}"


def _beyond_compare(text: str, entities: list[list[Any]]) -> bool:
    """Whether the official code does not know a letter, which makes no tag to it, or says that a link ends elsewhere than
    what it counts: of `a.рф.fr/b` it takes out `a.рф/b`, and says that it is longer."""
    unknown = any(unicodedata.ucd_3_2_0.category(letter) == "Cn" for letter in LETTER.findall(text))
    return unknown or any(kind == "link" and end - start != _units(target) for kind, start, end, target, _ in entities)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _as_x_says(text: str, entity: Entity) -> str:
    """A link without the scheme that it does not have."""
    bare = entity.kind == "link" and not text[entity.start : entity.end].lower().startswith(("http://", "https://"))
    return entity.target.removeprefix("https://") if bare else entity.target


def _on_bluesky(text: str, said: Verdict) -> Iterator[str]:
    coded = text.encode()
    if len(coded) != said["bytes"]:
        yield f"bluesky has {said['bytes']} bytes"
    places = [0, *accumulate(len(character.encode()) for character in text)]
    ours = [[e.kind, places[e.start], places[e.end], e.target] for e in DIALECTS["bluesky"].entities(text)]
    theirs = [_as_we_say(coded, *facet) for facet in _disjoint(said["facets"])]
    ours, theirs = ([found for found in side if not BARE_HTTP.match(coded, found[1])] for side in (ours, theirs))
    if ours != theirs:
        yield f"bluesky sees {theirs}, we {ours}"


def _disjoint(facets: list[list[Any]]) -> Iterator[list[Any]]:
    """The facets that a renderer shows: of two that overlap the first to begin."""
    done = 0
    for facet in sorted(facets, key=lambda facet: int(facet[1])):
        if facet[1] >= done:
            done = facet[2]
            yield facet


def _as_we_say(coded: bytes, kind: str, start: int, end: int, target: str) -> list[Any]:
    """A cashtag is to Bluesky a tag with its sign."""
    return ["cashtag", start, end, target[1:]] if coded[start : start + 1] == b"$" else [kind, start, end, target]


def _clusters(text: str, verdict: Verdict) -> Iterator[str]:
    held = bool(HELD_ONCE.search(text))
    counts = (graphemes(text), verdict["bluesky"]["graphemes"]), (fine_graphemes(text), verdict["mastodon"])
    for name, (used, official) in zip(("bluesky", "mastodon"), counts, strict=True):
        if used < official or (used > official and not held):
            yield f"{name} counts {official} clusters, we {used}"
    for name, inside in (("bluesky", verdict["bluesky"]["inside"]), ("mastodon", verdict["inside"])):
        if not set(cluster_ends(text)).isdisjoint(inside):
            yield f"we would cut a cluster of {name}: {inside}"
