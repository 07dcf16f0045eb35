"""What is shown is what is there: no markup is read into a text, and nothing from outside gives orders to the terminal."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from rich.console import RenderableType

from bot.cli import desk, setting
from bot.cli.show import count, kilobytes, plan_json, plan_lines
from bot.core.errors import BotError
from bot.core.model import Annotation, Card, Draft, Picture, Post, Thread
from bot.core.number import OFF
from bot.core.plan import Plan
from bot.core.rules import Rules
from bot.core.target import Target
from bot.engine.composer import Composed
from bot.media.fit import Fitted
from tests.helpers_cli import drafted, settled, threadbot

MARKUP = "[bold]x[/bold] [/] [red :smile: :warning: [link=https://evil.example]y[/link] \\[z] 1 'two' /three/"
ORDERS = "\x1b]0;owned\x07\x1b[2J\x9b31m\x08\x7fend"
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def printed(lines: Iterable[RenderableType], capsys: pytest.CaptureFixture[str]) -> str:
    """What a console gets to see."""
    out = desk.console()
    for line in lines:
        out.print(line, soft_wrap=True)
    return capsys.readouterr().out


def composed(
    text: str,
    *annotations: Annotation,
    picture: Picture | None = None,
    warnings: tuple[str, ...] = (),
    lang: str = "",
    said: str = "",
    content_warning: str = "",
    card: Card | None = None,
) -> Composed:
    """A preview of one post; `said` is the language that the draft names."""
    post = Post(1, 1, text, len(text), 500, "graphemes", annotations, (picture,) if picture else (), card)
    plan = Plan("loire", (Thread("blog", "site", "public", "loire", "", lang, (post,), content_warning),), warnings)
    files = {("blog", picture.sha256): "maps/day1.png"} if picture else {}
    draft = Draft("loire", "drafts/loire.md", (), lang=said)
    done = {("blog", "maps/day1.png"): Fitted(picture, b"", ("PNG → WebP",), ("GPS position", "EXIF"))} if picture else {}
    return Composed(plan, {}, files, done, None, None, (), draft, ())


def asked(*posts: str, options: Mapping[str, str], known: tuple[tuple[str, tuple[str, ...]], ...]) -> Composed:
    """A preview of posts with options, on a network that knows some."""
    found = composed("Hi")
    [thread] = found.plan.threads
    texts = tuple(replace(thread.posts[0], index=number, total=len(posts), text=text) for number, text in enumerate(posts, 1))
    plan = replace(found.plan, threads=(replace(thread, posts=texts, options=options),))
    rules = Rules("plain", 500, 4, 0, (), "these tests", options=known)
    return replace(found, plan=plan, targets=(Target("blog", "site", "public", rules, OFF),))


# --- texts -----------------------------------------------------------------------------------------------------------


def test_no_markup_is_read_into_a_post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settled(tmp_path)
    drafted(tmp_path, MARKUP.replace(" ", "\n"))
    said = threadbot("preview", "draft.md")
    assert said.code == 0
    shown = [line.strip("│ ") for line in said.out.splitlines() if line.startswith("│")]
    assert shown == MARKUP.split(" ")


def test_no_markup_is_read_into_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    assert MARKUP in printed(plan_lines(composed("Hi", warnings=(MARKUP,)), 80), capsys)


def test_the_name_of_a_draft_is_no_markup_on_a_terminal_either(tmp_path: Path) -> None:
    settled(tmp_path)
    (tmp_path / "[").mkdir()
    drafted(tmp_path, "Hi.", "[/b] [red] :smile:.md")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "bot", "check", "[/b] [red] :smile:.md"]
    environment = {**os.environ, "TERM": "xterm"}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=theirs, text=True) as running:
        os.close(theirs)
        out, _ = running.communicate(timeout=60)
    os.close(ours)
    assert (running.returncode, out) == (0, "[/b] [red] :smile:.md: fine – 1 post on blog\n")


def test_links_and_mentions_are_coloured_where_they_are_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    text = "Été 🌊 https://example.org @ana"
    start = len("Été 🌊 ".encode())
    marks = Annotation("link", start, start + 19, "https://example.org"), Annotation("mention", start + 20, start + 24, "did")
    out = desk.console()
    with out.capture() as capture:
        for line in plan_lines(composed(text, *marks), 80):
            out.print(line)
    shown = re.sub("\x1b\\[[0-9;]*m", "|", capture.get())
    assert re.search(r"Été 🌊 \|https://example.org\| \|@ana\|", shown)


def test_a_picture_is_shown_with_its_file_size_notes_and_alt_text(capsys: pytest.CaptureFixture[str]) -> None:
    said = printed(plan_lines(composed("Hi", picture=Picture("a" * 64, "image/png", 60, 40, 1234, "A [red] map")), 80), capsys)
    for word in ("▣ maps/day1.png  60×40, 1 kB", "PNG → WebP", "removed: GPS position, EXIF", "alt text: A [red] map"):
        assert word in said
    said = printed(plan_lines(composed("Hi", picture=Picture("a" * 64, "image/png", 60, 40, 1234, "")), 80), capsys)
    assert "alt text: none" in said


@pytest.mark.parametrize(
    ("lang", "said", "shown"),
    [
        ("fr", "fr", "language fr"),
        ("fr", "", "language fr, by its words"),
        ("", "", "language unknown: add lang to the draft"),
    ],
)
def test_a_preview_says_the_language_and_whether_it_was_guessed(
    lang: str, said: str, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    first = printed(plan_lines(composed("Hi", lang=lang, said=said), 80), capsys).splitlines()[0]
    assert first == f"blog  site, public: 1 post, {shown}"


def test_a_preview_says_what_stands_over_each_post(capsys: pytest.CaptureFixture[str]) -> None:
    said = printed(plan_lines(composed("Hi", content_warning=f"Morts {ORDERS}"), 80), capsys)
    assert said.splitlines()[1].startswith("content warning on each post: Morts ")
    assert not OBEYED.search(said)
    assert "content warning" not in printed(plan_lines(composed("Hi"), 80), capsys)


KNOWN = (("visibility", ("public", "private")), ("follow_ups", ("unlisted", "private")), ("made_with_ai", ("false", "true")))


@pytest.mark.parametrize(
    ("posts", "options", "shown"),
    [
        (2, {}, "shown: public, follow-ups unlisted"),
        (1, {}, "shown: public"),
        (2, {"visibility": "private", "follow_ups": "private"}, "shown: private, follow-ups private"),
        (1, {"made_with_ai": "true"}, "shown: public, made with ai: true"),
    ],
)
def test_a_preview_says_who_sees_it_and_what_else_was_asked(
    posts: int, options: dict[str, str], shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = printed(plan_lines(asked(*["Hi"] * posts, options=options, known=KNOWN), 80), capsys)
    assert said.splitlines()[1] == shown


def test_what_goes_on_from_a_thread_has_only_follow_ups(capsys: pytest.CaptureFixture[str]) -> None:
    found = asked("Hi", options={"replies": "nobody"}, known=(("replies", ("everyone", "nobody")), *KNOWN))
    plan = replace(found.plan, threads=(replace(found.plan.threads[0], follows="0" * 64),))
    assert printed(plan_lines(replace(found, plan=plan), 80), capsys).splitlines()[1] == "shown: follow-ups unlisted"


def test_of_a_network_that_knows_no_options_nothing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert "shown" not in printed(plan_lines(asked("Hi", options={}, known=()), 80), capsys)


def test_a_preview_says_what_a_thread_costs(capsys: pytest.CaptureFixture[str]) -> None:
    found = replace(composed("Hi", lang="fr", said="fr"), prices={"blog": Decimal("0.150")})
    assert printed(plan_lines(found, 80), capsys).splitlines()[0] == "blog  site, public: 1 post, language fr, about $0.15"
    assert plan_json(found)["threads"][0]["price"] == "0.15"
    assert "price" not in plan_json(composed("Hi"))["threads"][0]


def test_a_card_is_shown_with_its_page_title_and_picture(capsys: pytest.CaptureFixture[str]) -> None:
    picture = Picture("b" * 64, "image/jpeg", 1200, 630, 45_000, "")
    for thumb, size in ((picture, "1200×630, 45 kB"), (None, "no picture")):
        card = Card("https://www.example.org/a?b", f"The [red] river {ORDERS}", "It rises.", thumb)
        said = printed(plan_lines(composed("Hi", card=card), 80), capsys)
        assert f"▤ card of www.example.org  {size}" in said
        assert "The [red] river" in said
        assert not OBEYED.search(said)


def test_sizes_and_numbers_read_well() -> None:
    assert [kilobytes(size) for size in (1, 999, 1500, 999_999, 1_240_000)] == ["1 kB", "1 kB", "2 kB", "1000 kB", "1.2 MB"]
    assert [count(number, "post") for number in (0, 1, 2)] == ["0 posts", "1 post", "2 posts"]


# --- orders to the terminal ------------------------------------------------------------------------------------------


def test_nothing_in_a_draft_gives_orders_to_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    said = printed(plan_lines(composed(f"1{ORDERS}", warnings=(ORDERS,)), 80), capsys)
    assert "end" in said
    assert not OBEYED.search(said)


def test_nothing_in_an_error_gives_orders_to_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    setting.say(BotError(f"first {ORDERS}\nsecond"))
    said = capsys.readouterr().err
    assert not OBEYED.search(said)
    assert len(said.splitlines()) == 2


def test_json_is_readable_where_it_can_be(capsys: pytest.CaptureFixture[str]) -> None:
    setting.print_json({"text": "L’été\t水 🌊"})
    assert "L’été\\t水 🌊" in capsys.readouterr().out
    setting.print_json([1, {"a": "\n"}], indent=None)
    assert len(capsys.readouterr().out.splitlines()) == 1
