"""The pictures of a draft as each account can take them, side by side; what cannot be used is a fault where it stands."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bot.core.errors import Fault
from bot.core.model import Draft, Figure, Picture
from bot.core.rules import Rules
from bot.core.target import Target
from bot.core.wording import block
from bot.media.fit import Fitted, Unfit, fit, read

STAND_IN = Fitted(Picture(hashlib.sha256(b"").hexdigest(), "image/png", 1, 1, 1, ""), b"", ())


def fitted(draft: Draft, path: Path, targets: Sequence[Target], faults: list[Fault]) -> dict[tuple[str, Figure], Fitted]:
    """Every picture for every account that gets it, by account; a fault leaves a stand-in, so that the rest is checked.

    Accounts with the same limits share the same work.
    """
    wanted = [(target, figure) for target in targets for figure in _figures(draft, target.network)]
    jobs = {(_limits(target.rules), figure.source): (target.rules, figure) for target, figure in wanted}
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # more would need memory, and gain nothing
        results = dict(zip(jobs, pool.map(lambda job: _fitted(job[1], path, job[0]), jobs.values()), strict=True))
    done: dict[tuple[str, Figure], Fitted] = {}
    told: dict[Fault, None] = {}  # one picture that is missing is one fault, on however many accounts
    for target, figure in wanted:
        result = results[_limits(target.rules), figure.source]
        if isinstance(result, str):
            told[Fault(draft.path, figure.span.line, figure.span.column, f"{figure.source}: {result}")] = None
        done[target.account, figure] = STAND_IN if isinstance(result, str) else result
    faults += told
    return done


def _limits(rules: Rules) -> tuple[object, ...]:
    """All that a picture is fitted into."""
    return rules.picture_types, rules.picture_bytes, rules.picture_pixels


def _figures(draft: Draft, network: str) -> Iterator[Figure]:
    for passage in draft.passages:
        part = block(passage, network)
        yield from (figure for _, figure in (part.figures if part else ()))


def _fitted(figure: Figure, draft: Path, rules: Rules) -> Fitted | str:
    """The picture, or what is wrong with it."""
    folder = draft.parent.resolve()
    try:
        file = (folder / figure.source).resolve()  # a symbolic link counts as where it leads
        if not file.is_relative_to(folder):
            return "leaves the draft's folder – copy the picture beside the draft"
        return fit(read(file), figure.alt, rules)
    except RuntimeError:  # how Python before 3.13 says it
        return "is a link in a circle – copy the picture beside the draft"
    except (Unfit, OSError, ValueError) as error:
        return str(error)
