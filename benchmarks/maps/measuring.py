"""What each way makes of each picture for each network: bytes, seconds, likeness, and the labels that can still be read."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from PIL import Image

from benchmarks.maps import reading
from benchmarks.maps.drawing import Label, Sample
from benchmarks.maps.ways import AS_IT_IS, WAYS, Sent, worked
from benchmarks.ssim import Likeness, likeness
from bot.core.rules import Rules


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one way. `read` are the labels read; None where labels cannot be read here, or there are none."""

    sent: Sent
    seconds: float
    like: Likeness
    read: frozenset[Label] | None


@dataclass(frozen=True, slots=True)
class Case:
    """A picture for a network: what each way made of it, and the labels that count: None if there are none."""

    name: str
    network: str
    outcomes: Mapping[str, Outcome]
    labels: tuple[Label, ...] | None

    @property
    def tight(self) -> bool:
        """Whether the picture is over a limit as it came."""
        return self.outcomes["a"].sent.how != AS_IT_IS

    @property
    def fewer(self) -> int:
        """How many labels less than the best of the others threadbot keeps legible; below zero if it keeps more."""
        kept = {way: len(of.read) if of.read is not None else 0 for way, of in self.outcomes.items()}
        return max(count for way, count in kept.items() if way != "threadbot") - kept["threadbot"]


@dataclass
class Reader:
    """Looks at what was made of one picture; the same file is looked at once. `labels` are those that count."""

    original: Image.Image
    labels: tuple[Label, ...] | None
    seen: dict[bytes, tuple[Likeness, frozenset[Label] | None]] = field(default_factory=dict)

    @classmethod
    def of(cls, sample: Sample, original: Image.Image) -> Reader:
        readable = sample.labels and reading.installed()
        return cls(original, reading.firm(original, sample.labels) if readable else None)

    def look(self, data: bytes) -> tuple[Likeness, frozenset[Label] | None]:
        if data not in self.seen:
            with Image.open(io.BytesIO(data)) as image:
                read = None if self.labels is None else reading.legible(image, self.original.size, self.labels)
                self.seen[data] = likeness(self.original, image), read
        return self.seen[data]


def measured(sample: Sample, networks: Mapping[str, Rules], rounds: int) -> Iterator[Case]:
    """For each network; of each way the fastest of so many rounds, all ways in turn."""
    with Image.open(io.BytesIO(sample.data)) as original:
        reader = Reader.of(sample, original)
        for network, rules in networks.items():
            runs = [{name: worked(way, sample.data, rules) for name, way in WAYS.items()} for _ in range(rounds)]
            outcomes = {name: _outcome([run[name] for run in runs], reader) for name in WAYS}
            yield Case(sample.name, network, outcomes, reader.labels)


def _outcome(runs: Sequence[tuple[float, Sent]], reader: Reader) -> Outcome:
    seconds, sent = min(runs, key=lambda run: run[0])
    return Outcome(sent, seconds, *reader.look(sent.data))
