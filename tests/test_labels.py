"""Links as Bluesky's app shows them: the text that is sent and counted has the label, the facet the address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.gauge import scale, size
from bot.core.labels import label
from bot.core.model import Numbering
from bot.core.posts import posts
from bot.core.text import DIALECTS
from bot.networks.bluesky import BLUESKY

bluesky = DIALECTS["bluesky"]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://bsky.app/3jk7x4irgv52r2313y182h9", "bsky.app/3jk7x4irgv52..."),  # the golden value of the app's own tests
        ("https://example.org", "example.org"),
        ("https://example.org/", "example.org"),
        ("https://example.org/?a=1", "example.org/?a=1"[:11] + "?a=1"),
        ("https://example.org/12345678901234", "example.org/12345678901234"),
        ("https://example.org/123456789012345", "example.org/123456789012..."),
        ("https://example.org/a#bcdefghijklmnop", "example.org/a#bcdefghijk..."),
        ("https://WWW.Example.org:443/A", "www.example.org/A"),
        ("http://example.org:8080/a", "example.org:8080/a"),
        ("https://me:secret@example.org/a", "example.org/a"),
        ("https://münchen.de/é", "xn--mnchen-3ya.de/%C3%A9"),
        ("https://example.org/a/../b", "example.org/b"),
        ("example.org/0123456789abcdef", "example.org/0123456789abcdef"),  # without a scheme it is shown as written
        ("https://", "https://"),
        ("http://[::1", "http://[::1"),
    ],
)
def test_a_link_is_shown_as_the_official_app_shows_it(url: str, shown: str) -> None:
    assert label(url) == shown


def test_what_is_sent_has_labels_and_its_entities_whole_addresses() -> None:
    text = "À lire (https://example.org/rapports/2026/loire.pdf), avec #Loire et @jo.bsky.social."
    shown, entities = bluesky.shown(text)
    assert shown == "À lire (example.org/rapports/202...), avec #Loire et @jo.bsky.social."
    assert [(shown[each.start : each.end], each.target) for each in entities] == [
        ("example.org/rapports/202...", "https://example.org/rapports/2026/loire.pdf"),
        ("#Loire", "Loire"),
        ("@jo.bsky.social", "jo.bsky.social"),
    ]
    assert bluesky.count(text) == len(shown)


@pytest.mark.parametrize("name", sorted(set(DIALECTS) - {"bluesky"}))
def test_nobody_else_is_sent_labels(name: str) -> None:
    text = "Voir https://example.org/rapports/2026/loire.pdf !"
    assert DIALECTS[name].shown(text) == (text, DIALECTS[name].entities(text))


def test_a_link_of_a_thousand_bytes_takes_no_more_of_a_post_than_its_label() -> None:
    text = " ".join(["https://example.org/" + "a" * 1000] * 10)
    assert BLUESKY.used(text) == 10 * len("example.org/aaaaaaaaaaaa...") + 9 == BLUESKY.size(text)
    assert posts(text, BLUESKY, Numbering("")) == [text]


PIECES = st.sampled_from(
    ["a", " ", "é", "👩\u200d🚀", "https://example.org/", "https://b.fr/é", "\n", "x" * 20, "(", ").", "e\u0301"]
)


@given(st.lists(PIECES, max_size=20).map("".join))
def test_the_scales_of_a_text_measure_what_is_sent(text: str) -> None:
    shown, _ = bluesky.shown(text)
    length, _ = scale(text, "bluesky")
    assert (length(len(text)), size(text, "bluesky")(len(text))) == (bluesky.count(text), len(shown.encode()))


@given(st.lists(PIECES | st.sampled_from(["@jo@example.org", "https://a.fr"]), max_size=20).map("".join))
def test_the_cautious_count_is_never_less_than_mastodons_or_the_code_points(text: str) -> None:
    cautious = DIALECTS["fediverse"].count(text)
    assert cautious >= max(DIALECTS["mastodon"].count(text), len(text))
    assert scale(text, "fediverse")[0](len(text)) == cautious
