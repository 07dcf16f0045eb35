"""Which of an account's posts is ours, whatever X made of its text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.core.errors import CannotTell
from bot.networks.x_reading import Listed, id_before, likeness, listed, made_at, ours, unshortened

AT = datetime(2026, 12, 1, 17, 0, tzinfo=UTC)
SINCE = AT - timedelta(minutes=5)
ROOT, PARENT = "10", "20"


def made(minutes: float = 0.0, more: int = 0) -> str:
    """An id of a post made so long after `AT`."""
    return str(int(id_before(AT + timedelta(minutes=minutes))) + 1 + more)


def shown(text: str, **entities: Any) -> dict[str, Any]:
    return {"id": "1", "text": text, "entities": entities}


def reply(text: str, at: str = "", parent: str | None = PARENT, conversation: str | None = ROOT) -> Listed:
    return Listed(at or made(), text, parent, conversation)


def first(text: str, at: str = "") -> Listed:
    return Listed(at or made(), text, None, at or made())


def test_an_id_says_when_a_post_was_made() -> None:
    """The example of X's own data dictionary, with its created_at."""
    assert made_at("1212092628029698048").replace(microsecond=0) == datetime(2019, 12, 31, 19, 26, 16, 0, UTC)


@pytest.mark.parametrize("late", [0, 1, 12345])
def test_the_last_id_before_a_moment_is_before_it(late: int) -> None:
    moment = AT + timedelta(milliseconds=late)
    assert made_at(id_before(moment)) < moment <= made_at(str(int(id_before(moment)) + 1))


def test_links_are_undone_and_the_one_for_the_pictures_is_gone() -> None:
    urls = [
        {"url": "https://t.co/aaaaaaaaaa", "expanded_url": "https://afp.com/x?a=1&b=2"},
        {"url": "https://t.co/bbbbbbbbbb", "expanded_url": "https://x.com/afp/status/1/photo/1", "media_key": "3_1"},
        {"url": "https://t.co/bbbbbbbbbb", "expanded_url": "https://x.com/afp/status/1/photo/1", "media_key": "3_2"},
    ]
    text = "A &lt; B &amp;amp; https://t.co/aaaaaaaaaa https://t.co/bbbbbbbbbb"
    assert unshortened(shown(text, urls=urls)).rstrip() == "A < B &amp; https://afp.com/x?a=1&b=2"


def test_a_long_post_is_read_whole() -> None:
    urls = [{"url": "https://t.co/aaaaaaaaaa", "expanded_url": "https://afp.com/x"}]
    whole = {"text": "long &amp; https://t.co/aaaaaaaaaa end", "entities": {"urls": urls}}
    for name in ("note_post", "note_tweet"):
        assert unshortened({**shown("long… https://t.co/zzzzzzzzzz"), name: whole}) == "long & https://afp.com/x end"


@pytest.mark.parametrize(
    ("theirs", "ours_"),
    [
        ("http://example.com/x and", "Example.com/x and"),
        ("https://example.com/", "https://example.com"),
        ("http://xn--bcher-kva.com/a", "bücher.com/a"),
        ("https://example.com/%C3%A9t%C3%A9", "https://example.com/été"),
        ("e\u0301te\u0301", "été"),
        ("Deux\navec  espaces ", "Deux\n\navec espaces"),
        ("&lt;b&gt; &amp;amp;", "&lt;b&gt; &amp;amp;"),
        ("a\u200bb", "ab"),
    ],
)
def test_what_x_may_change_makes_no_difference(theirs: str, ours_: str) -> None:
    assert likeness(theirs, ours_) == "same"


@pytest.mark.parametrize(
    ("theirs", "ours_", "how"),
    [
        ("Read https://t.co/aaaaaaaaaa now", "Read https://afp.com/x now", "perhaps"),
        ("The map https://t.co/aaaaaaaaaa", "The map", "perhaps"),
        ("The beginning of… https://t.co/aaaaaaaaaa", "The beginning of a long story", "perhaps"),
        ("Read https://t.co/aaaaaaaaaa later", "Read https://afp.com/x now", "other"),
        ("see https://spot.co/a", "see https://spot.co/b", "other"),
        ("https://afp.com/1", "https://afp.com/2", "other"),
        ("1/3 Un", "2/3 Un", "other"),
    ],
)
def test_a_link_that_was_not_expanded_leaves_it_open(theirs: str, ours_: str, how: str) -> None:
    assert likeness(theirs, ours_) == how


def test_a_reply_to_our_parent_with_our_words_is_ours() -> None:
    posts = [reply("Autre"), reply("Deux", parent="99"), reply("Deux", made(0, 7))]
    assert ours(posts, "Deux", PARENT, ROOT, SINCE) == made(0, 7)


def test_without_references_the_conversation_stands_for_the_parent() -> None:
    assert ours([reply("Deux", parent=None)], "Deux", PARENT, ROOT, SINCE) == made()
    assert ours([reply("Deux", parent=None, conversation="77")], "Deux", PARENT, ROOT, SINCE) is None


def test_a_list_that_says_nothing_of_parents_cannot_tell() -> None:
    with pytest.raises(CannotTell, match="answers to"):
        ours([reply("Autre", parent=None, conversation=None)], "Deux", PARENT, ROOT, SINCE)


def test_an_answer_that_somebody_gave_by_hand_is_for_a_human() -> None:
    with pytest.raises(CannotTell, match=made()):
        ours([reply("Correction: 9 March")], "Deux", PARENT, ROOT, SINCE)


def test_an_answer_by_hand_before_we_tried_is_not_ours() -> None:
    assert ours([reply("Correction: 9 March", made(-6))], "Deux", PARENT, ROOT, SINCE) is None


def test_the_parent_and_words_with_a_link_that_was_not_expanded_are_enough() -> None:
    posts = [reply("Read https://t.co/aaaaaaaaaa")]
    assert ours(posts, "Read https://afp.com/x", PARENT, ROOT, SINCE) == made()


def test_a_first_post_is_known_by_its_words_since_its_key_was_minted() -> None:
    assert ours([first("Un", made(-4))], "Un", "", "", SINCE) == made(-4)
    assert ours([first("Deux")], "Un", "", "", SINCE) is None
    assert ours([reply("Un")], "Un", "", "", SINCE) is None
    assert ours([], "Un", "", "", SINCE) is None


@pytest.mark.parametrize("older", [first("Un", made(-6)), first("Un https://t.co/aaaaaaaaaa", made(-6))])
def test_a_first_post_with_our_words_that_is_a_little_older_is_for_a_human(older: Listed) -> None:
    text = "Un" if older.text == "Un" else "Un https://afp.com/x"
    with pytest.raises(CannotTell, match=older.id):
        ours([older], text, "", "", SINCE)
    assert ours([older, first(text)], text, "", "", SINCE) == made(), "ours is there: the older one is another"


def test_an_answer_with_our_words_but_for_a_link_is_ours_however_old() -> None:
    posts = [reply("Read https://t.co/aaaaaaaaaa", made(-600))]
    assert ours(posts, "Read https://afp.com/x", PARENT, ROOT, SINCE) == made(-600)


@pytest.mark.parametrize("known", [PARENT, ROOT])
def test_a_post_that_is_out_already_is_not_the_one_that_answers_to_it(known: str) -> None:
    assert ours([Listed(known, "Deux", None, ROOT)], "Deux", PARENT, ROOT, SINCE) is None


def test_a_first_post_with_a_link_that_was_not_expanded_is_for_a_human() -> None:
    with pytest.raises(CannotTell):
        ours([first("Read https://t.co/aaaaaaaaaa")], "Read https://afp.com/x", "", "", SINCE)


def test_a_post_that_is_out_twice_is_said() -> None:
    with pytest.raises(CannotTell, match="2 times"):
        ours([reply("Deux"), reply("Deux", made(0, 1))], "Deux", PARENT, ROOT, SINCE)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"meta": {}},
        {"meta": {"result_count": 3}},
        {"errors": [{"title": "Forbidden"}]},
        {"data": {"id": "1", "text": "x"}},
        {"data": ["x"]},
        {"data": [{"id": 1, "text": "x"}]},
        {"data": [{"id": "one", "text": "x"}]},
        {"data": [{"id": "1"}]},
        {"data": None, "meta": None},
        {"data": [], "meta": {"result_count": 1}},
        {"data": [{"id": "1", "text": "x", "referenced_posts": [{"type": "replied_to", "id": 7}]}]},
        {"data": [{"id": "1", "text": "x", "referenced_posts": [{"type": "replied_to", "id": "-1"}]}]},
    ],
)
def test_an_answer_that_is_no_list_is_never_absence(body: dict[str, Any]) -> None:
    with pytest.raises(CannotTell):
        listed(body)


def test_an_empty_list_is_absence() -> None:
    assert listed({"meta": {"result_count": 0}}) == []
    assert len(listed({"data": [{"id": "1", "text": "Un"}], "meta": {"result_count": 0}})) == 1, "what is there is there"


@pytest.mark.parametrize(
    "value",
    [
        {"entities": "x"},
        {"entities": {"urls": "x"}},
        {"entities": {"urls": [7, {"url": 7}, {"url": ""}, {"url": "Un", "expanded_url": 8}]}},
        {"referenced_posts": "x"},
        {"referenced_posts": [7, {"type": "quoted", "id": "8"}, {"type": "quoted", "id": 9}]},
        {"note_post": "x"},
        {"note_post": {"text": 7}},
        {"conversation_id": 7},
    ],
)
def test_what_is_odd_in_a_post_is_left_aside(value: dict[str, Any]) -> None:
    assert listed({"data": [{"id": "1", "text": "Un", **value}]}) == [Listed("1", "Un", None, None)]


def test_the_parent_is_read_under_its_old_name_too() -> None:
    posts = listed({"data": [{"id": "1", "text": "Un", "referenced_tweets": [{"type": "replied_to", "id": "9"}]}]})
    assert posts[0].parent == "9"
