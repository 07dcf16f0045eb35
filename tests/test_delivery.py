"""What may happen to a post after it is planned: the table, its reader, and a network that lies as much as it can."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.delivery import (
    GONE,
    IN_DOUBT,
    OUT,
    RETREAT,
    TRANSITIONS,
    BrokenLedger,
    Event,
    Kind,
    Progress,
    State,
    event_from_json,
    event_to_json,
    fold,
)
from bot.core.model import Receipt
from bot.core.steps import PATIENCE, Done, Find, Remove, Send, Stop, Wait, asked_again, decisive, next_step, patience, receipts

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
KEY = {"key": "k1"}

# The shortest way of a post from waiting into each state, by way of having been sent.
WAYS: dict[State, tuple[Kind, ...]] = {
    State.WAITING: (),
    State.INFLIGHT: (Kind.INTENDED,),
    State.DOUBTED: (Kind.INTENDED, Kind.DOUBTED),
    State.DONE: (Kind.INTENDED, Kind.PUBLISHED),
    State.FAILED: (Kind.INTENDED, Kind.REFUSED),
    State.CLAIMED: (Kind.INTENDED, Kind.CLAIMED),
    State.PARKED: (Kind.INTENDED, Kind.DOUBTED, Kind.UNKNOWABLE),
    State.CANCELLED: (Kind.INTENDED, Kind.REFUSED, Kind.CANCELLED),
    State.RECALLED: (Kind.INTENDED, Kind.WITHDRAWN),
    State.STRANDED: (Kind.INTENDED, Kind.WITHDRAWN, Kind.UNKNOWABLE),
    State.LEAVING: (Kind.INTENDED, Kind.PUBLISHED, Kind.WITHDRAWN),
    State.STUCK: (Kind.INTENDED, Kind.PUBLISHED, Kind.WITHDRAWN, Kind.KEPT),
    State.REMOVED: (Kind.INTENDED, Kind.PUBLISHED, Kind.WITHDRAWN, Kind.REMOVED),
}


def receipt(index: int) -> Receipt:
    return Receipt(f"id{index}", f"https://example.org/{index}", NOON, {"uri": f"at://{index}"})


def event(kind: Kind, first: int = 1, last: int = 1, **details: Any) -> Event:
    """A complete event of that kind."""
    if kind is Kind.INTENDED:
        details = {"key": KEY} | details
    if kind is Kind.PUBLISHED:
        details = {"receipts": tuple(map(receipt, range(first, last + 1)))} | details
    return Event(kind, first, last, **({"at": NOON} | details))


def events(*kinds: Kind, first: int = 1, last: int = 1) -> list[Event]:
    return [event(kind, first, last) for kind in kinds]


# --- the table -------------------------------------------------------------------------------------------------------


def test_the_table_knows_every_state_and_every_kind_of_event() -> None:
    assert {before for before, _ in TRANSITIONS} | {State.DONE} == set(State)
    assert {kind for _, kind in TRANSITIONS} == set(Kind)
    assert set(WAYS) == set(State)


@pytest.mark.parametrize("state", State)
def test_every_state_can_be_reached(state: State) -> None:
    [post] = fold(1, events(*WAYS[state]))
    assert post.state is state


@pytest.mark.parametrize(("state", "kind"), list(itertools.product(State, Kind)))
def test_what_the_table_has_not_is_refused(state: State, kind: Kind) -> None:
    ledger = [*events(*WAYS[state]), event(kind)]
    if (state, kind) in TRANSITIONS:
        assert fold(1, ledger)[0].state is TRANSITIONS[state, kind]
    else:
        with pytest.raises(BrokenLedger, match=f"post 1 is {state} and cannot be {kind} – the ledger is damaged"):
            fold(1, ledger)


def test_what_is_out_stays_out_until_a_human_wants_it_rolled_back() -> None:
    assert [kind for state, kind in TRANSITIONS if state is State.DONE] == [Kind.WITHDRAWN]


def test_a_rollback_may_be_asked_for_wherever_the_posts_stand() -> None:
    assert {state for state, kind in TRANSITIONS if kind is Kind.WITHDRAWN} == set(State)


def test_from_every_other_state_there_is_a_way_to_done() -> None:
    reached = {State.DONE}
    for _ in State:
        reached |= {state for (state, _), after in TRANSITIONS.items() if after in reached}
    assert reached == set(State)


def test_from_every_state_there_is_a_way_to_be_gone() -> None:
    reached = set(GONE)
    for _ in State:
        reached |= {state for (state, _), after in TRANSITIONS.items() if after in reached}
    assert reached == set(State)


def test_nothing_is_sent_again_that_may_be_out_and_was_not_looked_for() -> None:
    again = {
        (state, kind) for (state, kind), after in TRANSITIONS.items() if after is State.WAITING and state is not State.WAITING
    }
    assert again == {
        (State.INFLIGHT, Kind.DEFERRED),  # nothing happened, says whoever sent it
        (State.DOUBTED, Kind.ABSENT),
        (State.PARKED, Kind.ABSENT),
        (State.FAILED, Kind.ABSENT),
        (State.CANCELLED, Kind.ABSENT),
        (State.REMOVED, Kind.ABSENT),
    }
    assert {state for (state, _), after in TRANSITIONS.items() if after is State.INFLIGHT} == {State.WAITING}


def test_what_is_being_rolled_back_is_never_sent_again_on_the_way() -> None:
    """Only once it is gone may a human ask for it anew."""
    assert {after for (state, _), after in TRANSITIONS.items() if state in RETREAT} == {*RETREAT, *GONE}


def test_nothing_is_called_gone_that_may_be_out() -> None:
    """What may be out is first looked for, or a human says that it is not there."""
    assert {(state, kind) for (state, kind), after in TRANSITIONS.items() if after in GONE and state in {*IN_DOUBT, *OUT}} == {
        (State.RECALLED, Kind.ABSENT),
        (State.STRANDED, Kind.ABSENT),
        (State.LEAVING, Kind.REMOVED),
        (State.STUCK, Kind.REMOVED),
    }


# --- the fold --------------------------------------------------------------------------------------------------------


def test_posts_that_go_out_together_share_key_batch_and_fate() -> None:
    posts = fold(4, [event(Kind.INTENDED, 1, 3), event(Kind.PUBLISHED, 1, 3)])
    assert [post.state for post in posts] == [State.DONE] * 3 + [State.WAITING]
    assert [post.batch for post in posts] == [(1, 3)] * 3 + [None]
    assert [post.key for post in posts] == [KEY] * 3 + [None]
    assert receipts(posts) == (receipt(1), receipt(2), receipt(3))


@pytest.mark.parametrize(
    "ledger",
    [
        [event(Kind.INTENDED, 0, 1)],
        [event(Kind.INTENDED, 1, 4)],
        [event(Kind.INTENDED, 2, 1)],
        [event(Kind.INTENDED, -1, 1)],
        [event(Kind.INTENDED, 1, 1, key=None)],
        [event(Kind.INTENDED, 2, 2)],
        [event(Kind.INTENDED, 1, 1), event(Kind.INTENDED, 2, 2)],
        [event(Kind.INTENDED, 1, 2), event(Kind.PUBLISHED, 1, 1)],
        [event(Kind.INTENDED, 1, 2), event(Kind.PUBLISHED, 1, 2, receipts=(receipt(1),))],
        [event(Kind.INTENDED, 1, 2), event(Kind.PUBLISHED, 1, 2, receipts=())],
        [event(Kind.INTENDED, 1, 2), event(Kind.DOUBTED, 2, 2)],
        [event(Kind.INTENDED, 1, 2), event(Kind.DEFERRED, 1, 1)],
        [event(Kind.INTENDED, 1, 2), event(Kind.DOUBTED, 1, 2), event(Kind.ABSENT, 1, 1)],
        [event(Kind.INTENDED, 1, 2), event(Kind.DEFERRED, 1, 2), event(Kind.INTENDED, 1, 1)],
        [event(Kind.INTENDED, 1, 2), event(Kind.DEFERRED, 1, 2), event(Kind.INTENDED, 1, 3)],
        [event(Kind.INTENDED, 1, 2), event(Kind.DEFERRED, 1, 2), event(Kind.INTENDED, 1, 2, key={"key": "k2"})],
        [event(Kind.INTENDED, 1, 2), event(Kind.DOUBTED, 1, 2), event(Kind.UNKNOWABLE, 1, 2), event(Kind.CANCELLED, 2, 3)],
        [*events(Kind.INTENDED, Kind.PUBLISHED, Kind.WITHDRAWN, last=2), event(Kind.REMOVED, 1, 1)],
        [*events(Kind.INTENDED, Kind.PUBLISHED, Kind.WITHDRAWN, Kind.KEPT, last=2), event(Kind.WITHDRAWN, 2, 2)],
    ],
)
def test_a_ledger_that_cannot_be_is_refused(ledger: list[Event]) -> None:
    with pytest.raises(BrokenLedger, match="the ledger is damaged"):
        fold(3, ledger)


def test_a_human_may_speak_of_more_posts_than_a_batch() -> None:
    ledger = [event(Kind.INTENDED, 1, 2), event(Kind.REFUSED, 1, 2), event(Kind.ABSENT, 1, 2), event(Kind.CANCELLED, 1, 3)]
    assert {post.state for post in fold(3, ledger)} == {State.CANCELLED}


@pytest.mark.parametrize("end", [(Kind.CANCELLED,), (Kind.ABSENT, Kind.WITHDRAWN)])
def test_what_was_dropped_and_is_wanted_again_gets_a_fresh_key(end: tuple[Kind, ...]) -> None:
    """What it would answer to may be another post by then."""
    ledger = [*events(Kind.INTENDED, Kind.REFUSED, *end), event(Kind.ABSENT, why="asked for again")]
    assert fold(1, ledger) == (Progress(why="asked for again"),)


def test_what_was_rolled_back_and_is_wanted_again_is_a_new_post() -> None:
    ledger = events(Kind.INTENDED, Kind.PUBLISHED, Kind.WITHDRAWN, Kind.REMOVED, Kind.ABSENT)
    assert fold(1, ledger) == (Progress(),)
    assert next_step(fold(1, ledger), 1, NOON) == Send(1, 1, None)


def test_what_failed_and_is_wanted_again_keeps_its_key() -> None:
    assert fold(1, events(Kind.INTENDED, Kind.REFUSED, Kind.ABSENT))[0].key == KEY


def test_old_ledgers_in_which_a_post_was_dropped_in_doubt_still_lead_to_a_look() -> None:
    doubt = events(Kind.INTENDED, Kind.DOUBTED, Kind.UNKNOWABLE)
    assert fold(1, [*doubt, event(Kind.CANCELLED)])[0].state is State.PARKED
    assert isinstance(next_step(fold(1, [*doubt, *events(Kind.CANCELLED, Kind.DEFERRED)]), 1, NOON), Find)
    again = events(Kind.INTENDED, Kind.DOUBTED, Kind.ABSENT, Kind.CANCELLED, Kind.DEFERRED)
    assert isinstance(next_step(fold(1, again), 1, NOON), Find)


def test_the_receipts_of_what_was_removed_still_say_where_a_later_post_was_sent() -> None:
    """What is looked for again after a rollback was sent as an answer to posts that are gone now."""
    ledger = events(Kind.INTENDED, Kind.PUBLISHED, Kind.WITHDRAWN, Kind.REMOVED)
    assert receipts(fold(1, ledger)) == (receipt(1),)


def test_absence_of_what_was_being_sent_counts_from_when_its_sender_was_known_to_be_dead() -> None:
    ledger = [event(Kind.INTENDED), event(Kind.WITHDRAWN, at=NOON + 9 * SECOND)]
    assert fold(1, ledger)[0].lost == NOON + 9 * SECOND
    claimed = [event(Kind.INTENDED), event(Kind.CLAIMED, at=NOON + SECOND), event(Kind.WITHDRAWN, at=NOON + 9 * SECOND)]
    assert (fold(1, claimed)[0].lost, fold(1, claimed)[0].doubts) == (NOON + SECOND, 1)


def test_what_an_event_asks_for_holds_until_the_next() -> None:
    later = NOON + SECOND
    deferred = [event(Kind.DEFERRED, until=later, why="busy")]
    assert (fold(1, deferred)[0].until, fold(1, deferred)[0].why) == (later, "busy")
    again = fold(1, [*deferred, event(Kind.INTENDED, at=later)])[0]
    assert (again.until, again.why, again.lost) == (None, "", later)


def test_nobody_waits_for_what_will_not_come() -> None:
    absent = event(Kind.ABSENT, until=NOON + SECOND)
    assert fold(1, [*events(Kind.INTENDED, Kind.WITHDRAWN), absent])[0].until is None
    assert fold(1, [*events(Kind.INTENDED, Kind.DOUBTED), absent])[0].until == NOON + SECOND


def test_doubts_are_counted_and_the_last_one_dated() -> None:
    """Absence counts from when the post may last have been sent, and repeats may come long after the intention."""
    ledger = [event(Kind.INTENDED), event(Kind.DOUBTED, at=NOON + SECOND), event(Kind.ABSENT), event(Kind.INTENDED)]
    ledger += [event(Kind.DOUBTED, at=NOON + 9 * SECOND), event(Kind.DEFERRED, at=NOON + 20 * SECOND)]
    [post] = fold(1, ledger)
    assert (post.doubts, post.lost) == (2, NOON + 9 * SECOND)


@pytest.mark.parametrize(("doubts", "seconds"), [(0, 0), (1, 0), (2, 5), (5, 600), (99, 600)])
def test_a_server_that_loses_answers_is_left_alone_for_longer_and_longer(doubts: int, seconds: int) -> None:
    assert patience(doubts) == timedelta(seconds=seconds)
    assert list(PATIENCE) == sorted(PATIENCE)


# --- the next step ---------------------------------------------------------------------------------------------------


TWO_AND_ONE = [  # a pair and a single post, all out, to be rolled back
    *events(Kind.INTENDED, Kind.PUBLISHED, last=2),
    *events(Kind.INTENDED, Kind.PUBLISHED, first=3, last=3),
    event(Kind.WITHDRAWN, 1, 3),
]


@pytest.mark.parametrize(
    ("ledger", "step"),
    [
        ([], Send(1, 2, None)),
        (events(Kind.INTENDED, last=2), Find(1, 2, KEY, True, NOON, 0)),
        (events(Kind.INTENDED, Kind.DEFERRED, last=2), Send(1, 2, KEY)),
        (events(Kind.INTENDED, Kind.DOUBTED, last=2), Find(1, 2, KEY, False, NOON, 1)),
        (events(Kind.INTENDED, Kind.DOUBTED, Kind.ABSENT, last=2), Send(1, 2, KEY, doubts=1)),
        (events(Kind.CANCELLED, Kind.ABSENT, last=1) + events(Kind.CANCELLED, first=2, last=3), Send(1, 1, None)),
        (events(Kind.INTENDED, Kind.PUBLISHED, last=2), Send(3, 3, None)),
        (events(Kind.INTENDED, Kind.REFUSED, last=2), Stop(1, State.FAILED, "")),
        (events(Kind.REFUSED, last=2), Stop(1, State.FAILED, "")),
        (events(Kind.INTENDED, Kind.DOUBTED, Kind.UNKNOWABLE, last=2), Stop(1, State.PARKED, "")),
        (events(Kind.CANCELLED, last=3), Stop(1, State.CANCELLED, "")),
        (events(Kind.CANCELLED, Kind.ABSENT, last=3), Send(1, 2, None)),
        (
            events(Kind.INTENDED, Kind.PUBLISHED, last=2) + events(Kind.INTENDED, first=3, last=3),
            Find(3, 3, KEY, True, NOON, 0),
        ),
        (events(Kind.INTENDED, Kind.PUBLISHED, last=2) + events(Kind.INTENDED, Kind.PUBLISHED, first=3, last=3), Done()),
        (events(Kind.INTENDED, Kind.CLAIMED), Find(1, 1, KEY, False, NOON, 1, claimed=True)),
        (TWO_AND_ONE, Remove(3, 3)),
        ([*TWO_AND_ONE, event(Kind.REMOVED, 3, 3)], Remove(1, 2)),
        ([*TWO_AND_ONE, event(Kind.KEPT, 3, 3)], Remove(1, 2)),
        ([*TWO_AND_ONE, event(Kind.KEPT, 3, 3, why="no"), event(Kind.REMOVED, 1, 2)], Stop(3, State.STUCK, "no")),
        ([*TWO_AND_ONE, event(Kind.REMOVED, 1, 3)], Stop(1, State.REMOVED, "")),
        ([*TWO_AND_ONE, event(Kind.KEPT, 1, 3), event(Kind.REMOVED, 3, 3), event(Kind.WITHDRAWN, 1, 3)], Remove(1, 2)),
        (
            [*events(Kind.INTENDED, Kind.PUBLISHED, last=2), event(Kind.INTENDED, 3, 3), event(Kind.WITHDRAWN, 1, 3)],
            Find(3, 3, KEY, False, NOON, 0, recalled=True),
        ),
        (
            [
                *events(Kind.INTENDED, Kind.PUBLISHED, last=2),
                event(Kind.INTENDED, 3, 3),
                event(Kind.WITHDRAWN, 1, 3),
                event(Kind.UNKNOWABLE, 3, 3),
            ],
            Remove(1, 2),
        ),
        (events(Kind.WITHDRAWN, last=3), Stop(1, State.CANCELLED, "")),
    ],
)
def test_the_first_post_that_is_not_out_decides(ledger: list[Event], step: object) -> None:
    assert next_step(fold(3, ledger), 2, NOON) == step


@pytest.mark.parametrize("before", [(), (Kind.INTENDED,), (Kind.INTENDED, Kind.DOUBTED)])
def test_whoever_is_asked_to_wait_waits_until_then_and_no_longer(before: tuple[Kind, ...]) -> None:
    posts = fold(1, [*events(*before), event(Kind.DEFERRED, until=NOON + SECOND, why="busy")])
    assert next_step(posts, 1, NOON) == Wait(NOON + SECOND, "busy")
    assert isinstance(next_step(posts, 1, NOON + SECOND), Send | Find)


def test_a_batch_keeps_its_size_when_the_network_changes_its_mind() -> None:
    posts = fold(5, events(Kind.INTENDED, Kind.DEFERRED, last=3))
    assert next_step(posts, 1, NOON) == Send(1, 3, KEY)
    assert next_step(posts, 99, NOON) == Send(1, 3, KEY)


@pytest.mark.parametrize(("total", "batch", "last"), [(1, 1, 1), (5, 1, 1), (5, 2, 2), (5, 5, 5), (5, 99, 5)])
def test_a_batch_is_as_large_as_the_network_takes(total: int, batch: int, last: int) -> None:
    assert next_step(fold(total, []), batch, NOON) == Send(1, last, None)


def test_a_thread_without_posts_is_done() -> None:
    assert next_step((), 1, NOON) == Done()


@example([(Kind.CANCELLED, 1, 1), (Kind.DEFERRED, 1, 1)], 1)  # what was never sent cannot be looked for
@given(st.lists(st.tuples(st.sampled_from(Kind), st.integers(0, 4), st.integers(0, 4))), st.integers(1, 4))
def test_any_ledger_is_read_or_refused_and_reading_it_gives_a_step(lines: Sequence[tuple[Kind, int, int]], batch: int) -> None:
    ledger: list[Event] = []
    for kind, first, last in lines:  # those that cannot follow are left out, so that long ones are read as well
        try:
            fold(4, [*ledger, event(kind, first, last)])
        except BrokenLedger:
            continue
        ledger.append(event(kind, first, last))
    posts = fold(4, ledger)
    step = next_step(posts, batch, NOON)
    index = decisive(posts)
    match step:
        case Send() | Find() | Remove():
            assert step.first <= (index or 0) <= step.last <= 4
            fold(4, [*ledger, event(follows(step), step.first, step.last)])  # what is asked for is legal
        case Done():
            assert {post.state for post in posts} == {State.DONE}
        case _:
            assert index == step.index if isinstance(step, Stop) else index


def follows(step: Send | Find | Remove) -> Kind:
    match step:
        case Send():
            return Kind.INTENDED
        case Remove():
            return Kind.KEPT
        case Find(died=True):
            return Kind.DOUBTED
        case _:
            return Kind.UNKNOWABLE if step.claimed else Kind.ABSENT


# --- asking again ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ledger", "dropped", "asked"),
    [
        ([], True, []),
        (events(Kind.INTENDED, Kind.PUBLISHED, last=3), True, []),
        (events(Kind.INTENDED, Kind.REFUSED, last=2), False, [(Kind.ABSENT, 1, 2, None)]),
        (events(Kind.INTENDED, Kind.DOUBTED, Kind.UNKNOWABLE, last=2), False, [(Kind.DEFERRED, 1, 2, NOON)]),
        (events(Kind.CANCELLED, last=3), False, []),
        (events(Kind.CANCELLED, last=3), True, [(Kind.ABSENT, 1, 3, None)]),
        ([*TWO_AND_ONE, event(Kind.REMOVED, 1, 3)], True, [(Kind.ABSENT, 1, 3, None)]),
        ([*TWO_AND_ONE, event(Kind.REMOVED, 1, 3)], False, []),
        ([event(Kind.DEFERRED, until=NOON + SECOND)], False, [(Kind.DEFERRED, 1, 1, NOON)]),
        ([event(Kind.DEFERRED, until=NOON)], False, []),
        ([*TWO_AND_ONE, event(Kind.DEFERRED, 3, 3, until=NOON + SECOND)], False, [(Kind.DEFERRED, 3, 3, NOON)]),
    ],
)
def test_asking_again_ends_waits_and_revives(
    ledger: list[Event], dropped: bool, asked: list[tuple[Kind, int, int, datetime | None]]
) -> None:
    found = list(asked_again(fold(3, ledger), NOON, NOON, dropped))
    assert [(each.kind, each.first, each.last, each.until) for each in found] == asked
    fold(3, [*ledger, *found])


# --- JSON ------------------------------------------------------------------------------------------------------------

ZONES = st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-3, minutes=-30))])
MOMENTS = st.datetimes(timezones=ZONES)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=5,
)
OBJECTS = st.dictionaries(TEXT, JSON, max_size=3)
RECEIPTS = st.builds(Receipt, TEXT, TEXT, MOMENTS, OBJECTS)
EVENTS = st.builds(
    Event,
    st.sampled_from(Kind),
    st.integers(1, 99),
    st.integers(1, 99),
    MOMENTS,
    st.none() | OBJECTS,
    st.lists(RECEIPTS, max_size=3).map(tuple),
    st.none() | MOMENTS,
    TEXT,
)


@given(EVENTS)
def test_an_event_survives_the_ledger(found: Event) -> None:
    assert event_from_json(json.loads(json.dumps(event_to_json(found)))) == found


def test_what_is_empty_takes_no_room_in_the_ledger() -> None:
    assert event_to_json(event(Kind.DOUBTED, why="lost")) == {
        "kind": "doubted",
        "first": 1,
        "last": 1,
        "at": "2026-12-01T12:00:00+00:00",
        "why": "lost",
    }


@pytest.mark.parametrize("damage", [{"kind": "dreamt"}, {"at": "noon"}, {"receipts": [{}]}, {"until": 5}, {"receipts": 5}])
def test_a_line_that_cannot_be_read_is_an_error_that_the_ledger_knows(damage: dict[str, Any]) -> None:
    with pytest.raises((ValueError, LookupError, TypeError)):
        event_from_json(event_to_json(event(Kind.INTENDED)) | damage)


def test_progress_of_nothing_is_waiting() -> None:
    assert fold(2, []) == (Progress(), Progress())
