"""Pure. What X means when it says no, and what a person does next: one table, read downwards.

X speaks in two shapes, problem+json (`title`, `detail`, `type`) and a list of `errors` with `code` and `message`; both are read
as one text, in lower case, with each code as `code 187,`. Sources: docs.x.com, response codes; the codes of its older API.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

from bot.core.errors import CannotTell, Claimed, Halted, NetworkError, Rejected, Transient, Unauthorized

ANY = range(400, 500)
SUMMONED = (
    "X lets apps reply only where the account was mentioned; its own threads should be exempt – "
    "look at the thread on x.com, then try again, or post the rest by hand"
)
LOOK = "look at the account on x.com"

# Statuses, words of which one must be in the text (none: any text will do), what it is, and the next step.
Row = tuple[Container[int], tuple[str, ...], type[NetworkError], str]
REFUSALS: tuple[Row, ...] = (
    ((402,), (), Halted, "the credits of the X app are used up – top up at console.x.com"),
    (ANY, ("duplicate content", "code 187,", "is a duplicate"), Claimed, "X has a post with this text already"),
    (ANY, ("not been mentioned or otherwise engaged", "code 433,"), Rejected, SUMMONED),
    (
        ANY,
        ("reply to a tweet that is deleted", "reply to a post that is deleted", "code 385,"),
        Rejected,
        "the post before it is gone – roll the rest back, and publish the thread anew",
    ),
    (
        ANY,
        ("media ids", "media_ids", "media id is invalid", "code 324,"),
        Transient,
        "X does not know its pictures (any more)",
    ),
    (
        ANY,
        ("code 186,", "needs to be a bit shorter", "text is too long"),
        Rejected,
        "too long for this account – set length = 280 in its config, and publish the draft anew",
    ),
    (
        ANY,
        ("one cashtag", "cashtags"),
        Rejected,
        "at most one $TICKER may stand in a post – change the draft",
    ),
    (
        ANY,
        ("oauth1-permissions", "oauth1 app permissions", "oauth2 app permissions", "code 261,", "insufficient scope"),
        Unauthorized,
        "the app may not write – give it “Read and write” at console.x.com, make new tokens",
    ),
    (
        ANY,
        ("code 453,", "client-not-enrolled", "client-forbidden", "access level", "attached to a project"),
        Rejected,
        "the app has no access to this part of the API – see its plan at console.x.com",
    ),
    (ANY, ("is suspended", "been suspended", "user-suspended", "code 64,"), Rejected, f"the account is suspended – {LOOK}"),
    (ANY, ("temporarily locked", "is locked", "code 326,"), Rejected, f"the account is locked – {LOOK}"),
    (ANY, ("might be automated", "code 226,"), Rejected, f"X takes it for spam – {LOOK}"),
    (
        (403,),
        ("not permitted to perform this action", "not permitted to access this feature"),
        Rejected,
        "if the post is over 280, only a Premium account may send it: set length = 280; else " + LOOK,
    ),
    ((400,), ("invalid url",), Rejected, "X does not take a link of this post – change the draft"),
    ((401,), (), Unauthorized, "look at this machine's clock, and see with threadbot login {name}"),
    ((403,), (), Rejected, LOOK),
    (ANY, (), Rejected, "if it is the draft, change it"),
)


def refusal(name: str, said: str, status: int, body: Mapping[str, Any]) -> NetworkError:
    """The error that an answer to the account of this name stands for; `said` are its words for a person."""
    text = words(body)
    for statuses, wanted, kind, step in REFUSALS:
        if status in statuses and (not wanted or any(each in text for each in wanted)):
            return kind(f"{name}: {said} – {step.format(name=name)}")
    return CannotTell(f"{name}: {said} – an answer that X has never given before")


def words(body: Mapping[str, Any]) -> str:
    """All that an answer says, in either shape, as one text in lower case."""
    listed = body.get("errors")
    parts = [body, *(listed if isinstance(listed, list) else ())]
    return " ".join(word for part in parts if isinstance(part, Mapping) for word in _of(part)).lower()


def _of(part: Mapping[str, Any]) -> Iterator[str]:
    for name in ("title", "detail", "type", "message", "reason", "error", "error_description"):
        if isinstance(word := part.get(name), str):
            yield word.rpartition("/")[2] if name == "type" else word  # its host has changed before
    if isinstance(code := part.get("code"), int):
        yield f"code {code},"
