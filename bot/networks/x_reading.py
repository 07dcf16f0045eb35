"""Pure. Which of an account's posts is ours: what X made of a text is undone before it is compared.

X shortens links to t.co, escapes `<`, `>` and `&`, appends a link for the pictures, and cuts long posts short. An answer that
leaves the question open is CannotTell, never "absent".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import unquote

from bot.core.errors import CannotTell

EPOCH = 1_288_834_974_657  # milliseconds since 1970 at which X began to count its ids (snowflakes)
ID = re.compile("[0-9]{1,19}")  # of a post, a person, a picture
ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
PICTURE = re.compile(r"https?://(?:x|twitter)\.com/[^/]+/status/[0-9]+/(?:photo|video)/[0-9]+")
# A link that X did not expand; after an ellipsis it stands for the rest of a post.
UNREAD = re.compile(r"…?\s*(?:https?://)?(?<![\w.-])t\.co/\w+", re.IGNORECASE)
ALLOWANCE = timedelta(minutes=5)  # before its key was minted, as far as we know, in which a first post is still ours
DOUBT = timedelta(hours=26)  # before that, in which it may be ours: a clock may be a day wrong, and be mended meanwhile

Likeness = Literal["same", "perhaps", "other"]
DOUBTS: Mapping[Likeness, str] = {
    "same": "older than this, or ours and this machine's clock was wrong?",
    "perhaps": "somebody else's, or ours and changed by X?",
    "other": "somebody else's, or ours and changed by X?",
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A post of the account's own list. `parent` is None for one that answers to nothing, or where X did not say."""

    id: str
    text: str
    parent: str | None
    conversation: str | None


def made_at(post_id: str) -> datetime:
    """When X made a post, to the millisecond: its id says it."""
    return datetime.fromtimestamp(((int(post_id) >> 22) + EPOCH) / 1000, UTC)


def id_before(moment: datetime) -> str:
    """The last id that X gave before a moment, as `since_id` wants it."""
    return str(max((int(moment.timestamp() * 1000) - EPOCH << 22) - 1, 1))


def listed(body: Mapping[str, Any]) -> list[Listed]:
    """The posts of a page of the account's list, the newest first. Raises CannotTell for a page that says nothing."""
    data, meta = body.get("data"), body.get("meta")
    if data is None and isinstance(meta, Mapping) and meta.get("result_count") == 0:
        return []
    if not isinstance(data, list):
        raise CannotTell("X gave no list of the account's posts")
    count = meta.get("result_count") if isinstance(meta, Mapping) else None
    if isinstance(count, int) and count > len(data):
        raise CannotTell("X did not list all of the account's posts")
    return [_listed(each) for each in data]


def _listed(value: Any) -> Listed:
    if not isinstance(value, Mapping) or not isinstance(value.get("id"), str) or not ID.fullmatch(value["id"]):
        raise CannotTell("X listed something that is no post")
    if not isinstance(value.get("text"), str):
        raise CannotTell(f"X did not say what stands in the post {value['id']}")
    conversation = value.get("conversation_id")
    text = unshortened(value)
    return Listed(value["id"], text, next(_parents(value), None), conversation if isinstance(conversation, str) else None)


def _parents(value: Mapping[str, Any]) -> Iterator[str]:
    for name in ("referenced_posts", "referenced_tweets"):  # the published name, and the one before it
        found = value.get(name)
        for each in found if isinstance(found, list) else ():
            if isinstance(each, Mapping) and each.get("type") == "replied_to":
                if not isinstance(each.get("id"), str) or not ID.fullmatch(each["id"]):
                    raise CannotTell("X listed a reply to something that is no post")
                yield each["id"]


def unshortened(value: Mapping[str, Any]) -> str:
    """A post's whole text with its links as they were written, or as they lead on; without the one for its pictures."""
    long: Mapping[str, Any] = next(
        (value[name] for name in ("note_post", "note_tweet") if isinstance(value.get(name), Mapping)), {}
    )
    whole = long if isinstance(long.get("text"), str) else value
    text = whole["text"]
    for escape, character in ESCAPES:
        text = text.replace(escape, character)
    for short, written in _links(value) | _links(whole):
        text = text.replace(short, written)
    return str(text)


def _links(value: Mapping[str, Any]) -> set[tuple[str, str]]:
    entities = value.get("entities")
    urls = entities.get("urls") if isinstance(entities, Mapping) else None
    found = set()
    for each in urls if isinstance(urls, list) else ():
        if isinstance(each, Mapping) and isinstance(each.get("url"), str) and each["url"]:
            written = next(
                (each[name] for name in ("expanded_url", "unwound_url") if isinstance(each.get(name), str)), each["url"]
            )
            picture = each.get("media_key") or PICTURE.fullmatch(written)
            found.add((each["url"], "" if picture else written))
    return found


def likeness(theirs: str, ours: str) -> Likeness:
    """Whether a text of the list is the one that we sent, whatever X did to its links, escapes and white space."""
    if essence(theirs) == essence(ours):
        return "same"
    parts = [re.escape(essence(part)) for part in UNREAD.split(theirs)]
    return "perhaps" if len(parts) > 1 and re.fullmatch(".*".join(parts), essence(ours), re.DOTALL) else "other"


def essence(text: str) -> str:
    """What is left of a text when all is gone that X may change: the form of characters, escapes, white space, `https://`."""
    text = unicodedata.normalize("NFKC", text).casefold()
    for escape, character in ESCAPES:  # which an author may have written, too
        text = text.replace(escape, character)
    text = re.sub(r"https?://", "", unquote(text))
    text = re.sub(r"\bxn--[a-z0-9-]+", lambda found: _unicode(found[0]), text)
    text = re.sub(r"/(?=\s|$)", "", text)
    return "".join(each for each in text if not each.isspace() and unicodedata.category(each) != "Cf")


def _unicode(label: str) -> str:
    with suppress(UnicodeError):
        return label.encode("ascii").decode("idna")
    return label


def ours(posts: Sequence[Listed], text: str, parent: str, root: str, since: datetime) -> str | None:
    """The id of our post among the account's latest; None: it is not there. Raises CannotTell.

    `parent` is the post that it answers to, empty for a first post, `root` the first of its thread. `since` is when its key was
    minted by X's clock, less some minutes; an older post with our words is not ours if no clock was changed since, and nobody
    knows that. Nobody but us answers to that parent from this account – or a person by hand: which of them it was is then not
    for us to say.
    """
    near = [(post, likeness(post.text, text)) for post in posts if _near(post, parent, root)]
    same = [post.id for post, how in near if how == "same" and (parent or made_at(post.id) >= since)]
    if len(same) == 1:
        return same[0]
    if same:
        raise CannotTell(f"it is out {len(same)} times, as the posts {' and '.join(sorted(same, key=int))}")
    others = [(post.id, how) for post, how in near if how != "other" or (parent and made_at(post.id) >= since)]
    if parent and [how for _, how in others] == ["perhaps"]:
        return others[0][0]  # the same parent, and the same words but for a link that X did not expand
    if others:
        raise CannotTell(f"{DOUBTS[others[0][1]]} – the post {others[0][0]}")
    return None


def _near(post: Listed, parent: str, root: str) -> bool:
    """Whether a post stands where ours would."""
    if post.id in (parent, root):
        return False
    if not parent:
        return post.parent is None and post.conversation in (None, post.id)
    if post.parent is None and post.conversation is None:
        raise CannotTell(f"X did not say what the post {post.id} answers to")
    return post.parent == parent or (post.parent is None and post.conversation == root)
