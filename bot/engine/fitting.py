"""The pictures of a draft as each account can take them, side by side; what cannot be used is a fault where it stands.

A picture is known by the hash of its file: under two names, and for all accounts with the same limits, it is fitted once, and
what was fitted before comes from the cache. Memory: the bytes of a file for each processor, and what `bot.media.budget` allows.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.errors import Fault
from bot.core.model import Draft, Figure, Picture
from bot.core.rules import Rules
from bot.core.target import Target
from bot.core.wording import block
from bot.engine.beside import beside
from bot.engine.drawing import Drawings
from bot.media.fit import Fitted, fit, fitting_key, read, restored
from bot.media.unfit import Unfit
from bot.store.fittings import Fittings

if TYPE_CHECKING:
    from bot.media.maps.model import Drawn

STAND_IN = Fitted(Picture(hashlib.sha256(b"").hexdigest(), "image/png", 1, 1, 1, ""), b"", ())


def fitted(
    draft: Draft, path: Path, targets: Sequence[Target], drawings: Drawings, faults: list[Fault]
) -> dict[tuple[str, Figure], Fitted]:
    """Every picture for every account that gets it, by account; a fault leaves a stand-in, so that the rest is checked.

    `drawings` are the maps among them; one that could not be drawn was told already, and gets a stand-in, too.
    """
    every = [(target, figure) for target in targets for figure in _figures(draft, target.network)]
    wanted = [(target, figure) for target, figure in every if drawings.get(figure.source, True)]
    results = _results(path.parent, drawings, {(figure.source, target.rules): None for target, figure in wanted})
    done = {(target.account, figure): STAND_IN for target, figure in every}
    told: dict[Fault, None] = {}  # one picture that is missing is one fault, on however many accounts
    for target, figure in wanted:
        result = results[figure.source, target.rules]
        if isinstance(result, Unfit):
            told[Fault(draft.path, figure.span.line, figure.span.column, f"{figure.source}: {result}")] = None
        else:
            done[target.account, figure] = _legible(result, drawings.get(figure.source))
    faults += told
    return done


def _legible(result: Fitted, drawing: Drawn | None) -> Fitted:
    """Of a map it is known, not guessed, how large its smallest letters are."""
    if not drawing:
        return result
    return replace(result, lettering=drawing.smallest * result.picture.width / drawing.size[0])


def _figures(draft: Draft, network: str) -> Iterator[Figure]:
    for passage in draft.passages:
        part = block(passage, network)
        yield from (figure for _, figure in (part.figures if part else ()))


Wanted = tuple[str, Rules]  # a source, and what it is fitted into


def _results(folder: Path, drawings: Drawings, wanted: Iterable[Wanted]) -> dict[Wanted, Fitted | Unfit]:
    """What became of each picture."""
    bench = _Bench(folder, drawings)
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # more would gain nothing
        sources = dict.fromkeys(source for source, _ in wanted)
        digests = dict(zip(sources, pool.map(bench.digest, sources), strict=True))
        keys = {each: fitting_key(digest, each[1]) for each in wanted if isinstance(digest := digests[each[0]], str)}
        jobs = {key: each for each, key in keys.items()}
        done = dict(zip(jobs, pool.map(bench.fitted, jobs, jobs.values()), strict=True))
    unread = {each: digest for each in wanted if isinstance(digest := digests[each[0]], Unfit)}
    return {**unread, **{each: done[key] for each, key in keys.items()}}


class _Bench:
    """Where the pictures of a folder are fitted; what is wrong with one is given back, not raised."""

    def __init__(self, folder: Path, drawings: Drawings) -> None:
        self.folder, self.drawings, self.kept = folder, drawings, Fittings()

    def digest(self, source: str) -> str | Unfit:
        """The SHA-256 of a file."""
        try:
            return hashlib.sha256(self._data(source)).hexdigest()
        except (Unfit, OSError, ValueError) as error:
            return Unfit(str(error))

    def fitted(self, key: str, wanted: Wanted) -> Fitted | Unfit:
        """The picture, from the cache if it was fitted before."""
        source, rules = wanted
        if kept := self.kept.get(key):
            with suppress(ValueError, LookupError, TypeError, AttributeError):  # of another version of threadbot
                return restored(*kept, alt="")
        try:
            data = self._data(source)
            made = fit(data, "", rules)
        except (Unfit, OSError, ValueError) as error:
            return Unfit(str(error))
        # the file may be another one by now
        self.kept.put(fitting_key(hashlib.sha256(data).hexdigest(), rules), made.record(), made.data)
        return made

    def _data(self, source: str) -> bytes:
        if drawing := self.drawings.get(source):
            return drawing.data
        return read(beside(self.folder, source))
