"""The contract that every network keeps, ours and third parties': inherit `NetworkContract` and offer a stage.

class TestMyNetwork(NetworkContract):
    @pytest.fixture
    def stage(self) -> Iterator[Stage]:
        fake = FakeMyNetwork()
        with Served(fake) as server:
            account = Account("mine", "mynetwork", {"server": server.url}, {"token": lambda: "s3cret"})
            stage = Stage(NETWORK, account, Shelf(), seen=lambda: ..., server=server)
            yield stage
            stage.close()

Without a server that can be told to lie, the tests that need one are skipped and say so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from bot.core.delivery import State
from bot.core.errors import Claimed, NetworkError, OutcomeUnknown, Rejected, Transient, Unauthorized
from bot.core.model import Receipt
from bot.networks.base import Batch, Driver, Key
from bot.testing.fakes import Shelf
from bot.testing.house import House
from bot.testing.leaks import leaks
from bot.testing.lies import PAUSE
from bot.testing.serving import Reply, Request, Served
from bot.testing.stage import NOW as NOW
from bot.testing.stage import Seen as Seen
from bot.testing.stage import Sent
from bot.testing.stage import Stage as Stage

WORDS = "the words of the server, number 4711"
BUSY = ("429 retry-after", "429 date", "429 epoch", "429 iso")
LOST = ("lost before", "lost after", "500 before", "500 after", "garbage after", "cut after")
ELSEWHERE = "https://elsewhere.example/by/nobody/1234"


@dataclass(frozen=True)
class Always:
    """A network that gives everybody the same answer; with `echo`, also what they said."""

    status: int
    echo: bool = False

    def reply(self, request: Request, now: datetime) -> Reply:  # noqa: ARG002
        heard = f"{dict(request.headers)} {request.body.decode(errors='replace')}" if self.echo else ""
        said = f"{WORDS} {heard}".strip()
        return Reply(self.status, {"error": said, "message": said, "detail": said, "errors": [{"message": said}]})


class NetworkContract:
    """What the house relies on. Each test gets a `stage` of its own."""

    TEXTS = ("Un : « été » & <b>295 km²</b> 🗺️", "Deux\n\navec des lignes  et deux espaces", "Trois !")
    ALTS = ("Carte du 9 mars", 'Une "deuxième" <carte> & sa légende')

    # --- what arrives ------------------------------------------------------------------------------------------------

    def test_what_is_read_is_what_was_sent_byte_for_byte_and_in_order(self, stage: Stage) -> None:
        sent = stage.sent(stage.driver(), stage.thread(*self.TEXTS))
        assert stage.texts == list(self.TEXTS)
        assert len({receipt.id for each in sent for receipt in each.receipts}) == len(self.TEXTS)

    def test_each_post_answers_to_the_one_before_it(self, stage: Stage) -> None:
        stage.sent(stage.driver(), stage.thread(*self.TEXTS))
        assert [seen.parent for seen in stage.seen()] == [None, *self.TEXTS[:-1]]

    def test_pictures_arrive_in_order_with_their_alt_texts(self, stage: Stage) -> None:
        thread = stage.thread(*self.TEXTS, alts=self.ALTS)
        stage.sent(stage.driver(), thread)
        seen = stage.seen()
        assert [each.alts for each in seen] == [self.ALTS, (), ()]
        files = tuple(picture.sha256 for picture in thread.posts[0].pictures)
        assert seen[0].files in (None, files), "each picture with its own alt text"

    def test_a_thread_goes_on_after_a_restart_where_it_stopped(self, stage: Stage) -> None:
        if not stage.pieces:
            pytest.skip(f"{stage.network.name} publishes whole threads: there is no middle to stop in")
        thread = stage.thread(*self.TEXTS)
        first = stage.sent(stage.driver(), thread, until=1)
        stage.sent(stage.driver(), thread, after=first[0].receipts)
        assert [(seen.text, seen.parent) for seen in stage.seen()] == list(zip(self.TEXTS, [None, *self.TEXTS], strict=False))

    # --- exactly once ------------------------------------------------------------------------------------------------

    def test_the_same_key_twice_makes_one_thread(self, stage: Stage) -> None:
        if not stage.keyed:
            pytest.skip(f"{stage.network.name} does not know a key again: it must be looked for, which has a test of its own")
        sent = stage.sent(stage.driver(), stage.thread(*self.TEXTS, alts=["Une carte"]))
        again = [self.sent_or_found(stage.driver(), each.batch, each.key) for each in sent]
        assert (again, stage.texts) == ([each.receipts for each in sent], list(self.TEXTS))

    def test_a_lost_answer_is_found_by_the_next_process(self, stage: Stage) -> None:
        sent = stage.sent(stage.driver(), stage.thread(*self.TEXTS))
        assert [stage.driver().find(each.batch, each.key) for each in sent] == [each.receipts for each in sent]

    def test_what_was_never_sent_is_not_found(self, stage: Stage) -> None:
        driver, batch = stage.driver(), stage.batch(stage.thread(*self.TEXTS))
        assert driver.find(batch, stage.minted(driver, batch)) is None

    def test_one_request_of_a_batch_publishes_and_only_its_lost_answer_leaves_a_doubt(self, stage: Stage) -> None:
        server = stage.lying()
        for fault, out in (("lost before", False), ("lost after", True)):
            texts = [(f"{fault}, request {number}", number) for number in range(self.requests(stage, fault))]
            doubts = [self.in_doubt(stage, server, text, number, fault, out) for text, number in texts]
            assert sum(doubts) == 1, f"one commit, whose answer is {fault}"

    def test_whatever_is_lost_the_engine_ends_with_each_post_once_and_in_order(self, stage: Stage, tmp_path: Path) -> None:
        server, expected = stage.lying(), stage.texts
        with House(stage, tmp_path) as house:
            for number in range(4):
                for fault in LOST:
                    texts = [f"{fault} {number}: {text}" for text in ("Un", "Deux")]
                    plan = house.seal(stage.thread(*texts, alts=["Une carte"], slug=f"{fault} {number}"))
                    server.plan({number: fault})
                    assert house.publish(plan, runs=5) == {State.DONE}, (fault, number, house.said)
                    expected += texts
                    assert stage.texts == expected, (fault, number)

    def test_a_finished_plan_sends_nothing(self, stage: Stage, tmp_path: Path) -> None:
        with House(stage, tmp_path) as house:
            plan = house.seal(stage.thread(*self.TEXTS))
            assert house.publish(plan) == {State.DONE}
            heard = stage.server and len(stage.server.requests)
            assert house.publish(plan) == {State.DONE}
        assert stage.texts == list(self.TEXTS)
        assert (stage.server and len(stage.server.requests)) == heard

    def test_a_post_over_the_limit_is_refused_before_any_byte_leaves(self, stage: Stage, tmp_path: Path) -> None:
        if not (length := stage.network.rules.length):
            pytest.skip(f"{stage.network.name} has no limit")
        with House(stage, tmp_path) as house:
            plan = house.seal(stage.thread("Un", "a" * (length + 1)))
            states = house.publish(plan)
        assert State.FAILED in states <= {State.FAILED, State.WAITING}
        assert (stage.texts, stage.server.requests if stage.server else []) == ([], [])

    # --- what the network says ---------------------------------------------------------------------------------------

    def test_a_refused_connection_means_that_nothing_happened(self, stage: Stage) -> None:
        with stage.unreachable() as account:
            self.fails(Transient, stage, lambda: self.send(stage, stage.made(account), opened=False))

    @pytest.mark.parametrize("fault", BUSY)
    def test_a_server_that_asks_to_wait_is_heard(self, stage: Stage, fault: str) -> None:
        server, driver = stage.lying(), stage.driver()
        server.plan(dict.fromkeys(range(9), fault))
        error = self.fails(Transient, stage, lambda: self.send(stage, driver))
        assert isinstance(error, Transient)
        assert PAUSE - 3 <= (error.retry_after or 0) <= PAUSE + 1

    @pytest.mark.parametrize(("status", "kind"), [(401, Unauthorized), (400, Rejected), (422, Rejected)])
    def test_a_refusal_has_its_kind_and_the_server_s_words(self, stage: Stage, status: int, kind: type[NetworkError]) -> None:
        stage.lying()
        driver = stage.driver()
        with stage.answering(Always(status)):
            assert WORDS in str(self.fails(kind, stage, lambda: self.send(stage, driver)))

    @pytest.mark.parametrize("status", [400, 401, 403, 422, 500])
    def test_no_secret_is_told_even_by_a_server_that_repeats_it(self, stage: Stage, status: int) -> None:
        stage.lying()
        driver, stranger = stage.driver(), stage.made(shelf=Shelf())
        sent = stage.sent(driver, stage.thread(*self.TEXTS, alts=["Une carte"]))
        if not stage.known():
            pytest.skip(f"{stage.network.name} has no secrets")
        said: list[object] = [sent, driver, stage.account, driver.signed()]
        with stage.answering(Always(status, echo=True)):
            for verb in (stranger.open, lambda: driver.delete(sent[-1].receipts), lambda: self.send(stage, driver)):
                try:
                    said.append(verb())
                except NetworkError as error:
                    said.append(error)
        assert [leak for each in said for leak in leaks(each, stage.known())] == []

    # --- afterwards --------------------------------------------------------------------------------------------------

    def test_what_was_sent_can_be_removed_the_last_first_and_again(self, stage: Stage) -> None:
        sent = stage.sent(stage.driver(), stage.thread(*self.TEXTS, alts=["Une carte"]))
        driver = stage.driver()
        for _ in range(2):
            for each in reversed(sent):
                driver.delete(each.receipts)
            assert stage.texts == []
        assert [driver.find(each.batch, each.key) for each in sent] == [None] * len(sent)

    def test_a_part_can_be_removed_before_the_rest(self, stage: Stage) -> None:
        if not stage.pieces:
            pytest.skip(f"{stage.network.name} publishes whole threads, and removes them so")
        sent = stage.sent(stage.driver(), stage.thread(*self.TEXTS))
        driver = stage.driver()
        driver.delete(sent[-1].receipts[-1:])
        assert stage.texts == list(self.TEXTS[:-1])
        for each in reversed(sent):
            driver.delete(each.receipts)
        assert stage.texts == []

    def test_what_a_human_found_is_what_was_sent(self, stage: Stage) -> None:
        driver = stage.driver()
        for each in stage.sent(driver, stage.thread(*self.TEXTS)):
            adopted = driver.adopt(each.batch, each.key, each.receipts[-1].url)
            assert list(map(named, adopted)) == list(map(named, each.receipts))

    def test_an_address_of_elsewhere_is_not_taken_for_a_post(self, stage: Stage) -> None:
        driver = stage.driver()
        sent = stage.sent(driver, stage.thread(*self.TEXTS))[0]
        with pytest.raises(Rejected):
            driver.adopt(sent.batch, sent.key, ELSEWHERE)

    def test_it_is_said_who_is_signed_in(self, stage: Stage) -> None:
        assert stage.driver().signed().handle

    # --- how it is asked ---------------------------------------------------------------------------------------------

    def sent_or_found(self, driver: Driver, batch: Batch, key: Key) -> tuple[Receipt, ...] | None:
        """What comes of a batch that is sent again although it is out."""
        try:
            return driver.send(batch, key)
        except (OutcomeUnknown, Claimed):
            return driver.find(batch, key)

    def send(self, stage: Stage, driver: Driver, opened: bool = True) -> Sent:
        """The first batch of a thread that nobody sent before."""
        if not opened:
            driver.open()
        batch = stage.batch(stage.thread("Refusé", "Deux", alts=["Une carte"]))
        key = stage.minted(driver, batch)
        return Sent(batch, key, driver.send(batch, key))

    def fails(self, kind: type[NetworkError], stage: Stage, action: Callable[[], object]) -> NetworkError:
        """The error of this kind with which an action fails, nothing being out."""
        before = stage.texts
        with pytest.raises(kind) as caught:
            action()
        assert stage.texts == before
        return caught.value

    def requests(self, stage: Stage, text: str) -> int:
        """How many requests a batch with a picture takes."""
        driver, server = stage.driver(), stage.lying()
        batch = stage.batch(stage.thread(f"{text}, whole", alts=["Une carte"]))
        key = stage.minted(driver, batch)
        server.plan({})
        driver.send(batch, key)
        return server.count

    def in_doubt(self, stage: Stage, server: Served, text: str, number: int, fault: str, out: bool) -> bool:
        """Whether a batch is in doubt after a fault at this request; it is out, and found, only if it is."""
        driver, batch = stage.driver(), stage.batch(stage.thread(text, alts=["Une carte"]))
        key = stage.minted(driver, batch)
        server.plan({number: fault})
        try:
            driver.send(batch, key)
        except Transient:
            assert text not in stage.texts, "nothing happened"
            return False
        except OutcomeUnknown:
            assert (stage.texts.count(text), stage.driver().find(batch, key) is not None) == (out, out)
            return True
        assert stage.texts.count(text) == 1, "a fault that it could live with"
        return False


def named(receipt: Receipt) -> tuple[object, ...]:
    """A receipt without the moment, which no address tells."""
    return receipt.id, receipt.url, dict(receipt.ref)
