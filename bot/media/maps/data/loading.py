"""A map's data is read, and each thing finds its class; whatever is wrong with it is told at once, at the layer's line.

A class that nothing belongs to is no fault: the map of a quiet day has the classes of a busy one. But where data that is in no
class differs from it in capitals or accents only, somebody mistyped a word, and would miss the areas in silence.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator

from bot.core.errors import DraftError, Fault, hint
from bot.media.maps.data.reading import features
from bot.media.maps.data.shapes import untangled
from bot.media.maps.data.texts import quoted
from bot.media.maps.model import Feature, Layer, Loaded, Map
from bot.media.unfit import Unfit

OTHERS = "*"
LISTED = 10  # of the values without a class, how many are told one by one


def load(asked: Map, read: Callable[[str], bytes]) -> tuple[Loaded, ...]:
    """The layers of a map with their data. `read` gives the bytes of a file by the name that stands in the map, or raises
    Unfit. Raises DraftError with every fault, also of the files that base and inset name."""
    files: dict[str, tuple[Feature, ...]] = {}
    loaded, faults = [], []
    for layer in asked.layers:
        try:
            if layer.data and layer.data not in files:
                files[layer.data] = features(read(layer.data), layer.data)
            things = files[layer.data] if layer.data else layer.features
            found = Loaded(layer, _groups(layer, things))
            messages = [*_unknown(layer, things), *_unclassed(layer, things)]
            for group in found.groups:
                untangled([thing.geometry for thing in group])
        except Unfit as problem:
            messages = [str(problem)]
        else:
            loaded.append(found)
        faults += [Fault(asked.path, layer.line, 1, f"{layer.data}: {message}") for message in messages]
    faults += _beside(asked, read)
    if faults:
        raise DraftError(*faults)
    return tuple(loaded)


def _beside(asked: Map, read: Callable[[str], bytes]) -> Iterator[Fault]:
    """What is wrong with the files of base and inset, which are read again when the map is drawn."""
    base, inset = asked.base, asked.inset
    files = [(base.picture, base.line, False)] * bool(base.picture) + ([(inset.data, inset.line, True)] if inset else [])
    for name, line, is_data in files:
        try:
            data = read(name)
            if is_data:
                features(data, name)
        except Unfit as problem:
            yield Fault(asked.path, line, 1, f"{name}: {problem}")


def _groups(layer: Layer, things: tuple[Feature, ...]) -> tuple[tuple[Feature, ...], ...]:
    """The things of each class, those without one left out."""
    found: dict[str, list[Feature]] = {each.value: [] for each in layer.classes}
    for thing in things:
        value = thing.says(layer.by)
        found.get(value, found.get(OTHERS, [])).append(thing)
    return tuple(map(tuple, found.values()))


def _unknown(layer: Layer, things: tuple[Feature, ...]) -> Iterator[str]:
    """Properties that nothing has."""
    known = {"name", *(key for thing in things for key in thing.properties)}
    for word, key in (("by", layer.by), ("label", layer.label)):
        if key and key not in known:
            yield f"{word}: nothing in it has {quoted(key)} – {hint(key, known)}"


def _unclassed(layer: Layer, things: tuple[Feature, ...]) -> Iterator[str]:
    """Values that have no class, or only by a slip."""
    values = {each.value for each in layer.classes}
    without = Counter(value for thing in things if (value := thing.says(layer.by)) not in values)
    if OTHERS in values:
        slips = {_plain(value): value for value in without if value}
        present = {thing.says(layer.by) for thing in things}
        for value in sorted(values - present - {OTHERS}):
            if meant := slips.get(_plain(value)):
                yield f"nothing in it has {layer.by} {quoted(value)} – did you mean {quoted(meant)}?"
        return
    for value, number in without.most_common(LISTED):
        what = f"no class for {layer.by} {quoted(value)}" if value else f"no class for what has no {layer.by}"
        yield f'{what} ({number} of {len(things)} things) – add a [[layer.class]] for it, or one with value = "{OTHERS}"'
    if len(without) > LISTED:
        yield f'no class for {len(without) - LISTED} more – add one with value = "{OTHERS}"'


def _plain(text: str) -> str:
    """A text without capitals, accents, spaces and marks."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text.casefold()) if letter.isalnum())
