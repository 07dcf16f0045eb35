"""Pure. A network's limits as data, each with its source, and the one check of a post against them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.core.model import Picture, Post
from bot.core.text import DIALECTS


@dataclass(frozen=True, slots=True)
class Rules:
    """The limits of one network.

    `length` is in the unit of `dialect` (a key of `bot.core.text.DIALECTS`), `bytes` in UTF-8 bytes of a post's text,
    `picture_bytes` in bytes, `picture_pixels` in pixels (width times height), `alt_length` in characters, `batch` in
    posts that one commit carries, `settle` in seconds before absence in a look-up means absence. 0 means no limit.
    `picture_palette`: any PNG or WebP but a PNG with a palette is turned into JPEG; JPEGs above `picture_quality` are coded
    again.
    `content_warning`: posts can stand behind one, and it counts. `options` are what an author may ask of the network (who may
    reply, who sees it), each with the values that it knows, the default first. `dear_links`: a post with a link costs more.
    `cashtags`: how many a post may have. `shown`: how wide a picture stands in a reader's timeline on a large screen, in CSS
    pixels: alone in its post, and beside others.
    `source` says where the numbers come from.
    """

    dialect: str
    length: int
    pictures: int
    picture_bytes: int
    picture_types: tuple[str, ...]
    source: str
    bytes: int = 0
    picture_pixels: int = 0
    picture_palette: bool = False
    picture_quality: int = 0
    alt_length: int = 0
    batch: int = 1
    settle: float = 0.0
    content_warning: bool = False
    options: tuple[tuple[str, tuple[str, ...]], ...] = ()
    dear_links: bool = False
    cashtags: int = 0
    shown: tuple[int, int] = (0, 0)

    @property
    def unit(self) -> str:
        return DIALECTS[self.dialect].unit

    def used(self, text: str) -> int:
        """How much of `length` a text takes, by the network's own count."""
        return DIALECTS[self.dialect].count(text)

    def reserved(self, content_warning: str) -> int:
        """How much of `length` a content warning takes in each post."""
        return DIALECTS[self.dialect].count_warning(content_warning) if self.content_warning else 0

    def holds(self, text: str) -> bool:
        """Whether a post of this network can hold the text."""
        # bytes first: a text that is far too long need not be counted by clusters
        return (not self.bytes or self.size(text) <= self.bytes) and (not self.length or self.used(text) <= self.length)

    def size(self, text: str) -> int:
        """The UTF-8 bytes of a text as it is sent."""
        return len(DIALECTS[self.dialect].shown(text)[0].encode())


def overfull(posts: Iterable[Post]) -> str:
    """Which post of a sealed thread is longer than its own limit, in words; empty where none is."""
    found = (post for post in posts if post.limit and post.used > post.limit)
    over = next(found, None)
    return f"post {over.index} has {over.used} {over.unit}, {over.used - over.limit} too many" if over else ""


def violations(post: Post, rules: Rules) -> list[str]:
    """Everything about a post that its network would refuse, in words; empty for a post that may go out."""
    found = text_violations(post, rules)
    if len(post.pictures) > rules.pictures:
        found.append(f"{len(post.pictures)} pictures, at most {rules.pictures} fit in a post")
    for number, picture in enumerate(post.pictures, 1):
        found += unfit(f"picture {number}", picture, rules)
    return found


def text_violations(post: Post, rules: Rules) -> list[str]:
    """What a network would refuse about a post, its pictures aside."""
    found = []
    if not post.text and not post.pictures:
        found.append("the post is empty")
    if never := DIALECTS[rules.dialect].refused.intersection(post.text):
        found.append(f"the invisible character U+{ord(min(never)):04X}, with which no post is taken")
    if rules.length and post.used > rules.length:
        found.append(f"{post.used} {rules.unit}, {post.used - rules.length} too many (at most {rules.length})")
    if rules.bytes and (size := len(post.text.encode())) > rules.bytes:
        found.append(f"{size} bytes of text, {size - rules.bytes} too many (at most {rules.bytes})")
    if rules.cashtags and (cashtags := sum(each.kind == "cashtag" for each in post.annotations)) > rules.cashtags:
        found.append(f"{cashtags} $TICKERS, of which a post takes {rules.cashtags} – write the others without $")
    return found


def unfit(name: str, picture: Picture, rules: Rules) -> Iterator[str]:
    """What a network would refuse about a picture, which is called by this name."""
    if picture.mime not in rules.picture_types:
        yield f"{name} is {picture.mime}, which is not taken"
    if rules.picture_bytes and picture.size > rules.picture_bytes:
        yield f"{name} has {picture.size} bytes (at most {rules.picture_bytes})"
    if rules.picture_pixels and picture.width * picture.height > rules.picture_pixels:
        yield f"{name} has {picture.width}×{picture.height} pixels (at most {rules.picture_pixels})"
    if rules.alt_length and len(picture.alt) > rules.alt_length:
        length, most = len(picture.alt), rules.alt_length
        yield f"the alt text of {name} has {length} characters, {length - most} too many (at most {most})"
