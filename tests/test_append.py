"""Adding to a thread that is live: at its end, once, and only while all of it stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.delivery import State
from bot.core.errors import PlanError
from bot.core.plan import Plan
from bot.engine.appending import ends
from bot.store.store import Store
from bot.testing.fakes import Liar
from tests.helpers_cli import SITE, desk_in, drafted, fails, published, settled, threadbot
from tests.houses import House, thread_of


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "t.db") as opened:
        yield opened


# --- the chain -------------------------------------------------------------------------------------------------------


def test_a_thread_goes_on_at_the_end_of_its_chain_whichever_part_is_named(store: Store) -> None:
    house = House(store, thread_of(3), Liar())
    house.live_on()
    assert ends(store, house.plan, ()) == {"sky": (house.plan.digest, 3, house.thread)}
    more = house.followed(2)
    more.live_on()
    last = more.followed(1, "last")
    last.live_on()
    for plan in (house.plan, more.plan, last.plan):
        assert ends(store, plan, ["sky"]) == {"sky": (last.plan.digest, 6, last.thread)}


@pytest.mark.parametrize("words", [[], ["fine", "refuses"], ["fine", "lost after", "cannot tell"]])
def test_what_is_not_all_live_cannot_be_added_to(words: list[str], store: Store) -> None:
    house = House(store, thread_of(2), Liar(words))
    if words:
        house.live_on()
    with pytest.raises(PlanError, match=f"of 2 posts of {house.plan.id} are live: .* threadbot status {house.plan.id}"):
        ends(store, house.plan, ())
    with pytest.raises(PlanError, match=f"“more” goes on from {house.plan.id}, of which"):
        house.followed(1)


def test_what_was_added_and_is_not_all_live_cannot_be_added_to_either(store: Store) -> None:
    house = House(store, thread_of(2), Liar())
    house.live_on()
    more = house.followed(1)
    with pytest.raises(PlanError, match=f"0 of 1 posts of {more.plan.id} are live"):
        ends(store, house.plan, ())
    more.withdraw()
    assert ends(store, house.plan, ()) == {"sky": (house.plan.digest, 2, house.thread)}, "what is gone counts no more"


def test_a_thread_goes_on_once(store: Store) -> None:
    house = House(store, thread_of(2), Liar())
    house.live_on()
    more = house.followed(1)
    more.live_on()
    with pytest.raises(
        PlanError, match=f"{house.plan.id} goes on already, in {more.plan.id} – .* threadbot append {more.plan.id}"
    ):
        house.followed(2, "other")
    more.seal()  # the same again is no other
    assert more.standing().state is State.DONE


def test_nothing_is_added_while_the_thread_is_being_worked_on(store: Store) -> None:
    """It might just be rolled back."""
    house = House(store, thread_of(2), Liar())
    house.live_on()
    lease = store.ledger.take(house.plan.digest, "sky", 2, house.clock.now())
    assert lease
    with pytest.raises(PlanError, match="is being worked on right now"):
        house.followed(1)


def test_what_is_added_is_bound_to_what_it_goes_on_from(store: Store) -> None:
    house = House(store, thread_of(2), Liar())
    house.live_on()
    thread = replace(thread_of(1, "more"), follows=house.plan.digest)
    assert Plan("more", (thread,)).digest != Plan("more", (replace(thread, follows=""),)).digest


# --- at the desk -----------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    desk_in(tmp_path, monkeypatch)
    drafted(tmp_path, "And on.\n\n---\n\nAnd out.\n", "more.md")
    return tmp_path


def test_append_adds_a_page_that_leads_back(folder: Path) -> None:
    digest = published()
    said = threadbot("append", digest[:8], "more.md", "--yes")
    assert (said.code, "blog  site: live, 2 of 2 live" in said.out) == (0, True)
    page = (folder / "public/more/index.html").read_text(encoding="utf-8")
    assert 'rel="prev"' in page
    assert 'href="../draft/index.html"' in page
    assert "And on." in page
    again = threadbot("append", digest[:8], "more.md", "--yes", "--json")
    assert again.code != 0, "its end is another by now"


def test_append_shows_and_publishes_what_was_expected(folder: Path) -> None:
    digest = published()
    shown = threadbot("append", digest[:8], "more.md", "--preview", "--json")
    assert (shown.code, shown.json["threads"][0]["follows"]) == (0, digest)
    assert "And on." in threadbot("append", digest[:8], "more.md", "--preview").out
    assert not (folder / "public/more").exists()
    fails(threadbot("append", digest[:8], "more.md", "--yes", "--expect", "00000000"), 1, "this is plan")
    fails(threadbot("append", digest[:8], "more.md"), 2, "nobody can be asked here")
    said = threadbot("append", digest[:8], "more.md", "--yes", "--expect", shown.json["digest"], "--json")
    assert (said.code, said.json["digest"]) == (0, shown.json["digest"])


def test_append_begun_and_stopped_goes_on_by_the_same_command(folder: Path) -> None:
    digest = published()
    shown = threadbot("append", digest[:8], "more.md", "--preview", "--json").json["digest"]
    (folder / "public/more").write_text("in the way")
    assert threadbot("append", digest[:8], "more.md", "--yes").code == 3
    (folder / "public/more").unlink()
    drafted(folder, "Another.", "other.md")
    fails(threadbot("append", digest[:8], "other.md", "--yes"), 1, f"0 of 2 posts of {shown[:8]} are live")
    said = threadbot("append", digest[:8], "more.md", "--yes", "--json")
    assert (said.code, said.json["digest"], said.json["threads"][0]["state"]) == (0, shown, "done")


def test_append_says_why_it_cannot(folder: Path) -> None:
    digest = threadbot("schedule", "draft.md", "--at", "2130-12-01 18:00", "--json").json["digest"]
    fails(threadbot("append", digest[:8], "more.md", "--yes"), 1, f"0 of 2 posts of {digest[:8]} are live", "threadbot status")
    assert not (folder / "public").exists()


def test_append_only_where_it_is_asked_for(folder: Path) -> None:
    settled(folder, SITE + SITE.replace("blog", "two").replace("public", "public2"))
    said = threadbot("publish", "draft.md", "--yes", "--account", "blog", "--account", "two", "--json")
    name = said.json["id"]
    assert threadbot("append", name, "more.md", "--yes", "--account", "two").code == 0
    assert [(folder / place / "more").exists() for place in ("public", "public2")] == [False, True]


def test_what_was_added_is_rolled_back_first(folder: Path) -> None:
    digest = published()
    more = threadbot("append", digest[:8], "more.md", "--yes", "--json").json["id"]
    fails(threadbot("rollback", digest[:8], "--yes"), 1, f"threadbot rollback {more} --account blog")
    assert threadbot("rollback", more, "--yes", "--account", "blog").code == 0
    assert threadbot("rollback", digest[:8], "--yes").code == 0
    assert not (folder / "public/draft").exists()
    assert not (folder / "public/more").exists()
