"""Shipped test help: how the fake X says no, in both shapes that X has."""

from __future__ import annotations

from typing import Any

from bot.testing.serving import Reply
from bot.testing.x_contract import PROBLEMS

SUMMONED = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the "
    "post you are replying to."
)
GONE = "You attempted to reply to a Tweet that is deleted or not visible to you."


class No(Exception):
    """An answer that is a refusal."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply


def problem(status: int, title: str, detail: str, kind: str = "about:blank", **more: Any) -> No:
    """A refusal as problem+json."""
    said = {"title": title, "detail": detail, "type": kind, "status": status, **more}
    return No(Reply(status, said, {"content-type": "application/problem+json"}))


def listed(status: int, code: int, message: str) -> No:
    """A refusal in X's older shape."""
    return No(Reply(status, {"errors": [{"code": code, "message": message}]}))


def forbidden(detail: str) -> No:
    """A 403 as X writes them."""
    return problem(403, "Forbidden", detail)


def invalid(*messages: str) -> No:
    """A 400 as X writes them."""
    errors = [{"message": message, "parameters": {}} for message in messages]
    detail = "One or more parameters to your request was invalid."
    return problem(400, "Invalid Request", detail, f"{PROBLEMS}invalid-request", errors=errors)
