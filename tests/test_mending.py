"""retry, resolve, pause, resume and rollback as a person meets them: what is said is so, and its commands can be typed."""

from __future__ import annotations

import io
import json
import re
import shlex
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from unittest import mock

import pytest

from bot.cli import setting
from bot.cli.main import cli
from bot.core.delivery import Event, Kind, State
from bot.core.errors import CannotTell, PlanError
from bot.core.model import Receipt, Thread
from bot.engine import mending
from bot.engine.appending import ends
from bot.engine.publisher import asked
from bot.networks.base import Batch, Key, Network, asks_nothing, installed
from bot.store.store import Store
from bot.testing.fakes import Died, Liar
from tests.helpers_cli import PAST, SITE, Said, desk_in, drafted, fails, settled, threadbot
from tests.houses import House, thread_of

URL = "https://example.org/"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "t.db") as opened:
        yield opened


def adopted(house: House, url: str) -> mending.Adopt:
    return lambda _thread, batch, key: house.liar.adopt(batch, key, url)


def resolve(house: House, number: int, url: str = "") -> None:
    found = mending.doubt(house.store, house.plan, number, ["sky"], live=bool(url))
    mending.resolve(house.store, found, adopted(house, url) if url else None, house.clock.now())


# --- retry -----------------------------------------------------------------------------------------------------------


def test_retry_tries_again_what_failed_and_looks_again_for_what_is_unknown(store: Store) -> None:
    house = House(store, thread_of(3), Liar(["fine", "refuses", "fine", "lost after", "cannot tell"]))
    house.live_on()
    house.retry()
    house.live_on()
    assert house.standing().state is State.PARKED
    house.retry()
    house.live_on()
    assert (house.texts, house.liar.sends) == (["post 1", "post 2", "post 3"], 4)


def test_retry_ends_a_wait(store: Store) -> None:
    house = House(store, thread_of(1), Liar(["busy for long"]))
    house.live()
    begun = house.clock.now()
    house.retry()
    house.live()
    assert (house.texts, (house.clock.now() - begun).total_seconds() < 1000) == (["post 1"], True)


def test_retry_revives_nothing_that_was_dropped(store: Store) -> None:
    house = House(store, thread_of(2), Liar(["refuses"]))
    house.live_on()
    house.withdraw()
    house.retry()
    house.live_on()
    assert (house.texts, house.standing().gone) == ([], True)


# --- resolve ---------------------------------------------------------------------------------------------------------


def parked(store: Store, *words: str, total: int = 3, batch: int = 1) -> House:
    house = House(store, thread_of(total), Liar(words or ["fine", "lost after", "cannot tell"]), batch)
    house.live_on()
    assert house.standing().state is State.PARKED
    return house


def test_what_a_human_saw_is_live_and_the_thread_goes_on(store: Store) -> None:
    house = parked(store)
    resolve(house, 2, f"{URL}2")
    house.live_on()
    assert (house.texts, house.standing().state) == (["post 1", "post 2", "post 3"], State.DONE)


def test_what_a_human_did_not_see_is_sent_again(store: Store) -> None:
    house = parked(store, "fine", "lost before", "cannot tell")
    resolve(house, 2)
    house.live_on()
    assert (house.texts, house.liar.minted) == (["post 1", "post 2", "post 3"], 3)


def test_one_link_resolves_all_that_went_out_together(store: Store) -> None:
    house = parked(store, "lost after", "cannot tell", total=3, batch=3)
    resolve(house, 2, f"{URL}3")
    assert [post.state for post in house.posts()] == [State.DONE] * 3


def test_the_link_of_another_post_of_the_thread_is_refused(store: Store) -> None:
    class Literal(Liar):
        def adopt(self, batch: Batch, key: Key, url: str) -> tuple[Receipt, ...]:
            return tuple(replace(receipt, id=url.removeprefix(URL)) for receipt in super().adopt(batch, key, url))

    house = House(store, thread_of(3), Literal(["fine", "lost after", "cannot tell"]))
    house.live_on()
    with pytest.raises(PlanError, match="sky: an earlier post is there – give the link of post 2"):
        resolve(house, 2, f"{URL}1")
    with pytest.raises(PlanError, match="is no address of a post here"):
        resolve(house, 2, "https://elsewhere.example/2")
    assert house.standing().state is State.PARKED


@pytest.mark.parametrize(
    ("words", "state"),
    [
        (["dies after"], State.INFLIGHT),
        (["lost after", "dies after"], State.DOUBTED),
        (["claims after", "busy for long"], State.CLAIMED),
        (["lost after", "cannot tell"], State.PARKED),
    ],
)
@pytest.mark.parametrize("live", [True, False])
def test_a_human_may_speak_wherever_a_post_is_in_doubt(words: list[str], state: State, live: bool, store: Store) -> None:
    house = House(store, thread_of(2), Liar(words))
    with suppress(Died):
        house.live()
    assert house.posts()[0].state is state
    resolve(house, 1, f"{URL}1" if live else "")
    assert house.posts()[0].state is (State.DONE if live else State.WAITING)


@pytest.mark.parametrize("live", [True, False])
def test_what_is_being_rolled_back_can_be_resolved_too(live: bool, store: Store) -> None:
    house = parked(store, "fine", "lost after", "cannot tell", "cannot tell")
    house.withdraw()
    house.live_on()
    assert house.standing().state is State.STRANDED
    resolve(house, 2, f"{URL}2" if live else "")
    house.live_on()
    assert house.standing().gone
    assert house.texts == ([] if live else ["post 2"]), "a human's word counts"


def test_what_could_not_be_removed_may_be_removed_by_hand(store: Store) -> None:
    house = House(store, thread_of(2), Liar())
    house.live_on()
    house.withdraw()
    house.liar.script = iter(["refuses", "fine"])
    house.live_on()
    resolve(house, 2)
    assert house.standing().gone


def test_what_failed_may_be_found_live_by_a_human(store: Store) -> None:
    house = House(store, thread_of(2), Liar(["refuses"]))
    house.live_on()
    resolve(house, 1, f"{URL}1")
    house.live_on()
    assert house.standing().state is State.DONE


@pytest.mark.parametrize(("number", "said"), [(1, "is live on sky"), (3, "is waiting on sky"), (9, "does not exist")])
def test_there_is_nothing_to_say_about_what_is_certain(number: int, said: str, store: Store) -> None:
    house = parked(store)
    for url in ("", f"{URL}{number}"):
        with pytest.raises(PlanError, match=f"post {number} of {house.plan.id} {said}.* – threadbot status {house.plan.id}"):
            resolve(house, number, url)


def test_what_failed_before_it_was_ever_sent_cannot_be_live(store: Store) -> None:
    class Shut(Liar):
        def open(self) -> None:
            raise CannotTell("the house is shut")

    house = House(store, thread_of(1), Shut())
    house.live_on()
    with pytest.raises(PlanError, match="is failed on sky: there is no doubt about it"):
        resolve(house, 1, f"{URL}1")


def test_what_changed_since_the_human_looked_is_not_overwritten(store: Store) -> None:
    house = parked(store)
    found = mending.doubt(store, house.plan, 2, [], live=False)
    house.retry()
    house.live_on()
    with pytest.raises(PlanError, match="something happened meanwhile – look again: threadbot status"):
        mending.resolve(store, found, None, house.clock.now())
    assert house.texts == ["post 1", "post 2", "post 3"]


def test_a_fault_in_a_driver_is_words_not_a_traceback(store: Store) -> None:
    house = parked(store)

    def broken(thread: Thread, _batch: Batch, key: Key) -> tuple[Receipt, ...]:
        return asked(thread, lambda: tuple(key["missing"]))

    found = mending.doubt(store, house.plan, 2, [], live=True)
    with pytest.raises(PlanError, match="a fault in threadbot's bluesky driver: KeyError"):
        mending.resolve(store, found, broken, house.clock.now())


# --- at the desk -----------------------------------------------------------------------------------------------------

LIAR = '[accounts.{name}]\nnetwork = "liar"\n'


@dataclass
class Office:
    """A desk with accounts on networks that lie, one post a commit."""

    liars: dict[str, Liar]

    def published(self, *texts: str) -> str:
        """A thread of such texts, published as far as it goes; returns its id."""
        drafted(Path(), "---\nnumbering: off\n---\n" + "\n---\n".join(texts))
        threadbot("publish", "draft.md", "--yes")
        name = threadbot("list", "--json").json[0]["id"]
        assert isinstance(name, str)
        return name

    def texts(self, name: str = "a") -> list[str]:
        return [text for text, _ in self.liars[name].out]


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Office]:
    def opened(**scripts: list[str]) -> Office:
        desk_in(tmp_path, monkeypatch)
        liars = {name: Liar(script) for name, script in scripts.items()}
        rules = installed()["x"].rules
        network = Network(
            "liar",
            replace(rules, settle=0.0, batch=1),
            (),
            lambda account: account.name,
            asks_nothing,
            lambda account, _: liars[account.name],
        )
        monkeypatch.setattr("bot.cli.desk.installed", lambda: {**installed(), "liar": network})
        names = ", ".join(f'"{name}"' for name in liars)
        defaults = f"[defaults]\naccounts = [{names}]\n"
        settled(tmp_path, SITE + "".join(LIAR.format(name=name) for name in liars) + defaults)
        return Office(liars)

    return opened


def commands(said: Said) -> list[list[str]]:
    """The words of every command that is offered as the next step."""
    found = re.findall(
        r"threadbot ((?:retry|resolve|rollback|resume|pause|worker|status)[^;,\n]*?)(?=;|,| goes| looks| does|\n|$)", said.out
    )
    return [shlex.split(each) for each in found]


def test_a_refusal_says_the_command_and_the_command_goes_on(office: Callable[..., Office]) -> None:
    at = office(a=["fine", "refuses"])
    name = at.published("One.", "Two.")
    said = threadbot("status", name)
    assert commands(said) == [[word, name, "--account", "a"] for word in ("retry", "rollback")]
    said = threadbot(*commands(said)[0])
    assert (said.code, at.texts()) == (0, ["One.", "Two."])
    assert "a  liar: live, 2 of 2 live" in said.out


def test_a_doubt_says_the_command_and_the_command_settles_it(office: Callable[..., Office]) -> None:
    at = office(a=["fine", "lost after", "cannot tell"])
    name = at.published("One.", "Two.", "Three.")
    said = threadbot("status", name)
    assert commands(said) == [["resolve", name, "--account", "a", "--post", "2", "--live", "URL"]]
    fails(threadbot("resolve", name, "--post", "2"), 2, "look at the account, then say one of --live URL and --absent")
    fails(threadbot("resolve", name, "--post", "2", "--live", "https://else.example"), 1, "is no address of a post here")
    said = threadbot("resolve", name, "--post", "2", "--live", f"{URL}2")
    assert said == Said(0, "a: post 2 is live now\na: next: threadbot worker --once goes on\n", "")
    assert threadbot("worker", "--once").code == 0
    assert at.texts() == ["One.", "Two.", "Three."]


def test_resolve_needs_no_account_where_only_one_is_in_doubt(office: Callable[..., Office]) -> None:
    at = office(a=["lost before", "cannot tell"], b=["lost before", "cannot tell"], c=[])
    name = at.published("One.")
    fails(threadbot("resolve", name, "--post", "1", "--absent"), 1, "post 1 is in doubt on a and b – say which: --account a")
    assert "a: post 1 is waiting now" in threadbot("resolve", name, "--post", "1", "--absent", "--account", "a").out
    assert "b: post 1 is waiting now" in threadbot("resolve", name, "--post", "1", "--absent").out
    assert threadbot("worker", "--once").code == 0
    assert at.texts("a") == at.texts("b") == at.texts("c") == ["One."]


def test_an_account_that_left_the_config_can_still_be_said_to_have_nothing(office: Callable[..., Office]) -> None:
    at = office(a=["lost before", "cannot tell"])
    name = at.published("One.")
    settled(Path())
    fails(
        threadbot("resolve", name, "--post", "1", "--live", f"{URL}1"),
        1,
        "a: this config does not have a, so the thread cannot go on there – put the account back, or say --absent",
    )
    assert threadbot("resolve", name, "--post", "1", "--absent").code == 0
    assert threadbot("rollback", name, "--yes").code == 0
    assert "cancelled" in threadbot("status", name).out


def test_a_network_that_must_be_paid_pauses_and_says_how_to_go_on(office: Callable[..., Office]) -> None:
    at = office(a=["fine", "halts"])
    name = at.published("One.", "Two.")
    said = threadbot("status", name)
    assert "  paused: credits depleted\n" in said.out
    assert threadbot("publish", "draft.md", "--yes").code == 4
    assert threadbot("retry", name).code == 4, "it says so, and does not go on by itself"
    assert commands(said) == [["resume", name, "--account", "a"]]
    said = threadbot(*commands(said)[0])
    assert said == Said(0, f"a: a worker goes on with it, or threadbot retry {name} --account a does now\n", "")
    assert threadbot(*commands(said)[0]).code == 0
    assert at.texts() == ["One.", "Two."]


def test_pause_and_resume_say_what_they_did(office: Callable[..., Office]) -> None:
    at = office(a=["busy for long"], b=[])
    name = at.published("One.")
    said = threadbot("pause", name)
    assert said.out.splitlines() == [
        f"a: paused, 0 of 1 live – threadbot resume {name} --account a goes on",
        "b: live: there is nothing to pause",
    ]
    assert threadbot("worker", "--once") == Said(0, "", "")
    assert "paused" in threadbot("list").out
    said = threadbot("resume", name)
    assert said.out.splitlines() == [
        f"a: a worker goes on with it, or threadbot retry {name} --account a does now",
        "b: live: it was not paused",
    ]


def test_what_waits_for_a_later_day_is_not_said_to_go_out_before(office: Callable[..., Office]) -> None:
    at = office(a=["refuses"])
    name = at.published("One.")
    assert threadbot("schedule", "draft.md", "--at", "2130-12-01 18:00").code == 0
    assert "next:" not in threadbot("status", name).out
    assert threadbot("worker", "--once") == Said(0, "", "")
    assert threadbot("pause", name).code == 0
    assert threadbot("resume", name) == Said(0, "a: a worker goes on with it at 2130-12-01 18:00\n", "")
    said = threadbot("retry", name)
    assert (said.code, at.texts()) == (0, [])
    assert "waiting until 2130-12-01 18:00" in said.out


def test_what_waits_for_a_network_says_who_goes_on_and_how_to_go_on_now(office: Callable[..., Office]) -> None:
    at = office(a=["busy for long"])
    name = at.published("One.")
    assert commands(threadbot("status", name)) == [["retry", name, "--account", "a"]]
    assert (threadbot("retry", name).code, at.texts()) == (0, ["One."])


def test_a_thread_that_another_process_publishes_is_not_interrupted(office: Callable[..., Office]) -> None:
    at = office(a=["fine", "busy for long"])
    name = at.published("One.", "Two.")
    with Store(Path("t.db")) as store:
        plan = store.plans.find(name)
        lease = store.ledger.take(plan.digest, "a", 2, PAST)
        assert lease
        post = store.plans.standing(plan.digest, "a").posts[1]
        store.ledger.append(lease, Event(Kind.INTENDED, 2, 2, PAST, key=post.key))
        assert not store.plans.standing(plan.digest, "a").busy, "it is this process"
        said = threadbot("status", name)
        assert said.out.splitlines()[0::2] == ["a  liar: being sent, 1 of 2 live", "    2  being sent"]
        assert "being sent 1/2" in threadbot("list").out
        assert threadbot("status", name, "--json").json["threads"][0]["next"] == ""
    assert "interrupted, 1 of 2 live" in threadbot("status", name).out, "now it is"


def test_an_account_that_left_the_config_is_asked_for_and_its_thread_can_be_dropped(office: Callable[..., Office]) -> None:
    at = office(a=["refuses"])
    name = at.published("One.")
    settled(Path())
    for words in (["retry", name], ["status", name]):
        said = threadbot(*words).out
        assert f"  next: put a back into the config, or threadbot cancel {name} --account a\n" in said
    said = threadbot("cancel", name, "--account", "a")
    assert said == Said(0, "a: 1 of 1 posts dropped, 0 are live\n", "")


def test_cancel_and_status_take_one_account(office: Callable[..., Office]) -> None:
    at = office(a=["refuses"], b=["refuses"])
    name = at.published("One.")
    assert threadbot("cancel", name, "--account", "a") == Said(0, "a: 1 of 1 posts dropped, 0 are live\n", "")
    assert [line.split()[2] for line in threadbot("status", name).out.splitlines()[::2]][:1] == ["cancelled,"]
    said = threadbot("status", name, "--account", "b")
    assert ("a  liar" in said.out, "b  liar: failed" in said.out) == (False, True)
    fails(threadbot("cancel", name, "--account", "c"), 1, f"{name} has no thread on “c”")


def test_what_is_gone_already_is_not_dropped_once_more(office: Callable[..., Office]) -> None:
    at = office(a=[])
    name = at.published("One.", "Two.")
    assert threadbot("rollback", name, "--yes").code == 0
    assert threadbot("cancel", name) == Said(0, "a: 0 of 2 posts dropped, 0 are live\n", "")


def test_what_is_dropped_or_whole_is_not_paused_any_more(office: Callable[..., Office]) -> None:
    at = office(a=["busy for long"])
    name = at.published("One.")
    assert threadbot("pause", name).code == 0
    assert threadbot("cancel", name).code == 0
    assert threadbot("resume", name).out == "a: cancelled: it was not paused\n"
    assert threadbot("publish", "draft.md", "--yes").code == 0, "and goes out when it is wanted after all"
    with Store(Path("t.db")) as store:  # as if somebody had said so while the last post was on its way
        plan = store.plans.find(name)
        store.ledger.pause(plan.digest, "a", "by hand")
        assert ends(store, plan, ()), "it can be added to"
    assert "paused" not in threadbot("list").out + threadbot("status", name).out
    assert threadbot("rollback", name, "--yes").code == 0
    with Store(Path("t.db")) as store:
        store.ledger.pause(plan.digest, "a", "by hand")
    assert threadbot("publish", "draft.md", "--yes").code == 0
    assert at.texts() == ["One."]


def test_what_is_dropped_of_a_thread_that_is_partly_out_is_not_paused_any_more(office: Callable[..., Office]) -> None:
    at = office(a=["fine", "busy for long"])
    name = at.published("One.", "Two.")
    assert threadbot("pause", name).code == 0
    assert threadbot("cancel", name).code == 0
    said = threadbot("status", name).out
    assert ("cancelled, 1 of 2 live" in said, "paused" in said) == (True, False)


def test_the_worker_tells_machines_the_next_step_too(office: Callable[..., Office]) -> None:
    at = office(a=["busy for long", "refuses"])
    name = at.published("One.")
    with Store(Path("t.db")) as store:
        plan = store.plans.find(name)
        lease = store.ledger.take(plan.digest, "a", 1, PAST)
        assert lease
        store.ledger.append(lease, Event(Kind.DEFERRED, 1, 1, PAST, until=PAST))
        store.ledger.release(lease)
    *_, last = map(json.loads, threadbot("worker", "--once", "--json").out.splitlines())
    assert (last["id"], last["account"], last["next"].partition(";")[0]) == (
        name,
        "a",
        f"mend the cause, then threadbot retry {name} --account a",
    )


def test_rollback_asks_first_and_says_how_much(office: Callable[..., Office], monkeypatch: pytest.MonkeyPatch) -> None:
    at = office(a=[], b=["lost after", "cannot tell"])
    name = at.published("One.", "Two.")
    fails(threadbot("rollback", name), 2, f"nobody can be asked here – look at threadbot status {name}, then add --yes")
    questions: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr("bot.cli.desk.sys.stdin", mock.Mock(isatty=lambda: True))
        patch.setattr("bot.cli.desk.click.confirm", lambda question, **_: questions.append(question))
        with redirect_stderr(io.StringIO()) as said, pytest.raises(setting.Declined, match="nothing was removed"):
            cli.main(["rollback", name], standalone_mode=False)
    assert questions == [
        f"Remove 2 live posts on a; 0 live posts on b and 1 post that may be live, drop 1 not yet sent ({name})?"
    ]
    assert said.getvalue() == ""
    assert at.texts("a") == ["One.", "Two."]
    done = threadbot("rollback", name, "--yes", "--account", "a")
    assert (done.code, at.texts("a"), at.texts("b")) == (0, [], ["One."])
    assert done.out.splitlines()[0] == "a  liar: rolled back, 0 of 2 live"
    assert threadbot("rollback", name, "--yes").code == 0
    assert at.texts("b") == []


def test_what_must_wait_in_a_rollback_is_left_to_the_worker_and_that_is_said(office: Callable[..., Office]) -> None:
    at = office(a=["fine", "fine", "fine", "busy for long"])
    name = at.published("One.", "Two.")
    said = threadbot("rollback", name, "--yes")
    assert (said.code, at.texts()) == (3, ["One."])
    assert "a  liar: live, to be rolled back, 1 of 2 live" in said.out
    assert "too many requests  https://example.org/1" in said.out
    assert commands(said) == [["retry", name, "--account", "a"]]
    assert threadbot("worker", "--once") == Said(0, "", ""), "not before the network wants to hear of it"
    assert (threadbot("retry", name).code, at.texts()) == (0, [])


def test_what_could_not_be_rolled_back_says_why_and_how(office: Callable[..., Office]) -> None:
    at = office(a=["fine", "refuses"])
    name = at.published("One.")
    said = threadbot("rollback", name, "--yes")
    assert (said.code, at.texts()) == (4, ["One."])
    assert "could not be rolled back: the text is impolite  https://example.org/1" in said.out
    assert commands(said)[0] == ["rollback", name, "--account", "a"]
    assert threadbot(*commands(said)[0], "--yes").code == 0
    assert at.texts() == []


def test_commands_name_the_config_where_it_is_another_one(office: Callable[..., Office]) -> None:
    office(a=["refuses"])
    Path("config.toml").rename("other.toml")
    other = ("--config", "other.toml")
    drafted(Path(), "One.")
    said = threadbot("publish", "draft.md", "--yes", *other)
    name = threadbot("list", "--json", *other).json[0]["id"]
    assert f"threadbot retry --config other.toml {name} --account a" in said.out
    fails(threadbot("resolve", name, "--post", "1", "--absent", *other), 1, f"threadbot status --config other.toml {name}")
    assert threadbot(*commands(said)[0]).code == 0


def test_a_thread_that_is_not_there_is_said(office: Callable[..., Office]) -> None:
    at = office(a=[])
    name = at.published("One.")
    for command in ("retry", "pause", "resume", "rollback"):
        fails(threadbot(command, "0000"), 1, "no plan is named “0000” – threadbot list shows them")
        fails(threadbot(command, name, "--account", "aa"), 1, f"{name} has no thread on “aa” – did you mean “a”?")


@pytest.mark.parametrize("command", ["retry", "pause", "resume", "rollback"])
def test_each_tells_machines_how_things_stand(command: str, office: Callable[..., Office]) -> None:
    at = office(a=["fine", "refuses"])
    name = at.published("One.", "Two.")
    said = threadbot(command, name, "--json", *(["--yes"] if command == "rollback" else []))
    [thread] = said.json["threads"]
    assert (said.json["id"], thread["account"], len(thread["posts"])) == (name, "a", 2)


def test_a_thread_that_is_being_published_is_left_alone(office: Callable[..., Office]) -> None:
    at = office(a=["fine", "refuses"])
    name = at.published("One.", "Two.")
    with Store(Path("t.db")) as store:
        plan = store.plans.find(name)
        assert store.ledger.take(plan.digest, "a", 2, PAST)
        for words in (["retry", name], ["rollback", name, "--yes"], ["resolve", name, "--post", "2", "--live", f"{URL}2"]):
            fails(threadbot(*words), 1, f"a is being published right now – threadbot pause {name} --account a stops that")
        assert threadbot("pause", name).code == 0, "which needs no lease"
