"""Pure. The frozen values that walk through the house; a value that exists is valid."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from bot.core.rules import Rules

EntityKind = Literal["link", "mention", "tag", "cashtag"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a draft: line and column from 1, the column in characters of the NFC text."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Words:
    """A run of text on one line of a draft; `only` are the networks that it is for, None meaning all."""

    text: str
    only: frozenset[str] | None
    span: Span


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture that the author asked for: `source` as written, relative to the draft's folder; `focus` is the point that a
    network must not crop, "x,y" from the centre, each from -1 to 1 (right and up), empty where none was named. `drawing` is a
    map as data, where it stands in the draft itself; then `source` is only a name for messages. `proposed` is an alt text made
    from a map's data: for the author to read, never sent."""

    source: str
    alt: str
    only: frozenset[str] | None
    span: Span
    focus: str = ""
    drawing: str = ""
    proposed: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a draft, in the order in which it was written; `only` as in `Words`, from an enclosing block."""

    parts: tuple[Words | Figure, ...]
    only: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Passage:
    """What the author holds together: the lines between two explicit breaks (`---`)."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Numbering:
    """How posts are numbered: a form such as `{n}/{total}`, at the start or end of a post, from the n-th post on."""

    form: str
    place: Literal["start", "end"] = "start"
    since: int = 1


@dataclass(frozen=True, slots=True)
class Draft:
    """A parsed file. `numbering` is None where the draft leaves it to the config, `off` has an empty form."""

    slug: str
    path: str
    passages: tuple[Passage, ...]
    title: str = ""
    lang: str = ""
    accounts: tuple[str, ...] = ()
    publish_at: str = ""
    timezone: str = ""
    numbering: Numbering | None = None
    split: str = ""
    content_warning: str = ""
    links: str = ""  # "last": gathered in the last post, on networks where posts with links cost more
    absent: str = ""  # what becomes of people who are not on a network: their "name", their "link", or an "error"
    options: Mapping[str, str] = field(default_factory=dict)  # how it is to be shown: names and values of `Rules.options`
    spans: Mapping[str, Span] = field(default_factory=dict)  # where each front matter key stands


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the config's `[people]`: their plain name, their own page, and their handle on each network, without the
    first `@`."""

    name: str
    url: str
    handles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Entity:
    """A link, mention, tag or cashtag as a network would recognise it; offsets in characters, end exclusive.

    `target` is the full URL of a link (a bare domain with `https://` before it), the handle of a mention without its
    `@`, a tag without its `#`, a cashtag without its `$`.
    """

    kind: EntityKind
    start: int
    end: int
    target: str


@dataclass(frozen=True, slots=True)
class Annotation:
    """An entity as it will be sent: offsets in UTF-8 bytes of the post's text, end exclusive; as `Entity` otherwise,
    but for a mention, whose `target` is what the network needs (a DID on Bluesky)."""

    kind: EntityKind
    start: int
    end: int
    target: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A name for bytes in the gallery. Width and height in pixels, size in bytes."""

    sha256: str
    mime: str
    width: int
    height: int
    size: int
    alt: str
    focus: str = ""  # as in `Figure`


@dataclass(frozen=True, slots=True)
class Card:
    """What stands under a post for the page that it links to: read when the plan was made, sent as it is."""

    url: str
    title: str
    description: str
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """Exactly what will be sent. `index` counts from 1; `used` and `limit` are in `unit`, a content warning included."""

    index: int
    total: int
    text: str
    used: int
    limit: int
    unit: str
    annotations: tuple[Annotation, ...] = ()
    pictures: tuple[Picture, ...] = ()
    card: Card | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """One chain of posts on one account. `destination` says where the account pointed when the plan was made; `lang` is the
    draft's, else the one that its words are in; `content_warning` stands over each post, where the network has such;
    `options` are those of `Rules.options` that are set; `follows` is the digest of the plan whose thread on this account it
    continues, empty for a thread of its own."""

    account: str
    network: str
    destination: str
    slug: str
    title: str
    lang: str
    posts: tuple[Post, ...]
    content_warning: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    follows: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a network gave for a published post; `ref` is what a later reply needs (a uri and a cid, say)."""

    id: str
    url: str
    at: datetime
    ref: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """What had to be asked before composing. `rules` are the limits that a server named, None: those of its network.
    `people` maps the handles that a network knows to what it needs for a mention (a DID, say); None: a mention on this
    network needs no more than its handle."""

    people: Mapping[str, str] | None = None
    warnings: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()  # what could not be asked: fine for a preview, not for publishing
    rules: Rules | None = None
    cards: Mapping[str, Card] = field(default_factory=dict)  # by the address of the page


@dataclass(frozen=True, slots=True)
class Limit:
    """How much of a network's allowance is left: `name` says of what ("posts", "uploads"), `resets` when it is full again."""

    name: str
    left: int
    total: int
    resets: datetime | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """Who is signed in with an account, until when (None: until it is revoked), and what was last heard of its limits."""

    handle: str
    until: datetime | None = None
    limits: tuple[Limit, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """One key of an account in the config. A `secret` holds a reference such as `env:SKY_PASSWORD`, never the secret, and may
    be left out where its default is empty (then `threadbot login` gives one); a `folder` is relative to the config file; a
    `server` is an origin, https but on loopback; a `number` is decimal, not below zero; `choices`, where there are any, are
    all that may be written. Without default: required."""

    name: str
    kind: Literal["text", "url", "server", "folder", "secret", "number"] = "text"
    default: str | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the config. Settings are checked and complete; a secret is read only when a driver asks for it, which
    may raise Unauthorized; one that the config does not name is not in `secrets`."""

    name: str
    network: str
    settings: Mapping[str, str]
    secrets: Mapping[str, Callable[[], str]] = field(default_factory=dict, repr=False)
