"""The store is the truth, APScheduler is the alarm clock: set to the earliest due time, and set again after each change.

So its memory does not grow with the queue, and a thread that fell due while nobody was looking goes out at the next look.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from queue import SimpleQueue
from types import TracebackType

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.engine.clock import Clock
from bot.engine.fleet import Fleet

LOOK = 3  # seconds between looks for what other processes scheduled or cancelled, and after the machine slept
BREATH = timedelta(seconds=1)  # between two rounds, while another process holds a thread that is due


class Alarm:
    """Rings when it was set to, and every few seconds."""

    def __init__(self) -> None:
        self._rings: SimpleQueue[None] = SimpleQueue()
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._scheduler.add_job(self.ring, IntervalTrigger(seconds=LOOK, timezone=UTC), coalesce=True, misfire_grace_time=None)

    def __enter__(self) -> Alarm:
        self._scheduler.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._scheduler.shutdown(wait=False)

    def set(self, moment: datetime) -> None:
        """Ring then, or at once where that is past; instead of what it was set to before."""
        # no grace time: an alarm that is late rings all the same, it is never dropped
        trigger = DateTrigger(run_date=moment, timezone=UTC)
        self._scheduler.add_job(self.ring, trigger, id="due", replace_existing=True, misfire_grace_time=None)

    def ring(self) -> None:
        """Ring now. Safe in a signal handler: this queue may be put to while it is being read."""
        self._rings.put(None)

    def wait(self) -> None:
        """Until it rings; several rings at once are one."""
        self._rings.get()
        while not self._rings.empty():
            self._rings.get()


class Worker:
    """Publishes what falls due."""

    def __init__(self, fleet: Fleet, clock: Clock, alarm: Alarm) -> None:
        self.fleet, self.clock, self.alarm = fleet, clock, alarm

    def once(self) -> list[tuple[str, str]]:
        """Publish what is due now; returns which threads (digest, account) that was."""
        self.fleet.store.ledger.give_back()
        jobs = self.fleet.store.plans.due(self.clock.now())
        self.fleet.publish(jobs)
        return jobs

    def run(self) -> None:
        """Until a clean stop is asked for."""
        with self.alarm:
            while not self.clock.stopping:
                self.once()
                if earliest := self.fleet.store.plans.earliest():
                    self.alarm.set(max(earliest, self.clock.now() + BREATH))
                self.alarm.wait()
