"""A page of the author's site after it was made: taken away again, recognised by a human, gone on from."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from bot.core.errors import OutcomeUnknown, Rejected, Transient
from bot.core.model import Signed
from bot.networks import site
from bot.networks.base import Batch
from tests.test_site import (
    NOON,
    URL,
    Killed,
    batch,
    dies_at,
    driver,
    entries,
    links_of_index,
    page,
    publish,
    thread,
    without_lock,
)

# --- taken away ------------------------------------------------------------------------------------------------------


def test_a_page_goes_with_its_entries_and_the_others_stay(tmp_path: Path) -> None:
    publish(tmp_path, thread("Stays", slug="stays"))
    before = without_lock(tmp_path)
    receipts = publish(tmp_path, thread("One", "Two"))
    driver(tmp_path).delete(receipts)
    assert without_lock(tmp_path) == before


def test_the_last_page_leaves_an_empty_index_and_feed(tmp_path: Path) -> None:
    driver(tmp_path).delete(publish(tmp_path, thread("One")))
    assert (links_of_index(tmp_path), entries(tmp_path)) == ([], [])
    publish(tmp_path, thread("Again"))
    assert len(entries(tmp_path)) == 1


def test_what_is_gone_already_counts_as_done(tmp_path: Path) -> None:
    receipts = publish(tmp_path, thread("One"))
    driver(tmp_path).delete(receipts)
    before = without_lock(tmp_path)
    driver(tmp_path).delete(receipts)
    assert without_lock(tmp_path) == before
    shutil.rmtree(tmp_path)
    driver(tmp_path).delete(receipts)
    assert not tmp_path.exists()


def test_a_page_that_took_its_place_stays(tmp_path: Path) -> None:
    receipts = publish(tmp_path, thread("One"))
    driver(tmp_path).delete(receipts)
    publish(tmp_path, thread("Another"), NOON.replace(hour=18))
    driver(tmp_path).delete(receipts)
    assert page(tmp_path).texts() == ["Another"]


def test_a_page_that_somebody_changed_is_left_to_a_human(tmp_path: Path) -> None:
    receipts = publish(tmp_path, thread("One"))
    (tmp_path / "loire" / "thread.json").write_text("{}")
    with pytest.raises(Rejected, match="loire cannot be read – if it is this thread, remove it by hand"):
        driver(tmp_path).delete(receipts)
    assert page(tmp_path).texts() == ["One"]


@pytest.mark.parametrize("move", [1, 2, 3])
def test_a_death_at_any_move_is_repaired_by_the_same_removal(
    move: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path, thread("Stays", slug="stays"))
    before = without_lock(tmp_path)
    receipts = publish(tmp_path, thread("One"))
    dies_at(monkeypatch, move, Killed())
    with pytest.raises(Killed):
        driver(tmp_path).delete(receipts)
    monkeypatch.undo()
    driver(tmp_path).delete(receipts)
    assert without_lock(tmp_path) == before


def test_a_page_that_is_gone_but_still_listed_is_not_called_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    receipts = publish(tmp_path, thread("One"))
    dies_at(monkeypatch, 2, OSError(28, "No space left on device"))
    with pytest.raises(OutcomeUnknown, match="removed, but still listed: No space left"):
        driver(tmp_path).delete(receipts)
    monkeypatch.undo()
    driver(tmp_path).delete(receipts)
    assert links_of_index(tmp_path) == []


def test_a_folder_in_use_is_for_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    receipts = publish(tmp_path, thread("One"))
    monkeypatch.setattr(site, "PATIENCE", 0.05)
    with FileLock(tmp_path / site.LOCK), pytest.raises(Transient, match="another threadbot is writing into"):
        driver(tmp_path).delete(receipts)


# --- recognised ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["", "/", "/index.html", "/#p2", "/index.html#p1"])
def test_a_page_that_a_human_found_is_taken_up(end: str, tmp_path: Path) -> None:
    of = thread("One", "Two")
    there = driver(tmp_path)
    key = there.mint(batch(of), NOON)
    assert there.adopt(batch(of), key, f"{URL}/loire{end}") == there.send(batch(of), key)


def test_another_page_is_not(tmp_path: Path) -> None:
    of = thread("One")
    there = driver(tmp_path)
    with pytest.raises(Rejected, match=f"{URL}/maine/ is not where this thread would be: {URL}/loire/"):
        there.adopt(batch(of), there.mint(batch(of), NOON), f"{URL}/maine/")


def test_a_site_says_where_it_is(tmp_path: Path) -> None:
    assert driver(tmp_path).signed() == Signed(f"{URL}/")
    assert driver(tmp_path, "").signed() == Signed(str(tmp_path))


# --- gone on from ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lang", "words"), [("fr", "Suite de"), ("de-AT", "Fortsetzung von"), ("uk", "←"), ("", "←")])
def test_a_page_leads_to_the_one_that_it_goes_on_from(lang: str, words: str, tmp_path: Path) -> None:
    before = publish(tmp_path, thread("One", "Two", title="The <flood>"))
    of = replace(thread("Three", slug="more", lang=lang), follows="3f9a")
    there = driver(tmp_path)
    on = Batch(of, of.posts, before)
    there.send(on, there.mint(on, NOON))
    [link] = page(tmp_path, "more").all("a", rel="prev")
    assert (link["href"], link.text) == ("../loire/", f"{words} The <flood>")
    assert page(tmp_path).all("a", rel="prev") == []


def test_a_page_that_goes_on_from_one_that_was_moved_has_no_dead_link(tmp_path: Path) -> None:
    before = publish(tmp_path, thread("One"))
    shutil.rmtree(tmp_path / "loire")
    of = thread("Two", slug="more")
    on = Batch(of, of.posts, before)
    there = driver(tmp_path)
    there.send(on, there.mint(on, NOON))
    assert page(tmp_path, "more").all("a", rel="prev") == []


def test_posts_that_are_counted_on_have_their_own_numbers(tmp_path: Path) -> None:
    """Where a thread goes on from three posts, its first may be the fourth."""
    of = thread("Four", "Five", slug="more")
    of = replace(of, posts=tuple(replace(post, index=post.index + 3, total=5) for post in of.posts))
    receipts = publish(tmp_path, of)
    assert [receipt.url for receipt in receipts] == [f"{URL}/more/#p4", f"{URL}/more/#p5"]
    assert [each["id"] for each in page(tmp_path, "more").all("article")] == ["p4", "p5"]
