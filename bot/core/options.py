"""Pure. How a thread is to be shown: as its draft asks, else its account, as far as its network can.

Nothing is shown to more people than was asked for: where a network would, that is a fault. What goes on from a thread is shown
to no more people than that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.core.errors import hint
from bot.core.model import Draft, Span, Thread
from bot.core.people import SILENT
from bot.core.target import Target

# What an author may ask, and what it means to ask for nothing
OPEN = {"visibility": "public", "follow_ups": "public", "replies": "everyone", "sensitive": "false", "made_with_ai": "false"}
AUDIENCES = ("visibility", "follow_ups")  # from all to few, as the values of the first
SWITCHES = frozenset(("sensitive", "made_with_ai"))  # their values are "true" and "false"
QUIET = "unlisted"  # follow-ups that keep out of timelines: a courtesy, and no secret
# What it means that a network lacks an option, where that betrays nobody
LACKS = {
    "follow_ups": "{network} shows them like the first post – leave it out if that will do",
    "replies": "on {network} everybody may reply, not only “{value}” – leave it out if that will do",
    "sensitive": "{network} cannot blur pictures – part them with ::: except {network} if they must not be seen at once",
    "made_with_ai": "{network} has no mark for it – say it in the text, between {{{network}: and }}",
}

Options = Mapping[str, str]
Known = Mapping[str, Sequence[str]]
Said = tuple[Span, str]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The options of a thread that are set and not what its network does anyway; faults and warnings with their places."""

    options: Options
    faults: tuple[Said, ...]
    warnings: tuple[Said, ...]


def chosen(draft: Draft, target: Target) -> Chosen:
    """How a thread is to be shown on an account."""
    known = dict(target.rules.options)
    asked = {name: value for name, value in draft.options.items() if value != OPEN[name] or name in known}
    foreign = [name for name in asked if name not in known and not (name == "replies" and target.rules.dialect in SILENT)]
    closed = [name for name in foreign if _is_closed(name, asked[name])]
    faults = [*_unknown(draft, target, known), *(_beyond if target.sealed else _too_wide)(draft, target, known)]
    faults += ((draft.spans[name], _betrayed(name, asked[name], target)) for name in closed)
    warnings = ((draft.spans[name], _missing(name, asked[name], target)) for name in foreign if name not in closed)
    set_ = {name: value for name, value in _values(draft, target, known).items() if value != known[name][0]}
    return Chosen(set_, tuple(faults), tuple(warnings))


def _is_closed(name: str, value: str) -> bool:
    return name == "visibility" or (name == "follow_ups" and value != QUIET)


def _betrayed(name: str, value: str, target: Target) -> str:
    advice = f"leave {target.account} out, with accounts in the draft or --account"
    return f"{name}: {target.network} would show to everybody what is to be {value} – {advice}"


def _missing(name: str, value: str, target: Target) -> str:
    return f"{name}: {LACKS[name].format(network=target.network, value=value)}"


def _unknown(draft: Draft, target: Target, known: Known) -> Iterator[Said]:
    for name, value in draft.options.items():
        if name in known and value not in known[name]:
            advice = f"{hint(value, known[name])}; or say it for each account in the config"
            yield draft.spans[name], f"{name}: {target.network} knows no “{value}” – {advice}"


def _values(draft: Draft, target: Target, known: Known) -> dict[str, str]:
    """The value of each option that a network knows. Follow-ups are seen by no more people than the first post."""
    usual = {**target.options, **_inherited(target, known)}
    found = {name: draft.options.get(name) or usual.get(name) or values[0] for name, values in known.items()}
    return _capped(found, known)


def _capped(options: Options, known: Known) -> dict[str, str]:
    return {**options, **({"follow_ups": options["visibility"]} if _wider(options, known) else {})}


def _sealed(thread: Thread, known: Known) -> dict[str, str]:
    """How a thread that is out is shown."""
    return _capped({name: thread.options.get(name, values[0]) for name, values in known.items()}, known)


def _inherited(target: Target, known: Known) -> Options:
    """What a draft that says nothing has from the thread that it goes on from: the narrower audience, its account's or that
    thread's, and that thread's blur."""
    if target.sealed is None:
        return {}
    there, scale = _sealed(target.sealed, known), known.get("visibility", ())
    found = {name: there[name] for name in AUDIENCES if name in there}
    for name, value in found.items():
        if (own := target.options.get(name, "")) in scale and value in scale:
            found[name] = max(own, value, key=scale.index)
    return found | ({"sensitive": "true"} if there.get("sensitive") == "true" else {})


def _wider(options: Options, known: Known) -> bool:
    """Whether follow-ups would be seen by more people than the first post: the values of `visibility` go from all to few."""
    scale = known.get("visibility", ())
    first, later = options.get("visibility"), options.get("follow_ups")
    return first in scale and later in scale and scale.index(later) < scale.index(first)


def _beyond(draft: Draft, target: Target, known: Known) -> Iterator[Said]:
    """What a draft itself wants to be seen by more people than the thread that it goes on from."""
    assert target.sealed, "it goes on from one"
    there, scale = _sealed(target.sealed, known), known.get("visibility", ())
    for name in AUDIENCES:
        wanted, value = draft.options.get(name), there.get(name)
        if wanted in scale and value in scale and scale.index(wanted) < scale.index(value):
            said = f"{name}: {wanted} is for more people than {name}: {value}, as the thread is that it goes on from"
            yield draft.spans[name], f"{said} – write that, or leave it out"


def _too_wide(draft: Draft, target: Target, known: Known) -> Iterator[Said]:
    """Follow-ups that the draft itself wants to be seen by more people than its first post."""
    first = draft.options.get("visibility") or target.options.get("visibility") or ""
    if "follow_ups" in draft.options and _wider({**draft.options, "visibility": first}, known):
        said = f"follow_ups: {draft.options['follow_ups']} is for more people than the first post, which is {first}"
        yield draft.spans["follow_ups"], f"{said} – write follow_ups: {first}, or leave it out"
