"""The highest quality that fits, found on a sample: of all of a picture only one or two are made, seldom three."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Sequence

from PIL import Image

from bot.media.coding import Coding, Way, coded, encoded
from bot.media.sampling import share, tiles

GOOD = 0.93  # of the limit: what is nearer need not be tried again
HOPELESS = 1.3  # times the limit, foreseen for the lowest quality
TRIES = 4


def finest(image: Image.Image, way: Way, how: str, limit: int, qualities: Sequence[int]) -> Coding:
    """At the highest quality within so many bytes, of those given in rising order; at the lowest or not at all, if none is."""
    sample = tiles(image)
    if sample is image:
        return _searched(image, way, how, limit, qualities)
    weights: dict[int, float] = {}

    def weigh(quality: int) -> float:
        if quality not in weights:
            weights[quality] = len(encoded(sample, way.with_options(quality=quality))) * share(sample, image)
        return weights[quality]

    if weigh(qualities[0]) > HOPELESS * limit:
        return Coding(way.format, b"", image.size, foreseen=int(weigh(qualities[0])))
    best: Coding | None = None
    aim, lowest, highest = float(limit), 0, len(qualities)
    for _ in range(TRIES):
        at = max(lowest, _last(qualities, aim, lowest, highest, weigh))
        made = coded(image, way.with_options(quality=qualities[at]), f"{how} {qualities[at]}")
        size = len(made.data)
        aim = limit * weigh(qualities[at]) / size  # what the sample would have weighed, had it foretold that well
        if size > limit:
            highest = at
        else:
            best, lowest = made, at + 1
        if lowest >= highest or (best is made and size > GOOD * limit):
            break
    return best or made


def _searched(image: Image.Image, way: Way, how: str, limit: int, qualities: Sequence[int]) -> Coding:
    """A picture that is small enough is its own sample."""
    made: dict[int, Coding] = {}

    def weigh(quality: int) -> int:
        made[quality] = coded(image, way.with_options(quality=quality), f"{how} {quality}")
        return len(made[quality].data)

    at = _last(qualities, limit, 0, len(qualities), weigh)
    return made[qualities[max(0, at)]]


def _last(qualities: Sequence[int], limit: float, low: int, high: int, weigh: Callable[[int], float]) -> int:
    """The place of the highest quality, from `low` to before `high`, that weighs no more; before `low` if there is none."""
    if weigh(qualities[high - 1]) <= limit:  # mostly there is room for it
        return high - 1
    return bisect.bisect_right(qualities, limit, lo=low, hi=high - 1, key=weigh) - 1
