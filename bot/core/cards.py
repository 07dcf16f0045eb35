"""Pure. Which posts can show a card of the page that they link to: those that end with its link and have no picture."""

from __future__ import annotations

from bot.core.model import Numbering, Post, Thread
from bot.core.number import mark


def card_links(thread: Thread, numbering: Numbering, before: int = 0) -> tuple[str, ...]:
    """The addresses of the pages whose cards a thread could show, each once. `before` as in `Target`."""
    total = before + len(thread.posts)
    links = (ending_link(post, mark(before + post.index, total, numbering), numbering) for post in thread.posts)
    return tuple(dict.fromkeys(filter(None, links)))


def ending_link(post: Post, number: str, numbering: Numbering) -> str:
    """The address of the link that a post ends with, its number aside; empty where its place is taken by a picture, say."""
    words = post.text.removesuffix(number).rstrip() if numbering.place == "end" else post.text
    last = post.annotations[-1:]
    ends = not post.pictures and last and last[0].kind == "link" and last[0].end == len(words.encode())
    return last[0].target if ends else ""
