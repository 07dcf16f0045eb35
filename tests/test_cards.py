"""Link cards are read once, before composing: what was previewed is what goes out; a page of no use costs a warning."""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image

from bot.core.model import Card
from bot.engine.cards import PIXELS, THUMBNAIL, Cards, read_cards
from bot.networks.bluesky import BLUESKY
from bot.networks.outside import Outside
from bot.testing.fakes import Notes
from bot.testing.hostile import Act, HostileServer, Visit, answer, stall

NOW = datetime.now(UTC)


class Site(HostileServer):
    """A web site: what stands at each path; it is called page.example."""

    def __init__(self, pages: Mapping[str, Act]) -> None:
        self.pages = pages
        super().__init__(self._page)

    def _page(self, visit: Visit) -> None:
        peeked = visit.connection.recv(4096, 2).decode()  # MSG_PEEK: the page itself reads the request
        self.pages.get(peeked.split(" ")[1], answer(404))(visit)

    def at(self, path: str) -> str:
        """The address of a page."""
        return f"http://page.example:{urlsplit(self.url).port}{path}"

    @property
    def internet(self) -> Outside:
        """The internet in which it stands."""
        return Outside(lambda *_: [ip_address("127.0.0.1")], lambda _: True, [urlsplit(self.url).port or 0])

    def cards(self, *paths: str, notes: Notes | None = None, **rules: Any) -> Cards:
        """The cards of these pages."""
        urls = [self.at(path) for path in paths]
        return read_cards(urls, replace(BLUESKY, **rules), notes or Notes(NOW), self.internet)


def page(title: str = "La crue", description: str = "Ce que l’on sait.", image: str = "") -> Act:
    head = f"<title>{title}</title><meta name=description content='{description}'>"
    return html(head + (f"<meta property=og:image content='{image}'>" if image else ""))


def html(text: str) -> Act:
    return answer(200, text.encode(), {"content-type": "text/html"})


def picture(width: int = 60, height: int = 40, kind: str = "PNG", noise: bool = False) -> bytes:
    file = io.BytesIO()
    drawn = Image.new("RGB", (width, height), "teal")
    if noise:
        drawn = Image.frombytes("RGB", (width, height), random.Random(4).randbytes(width * height * 3))
    drawn.save(file, kind)
    return file.getvalue()


def image(data: bytes, mime: str = "image/png") -> Act:
    return answer(200, data, {"content-type": mime})


def test_a_page_becomes_a_card_with_its_picture() -> None:
    with Site({"/crue": page(image="/carte.png"), "/carte.png": image(picture())}) as site:
        read = site.cards("/crue")
        (card,) = read.cards.values()
        assert (card.url, card.title, card.description) == (site.at("/crue"), "La crue", "Ce que l’on sait.")
    assert read.warnings == ()
    assert card.picture
    assert [*read.pictures] == [card.picture.sha256]
    data = read.pictures[card.picture.sha256]
    assert (hashlib.sha256(data).hexdigest(), len(data)) == (card.picture.sha256, card.picture.size)
    assert (card.picture.width, card.picture.height, card.picture.mime) == (60, 40, "image/png")


def test_each_page_is_read_once_however_often_it_is_linked_to() -> None:
    with Site({"/": page(), "/deux": page("Deux")}) as site:
        read = site.cards("/", "/deux", "/")
        assert [card.title for card in read.cards.values()] == ["La crue", "Deux"]
        assert len(site.requests) == 2


def test_a_preview_and_what_is_published_an_hour_later_have_the_same_card_though_the_page_has_changed() -> None:
    pages = {"/": page(image="/a.png"), "/a.png": image(picture(), "image/png")}
    notes = Notes(NOW - timedelta(hours=1))
    with Site(pages) as site:
        before = site.cards("/", notes=notes)
        site.pages = {"/": page("Une autre"), "/a.png": image(picture(10, 10))}
        assert site.cards("/", notes=notes) == before
        assert len(site.requests) == 2


def test_a_page_whose_picture_has_an_address_that_is_none_has_a_card_without_one() -> None:
    with Site({"/": page(image="http://xn--a/p.png")}) as site:
        read = site.cards("/")
    (card,) = read.cards.values()
    assert (card.title, card.picture) == ("La crue", None)
    assert "has no picture: http://xn--a/p.png: is no address" in read.warnings[0]


def test_after_a_day_a_page_is_read_again() -> None:
    notes = Notes(NOW - timedelta(hours=25))
    with Site({"/": page()}) as site:
        site.cards("/", notes=notes)
        site.pages = {"/": page("Une autre")}
        assert [card.title for card in site.cards("/", notes=notes).cards.values()] == ["Une autre"]


def test_a_picture_that_is_too_heavy_is_made_to_fit_as_the_network_takes_it() -> None:
    heavy = picture(2400, 1300, "JPEG", noise=True)
    assert len(heavy) > THUMBNAIL
    with Site({"/": page(image="/a.jpg"), "/a.jpg": image(heavy, "image/jpeg")}) as site:
        notes = Notes(NOW)
        (card,) = site.cards("/", notes=notes).cards.values()
        (small,) = site.cards("/", notes=notes, picture_bytes=50_000).cards.values()
    assert card.picture
    assert small.picture
    assert card.picture.size <= THUMBNAIL
    assert small.picture.size <= 50_000
    assert card.picture.width * card.picture.height <= PIXELS


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (answer(404), "status 404"),
        (answer(503), "status 503"),
        (answer(200, b"x", {"content-type": "application/pdf"}), "not text/html"),
        (html("<p>Rien"), "the page has no title"),
        (answer(302, b"", {"location": "ftp://x.example/"}), "no http or https"),
    ],
)
def test_a_page_that_cannot_be_read_is_a_warning_and_no_card(act: Act, said: str) -> None:
    notes = Notes(NOW)
    with Site({"/": act, "/deux": page("Deux")}) as site:
        read = site.cards("/", "/deux", notes=notes)
        assert [card.title for card in read.cards.values()] == ["Deux"]
        assert [warning for warning in read.warnings if said in warning and site.at("/") in warning] == [*read.warnings]
        assert len(read.warnings) == 1
        site.pages = {"/": page()}
        assert [*site.cards("/", notes=notes).cards] == [site.at("/")]  # what failed is not kept


@pytest.mark.parametrize(
    "act",
    [
        answer(404),
        image(b"\x89PNG\r\n\x1a\n nonsense"),
        image(picture(), "image/svg+xml"),
        image(b"<svg/>"),
        answer(302, b"", {"location": "http://127.0.0.1:1/"}),
    ],
)
def test_a_picture_that_cannot_be_read_leaves_the_card_without_one(act: Act) -> None:
    with Site({"/": page(image="/a.png"), "/a.png": act}) as site:
        read = site.cards("/")
        (card,) = read.cards.values()
        assert (card.title, card.picture, read.pictures) == ("La crue", None, {})
        assert [f"the card for {site.at('/')} has no picture: " in warning for warning in read.warnings] == [True]


def test_a_picture_at_home_is_not_fetched() -> None:
    with Site({"/": page(image="http://home.example/a.png")}) as site:
        port = urlsplit(site.url).port or 0
        places = {"page.example": "127.0.0.1", "home.example": "10.0.0.1"}
        public = ip_address("127.0.0.1")
        internet = Outside(lambda host, _: [ip_address(places[host])], lambda address: address == public, [80, port])
        read = read_cards([site.at("/")], BLUESKY, Notes(NOW), internet)
        assert "home.example is at 10.0.0.1, which is not a public address" in read.warnings[0]


def test_pages_are_read_side_by_side() -> None:
    with Site({f"/{n}": stall for n in range(8)}) as site:
        waited: list[float] = []
        internet = site.internet
        real = internet.fetch

        def hasty(*args: Any, **more: Any) -> Any:
            waited.append(1.0)
            return real(*args, **{**more, "seconds": 0.5})

        internet.fetch = hasty  # type: ignore[method-assign]
        begun = datetime.now(UTC)
        read = read_cards([site.at(f"/{n}") for n in range(8)], BLUESKY, Notes(NOW), internet)
        assert len(read.warnings) == len(waited) == 8
        assert datetime.now(UTC) - begun < timedelta(seconds=3)


@pytest.mark.parametrize(
    "edit", [{"card": None}, {"card": {"url": "x"}}, {"data": "AAAA"}, {"data": 5}, {"warning": 5, "data": "x"}]
)
def test_a_cache_that_somebody_edited_is_read_anew(edit: dict[str, Any]) -> None:
    notes = Notes(NOW)
    with Site({"/": page(image="/a.png"), "/a.png": image(picture())}) as site:
        first = site.cards("/", notes=notes)
        ((name, (value, at)),) = notes.kept.items()
        notes.kept[name] = ({**value, **edit}, at)
        assert site.cards("/", notes=notes) == first
        assert len(site.requests) == 4


def test_no_links_ask_nothing() -> None:
    assert read_cards([], BLUESKY, Notes(NOW)) == Cards({}, {}, ())


def test_what_is_kept_is_what_was_read() -> None:
    notes = Notes(NOW)
    with Site({"/": page(image="/a.png"), "/a.png": image(picture()), "/deux": page("Deux", image="/none.png")}) as site:
        first, again = (site.cards("/", "/deux", notes=notes) for _ in range(2))
    assert first == again
    assert {type(card) for card in again.cards.values()} == {Card}
    assert len(again.warnings) == 1
