"""Looks for a post among those that a Mastodon server shows; whatever might be it and is not certain, a human looks at.

A reply is sought under its parent and among the account's own posts, the first of a thread among those only: newer than the
newest there was when its key was minted. So no clock is compared, ours or the server's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.core.errors import CannotTell, Transient
from bot.core.model import Post
from bot.networks.statuses import Status, same_alts, same_page, same_text, status

if TYPE_CHECKING:
    from bot.networks.wire import Answer, Wire

PAGE = 40  # posts: the most that a server lists at once
PAGES = 25
FEW = 20  # replies: Pixelfed shows no more (statusContext @8aae92d), and does not list them among the account's posts

Ask = Callable[..., "Answer"]  # GET, a path, and `params`


@dataclass(frozen=True, slots=True)
class Sought:
    """A post to look for: by `author`, in answer to `parent` (empty: to nothing), newer than `since` (empty: than nothing).
    `known` are the ids that it cannot have."""

    post: Post
    warning: str
    author: str
    parent: str
    since: str
    known: frozenset[str]

    def is_in(self, text: str) -> bool:
        """Whether a plain text is that of the post: without words of its own, a server takes those of the warning."""
        return same_text(text, self.post.text or self.warning)


@dataclass(frozen=True, slots=True)
class Timeline:
    """The posts of an account, as its server shows them to itself."""

    ask: Ask
    wire: Wire

    def newest(self, author: str) -> str:
        """The id of the account's newest post; empty where there is none. Raises CannotTell."""
        return next((each.id for each in self._page(author, {"limit": "1"})), "")

    def gone(self, answer: Answer) -> bool:
        """Whether a post is not there any more. Raises Transient where it was not the server that said so."""
        if answer.status in (404, 410) and not answer.body:
            raise self._unclear()  # the page of a proxy, which has lost its server
        return answer.status in (404, 410)

    def find(self, sought: Sought) -> Status | None:
        """The post, where it is out. Raises CannotTell."""
        replies, cut = self._replies(sought) if sought.parent else ([], False)
        fresh = {each.id: each for each in (*replies, *self._own(sought)) if each.id not in sought.known}
        near = [each for each in fresh.values() if each.parent == sought.parent]
        if found := next((each for each in near if self._is(each, sought)), None):
            return found
        if strange := next((each for each in fresh.values() if self._might_be(each, sought)), None):
            raise CannotTell(f"{self.wire.account}: {self.wire.clean(strange.url)} may be it, or not – look at it")
        if cut:
            raise CannotTell(f"{self.wire.account}: there are too many replies to see all – look under the post before")
        return None

    def _is(self, each: Status, sought: Sought) -> bool:
        text = self._source(each.id)
        says = same_page(each.content, sought.post.text or sought.warning) if text is None else sought.is_in(text)
        return says and (bool(sought.post.text.strip()) or same_alts(each.alts, sought.post))

    def _might_be(self, each: Status, sought: Sought) -> bool:
        """Changed since, or left alone: what answered to a deleted post answers to nothing."""
        if each.parent == sought.parent:
            return each.edited
        return not each.parent and bool(sought.post.text) and same_page(each.content, sought.post.text)

    def _source(self, identity: str) -> str | None:
        """A post's text as it was sent; None where the server does not say."""
        answer = self.ask("GET", f"/api/v1/statuses/{identity}/source")
        text = answer.body.get("text")
        if answer.fine and not isinstance(text, str):
            raise self._unclear()
        return str(text) if answer.fine else None

    def _replies(self, sought: Sought) -> tuple[list[Status], bool]:
        """The account's own replies to the parent, and whether there may be more. There are none where it is gone, and there
        will be none: what answers to it is refused."""
        answer = self.ask("GET", f"/api/v1/statuses/{sought.parent}/context")
        if self.gone(answer):
            return [], False
        if not answer.fine:
            raise CannotTell(f"{self.wire.account}: cannot look for a reply: {self.wire.said(answer)}")
        if not isinstance(below := answer.body.get("descendants"), list):
            raise self._unclear()
        near = [each for each in below if isinstance(each, dict) and each.get("in_reply_to_id") == sought.parent]
        mine = [each for each in near if isinstance(who := each.get("account"), dict) and who.get("id") == sought.author]
        return [self._read(each) for each in mine], len(near) == FEW

    def _own(self, sought: Sought) -> Iterator[Status]:
        """The account's own posts that are newer than `since`, the newest first."""
        page, limit = {"limit": str(PAGE), "exclude_reblogs": "true"}, ""
        for _ in range(PAGES):
            listed = self._page(sought.author, page | ({"max_id": limit} if limit else {}))
            yield from (each for each in listed if _rank(each.id) > _rank(sought.since))
            if not listed or any(_rank(each.id) <= _rank(sought.since) for each in listed):
                return
            limit = listed[-1].id
        raise CannotTell(f"{self.wire.account}: there are too many posts to look through – look at the account")

    def _page(self, author: str, params: dict[str, str]) -> list[Status]:
        answer = self.ask("GET", f"/api/v1/accounts/{author}/statuses", params=params)
        if not answer.fine:
            raise CannotTell(f"{self.wire.account}: cannot list the account's posts: {self.wire.said(answer)}")
        if not answer.listed:  # an empty answer is no empty list
            raise self._unclear()
        return [self._read(each) for each in answer.items]

    def _unclear(self) -> Transient:
        return Transient(f"{self.wire.account}: the server answered something else than was asked")

    def _read(self, value: Any) -> Status:
        if (read := status(value)) is None:
            raise CannotTell(f"{self.wire.account}: the server shows a post that cannot be read")
        return read


def _rank(identity: str) -> tuple[int, str]:
    """Where an id stands among others: all servers count upwards, in numbers or in words of one length."""
    return len(identity), identity
