"""From a file on disk to a plan and the bytes of its pictures: everything that has to be read or asked before composing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from bot.core.compose import Pictures, compose
from bot.core.draft import read as read_draft
from bot.core.errors import ConfigError, DraftError, Fault, KeyFault, hint
from bot.core.legible import faint
from bot.core.model import Draft, Thread
from bot.core.moment import MomentError, moment, zone
from bot.core.plan import Plan
from bot.core.target import Target
from bot.engine.asking import asked, target_of, with_cards
from bot.engine.drawing import drawn, notes
from bot.engine.fitting import fitted
from bot.engine.prices import Till
from bot.media.fit import Fitted
from bot.networks.base import Network
from bot.store.config import Config

LARGEST_DRAFT = 2_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Composed:
    """A plan, the bytes of its pictures by sha256, what was done to each file, and when the draft wants to go out."""

    plan: Plan
    pictures: Mapping[str, bytes]
    files: Mapping[tuple[str, str], str]  # (account, sha256) to the file's name
    fitted: Mapping[tuple[str, str], Fitted]  # by account and file
    publish_at: datetime | None
    timezone: ZoneInfo | None  # the draft's, else the config's
    assumed: tuple[str, ...]  # what could not be asked
    draft: Draft
    targets: tuple[Target, ...]
    prices: Mapping[str, Decimal] = field(default_factory=dict)  # by account, in US dollars, where threads cost anything


def compose_file(
    path: Path,
    config: Config,
    networks: Mapping[str, Network],
    only: Sequence[str] = (),
    after: Mapping[str, tuple[str, int, Thread]] = MappingProxyType({}),
) -> Composed:
    """The plan of a draft for its accounts, or for those named in `only`. It continues threads of other plans where `after`
    names them: by account the digest, how many posts are out, and the thread of that plan.

    Asks networks what a plan needs to know of them; what cannot be asked is assumed, and listed. Raises DraftError with every
    fault of the draft and its pictures, ConfigError for an account that is not in the config.
    """
    name = str(path).encode(errors="replace").decode()  # one that is not UTF-8 could be neither shown nor stored
    draft, found = read_draft(_source(path, name), name, networks)
    faults = list(found)
    names = _accounts(draft, config, only, faults)
    tz = _zone(draft, config, faults)
    publish_at = _publish_at(draft, tz, faults)
    if not draft.passages:
        raise DraftError(*faults)
    targets = _targets(names, draft, config, networks, after)
    draft, drawings = drawn(draft, path, faults)
    figures = fitted(draft, path, targets, drawings, faults)
    pictures = {key: each.picture for key, each in figures.items()}
    plan = _plan(draft, targets, pictures, faults)
    carded, thumbs = with_cards(targets, draft, plan, config.accounts)
    if carded != targets:
        targets, plan = carded, compose(draft, carded, pictures)
    till = Till(config.accounts, networks)
    small = faint(plan, draft, targets, pictures, {key: each.lettering for key, each in figures.items()})
    hints = till.hints(plan, draft, targets, pictures)
    return Composed(
        plan=replace(plan, warnings=(*plan.warnings, *notes(draft, drawings), *small, *hints)),
        pictures={each.picture.sha256: each.data for each in figures.values()} | thumbs,
        files={(account, each.picture.sha256): figure.source for (account, figure), each in figures.items()},
        fitted={(account, figure.source): each for (account, figure), each in figures.items()},
        publish_at=publish_at,
        timezone=tz,
        assumed=tuple(each for target in targets for each in target.facts.assumed),
        draft=draft,
        targets=tuple(targets),
        prices=till.prices(plan),
    )


def _targets(
    names: Sequence[str],
    draft: Draft,
    config: Config,
    networks: Mapping[str, Network],
    after: Mapping[str, tuple[str, int, Thread]],
) -> list[Target]:
    """The accounts, with what their networks had to say."""
    accounts = [config.accounts[each] for each in names]
    first = [target_of(each, networks[each.network], config, *after.get(each.name, ())) for each in accounts]
    return [asked(target, draft, config, networks[target.network]) for target in first]


def _plan(draft: Draft, targets: Sequence[Target], pictures: Pictures, faults: list[Fault]) -> Plan:
    """The plan. Raises DraftError with what is wrong with it and all that was found before."""
    try:
        plan = compose(draft, targets, pictures)
    except DraftError as error:
        faults += error.faults
    if faults:
        raise DraftError(*faults)
    return plan


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
