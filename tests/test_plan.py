"""A plan is a value: its digest binds what is previewed, sealed and sent."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import PlanError
from bot.core.model import Annotation, Card, Picture, Post, Thread
from bot.core.plan import Plan, canonical, from_json, to_json

HOME = Path(__file__).parent.parent
PICTURE = Picture("ab" * 32, "image/png", 60, 40, 1234, "Une carte : « crue »", "0.2,-0.5")
THUMB = Picture("cd" * 32, "image/jpeg", 30, 20, 99, "", "0,1")
CARD = Card("https://example.org", "La crue", "Jour 2", THUMB)
POST = Post(1, 1, "L’été 🌊 #Loire", 15, 300, "graphemes", (Annotation("tag", 14, 20, "Loire"),), (PICTURE,), CARD)
WHERE = "sky", "bluesky", "https://bsky.social alice.test", "loire", "La crue", "fr"
THREAD = Thread(*WHERE, (POST,), "Crue", {"replies": "nobody"}, "3f9a" * 16)
PLAN = Plan("loire", (THREAD,), ("no DIDs",))

KINDS = st.sampled_from(["link", "mention", "tag", "cashtag"])
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
NUMBER = st.integers(0, 2**53)
PICTURES = st.builds(Picture, TEXT, TEXT, NUMBER, NUMBER, NUMBER, TEXT, TEXT)
CARDS = st.builds(Card, TEXT, TEXT, TEXT, st.none() | PICTURES)
ANNOTATIONS = st.builds(Annotation, KINDS, NUMBER, NUMBER, TEXT)
POSTS = st.builds(
    Post,
    NUMBER,
    NUMBER,
    TEXT,
    NUMBER,
    NUMBER,
    TEXT,
    st.lists(ANNOTATIONS, max_size=2).map(tuple),
    st.lists(PICTURES, max_size=2).map(tuple),
    st.none() | CARDS,
)
OPTIONS = st.dictionaries(TEXT, TEXT, max_size=2)
THREADS = st.builds(Thread, *[TEXT] * 6, st.lists(POSTS, max_size=3).map(tuple), TEXT, OPTIONS, TEXT)
PLANS = st.builds(Plan, TEXT, st.lists(THREADS, max_size=3).map(tuple), st.lists(TEXT, max_size=2).map(tuple))


@given(PLANS)
def test_a_plan_survives_json(plan: Plan) -> None:
    for text in (json.dumps(to_json(plan)), canonical(to_json(plan)).decode()):
        again = from_json(json.loads(text))
        assert again == plan
        assert again.digest == plan.digest
        assert canonical(to_json(again)) == canonical(to_json(plan))


@given(PLANS, PLANS)
def test_two_plans_have_one_digest_only_if_they_send_the_same(one: Plan, two: Plan) -> None:
    same = (one.slug, one.threads) == (two.slug, two.threads)
    assert (one.digest == two.digest) is same
    assert replace(one, warnings=()).digest == one.digest


def test_warnings_are_no_part_of_the_digest() -> None:
    assert replace(PLAN, warnings=("another",)).digest == PLAN.digest


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to every text and number in a JSON value."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, key))
    else:
        yield path


SENT = [path for path in leaves(json.loads(json.dumps(to_json(PLAN)))) if path[0] not in ("warnings", "digest")]


def changed(path: tuple[Any, ...], value: Any = None) -> dict[str, Any]:
    """The plan as JSON, with one of its values changed."""
    found: Any = json.loads(json.dumps(to_json(PLAN)))
    inner = found
    for key in path[:-1]:
        inner = inner[key]
    old = inner[path[-1]]
    inner[path[-1]] = value if value is not None else old + 1 if isinstance(old, int) else old + " "
    return dict(found)


def test_every_field_of_the_model_is_among_those_that_are_sent() -> None:
    thread, post, annotation, picture, card = 9, 6, 4, 7, 3 + 7
    assert len(SENT) == 1 + thread + post + annotation + picture + card


@pytest.mark.parametrize("path", SENT, ids=lambda path: ".".join(map(str, path)))
def test_a_plan_that_was_changed_after_it_was_sealed_is_refused(path: tuple[Any, ...]) -> None:
    with pytest.raises(PlanError, match=f"plan {PLAN.id} was changed after it was sealed – it will not be sent; make it anew"):
        from_json(changed(path))


@pytest.mark.parametrize(
    "tamper",
    [
        lambda plan: plan["threads"].pop(),
        lambda plan: plan["threads"].append(plan["threads"][0]),
        lambda plan: plan["threads"][0]["posts"].append(plan["threads"][0]["posts"][0]),
        lambda plan: plan["threads"][0]["posts"][0]["pictures"].clear(),
        lambda plan: plan["threads"][0]["posts"][0]["annotations"].clear(),
        lambda plan: plan["threads"][0]["posts"][0].update(index=1.0),
        lambda plan: plan["threads"][0]["posts"][0].update(index=True),
        lambda plan: plan["threads"][0]["posts"][0].update(index="1"),
        lambda plan: plan["threads"][0]["posts"][0].update(text="L’e\u0301té 🌊 #Loire"),
        lambda plan: plan.update(digest="0" * 64),
    ],
)
def test_a_plan_of_another_shape_is_refused(tamper: Any) -> None:
    found = copy.deepcopy(to_json(PLAN))
    found = json.loads(json.dumps(found))
    tamper(found)
    with pytest.raises(PlanError, match="was changed after it was sealed"):
        from_json(found)


@pytest.mark.parametrize(
    "path", [("slug",), ("threads",), ("digest",), ("threads", 0, "posts"), ("threads", 0, "posts", 0, "text")]
)
def test_a_plan_that_lacks_something_is_none(path: tuple[Any, ...]) -> None:
    found: Any = json.loads(json.dumps(to_json(PLAN)))
    inner = found
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    with pytest.raises((KeyError, TypeError)):
        from_json(found)


def test_json_is_canonical() -> None:
    assert canonical({"b": [1, {"é": "🌊"}], "a": "\n"}) == '{"a":"\\n","b":[1,{"é":"🌊"}]}'.encode()
    assert canonical({"a": 1, "b": 2}) == canonical({"b": 2, "a": 1})
    with pytest.raises(ValueError, match="JSON"):
        canonical(float("nan"))


def test_the_digest_is_the_same_in_another_process_and_for_years() -> None:
    """Sealed plans outlive a version of threadbot: whoever changes this changes every database."""
    assert PLAN.digest == "5b526fc190e28eb67ca80b4dbb0052f352b725847c3c18581754559b313c463c"
    before = replace(THREAD, posts=(replace(POST, pictures=(replace(PICTURE, focus=""),), card=None),), options={}, follows="")
    assert Plan(PLAN.slug, (before,)).digest == "ea59757449fd052941a9f8b1b80278233c77c6b8b596416d9a2d9088ec1493a5"
    unwarned = Plan(PLAN.slug, (replace(before, content_warning=""),))
    assert unwarned.digest == "b1534e683a410cf99e08723ad8b91dcf785aab08092b725b1055ef98f47d5968"  # from before there were any
    code = "from tests.test_plan import PLAN; print(PLAN.digest)"
    for seed in ("1", "2"):
        run = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env={"PYTHONHASHSEED": seed}, cwd=HOME, check=True
        )
        assert run.stdout.strip() == PLAN.digest


def test_preview_prints_what_the_issue_of_this_format_promises() -> None:
    found = json.loads(json.dumps(to_json(PLAN)))
    assert list(found) == ["digest", "slug", "threads", "warnings"]
    assert {"account", "network", "posts"} <= set(found["threads"][0])
    [post] = found["threads"][0]["posts"]
    assert {"index", "total", "text", "used", "limit", "unit", "annotations", "pictures"} <= set(post)
    assert {"sha256", "mime", "width", "height", "size", "alt"} <= set(post["pictures"][0])


def test_what_was_sealed_before_there_were_cards_and_options_is_read_all_the_same() -> None:
    thread = replace(THREAD, posts=(replace(POST, pictures=(replace(PICTURE, focus=""),), card=None),), options={}, follows="")
    sealed = json.loads(json.dumps(to_json(Plan("loire", (thread,)))))
    del sealed["threads"][0]["options"], sealed["threads"][0]["follows"], sealed["threads"][0]["posts"][0]["card"]
    del sealed["threads"][0]["posts"][0]["pictures"][0]["focus"]
    assert from_json(sealed).threads == (thread,)


def test_a_plan_is_named_by_the_first_characters_of_its_digest() -> None:
    assert PLAN.id == PLAN.digest[:8]
    assert PLAN.thread("sky") is THREAD
    assert PLAN.pictures() == {PICTURE.sha256, THUMB.sha256}
