"""How much of a thread one write to Bluesky takes."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.model import Annotation, Post, Receipt, Thread
from bot.networks.base import Batch
from bot.networks.record import BODY, POST, carries, creation, records, written
from bot.networks.repo import record_cid
from tests.test_bluesky_payload import DID, MAP, NOON, batch, key, minted, of, post


def fat(letter: str, sizes: list[int]) -> Post:
    """A post whose pictures are described with so many letters each."""
    return post(2, pictures=tuple(replace(MAP, alt=letter * size) for size in sizes))


FAT = st.builds(fat, st.sampled_from('a"é🗺\n\0'), st.lists(st.integers(0, 5000), max_size=4))


@settings(max_examples=50)
@given(st.lists(FAT, min_size=1, max_size=4), st.integers(1, 80), st.sampled_from(["everyone", "nobody"]))
def test_a_write_holds_as_many_posts_as_it_can_and_never_more_than_the_server_takes(
    some: list[Post], times: int, who: str
) -> None:
    posts = [replace(each, index=index) for index, each in enumerate(some * times, 1)]
    thread = replace(batch(*posts).thread, options={"replies": who})
    count = carries(thread, posts)
    assert size(thread, posts[:count]) <= BODY
    most = 199 if who == "nobody" else 200
    assert count == min(len(posts), most) or size(thread, posts[: count + 1]) > BODY * 0.85  # a DID may be longer than this one


def size(thread: Thread, posts: list[Post]) -> int:
    """Of the write of these posts, which follow another."""
    root = Receipt("", "", NOON, {"uri": f"at://{DID}/{POST}/3jzfcijpj2z2a", "cid": record_cid({})})
    made = records(Batch(thread, tuple(posts), (root,)), key(*minted(len(posts))))
    return len(written(DID, [creation(each) for each in made]))


def test_a_post_that_no_write_holds_is_tried_alone() -> None:
    endless = post(1, annotations=(Annotation("link", 0, 1, "https://example.org/" + "x" * BODY),))
    assert carries(of(), [endless, endless]) == 1
