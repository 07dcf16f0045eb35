"""Any draft, on any network: nothing is lost, nothing is cut that must not be, and every post fits."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.compose import compose
from bot.core.model import Draft, Figure, Line, Numbering, Passage, Span, Words
from bot.core.number import FORM
from bot.core.text import DIALECTS
from bot.core.wording import block
from tests.helpers_draft import PATH, RULES, Gallery, target

LINES = st.sampled_from(
    "La Loire couvre 295 km² ; M. Dupont : « Fini ? »~@alice.bsky.social et @bob, #Loire~@al@example.org et @bob_~"
    "https://example.org/a?b=c (example.com)~今日は天気がいい。明日は雨でしょう。~"
    "اليوم ذهبنا إلى السوق، واشترينا الخبز؟~היום הלכנו לשוק. הכול טוב!~👩‍👩‍👧‍👦🇫🇷 e\u0301~"
    "a~~The end. Is it? Yes, it is; on May 3, 2026 at 5 pm.".split("~")
)
STYLES = st.builds(
    Numbering, st.sampled_from(["", FORM, "({n})", "🧵{n}"]), st.sampled_from(["start", "end"]), st.integers(1, 3)
)


@st.composite
def drafts(choose: st.DrawFn) -> Draft:
    passages = []
    for _ in range(choose(st.integers(1, 2))):
        lines = []
        for number, line in enumerate(choose(st.lists(LINES, min_size=1, max_size=12)), 1):
            text = " ".join([line] * choose(st.integers(1, 4))) if line else ""
            only = frozenset({"bluesky"}) if "bsky" in text else None  # elsewhere it is somebody else
            lines.append(Line((Words(text, only, Span(number, 1)),) if text else (), None))
            if choose(st.integers(0, 9)) == 0:
                lines.append(Line((Figure(f"{number}.png", "what is seen", None, Span(number, 1)),), None))
        passages.append(Passage((*lines, Line((Words("fin", None, Span(99, 1)),), None))))
    return Draft(
        slug="loire",
        path=PATH,
        passages=tuple(passages),
        split=choose(st.sampled_from(["", "sentences", "words", "each"])),
        content_warning=choose(st.sampled_from(["", "Eau 👩‍👩‍👧, boue : https://example.org/"])),
        spans={"content_warning": Span(1, 1)},
    )


@settings(deadline=None)
@given(drafts(), st.sampled_from(sorted(RULES)), STYLES)
def test_no_word_and_no_picture_is_lost_and_every_post_fits(draft: Draft, network: str, style: Numbering) -> None:
    [thread] = compose(draft, [target(network, style)], Gallery()).threads
    rules, total = RULES[network], len(thread.posts)
    assert thread.content_warning == (draft.content_warning if network == "mastodon" else "")
    parts = [part for passage in draft.passages for line in passage.lines for part in line.parts]
    sent = ""
    for index, post in enumerate(thread.posts, 1):
        assert (post.index, post.total, post.limit) == (index, total, rules.length)
        assert rules.holds(post.text)
        warned = DIALECTS[rules.dialect].count_warning(thread.content_warning)
        assert post.used == rules.used(post.text) + warned <= rules.length
        mark = style.form.format(n=index, total=total) if total > 1 and index >= style.since else ""
        assert post.text.startswith(mark) if style.place == "start" else post.text.endswith(mark)
        sent += post.text.removeprefix(mark) if style.place == "start" else post.text.removesuffix(mark)
        assert all(post.text.encode()[each.start : each.end].decode() for each in post.annotations)
    blocks = filter(None, (block(passage, network) for passage in draft.passages))
    written = "".join(DIALECTS[rules.dialect].shown(part.text)[0] for part in blocks)
    assert "".join(sent.split()) == "".join(written.split())
    pictures = [part.source for part in parts if isinstance(part, Figure)]
    assert [picture.sha256 for post in thread.posts for picture in post.pictures] == pictures


@settings(deadline=None, max_examples=30)
@given(drafts(), st.sampled_from(sorted(RULES)), STYLES)
def test_the_same_draft_is_the_same_plan(draft: Draft, network: str, style: Numbering) -> None:
    targets = [target(network, style), target(network, account="second")]
    one, two = (compose(draft, targets, Gallery()) for _ in range(2))
    assert one == two
    assert one.digest == two.digest


@settings(deadline=None)
@given(drafts(), st.sampled_from(sorted(RULES)))
def test_no_link_mention_or_tag_is_cut(draft: Draft, network: str) -> None:
    [thread] = compose(draft, [target(network)], Gallery()).threads
    sent = [(each.kind, each.target) for post in thread.posts for each in post.annotations]
    blocks = filter(None, (block(passage, network) for passage in draft.passages))
    assert sent == [
        (each.kind, each.target) for part in blocks for each in DIALECTS[RULES[network].dialect].entities(part.text)
    ]
