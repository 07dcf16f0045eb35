"""From a file on disk to a plan and the bytes of its pictures: everything that has to be read or asked before composing."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.core.compose import Target, compose, handles
from bot.core.draft import read as read_draft
from bot.core.errors import ConfigError, DraftError, Fault, KeyFault, hint
from bot.core.model import Draft, Figure, Picture
from bot.core.moment import MomentError, moment, zone
from bot.core.plan import Plan
from bot.core.rules import Rules
from bot.core.wording import block
from bot.media.fit import Fitted, Unfit, fit, read
from bot.networks.base import Network
from bot.store.config import Config
from bot.store.memory import Memory

LARGEST_DRAFT = 2_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Composed:
    """A plan, the bytes of its pictures by sha256, what was done to each file, and when the draft wants to go out."""

    plan: Plan
    pictures: Mapping[str, bytes]
    files: Mapping[tuple[str, str], str]  # (network, sha256) to the file's name
    notes: Mapping[str, tuple[str, ...]]  # by sha256
    publish_at: datetime | None
    timezone: ZoneInfo | None  # the draft's, else the config's
    assumed: tuple[str, ...]  # what could not be asked
    draft: Draft
    targets: tuple[Target, ...]


def compose_file(path: Path, config: Config, networks: Mapping[str, Network], only: Sequence[str] = ()) -> Composed:
    """The plan of a draft for its accounts, or for those named in `only`.

    Asks networks what a plan needs to know of them; what cannot be asked is assumed, and listed. Raises DraftError with every
    fault of the draft and its pictures, ConfigError for an account that is not in the config.
    """
    name = str(path).encode(errors="replace").decode()  # one that is not UTF-8 could be neither shown nor stored
    draft, found = read_draft(_source(path, name), name, networks)
    faults = list(found)
    names = _accounts(draft, config, only, faults)
    tz = _zone(draft, config, faults)
    publish_at = _publish_at(draft, tz, faults)
    targets = [_target(name, config, networks) for name in names]
    fitted = _pictures(draft, path, targets, faults)
    if not draft.passages:
        raise DraftError(*faults)
    if not faults:
        targets = [_asked(target, draft, config, networks) for target in targets]
    try:
        plan = compose(draft, targets, {key: each.picture for key, each in fitted.items()})
    except DraftError as error:
        faults += error.faults
    if faults:
        raise DraftError(*faults)
    return Composed(
        plan=plan,
        pictures={each.picture.sha256: each.data for each in fitted.values()},
        files={(network, each.picture.sha256): figure.source for (network, figure), each in fitted.items()},
        notes={each.picture.sha256: each.notes for each in fitted.values()},
        publish_at=publish_at,
        timezone=tz,
        assumed=tuple(each for target in targets for each in target.facts.assumed),
        draft=draft,
        targets=tuple(targets),
    )


def _source(path: Path, name: str) -> bytes:
    try:
        size = path.stat().st_size
        if not (path.is_file() or path.is_dir()):  # a device, which never ends; a folder has an error of its own below
            raise DraftError(Fault(name, 1, 1, "cannot be read: it is not a file"))
        if size > LARGEST_DRAFT:
            raise DraftError(Fault(name, 1, 1, f"the file is larger than {LARGEST_DRAFT // 1_000_000} MB – is it a draft?"))
        return path.read_bytes()
    except OSError as error:
        raise DraftError(Fault(name, 1, 1, f"cannot be read: {error.strerror}")) from None


def _at(draft: Draft, key: str, message: str) -> Fault:
    span = draft.spans[key]
    return Fault(draft.path, span.line, span.column, message)


def _accounts(draft: Draft, config: Config, only: Sequence[str], faults: list[Fault]) -> tuple[str, ...]:
    """The accounts to compose for. Where the draft names none that exists, the defaults stand in: the rest is checked too."""
    if not config.accounts:
        raise ConfigError(KeyFault(str(config.path), "accounts", "there is no account to publish on – add one"))
    unknown = {
        name: f"there is no account “{name}” – {hint(name, config.accounts)}"
        for name in dict.fromkeys(only or draft.accounts)
        if name not in config.accounts
    }
    if only and unknown:
        raise ConfigError(*(KeyFault(str(config.path), "accounts", said) for said in unknown.values()))
    faults += (_at(draft, "accounts", said) for said in unknown.values())
    names = tuple(name for name in dict.fromkeys(only or draft.accounts) if name not in unknown) or config.defaults
    if not names:
        raise ConfigError(KeyFault(str(config.path), "defaults.accounts", "is empty – name an account there, or in the draft"))
    return names


def _zone(draft: Draft, config: Config, faults: list[Fault]) -> ZoneInfo | None:
    try:
        return zone(draft.timezone) if draft.timezone else config.timezone
    except MomentError as error:
        faults.append(_at(draft, "timezone", f"timezone: {error}"))
        return ZoneInfo("UTC")  # so that the time is checked too


def _publish_at(draft: Draft, tz: ZoneInfo | None, faults: list[Fault]) -> datetime | None:
    try:
        return moment(draft.publish_at, tz) if draft.publish_at else None
    except MomentError as error:
        faults.append(_at(draft, "publish_at", f"publish_at: {error}"))
        return None


def _target(name: str, config: Config, networks: Mapping[str, Network]) -> Target:
    account = config.accounts[name]
    network = networks[account.network]
    return Target(name, network.name, network.destination(account), network.rules, config.numbering)


def _asked(target: Target, draft: Draft, config: Config, networks: Mapping[str, Network]) -> Target:
    facts = networks[target.network].facts(config.accounts[target.account], handles(draft, target), Memory())
    return Target(target.account, target.network, target.destination, target.rules, target.numbering, facts)


def _pictures(draft: Draft, path: Path, targets: Sequence[Target], faults: list[Fault]) -> dict[tuple[str, Figure], Fitted]:
    """Every picture for every network that gets it, side by side; a fault leaves a stand-in, so that the rest is checked."""
    rules = {target.network: target.rules for target in targets}
    wanted = list(dict.fromkeys(_wanted(draft, rules)))
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # more would need memory, and gain nothing
        results = list(pool.map(lambda each: _fitted(each[1], path, rules[each[0]]), wanted))
    done: dict[tuple[str, Figure], Fitted] = {}
    for (network, figure), result in zip(wanted, results, strict=True):
        if isinstance(result, str):
            faults.append(Fault(draft.path, figure.span.line, figure.span.column, f"{figure.source}: {result}"))
            done[network, figure] = STAND_IN
        else:
            done[network, figure] = result
    faults[:] = dict.fromkeys(faults)  # one picture that is missing is one fault, on however many networks
    return done


STAND_IN = Fitted(Picture(hashlib.sha256(b"").hexdigest(), "image/png", 1, 1, 1, ""), b"", ())


def _wanted(draft: Draft, rules: Mapping[str, Rules]) -> Iterator[tuple[str, Figure]]:
    for network in rules:
        for passage in draft.passages:
            part = block(passage, network)
            yield from ((network, figure) for _, figure in (part.figures if part else ()))


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
