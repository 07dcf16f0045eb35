"""Who the handles in a draft are: a mention on Bluesky needs a DID, which is asked for before composing and kept for a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.core.errors import NetworkError, Transient
from bot.core.model import Account, Facts
from bot.networks.base import Memory
from bot.networks.session import DID, XRPC, wire_to

if TYPE_CHECKING:
    from bot.networks.wire import Wire

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Known:
    """What was once heard of a handle."""

    did: str
    age: timedelta


def look_up(account: Account, handles: frozenset[str], memory: Memory) -> Facts:
    """The DIDs of handles: kept ones for a day, else asked for without signing in, else kept ones with a warning."""
    known = {handle: each for handle in handles if (each := _kept(account, handle, memory))}
    people = {handle: each.did for handle, each in known.items() if each.age < DAY}
    asked, failure = _asked(account, sorted(handles - people.keys()), memory)
    people |= {handle: did for handle, did in asked.items() if did}
    said = [f"{account.name}: nobody is named @{each} on Bluesky – it will be plain text" for each in asked if not asked[each]]
    lost = sorted(handles - people.keys() - asked.keys())
    old = {handle: known[handle] for handle in lost if handle in known}
    said += [f"{failure} – @{handle} is taken for who it was {each.age.days} days ago" for handle, each in old.items()]
    plain = [f"{failure} – mentions were not looked up and are shown as plain text"] if lost != [*old] else []
    return Facts({**people, **{handle: each.did for handle, each in old.items()}}, tuple(said), tuple(plain))


def _asked(account: Account, handles: Sequence[str], memory: Memory) -> tuple[Mapping[str, str], NetworkError | None]:
    """The DID of each handle, empty where there is none; until the server could not be asked any more, and why."""
    found: dict[str, str] = {}
    if not handles:
        return found, None  # and a preview does not wait for what connects
    wire = wire_to(account, seconds=5.0)
    try:
        for handle in handles:
            found[handle] = _resolved(wire, handle)
            if found[handle]:
                memory.put(_name(account, handle), {"did": found[handle]})
    except NetworkError as error:
        return found, error
    finally:
        wire.close()
    return found, None


def _resolved(wire: Wire, handle: str) -> str:
    answer = wire.call("GET", f"{XRPC}identity.resolveHandle", params={"handle": handle.lower()})
    did = answer.body.get("did")
    if isinstance(did, str) and DID.fullmatch(did):
        return did
    if answer.status != 400:
        raise Transient(f"{wire.account}: {wire.said(answer)}")
    return ""


def _kept(account: Account, handle: str, memory: Memory) -> Known | None:
    value, at = memory.get(_name(account, handle)) or ({}, datetime.now(UTC))
    did = value.get("did")
    return Known(did, datetime.now(UTC) - at) if isinstance(did, str) and DID.fullmatch(did) else None


def _name(account: Account, handle: str) -> str:
    """With the server's: what one says of a name need not be what another says."""
    return f"did of {handle.lower()} on {account.settings['server']}"
