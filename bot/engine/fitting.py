"""The pictures of a draft as each account can take them, side by side; what cannot be used is a fault where it stands.

A picture is known by the hash of its file: under two names it is opened once, for all accounts with the same limits it is
fitted once, and what was fitted before comes from the cache. Memory: the bytes of a file for each processor, and what
`bot.media.budget` allows.
"""

from __future__ import annotations

import hashlib
import os
from collections import ChainMap, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
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
from bot.media.fit import Fitted, fit_opened, fitting_key, opened, read, restored
from bot.media.opening import Opened
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
    at_once = os.cpu_count()  # more would gain nothing
    with ThreadPoolExecutor(at_once) as openers, ThreadPoolExecutor(at_once) as fitters:
        bench = _Bench(folder, drawings, fitters)
        sources = dict.fromkeys(source for source, _ in wanted)
        digests = dict(zip(sources, openers.map(bench.digest, sources), strict=True))
        keys = {each: fitting_key(digest, each[1]) for each in wanted if isinstance(digest := digests[each[0]], str)}
        jobs: dict[object, dict[str, Wanted]] = defaultdict(dict)
        for each, key in keys.items():
            jobs[digests[each[0]]][key] = each
        done = dict(ChainMap(*openers.map(bench.fitted, jobs.values())))
    unread = {each: digest for each in wanted if isinstance(digest := digests[each[0]], Unfit)}
    return {**unread, **{each: done[key] for each, key in keys.items()}}


class _Bench:
    """Where the pictures of a folder are fitted; what is wrong with one is given back, not raised."""

    def __init__(self, folder: Path, drawings: Drawings, fitters: Executor) -> None:
        self.folder, self.drawings, self.fitters, self.kept = folder, drawings, fitters, Fittings()

    def digest(self, source: str) -> str | Unfit:
        """The SHA-256 of a file."""
        try:
            return hashlib.sha256(self._data(source)).hexdigest()
        except (Unfit, OSError, ValueError) as error:
            return Unfit(str(error))

    def fitted(self, jobs: Mapping[str, Wanted]) -> dict[str, Fitted | Unfit]:
        """One picture for all who want it, by key: from the cache where it was fitted before, the others side by side."""
        done: dict[str, Fitted | Unfit] = {key: kept for key in jobs if (kept := self._restored(key))}
        missing = {key: wanted for key, wanted in jobs.items() if key not in done}
        if missing:
            done.update(zip(missing, self._made(missing.values()), strict=True))
        return done

    def _restored(self, key: str) -> Fitted | None:
        if kept := self.kept.get(key):
            with suppress(ValueError, LookupError, TypeError, AttributeError):  # of another version of threadbot
                return restored(*kept, alt="")
        return None

    def _made(self, wanted: Collection[Wanted]) -> list[Fitted | Unfit]:
        source = next(iter(wanted))[0]  # under whichever name
        try:
            data = self._data(source)
            digest = hashlib.sha256(data).hexdigest()  # the file may be another one by now
            with opened(data) as picture:
                return list(self.fitters.map(lambda each: self._one(picture, digest, each[1]), wanted))
        except (Unfit, OSError, ValueError) as error:
            return [Unfit(str(error)) for _ in wanted]

    def _one(self, picture: Opened, digest: str, rules: Rules) -> Fitted | Unfit:
        try:
            made = fit_opened(picture, "", rules)
        except (Unfit, OSError, ValueError) as error:
            return Unfit(str(error))
        self.kept.put(fitting_key(digest, rules), made.record(), made.data)
        return made

    def _data(self, source: str) -> bytes:
        if drawing := self.drawings.get(source):
            return drawing.data
        return read(beside(self.folder, source))
