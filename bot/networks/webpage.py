"""Pure. What a web page says of itself in its head: title, description, and the address of a picture.

Read by searches that only go forward. The parser of the standard library looks again and again at a tag that never ends:
60 kB of `<a b` take it 16 seconds (measured, Python 3.11.7), ten times as much half an hour.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

import regex

from bot.networks.hiding import CONTROLS

TITLE, DESCRIPTION = 200, 500  # graphemes; readers show two or three lines
TAG = 10_000  # characters: whatever is longer is no tag

# What a page can call each thing, the best name first: the Open Graph protocol, cards of X, plain HTML.
TITLES = ("og:title", "twitter:title", "<title>")
DESCRIPTIONS = ("og:description", "twitter:description", "description")
PICTURES = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")

_MARK = re.compile(r"<(!--|title|meta|script|style|noscript|body|/head)(?=[\s/>-])", re.IGNORECASE)
_TAG = re.compile(r"<(?:[^>\"']|\"[^\"]*+\"|'[^']*+')*+>")
_ATTRIBUTE = re.compile(r"([^\s\"'<>/=]++)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))")
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Not every codec of Python is one of the web, and some do strange things.
_CHARSETS = re.compile(
    r"utf-(8|16|16-le|16-be)|iso8859-\d+|cp(125\d|932|949|950|866|874)|koi8-[ru]|gb.*|big5.*|euc_.*|shift_jis.*"
)
_CLUSTER = regex.compile(r"\X")


@dataclass(frozen=True, slots=True)
class Described:
    """A page in its own words. `picture` is an absolute address; what the page does not say is empty."""

    title: str
    description: str
    picture: str


def described(content: bytes, charset: str, url: str) -> Described:
    """What a page says of itself: its bytes, the charset that its server named (or empty), and its own address."""
    said: dict[str, str] = {}
    for name, value in _said(_decoded(content, charset)):
        if value:
            said.setdefault(name, value)
    picture = _first(said, PICTURES)
    return Described(_cut(_first(said, TITLES), TITLE), _cut(_first(said, DESCRIPTIONS), DESCRIPTION), _joined(url, picture))


def _decoded(content: bytes, charset: str) -> str:
    """By its first bytes, else what the server says, else what the page says, else UTF-8."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(name, "replace")
    declared = _DECLARED.search(content[:2048])
    for label in (charset, declared[1].decode() if declared else ""):
        if codec := _codec(label):
            return content.decode(codec, "replace")
    return content.decode("utf-8", "replace")


def _codec(label: str) -> str:
    """The codec of a label, as browsers understand it; empty for none."""
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return ""
    name = {"iso8859-1": "cp1252", "ascii": "cp1252"}.get(name, name)  # what the web means by these
    return name if _CHARSETS.fullmatch(name) else ""


def _said(text: str) -> Iterator[tuple[str, str]]:
    """The names and values in the head of a page, in order."""
    at = 0
    while (mark := _MARK.search(text, at)) and (kind := mark[1].lower()) not in ("body", "/head"):
        if kind == "!--":
            at = text.find("-->", mark.end())
        elif kind != "meta":
            at, inside = _closed(text, kind, mark.start())
            if kind == "title":
                yield "<title>", _plain(html.unescape(inside))
        elif tag := _TAG.match(text, mark.start(), mark.start() + TAG):
            at = tag.end()
            yield from _meta(tag[0])
        else:
            at = -1
        if at < 0:
            return  # what never ends, ends the page


def _closed(text: str, kind: str, start: int) -> tuple[int, str]:
    """Where an element ends, and what is in it; -1 for one that does not end."""
    opening = _TAG.match(text, start, start + TAG)
    closing = re.compile(f"</{kind}", re.IGNORECASE).search(text, opening.end()) if opening else None
    return (closing.end(), text[opening.end() : closing.start()]) if opening and closing else (-1, "")


def _meta(tag: str) -> Iterator[tuple[str, str]]:
    found = {each[1].lower(): html.unescape(each[2] or each[3] or each[4] or "") for each in _ATTRIBUTE.finditer(tag)}
    for key in ("property", "name"):
        if key in found:
            yield found[key].strip().lower(), _plain(found.get("content", ""))


def _plain(text: str) -> str:
    return " ".join(CONTROLS.sub(" ", text).split())


def _first(said: dict[str, str], names: tuple[str, ...]) -> str:
    return next((said[name] for name in names if name in said), "")


def _cut(text: str, most: int) -> str:
    """At most so many graphemes, the last of them an ellipsis where some are missing."""
    ends = [cluster.end() for cluster, _ in zip(_CLUSTER.finditer(text), range(most + 1), strict=False)]
    return text if len(ends) <= most else f"{text[: ends[most - 2]].rstrip()}…"


def _joined(url: str, picture: str) -> str:
    try:
        return urljoin(url, picture) if picture else ""
    except ValueError:
        return ""
