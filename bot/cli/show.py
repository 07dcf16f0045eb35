"""What the commands print, as generators of lines and frames; one `print` at the edge shows them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import urlsplit

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from bot.cli.setting import harmless
from bot.core.model import Card, Picture, Post, Thread
from bot.core.plan import to_json
from bot.core.saying import mentions
from bot.engine.composer import Composed
from bot.engine.prices import dollars

COLOURS = {"link": "blue underline", "mention": "cyan", "tag": "cyan", "cashtag": "cyan"}
OPENLY = {"visibility": "{}", "follow_ups": "follow-ups {}"}  # said even where nobody asked


def plan_lines(composed: Composed, width: int) -> Iterator[RenderableType]:
    """The posts as they will go out, per account, each in a frame; then the warnings."""
    for thread in composed.plan.threads:
        about = [count(len(thread.posts), "post"), _language(thread, composed), *_price(thread, composed)]
        yield Text.assemble((thread.account, "bold"), f"  {thread.network}, {thread.destination}: {', '.join(about)}")
        if ways := list(_ways(thread, composed)):
            yield Text(f"shown: {', '.join(ways)}", "yellow")
        if thread.content_warning:
            yield Text(f"content warning on each post: {harmless(thread.content_warning)}", "yellow")
        for post in thread.posts:
            yield _frame(post, thread, composed, width)
    for warning in composed.plan.warnings:
        yield Text(harmless(f"warning: {warning}"), "yellow")
    yield Text(f"digest {composed.plan.digest}", "dim")


def _language(thread: Thread, composed: Composed) -> str:
    if not thread.lang:
        return "language unknown: add lang to the draft"
    return f"language {thread.lang}" + ("" if composed.draft.lang else ", by its words")


def _price(thread: Thread, composed: Composed) -> Iterator[str]:
    if price := composed.prices.get(thread.account):
        yield f"about {dollars(price)}"


def _ways(thread: Thread, composed: Composed) -> Iterator[str]:
    """How a thread is to be shown: who sees it, where a network leaves that open, and whatever else is asked for."""
    rules = next((target.rules for target in composed.targets if target.account == thread.account), None)
    options = rules.options if rules else ()
    unsaid = set() if len(thread.posts) > 1 else {"follow_ups"}
    if thread.follows:  # it has no first post
        unsaid = {"replies", "visibility"} if "follow_ups" in dict(options) else {"replies"}
    for name, values in options:
        if name in unsaid:
            continue
        if name in thread.options or name in OPENLY:
            value = thread.options.get(name, values[0])
            yield OPENLY.get(name, f"{name.replace('_', ' ')}: {{}}").format(value)


def _frame(post: Post, thread: Thread, composed: Composed, width: int) -> Panel:
    size = f"{post.used}/{post.limit} {post.unit}" if post.limit else f"{post.used} {post.unit}"
    pictures = [_picture(each, thread.account, composed) for each in post.pictures]
    cards = [_card(post.card)] if post.card else []
    body = Group(_text(post), *pictures, *cards)
    return Panel(body, title=f"{post.index}/{post.total} · {size}", title_align="left", width=width, border_style="dim")


def _text(post: Post) -> Text:
    raw, text = post.text.encode(), Text(harmless(post.text))
    for each in post.annotations:
        start, end = (len(raw[:offset].decode()) for offset in (each.start, each.end))
        text.stylize(COLOURS[each.kind], start, end)
    return text


def _picture(picture: Picture, account: str, composed: Composed) -> Group:
    file = composed.files[account, picture.sha256]
    size = f"  {picture.width}×{picture.height}, {kilobytes(picture.size)}"
    done = composed.fitted[account, file]
    said = [Text(each) for each in (*done.notes, *([f"removed: {', '.join(done.removed)}"] if done.removed else []))]
    alt = Text.assemble("alt text: ", (picture.alt or "none", "italic"))
    indented = Padding(Group(*said, alt), (0, 0, 0, 2))
    return Group(Text.assemble("\n", ("▣ ", "green"), (file, "green"), size), indented)


def _card(card: Card) -> Group:
    host = urlsplit(card.url).hostname or card.url
    thumb = f"{card.picture.width}×{card.picture.height}, {kilobytes(card.picture.size)}" if card.picture else "no picture"
    title = Padding(Text(harmless(card.title), "italic"), (0, 0, 0, 2))
    return Group(Text.assemble("\n", ("▤ ", "green"), (f"card of {harmless(host)}", "green"), f"  {thumb}"), title)


def plan_json(composed: Composed) -> dict[str, Any]:
    """A plan for machines; threads that cost anything say what, in US dollars."""
    plan = to_json(composed.plan)
    for thread in plan["threads"]:
        if price := composed.prices.get(thread["account"]):
            thread["price"] = f"{price.normalize():f}"
    return plan


def mention_lines(composed: Composed) -> Iterator[str]:
    """Every mention and what becomes of it, a line each."""
    for each in mentions(composed.draft, composed.targets):
        ways = ", ".join(f"{words or 'plain text'} on {account}" for account, words in each.becomes.items())
        yield f"{composed.draft.path}:{each.span.line}:{each.span.column}: {each.written} → {ways}"


def mentions_json(composed: Composed) -> list[dict[str, Any]]:
    """The same for machines; null for what tags nobody and names nobody."""
    return [
        {
            "line": each.span.line,
            "column": each.span.column,
            "written": each.written,
            "becomes": {account: words or None for account, words in each.becomes.items()},
        }
        for each in mentions(composed.draft, composed.targets)
    ]


def removed_lines(composed: Composed) -> Iterator[str]:
    """What was found in pictures and taken out, a line for each of them."""
    for file, removed in _removed(composed).items():
        if removed:
            yield f"{', '.join(removed)} in {file}: removed"


def pictures_json(composed: Composed) -> list[dict[str, Any]]:
    """What was taken out of each file, and what was done to it for which accounts."""
    return [
        {
            "file": file,
            "removed": removed,
            "fitted": [{"accounts": accounts, "notes": notes} for notes, accounts in _ways_of(file, composed).items()],
        }
        for file, removed in _removed(composed).items()
    ]


def _removed(composed: Composed) -> dict[str, tuple[str, ...]]:
    return {file: each.removed for (_, file), each in composed.fitted.items()}


def _ways_of(file: str, composed: Composed) -> dict[tuple[str, ...], list[str]]:
    """What was done to a file, and for which accounts."""
    ways: dict[tuple[str, ...], list[str]] = {}
    for (account, name), each in composed.fitted.items():
        if name == file:
            ways.setdefault(each.notes, []).append(account)
    return ways


def local(moment: datetime, tz: tzinfo | None) -> str:
    """A moment on the wall clock of the config's zone, to the minute."""
    return moment.astimezone(tz).strftime("%Y-%m-%d %H:%M")


def count(number: int, noun: str) -> str:
    """A number of things."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def kilobytes(size: int) -> str:
    """A size in bytes as people read it."""
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000))} kB"
