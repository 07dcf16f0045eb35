"""What the commands print, as generators of lines and frames; one `print` at the edge shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from bot.cli.setting import harmless
from bot.core.delivery import Event, Kind, Progress, State
from bot.core.model import Picture, Post, Thread
from bot.core.plan import Plan
from bot.engine.composer import Composed

if TYPE_CHECKING:
    from bot.store.plans import Standing

COLOURS = {"link": "blue underline", "mention": "cyan", "tag": "cyan", "cashtag": "cyan"}
STATES = {
    State.WAITING: "waiting",
    State.INFLIGHT: "interrupted",
    State.DOUBTED: "in doubt",
    State.DONE: "live",
    State.FAILED: "failed",
    State.PARKED: "unknown",
    State.CANCELLED: "cancelled",
}


def plan_lines(composed: Composed, width: int) -> Iterator[RenderableType]:
    """The posts as they will go out, per account, each in a frame; then the warnings."""
    for thread in composed.plan.threads:
        yield Text.assemble(
            (thread.account, "bold"),
            f"  {thread.network}, {thread.destination}: {count(len(thread.posts), 'post')}, {_language(thread, composed)}",
        )
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


def _frame(post: Post, thread: Thread, composed: Composed, width: int) -> Panel:
    size = f"{post.used}/{post.limit} {post.unit}" if post.limit else f"{post.used} {post.unit}"
    pictures = [_picture(each, composed.files[thread.network, each.sha256], composed.notes) for each in post.pictures]
    body = Group(_text(post), *pictures)
    return Panel(body, title=f"{post.index}/{post.total} · {size}", title_align="left", width=width, border_style="dim")


def _text(post: Post) -> Text:
    raw, text = post.text.encode(), Text(harmless(post.text))
    for each in post.annotations:
        start, end = (len(raw[:offset].decode()) for offset in (each.start, each.end))
        text.stylize(COLOURS[each.kind], start, end)
    return text


def _picture(picture: Picture, file: str, notes: Mapping[str, tuple[str, ...]]) -> Group:
    size = f"  {picture.width}×{picture.height}, {kilobytes(picture.size)}"
    said = [Text(note) for note in notes.get(picture.sha256, ())]
    alt = Text.assemble("alt text: ", (picture.alt or "none", "italic"))
    indented = Padding(Group(*said, alt), (0, 0, 0, 2))
    return Group(Text.assemble("\n", ("▣ ", "green"), (file, "green"), size), indented)


def status_lines(standings: Iterable[Standing], tz: tzinfo | None) -> Iterator[Text]:
    """How far each thread is, with the links of what is live, and what to do next."""
    for each in standings:
        thread, live = each.thread, f"{each.live} of {len(each.posts)} live"
        yield Text.assemble((thread.account, "bold"), f"  {thread.network}: {STATES[each.state]}, {live}")
        for index, post in enumerate(each.posts, 1):
            yield Text(f"  {index:>3}  {harmless(_post_line(post, each.due, tz))}")
        if advice := next_command(each):
            yield Text(f"  next: {advice}", "yellow")


def _post_line(post: Progress, due: datetime, tz: tzinfo | None) -> str:
    if post.receipt:
        return f"live  {post.receipt.url}"
    until = max(post.until or due, due) if post.state is State.WAITING else post.until
    return f"{STATES[post.state]}{f' until {local(until, tz)}' if until else ''}{f': {post.why}' if post.why else ''}"


def next_command(standing: Standing) -> str:
    """The exact next step for a thread that does not go on by itself."""
    match standing.state:
        case State.FAILED:
            return "mend the cause, then threadbot publish the same draft again: what is live is not sent twice"
        case State.PARKED:
            drop = f"threadbot cancel {standing.plan.id} drops what is not out"
            return f"look at the account; threadbot publish the same draft again looks once more, {drop}"
        case State.INFLIGHT | State.DOUBTED:
            return "threadbot worker --once looks whether it is out, and goes on"
        case State.WAITING if standing.live:
            return "threadbot worker --once goes on"
    return ""


def list_lines(standings: Iterable[Standing], tz: tzinfo | None) -> Iterator[Text]:
    """A line a thread."""
    yield Text(f"{'ID':8}  {'due':16}  {'state':14}  thread on account", "bold")
    for each in standings:
        state = STATES[each.state] + (f" {each.live}/{len(each.posts)}" if 0 < each.live < len(each.posts) else "")
        yield Text(f"{each.plan.id}  {local(each.due, tz)}  {state:14}  {each.plan.slug} on {each.thread.account}")


def event_line(thread: Thread, event: Event, now: str) -> Text:
    """A line of the ledger, as it is written."""
    posts = f"post {event.first}" if event.first == event.last else f"posts {event.first}–{event.last}"
    said = {Kind.INTENDED: "sending", Kind.PUBLISHED: "live", Kind.DEFERRED: "later", Kind.REFUSED: "refused"}
    text = f"{now}  {thread.account}: {posts} of {len(thread.posts)} {said.get(event.kind, event.kind.value)}"
    details = event.receipts[0].url if event.receipts else event.why
    return Text(harmless(f"{text}: {details}" if details else text))


def standing_json(standing: Standing) -> dict[str, Any]:
    """A thread and its posts, for machines."""
    return {
        "account": standing.thread.account,
        "network": standing.thread.network,
        "state": standing.state.value,
        "due": standing.due.isoformat(),
        "posts": [
            {
                "index": index,
                "state": post.state.value,
                "url": post.receipt.url if post.receipt else None,
                "until": post.until.isoformat() if post.until else None,
                "why": post.why,
            }
            for index, post in enumerate(standing.posts, 1)
        ],
    }


def plan_json(plan: Plan, standings: Iterable[Standing]) -> dict[str, Any]:
    """A sealed plan and how far it is, for machines."""
    return {"digest": plan.digest, "id": plan.id, "slug": plan.slug, "threads": [standing_json(each) for each in standings]}


def local(moment: datetime, tz: tzinfo | None) -> str:
    """A moment on the wall clock of the config's zone, to the minute."""
    return moment.astimezone(tz).strftime("%Y-%m-%d %H:%M")


def count(number: int, noun: str) -> str:
    """A number of things."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def kilobytes(size: int) -> str:
    """A size in bytes as people read it."""
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000))} kB"
