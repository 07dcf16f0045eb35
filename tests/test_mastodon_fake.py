"""The fake server that speaks Mastodon's API refuses what the real ones refuse: a typo of ours would show."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.testing.mastodon import FakeMastodon
from bot.testing.serving import Reply, Request

NOW = datetime(2026, 12, 1, 17, 0, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n"


def asked(fake: FakeMastodon, method: str, path: str, body: Any = None, *, at: float = 0.0, **headers: str) -> Reply:
    """What alice is answered, so many seconds after the start."""
    token = next(iter(fake.tokens), None) or fake.sign_up("alice")
    heard = {"authorization": f"Bearer {token}", "host": "social.example", **headers}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return fake.reply(Request(method, path, {}, heard, content), NOW + timedelta(seconds=at))


def posted(fake: FakeMastodon, **fields: Any) -> Reply:
    return asked(fake, "POST", "/api/v1/statuses", {"status": "Un", **fields})


def uploaded(fake: FakeMastodon, mime: str = "image/png", data: bytes = PNG, **fields: str) -> Reply:
    parts = [f'--x\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
    head = f'--x\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\ncontent-type: {mime}\r\n\r\n'
    body = "".join(parts).encode() + head.encode() + data + b"\r\n--x--\r\n"
    return asked(fake, "POST", "/api/v2/media", body, **{"content-type": "multipart/form-data; boundary=x"})


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 200),
        ({"spolier_text": "Morts"}, 422),
        ({"scheduled_at": "2026-12-01T18:00:00Z"}, 422),
        ({"status": 5}, 422),
        ({"status": ""}, 422),
        ({"status": "a" * 501}, 422),
        ({"status": "a" * 500}, 200),
        ({"status": "a" * 496, "spoiler_text": "Morts"}, 422),
        ({"status": "https://example.org/" + "a" * 500}, 200),
        ({"sensitive": "true"}, 422),
        ({"visibility": "followers"}, 422),
        ({"language": "français"}, 422),
        ({"in_reply_to_id": "1"}, 404),
        ({"media_ids": "1"}, 422),
        ({"media_ids": ["1"]}, 422),
    ],
    ids=str,
)
def test_a_post_is_checked(fields: dict[str, Any], status: int) -> None:
    fake = FakeMastodon()
    assert posted(fake, **fields).status == status
    assert len(fake.statuses) == (status == 200)


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({}, 200),
        ({"focus": "0.5,-1"}, 200),
        ({"focus": "0.5"}, 422),
        ({"focus": "2,0"}, 422),
        ({"description": "a" * 1501}, 422),
        ({"alt": "Carte"}, 422),
        ({"mime": "image/svg+xml"}, 422),
        ({"data": b"GIF89a"}, 422),
    ],
    ids=str,
)
def test_an_upload_is_checked(request_: dict[str, Any], status: int) -> None:
    assert uploaded(FakeMastodon(), **request_).status == status


def test_a_picture_is_attached_once_and_only_when_it_is_processed() -> None:
    fake = FakeMastodon(processing=5)
    answer = uploaded(fake)
    identity = answer.body["id"]
    seen = [asked(fake, "GET", f"/api/v1/media/{identity}", at=at).status for at in (4, 5)]
    early, late = (asked(fake, "POST", "/api/v1/statuses", {"media_ids": [identity]}, at=at).status for at in (4, 5))
    assert (answer.status, seen, early, late) == (202, [206, 200], 422, 200)
    assert asked(fake, "POST", "/api/v1/statuses", {"media_ids": [identity]}, at=6).status == 422


def test_no_more_than_four_pictures_are_taken() -> None:
    fake = FakeMastodon()
    pictures = [uploaded(fake).body["id"] for _ in range(5)]
    assert (posted(fake, media_ids=pictures).status, posted(fake, media_ids=pictures[:4]).status) == (422, 200)


@pytest.mark.parametrize(
    ("switches", "at", "status", "posts"),
    [
        ({}, 3599, 200, 1),
        ({}, 3600, 200, 2),
        ({"replay_bug": True}, 1, 500, 1),
        ({"flavour": "gotosocial"}, 1, 200, 2),
    ],
)
def test_a_key_is_known_again_for_an_hour_or_not_at_all(switches: dict[str, Any], at: float, status: int, posts: int) -> None:
    fake = FakeMastodon(**switches)
    for when in (0.0, at):
        answer = asked(fake, "POST", "/api/v1/statuses", {"status": "Un"}, at=when, **{"idempotency-key": "k"})
    assert (answer.status, len(fake.statuses)) == (status, posts)


@pytest.mark.parametrize("flavour", ["mastodon", "gotosocial"])
def test_a_reply_to_a_deleted_post_answers_to_nothing_on_mastodon(flavour: str) -> None:
    fake = FakeMastodon(flavour)
    first = posted(fake).body["id"]
    second = posted(fake, in_reply_to_id=first).body["id"]
    assert asked(fake, "DELETE", f"/api/v1/statuses/{first}").body["text"] == "Un"
    assert asked(fake, "GET", f"/api/v1/statuses/{second}").body["in_reply_to_id"] == (None if flavour == "mastodon" else first)
    assert asked(fake, "DELETE", f"/api/v1/statuses/{first}").status == 404


def test_nobody_reads_or_removes_what_is_not_theirs() -> None:
    fake = FakeMastodon()
    mine = posted(fake, visibility="direct").body["id"]
    bob = {"authorization": f"Bearer {fake.sign_up('bob')}"}
    paths = (f"/api/v1/statuses/{mine}", f"/api/v1/statuses/{mine}/context", f"/api/v1/statuses/{mine}/source")
    assert [asked(fake, "GET", path, **bob).status for path in paths] == [404, 404, 404]
    assert asked(fake, "DELETE", paths[0], **bob).status == 404
    assert asked(fake, "GET", "/api/v1/accounts/110000/statuses", **bob).body == []


@pytest.mark.parametrize("token", ["", "Bearer wrong", "Basic x"])
def test_without_a_token_nothing_is_done(token: str) -> None:
    fake = FakeMastodon()
    fake.sign_up("alice")
    assert asked(fake, "POST", "/api/v1/statuses", {"status": "Un"}, authorization=token).status == 401


def test_a_page_has_paragraphs_lines_and_nothing_of_the_author_s_html() -> None:
    fake = FakeMastodon()
    content = posted(fake, status="<b>Un</b>\nDeux\n\nTrois & @bob@social.example").body["content"]
    assert content.startswith("<p>&lt;b&gt;Un&lt;/b&gt;<br />Deux</p><p>Trois &amp; <span")
    assert content.endswith(">@<span>bob</span></a></span></p>")
