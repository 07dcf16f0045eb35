"""What X means when it says no: both shapes, and the next step of each."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.core.errors import CannotTell, Claimed, Halted, NetworkError, Rejected, Transient, Unauthorized
from bot.networks.x_refusals import refusal, words

SUMMONED = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the "
    "post you are replying to."
)
PERMITTED = "You are not permitted to perform this action."


def problem(status: int, detail: str, title: str = "Forbidden", kind: str = "about:blank") -> tuple[int, dict[str, Any]]:
    return status, {"title": title, "detail": detail, "type": kind, "status": status}


def coded(status: int, code: int, message: str = "") -> tuple[int, dict[str, Any]]:
    return status, {"errors": [{"code": code, "message": message}]}


CASES: list[tuple[tuple[int, dict[str, Any]], type[NetworkError], str]] = [
    (problem(403, "You are not allowed to create a Tweet with duplicate content."), Claimed, "already"),
    (coded(403, 187, "Status is a duplicate."), Claimed, "already"),
    (problem(403, SUMMONED), Rejected, "post the rest by hand"),
    (coded(403, 433, "The original Tweet author restricted who can reply to this Tweet."), Rejected, "post the rest by hand"),
    (problem(403, PERMITTED), Rejected, "length = 280"),
    (problem(403, "Your account is not permitted to access this feature."), Rejected, "length = 280"),
    (coded(403, 186, "Tweet needs to be a bit shorter."), Rejected, "length = 280"),
    (problem(403, "A post may have a maximum of one cashtag."), Rejected, "one $TICKER"),
    (
        problem(403, "This account has been suspended.", kind="https://api.x.com/2/problems/user-suspended"),
        Rejected,
        "suspended –",
    ),
    (coded(403, 64, "Your account is suspended and is not permitted to access this feature."), Rejected, "suspended –"),
    (coded(403, 326, "To protect our users, this account is temporarily locked."), Rejected, "locked –"),
    (coded(403, 226, "This request looks like it might be automated."), Rejected, "spam"),
    (coded(403, 453, "You currently have access to a subset of X API V2 endpoints"), Rejected, "console.x.com"),
    (problem(403, "", kind="https://api.x.com/2/problems/client-forbidden"), Rejected, "console.x.com"),
    (problem(403, "", kind="https://api.twitter.com/2/problems/oauth1-permissions"), Unauthorized, "Read and write"),
    (problem(403, "You attempted to reply to a Tweet that is deleted or not visible to you."), Rejected, "roll the rest back"),
    (coded(403, 385), Rejected, "roll the rest back"),
    (problem(403, "Something new."), Rejected, "look at the account"),
    (problem(402, "credits depleted", "Payment Required"), Halted, "top up at console.x.com"),
    (problem(402, "", "CreditsDepleted", "https://api.x.com/2/problems/credits"), Halted, "top up"),
    ((402, {}), Halted, "top up"),
    (problem(401, "Unauthorized", "Unauthorized"), Unauthorized, "threadbot login bird"),
    (coded(401, 32, "Could not authenticate you."), Unauthorized, "threadbot login bird"),
    (
        problem(401, "Authenticating with OAuth 2.0 Application-Only is forbidden", "Unsupported Authentication"),
        Unauthorized,
        "",
    ),
    (
        problem(400, "One or more parameters to your request was invalid.", "Invalid Request"),
        Rejected,
        "if it is the draft, change it",
    ),
    (problem(400, "The Tweet contains an invalid URL."), Rejected, "a link of this post"),
    ((400, {"title": "Invalid Request", "errors": [{"message": "Your media IDs are invalid."}]}), Transient, "pictures"),
    (coded(400, 324, "The validation of media ids failed."), Transient, "pictures"),
    (problem(404, "Not Found"), Rejected, ""),
    ((422, {}), Rejected, ""),
]


@pytest.mark.parametrize(("answer", "kind", "step"), CASES)
def test_each_no_has_its_kind_and_its_next_step(
    answer: tuple[int, dict[str, Any]], kind: type[NetworkError], step: str
) -> None:
    error = refusal("bird", "the words of X", *answer)
    assert type(error) is kind
    assert str(error).startswith("bird: the words of X – ")
    assert step in str(error)


@pytest.mark.parametrize("answer", [answer for answer, *_ in CASES])
def test_no_reason_has_a_command_that_could_not_be_typed(answer: tuple[int, dict[str, Any]]) -> None:
    """Commands on a thread want its ID, which a driver does not know: a status ends with the exact one."""
    said = str(refusal("bird", "the words of X", *answer))
    assert re.findall("threadbot .*", said) in ([], ["threadbot login bird"])


def test_the_host_of_a_type_makes_no_difference() -> None:
    found = {words({"type": f"https://api.{host}/2/problems/credits"}) for host in ("x.com", "twitter.com")}
    assert found == {"credits"}


@pytest.mark.parametrize(
    "body",
    [{"errors": "x"}, {"errors": [7, None, {"message": 7, "code": "187"}]}, {"detail": ["duplicate content"]}, {"title": None}],
)
def test_a_refusal_in_a_shape_that_is_none_is_still_a_refusal(body: dict[str, Any]) -> None:
    assert type(refusal("bird", "status 403", 403, body)) is Rejected


def test_a_code_is_not_found_in_a_longer_one() -> None:
    assert type(refusal("bird", "x", 403, {"errors": [{"code": 1871, "message": "x"}]})) is Rejected


def test_an_answer_beyond_all_knowledge_is_no_refusal() -> None:
    assert type(refusal("bird", "x", 102, {})) is CannotTell
