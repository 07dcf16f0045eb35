"""A server that writes something else than it was sent: the thread stops for a human, and nothing is sent again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.core.delivery import State
from bot.core.errors import CannotTell, OutcomeUnknown, Rejected, Transient
from bot.networks.bluesky import NETWORK
from bot.networks.record import records
from bot.testing.bluesky import FakePds
from bot.testing.fakes import JumpingClock, Shelf
from bot.testing.house import House
from bot.testing.serving import Reply, Request, Served
from bot.testing.stage import Stage
from tests.servers import Person
from tests.skies import a_thread, account_of, drawn, opened, with_post

APPLY, GET, UPLOAD = "repo.applyWrites", "repo.getRecord", "repo.uploadBlob"


@dataclass
class Altering:
    """A server in front of a faithful one: it alters the answers to some requests."""

    real: FakePds = field(default_factory=FakePds)
    altered: dict[str, Any] = field(default_factory=dict)  # by name: what to make of a body

    def reply(self, request: Request, now: datetime) -> Reply:
        given = self.real.reply(request, now)
        alter = self.altered.get(request.path.rsplit("com.atproto.", 1)[1])
        return replace(given, body=alter(given.body, request)) if alter and given.status == 200 else given


@pytest.fixture
def server() -> Iterator[Served]:
    with Served(Altering(), JumpingClock()) as served:
        yield served


@pytest.fixture
def stage(server: Served) -> Iterator[Stage]:
    real = fake(server).real
    account = account_of(Person(real.handle, real.password, real.did), server.url)
    made = Stage(NETWORK, account, Shelf(), real.posts, server=server)
    yield made
    made.close()


def fake(server: Served) -> Altering:
    assert isinstance(server.fake, Altering)
    return server.fake


def writes(server: Served) -> int:
    """How many writes the server was sent."""
    return sum(request.path.endswith(APPLY) for request in server.requests)


def other_cid(body: Any, _request: Request) -> Any:
    """As if the second record were another."""
    results = [{**each, "cid": f"{each['cid'][:-1]}x"} if n == 1 else each for n, each in enumerate(body["results"])]
    return {**body, "results": results}


def other_record(index: int) -> Any:
    """As if that record stood there otherwise, told by the place of its key among those that were asked for."""
    keys: list[str] = []

    def alter(body: Any, request: Request) -> Any:
        rkey = request.query["rkey"]
        keys.extend([] if rkey in keys else [rkey])
        return {**body, "cid": f"{body['cid'][:-1]}x"} if keys.index(rkey) == index else body

    return alter


@pytest.mark.parametrize("index", [0, 1, 2])
def test_what_was_written_otherwise_parks_the_thread_and_is_never_sent_again(
    stage: Stage, server: Served, tmp_path: Path, index: int
) -> None:
    fake(server).altered = {APPLY: other_cid, GET: other_record(index)}
    with House(stage, tmp_path) as house:
        plan = house.seal(a_thread_of(stage))
        assert house.publish(plan, runs=4) == {State.PARKED}
        why = house.store.plans.standing(plan.digest, "sky").posts[0].why
    assert "is not the record that was sent – look at https://bsky.app/profile/did:plc:" in why
    assert "better threadbot rollback than to go on" in why
    assert (writes(server), len(stage.texts)) == (1, 3)


def test_a_server_that_only_said_so_is_believed_after_a_look(stage: Stage, server: Served, tmp_path: Path) -> None:
    fake(server).altered = {APPLY: other_cid}
    with House(stage, tmp_path) as house:
        assert house.publish(house.seal(a_thread_of(stage)), runs=2) == {State.DONE}
    assert (writes(server), len(stage.texts)) == (1, 3)


def a_thread_of(stage: Stage) -> Any:
    """A thread as the account's own."""
    return replace(a_thread(3), destination=NETWORK.destination(stage.account))


@pytest.mark.parametrize(
    "results",
    [None, [], {}, "x", [None] * 3, [{}] * 3, [{"uri": 5, "cid": []}] * 3, [{"uri": "x", "cid": "y"}] * 4],
)
def test_an_answer_that_does_not_name_what_was_written_is_no_success(stage: Stage, server: Served, results: Any) -> None:
    fake(server).altered = {APPLY: lambda body, _: {**body, "results": results}}
    with pytest.raises(OutcomeUnknown, match="wrote something else than was sent"):
        stage.sent(opened(stage), a_thread_of(stage))


@pytest.mark.parametrize("body", [{}, {"cid": 5}, {"cid": None}, {"cid": ["x"]}])
def test_a_look_that_shows_no_cid_is_no_proof(stage: Stage, server: Served, body: Any) -> None:
    driver = opened(stage)
    (sent,) = stage.sent(driver, a_thread_of(stage))
    fake(server).altered = {GET: lambda *_: body}
    with pytest.raises(CannotTell):
        driver.find(sent.batch, sent.key)


def test_a_server_that_lost_the_first_record_but_has_a_later_one_is_not_trusted_to_send_again(
    stage: Stage, server: Served
) -> None:
    driver = opened(stage)
    (sent,) = stage.sent(driver, a_thread_of(stage))
    first = records(sent.batch, sent.key)[0]
    del fake(server).real.repository.records[first.collection, first.rkey]
    with pytest.raises(CannotTell, match="is out, while the first of its thread is gone"):
        driver.find(sent.batch, sent.key)


def test_a_thread_whose_first_post_and_gate_somebody_removed_is_not_called_absent(stage: Stage, server: Served) -> None:
    driver, repository = opened(stage), fake(server).real.repository
    (sent,) = stage.sent(driver, replace(a_thread_of(stage), options={"replies": "nobody"}))
    first = records(sent.batch, sent.key)[0]
    for place in [each for each in repository.records if each[1] == first.rkey]:
        del repository.records[place]
    assert len(stage.texts) == 2
    with pytest.raises(CannotTell, match="is out, while the first of its thread is gone"):
        driver.find(sent.batch, sent.key)


@pytest.mark.parametrize("blob", [None, {}, {"$type": "blob"}, "x"])
def test_a_picture_that_was_not_taken_as_it_is_stops_everything(stage: Stage, server: Served, blob: Any) -> None:
    fake(server).altered = {UPLOAD: lambda *_: {"blob": blob}}
    with pytest.raises(Rejected, match="changed picture"):
        stage.sent(opened(stage), with_post(a_thread_of(stage), 1, pictures=drawn(stage, 1)))
    fake(server).altered = {UPLOAD: lambda *_: {}}
    with pytest.raises(Transient, match="did not confirm"):
        stage.sent(opened(stage), with_post(a_thread_of(stage), 1, pictures=drawn(stage, 1)))
    assert writes(server) == 0


def test_nothing_is_on_the_wire_that_a_thread_does_not_need(stage: Stage, server: Served) -> None:
    pictures = drawn(stage, 3)
    thread = with_post(with_post(a_thread_of(stage), 1, pictures=pictures), 3, pictures=pictures[:2])
    stage.sent(opened(stage), thread)
    names = [request.path.rsplit("com.atproto.", 1)[1] for request in server.requests]
    assert names == ["server.createSession", UPLOAD, UPLOAD, UPLOAD, APPLY]
    assert len({request.headers["host"] for request in server.requests}) == 1


def test_pictures_go_up_side_by_side_and_all_of_them_before_the_post(stage: Stage, server: Served) -> None:
    """Each waits for another to be on its way: one at a time would wait for ever."""
    both, read = threading.Barrier(2), stage.shelf.picture

    def together(sha256: str) -> bytes:
        both.wait(timeout=20)
        return read(sha256)

    stage.shelf.picture = together  # type: ignore[method-assign]
    thread = with_post(a_thread_of(stage), 1, pictures=drawn(stage, 4))
    stage.sent(opened(stage), thread)
    asked = [request.path for request in server.requests]
    assert [path.endswith(UPLOAD) for path in asked[1:]] == [True] * 4 + [False]


def test_when_one_picture_is_refused_the_others_are_not_sent_again(stage: Stage, server: Served) -> None:
    driver, thread = opened(stage), with_post(a_thread_of(stage), 1, pictures=drawn(stage, 4))
    server.plan({1: "503 before"})
    with pytest.raises(Transient):
        stage.sent(driver, thread)
    stage.sent(driver, thread)
    assert sum(request.path.endswith(UPLOAD) for request in server.requests) == 4
