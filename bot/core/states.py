"""Pure. What the states of a post are called where people read them."""

from __future__ import annotations

from bot.core.delivery import State

STATES = {
    State.WAITING: "waiting",
    State.INFLIGHT: "interrupted",
    State.DOUBTED: "in doubt",
    State.DONE: "live",
    State.FAILED: "failed",
    State.CLAIMED: "in doubt",
    State.PARKED: "unknown",
    State.CANCELLED: "cancelled",
    State.RECALLED: "in doubt, to be rolled back",
    State.STRANDED: "unknown, to be rolled back",
    State.LEAVING: "live, to be rolled back",
    State.STUCK: "could not be rolled back",
    State.REMOVED: "rolled back",
}
