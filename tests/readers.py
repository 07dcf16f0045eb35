"""What a reader of each network sees, read without any of our own code: records of a PDS, pages of a site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

from bot.testing.contract import Seen
from tests.servers import Pds, Person


@dataclass
class Article:
    """A post on a page of the site."""

    text: str = ""
    alts: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)  # shown, target


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.articles: list[Article] = []
        self.depth = 0  # within the element that holds the text
        self.target: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "article":
            self.articles.append(Article())
        elif tag == "div" and attributes.get("class") == "text":
            self.depth = 1
        elif tag == "a" and self.depth:
            self.target = attributes["href"]
            self.articles[-1].links.append(("", self.target))
        elif tag == "img":
            self.articles[-1].alts.append(attributes["alt"])
            self.articles[-1].files.append(attributes["src"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "div":
            self.depth = 0
        elif tag == "a":
            self.target = None

    def handle_data(self, data: str) -> None:
        if self.depth:
            self.articles[-1].text += data
            if self.target is not None:
                shown, target = self.articles[-1].links[-1]
                self.articles[-1].links[-1] = (shown + data, target)


def page(folder: Path, slug: str) -> list[Article]:
    """The posts of a thread's page; none where there is no page."""
    file = folder / slug / "index.html"
    if not file.exists():
        return []
    reader = _Page()
    reader.feed(file.read_text(encoding="utf-8"))
    return reader.articles


def seen_on_site(folder: Path, slug: str) -> list[Seen]:
    """A page, as the contract wants it: each post follows the one above it."""
    articles = page(folder, slug)
    parents = [None, *(article.text for article in articles)]
    return [
        Seen(
            each.text,
            tuple(each.alts),
            parent,
            tuple(sha256((folder / slug / file).read_bytes()).hexdigest() for file in each.files),
        )
        for each, parent in zip(articles, parents, strict=False)
    ]


def seen_on_pds(pds: Pds, person: Person) -> Sequence[Seen]:
    """A repository, as the contract wants it."""
    records = pds.records(person)
    texts = {each["uri"]: each["value"]["text"] for each in records}
    found = []
    for each in records:
        images = each["value"].get("embed", {}).get("images", ())
        parent = texts[each["value"]["reply"]["parent"]["uri"]] if "reply" in each["value"] else None
        files = tuple(sha256(pds.blob(person, image["image"]["ref"]["$link"])).hexdigest() for image in images)
        found.append(Seen(each["value"]["text"], tuple(image["alt"] for image in images), parent, files))
    return found
