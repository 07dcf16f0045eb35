"""One watchman for all deadlines: what is late is cut, what was in time is left alone."""

from __future__ import annotations

import threading

from bot.networks.watch import Watch

LONG = 20.0  # seconds; no test waits for so long unless it fails


def test_what_takes_too_long_is_cut_while_it_lasts() -> None:
    over = threading.Event()
    with Watch().after(0.01, over.set):
        assert over.wait(LONG)


def test_what_ends_in_time_is_never_cut() -> None:
    watch, cut, later = Watch(), [], threading.Event()
    with watch.after(0.2, lambda: cut.append("early")):
        pass
    with watch.after(0.4, later.set):
        assert later.wait(LONG)
    assert cut == []


def test_a_shorter_deadline_that_comes_later_is_not_missed() -> None:
    watch, over = Watch(), threading.Event()
    with watch.after(LONG * 10, lambda: None):
        while watch._wakes == float("inf"):  # until the watchman sleeps
            pass
        with watch.after(0.01, over.set):
            assert over.wait(LONG)


def test_each_of_many_is_cut_once() -> None:
    watch, cut, over = Watch(), [], threading.Event()
    with watch.after(0.01, lambda: cut.append(1)), watch.after(0.01, lambda: cut.append(2)), watch.after(0.05, over.set):
        assert over.wait(LONG)
    assert sorted(cut) == [1, 2]
