"""The author's own site: what stands on a page, and that a page is made once, whole, and never over another."""

from __future__ import annotations

import errno
import hashlib
import json
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from bot.core.errors import OutcomeUnknown, Rejected, Transient
from bot.core.model import Account, Annotation, Picture, Post, Receipt, Thread
from bot.networks import site
from bot.networks.base import Batch, Driver, Key, World
from bot.networks.site import NETWORK

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
URL = "https://news.example/threads"
ATOM = "{http://www.w3.org/2005/Atom}"
GALLERY = {hashlib.sha256(data).hexdigest(): data for data in (b"a map", b"another map", b"a photo")}
VOID = {"meta", "link", "img", "br"}
LOADERS = {"script", "iframe", "object", "embed", "video", "audio", "base"}
NO_VAULT: Any = None  # a site has no session


class Element:
    """An element of a page: its tag, its attributes, and all text within it."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag, self.attributes, self.text = tag, attributes, ""

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]


class Reader(HTMLParser):
    """Reads a page as a browser would, and notes when an element is left open."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(source)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, tag: str, **attributes: str) -> list[Element]:
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [each for each in self.elements if each.tag == tag and wanted.items() <= each.attributes.items()]

    def texts(self) -> list[str]:
        return [each.text for each in self.all("div", class_="text")]


def picture(data: bytes = b"a map", alt: str = "A map of the Loire", mime: str = "image/png") -> Picture:
    return Picture(hashlib.sha256(data).hexdigest(), mime, 1600, 1000, len(data), alt)


def link(text: str, shown: str, target: str) -> Annotation:
    start = len(text[: text.index(shown)].encode())
    return Annotation("link", start, start + len(shown.encode()), target)


def thread(*posts: str | Post, slug: str = "loire", title: str = "The flood", lang: str = "en") -> Thread:
    made = [Post(0, 0, each, len(each), 500, "characters") if isinstance(each, str) else each for each in posts]
    numbered = tuple(replace(each, index=n, total=len(made)) for n, each in enumerate(made, 1))
    return Thread("blog", "site", "", slug, title, lang, numbered)


def said(text: str, *annotations: Annotation, pictures: tuple[Picture, ...] = ()) -> Post:
    return Post(0, 0, text, len(text), 500, "characters", annotations, pictures)


def driver(folder: Path, url: str = URL) -> Driver:
    assert NETWORK.connect
    account = Account("blog", "site", {"folder": str(folder), "url": url})
    return NETWORK.connect(account, World(NO_VAULT, GALLERY.__getitem__))


def batch(of: Thread) -> Batch:
    return Batch(of, of.posts)


def publish(folder: Path, of: Thread, at: datetime = NOON, url: str = URL) -> tuple[Receipt, ...]:
    there = driver(folder, url)
    there.open()
    return there.send(batch(of), there.mint(batch(of), at))


def page(folder: Path, slug: str = "loire") -> Reader:
    return Reader((folder / slug / "index.html").read_text(encoding="utf-8"))


def links_of_index(folder: Path) -> list[str]:
    return [each["href"] for each in Reader((folder / "index.html").read_text()).all("a") if "/" in each["href"]]


def entries(folder: Path) -> list[ET.Element]:
    return ET.parse(folder / "feed.xml").getroot().findall(f"{ATOM}entry")


def files(folder: Path) -> dict[str, bytes]:
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def without_lock(folder: Path) -> dict[str, bytes]:
    return {name: content for name, content in files(folder).items() if name != site.LOCK}


# --- what stands on a page


@pytest.mark.parametrize(
    "text",
    [
        "a < b && c > d \"quoted\" 'single' &amp; &lt;b&gt;",
        "  two before, two  within, two after  ",
        "\nfirst line empty\n\n\nthree newlines\n",
        "tab\tand no-break\u00a0space\u202fnarrow",
        "🧵 👩‍👩‍👧‍👦 🇫🇷 1️⃣",
        "مرحبا بالعالم, שלום \u200fעולם",
        "</script></div></article><script>alert(1)</script>",
        "{{ 7 * 7 }} {% raw %} <!-- --> ]]>",
        "",
    ],
)
def test_the_text_of_a_post_is_on_the_page_byte_for_byte(tmp_path: Path, text: str) -> None:
    publish(tmp_path, thread("before", said(text, pictures=(picture(),)), "after"))
    assert page(tmp_path).texts() == ["before", text, "after"]


def test_links_stand_where_their_bytes_are_and_leave_the_text_as_it_is(tmp_path: Path) -> None:
    text = "Données : crue.example/é?a=1&b=2 et <https://b.example>."
    first = link(text, "crue.example/é?a=1&b=2", "https://crue.example/é?a=1&b=2")
    second = link(text, "https://b.example", 'https://b.example/"onclick="x')
    publish(tmp_path, thread(said(text, second, first)))
    found = [(each["href"], each.text, each["rel"]) for each in page(tmp_path).all("a", rel="noopener nofollow")]
    assert found == [
        ("https://crue.example/é?a=1&b=2", "crue.example/é?a=1&b=2", "noopener nofollow"),
        ('https://b.example/"onclick="x', "https://b.example", "noopener nofollow"),
    ]
    assert page(tmp_path).texts() == [text]


@pytest.mark.parametrize("target", ["javascript:alert(1)", "data:text/html,x", "//x.example", "ftp://x.example", "file:///etc"])
def test_only_http_and_https_become_links(tmp_path: Path, target: str) -> None:
    publish(tmp_path, thread(said("see this", link("see this", "this", target))))
    assert page(tmp_path).texts() == ["see this"]
    assert target not in (tmp_path / "loire" / "index.html").read_text()
    assert target not in (tmp_path / "feed.xml").read_text()


def test_mentions_and_tags_stay_text(tmp_path: Path) -> None:
    publish(tmp_path, thread(said("@ana #flood", Annotation("mention", 0, 4, "https://x.example"))))
    assert not page(tmp_path).all("a", rel="noopener nofollow")


def test_overlapping_links_do_not_repeat_text(tmp_path: Path) -> None:
    text = "one two three"
    twice = (link(text, "one two", "https://a.example"), link(text, "two three", "https://b.example"))
    publish(tmp_path, thread(said(text, *twice)))
    assert page(tmp_path).texts() == [text]


def test_pictures_are_large_described_and_beside_the_page(tmp_path: Path) -> None:
    shown = (picture(alt='The "levée" & <fields>'), picture(b"a photo", "", "image/jpeg"))
    publish(tmp_path, thread(said("Look", pictures=shown)))
    first, second = page(tmp_path).all("img")
    assert (first["alt"], first["width"], first["height"], first["loading"]) == (
        'The "levée" & <fields>',
        "1600",
        "1000",
        "lazy",
    )
    assert second["alt"] == ""
    assert (tmp_path / "loire" / first["src"]).read_bytes() == b"a map"
    assert (tmp_path / "loire" / second["src"]).read_bytes() == b"a photo"
    assert second["src"].endswith(".jpg")
    assert page(tmp_path).all("a", href=first["src"])


def test_each_post_has_its_own_address(tmp_path: Path) -> None:
    receipts = publish(tmp_path, thread("one", "two"))
    assert [each["id"] for each in page(tmp_path).all("article")] == ["p1", "p2"]
    assert page(tmp_path).all("a", href="#p2")
    assert receipts == (
        Receipt("loire#p1", f"{URL}/loire/#p1", NOON),
        Receipt("loire#p2", f"{URL}/loire/#p2", NOON),
    )


def test_without_a_public_address_a_receipt_leads_to_the_file(tmp_path: Path) -> None:
    (receipt,) = publish(tmp_path, thread("one"), url="")
    assert receipt.url == (tmp_path / "loire" / "index.html").as_uri() + "#p1"
    assert links_of_index(tmp_path) == ["loire/index.html"]


def test_a_slash_at_the_end_of_the_address_changes_nothing(tmp_path: Path) -> None:
    assert publish(tmp_path / "a", thread("one")) == publish(tmp_path / "b", thread("one"), url=URL + "/")
    assert without_lock(tmp_path / "a") == without_lock(tmp_path / "b")


def test_the_head_tells_language_title_time_and_description(tmp_path: Path) -> None:
    publish(tmp_path, thread(said('1/2 "Eau" & <boue>', pictures=(picture(),)), "deux", title="<Crue>", lang="fr"))
    read = page(tmp_path)
    assert (read.all("html")[0]["lang"], read.all("html")[0]["dir"]) == ("fr", "auto")
    assert read.all("title")[0].text == "<Crue>"
    assert read.all("meta", name="description")[0]["content"] == '"Eau" & <boue>'
    assert read.all("meta", property="og:title")[0]["content"] == "<Crue>"
    assert read.all("meta", property="og:image")[0]["content"].startswith(f"{URL}/loire/")
    assert read.all("time")[0]["datetime"] == NOON.isoformat()


def test_a_thread_without_a_title_is_called_by_its_first_words(tmp_path: Path) -> None:
    publish(tmp_path, thread("1/2 " + "water " * 40, "end", title=""))
    title = page(tmp_path).all("title")[0].text
    assert title.startswith("water water")
    assert title.endswith("water…")
    assert len(title) <= 80


def test_a_thread_of_pictures_only_is_called_by_its_file(tmp_path: Path) -> None:
    publish(tmp_path, thread(said("", pictures=(picture(),)), title=""))
    assert page(tmp_path).all("title")[0].text == "loire"


def test_a_page_loads_nothing_from_elsewhere_and_runs_nothing(tmp_path: Path) -> None:
    text = "see https://a.example"
    publish(tmp_path, thread(said(text, link(text, "https://a.example", "https://a.example"), pictures=(picture(),))))
    for read in (page(tmp_path), Reader((tmp_path / "index.html").read_text())):
        (policy,) = (each["content"] for each in read.all("meta") if "http-equiv" in each.attributes)
        assert policy.startswith("default-src 'none'; img-src 'self';")
        assert not {each.tag for each in read.elements} & LOADERS
        assert not [each for each in read.elements if "srcset" in each.attributes]
        assert not [each for each in read.all("img") if ":" in each["src"] or each["src"].startswith("/")]
        assert {each["rel"] for each in read.all("link")} <= {"alternate", "canonical"}  # which no browser loads
        assert not any("url(" in each.text or "@import" in each.text for each in read.all("style"))


def test_neither_the_account_nor_the_folder_is_made_public(tmp_path: Path) -> None:
    secret = tmp_path / "home-of-alice" / "public"
    publish(secret, replace(thread("one"), account="alices-account", destination=str(secret)), url="")
    assert not [name for name, content in without_lock(secret).items() if b"alice" in content]


# --- the index and the feed


def test_the_index_and_the_feed_list_threads_newest_first(tmp_path: Path) -> None:
    publish(tmp_path, thread("one", slug="new & <shiny>", title="New & <shiny>"), NOON + timedelta(days=1))
    publish(tmp_path, thread("one", slug="old", title="Old"), NOON)
    assert links_of_index(tmp_path) == ["new%20%26%20%3Cshiny%3E/", "old/"]
    assert [each.findtext(f"{ATOM}title") for each in entries(tmp_path)] == ["New & <shiny>", "Old"]
    addresses = [each.find(f"{ATOM}link").get("href") for each in entries(tmp_path)]  # type: ignore[union-attr]
    assert addresses == [f"{URL}/new%20%26%20%3Cshiny%3E/", f"{URL}/old/"]


def test_times_of_other_zones_are_told_in_utc(tmp_path: Path) -> None:
    (receipt,) = publish(tmp_path, thread("one"), NOON.astimezone(timezone(timedelta(hours=9))))
    assert receipt.at == NOON
    assert page(tmp_path).all("time")[0]["datetime"] == "2026-11-22T12:00:00+00:00"


@pytest.mark.parametrize("url", ["", URL])
def test_the_feed_has_what_atom_asks_for(tmp_path: Path, url: str) -> None:
    publish(tmp_path, thread("one"), url=url)
    publish(tmp_path, thread("two", slug="two"), NOON + timedelta(hours=1), url=url)
    top = ET.parse(tmp_path / "feed.xml").getroot()
    for node in (top, *entries(tmp_path)):
        assert all(node.findtext(ATOM + tag) for tag in ("id", "title", "updated"))
        assert node.find(f"{ATOM}link") is not None
    assert top.findtext(f"{ATOM}updated") == (NOON + timedelta(hours=1)).isoformat()
    assert top.findtext(f"{ATOM}author/{ATOM}name")
    ids = [each.findtext(f"{ATOM}id") for each in (top, *entries(tmp_path))]
    assert len(set(ids)) == 3
    assert all(each and ":" in each for each in ids)


def test_the_feed_carries_the_thread_as_escaped_html(tmp_path: Path) -> None:
    text = "a < b\n\x0bhttps://a.example"
    address = link(text, "https://a.example", "https://a.example")
    publish(tmp_path, thread(said(text, address, pictures=(picture(alt="A & B"),))))
    content = entries(tmp_path)[0].find(f"{ATOM}content")
    assert content is not None
    assert content.get("type") == "html"
    assert content.text is not None
    assert "<p>a &lt; b<br>\ufffd<a href=" in content.text  # XML has no place for a vertical tab
    assert Reader(content.text).all("img")[0]["src"].startswith(f"{URL}/loire/")
    assert Reader(content.text).all("img")[0]["alt"] == "A & B"


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        b"\xff",
        b"{}",
        b"[" * 100_000,
        b'{"slug": NaN}',
        {"title": 5},
        {"at": "yesterday"},
        {"at": "2026-11-22T12:00:00"},
        {"at": "0001-01-01T00:00:00+23:00"},
        {"count": "many"},
        {"html": None},
        {"title": "\ud800"},
    ],
)
def test_a_page_that_is_not_ours_does_not_stop_the_index(tmp_path: Path, source: bytes | dict[str, Any]) -> None:
    publish(tmp_path, thread("one", slug="first"))
    if isinstance(source, dict):
        told = json.loads((tmp_path / "first" / "thread.json").read_bytes())
        source = json.dumps(told | source).encode()
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "thread.json").write_bytes(source)
    publish(tmp_path, thread("one", slug="second"), NOON + timedelta(hours=1))
    assert links_of_index(tmp_path) == ["second/", "first/"]


def test_a_language_from_a_foreign_file_does_not_break_the_feed(tmp_path: Path) -> None:
    publish(tmp_path, thread("one", slug="first"))
    told = tmp_path / "first" / "thread.json"
    told.write_text(json.dumps(json.loads(told.read_bytes()) | {"lang": "e\0n"}))
    publish(tmp_path, thread("one", slug="second"))
    assert len(entries(tmp_path)) == 2


def test_a_page_whose_folder_was_renamed_is_listed_where_it_is(tmp_path: Path) -> None:
    publish(tmp_path, thread("one", slug="first"))
    (tmp_path / "first").rename(tmp_path / "renamed")
    publish(tmp_path, thread("one", slug="second"), NOON + timedelta(hours=1))
    assert links_of_index(tmp_path) == ["second/", "renamed/"]


def test_what_is_hidden_is_not_listed(tmp_path: Path) -> None:
    publish(tmp_path, thread("one", slug="first"))
    (tmp_path / "first").rename(tmp_path / ".first.new")
    publish(tmp_path, thread("one", slug="second"))
    assert links_of_index(tmp_path) == ["second/"]


# --- exactly once


def test_the_same_thread_under_the_same_key_gives_the_same_bytes(tmp_path: Path) -> None:
    shown = thread(said("one", pictures=(picture(), picture(b"another map"), picture())), "two")
    first = publish(tmp_path / "a", shown)
    before = without_lock(tmp_path / "a")
    assert publish(tmp_path / "a", shown) == first
    publish(tmp_path / "b", shown)
    assert without_lock(tmp_path / "a") == before == without_lock(tmp_path / "b")


@pytest.mark.parametrize(
    ("other", "later"),
    [(thread("another text"), 0), (thread("one", title="Another title"), 0), (thread("one"), 1)],
    ids=["another text", "another title", "another key"],
)
def test_another_thread_of_the_same_name_is_refused_and_the_page_stays(tmp_path: Path, other: Thread, later: int) -> None:
    publish(tmp_path, thread("one"))
    before = files(tmp_path)
    with pytest.raises(Rejected, match="loire already holds another thread – rename the draft, or remove that folder"):
        publish(tmp_path, other, NOON + timedelta(seconds=later))
    assert files(tmp_path) == before


def test_a_folder_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loire").mkdir()
    with pytest.raises(Rejected, match="already holds another thread"):
        publish(tmp_path, thread("one"))
    assert list((tmp_path / "loire").iterdir()) == []


@pytest.mark.parametrize("name", ["index.html", "feed.xml"])
def test_somebody_s_home_page_is_not_written_over(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("<h1>My home, made by hand and threadbot</h1>")
    with pytest.raises(Rejected, match=f"{name} was not made by threadbot – give the site a folder of its own"):
        publish(tmp_path, thread("one"))
    there = driver(tmp_path)
    with pytest.raises(Rejected, match="not made by threadbot"):
        there.send(batch(thread("one")), {"at": NOON.isoformat()})
    assert [each.name for each in tmp_path.iterdir() if each.name != site.LOCK] == [name]


def test_a_page_is_found_by_its_key_and_by_no_other(tmp_path: Path) -> None:
    sent = batch(thread("one", "two"))
    there = driver(tmp_path)
    assert there.find(sent, {"at": NOON.isoformat()}) is None
    receipts = publish(tmp_path, sent.thread)
    assert there.find(sent, {"at": NOON.isoformat()}) == receipts
    assert there.find(sent, {"at": (NOON + timedelta(seconds=1)).isoformat()}) is None
    assert there.find(batch(thread("one", "2")), {"at": NOON.isoformat()}) is None


class Killed(BaseException):
    """The process dies here."""


def dies_at(monkeypatch: pytest.MonkeyPatch, number: int, error: BaseException) -> None:
    """The n-th file or folder that is moved into sight does not get there."""
    moved, move = iter(range(1, 100)), Path.replace

    def replace_or_die(self: Path, target: Path) -> Path:
        if next(moved) == number:
            raise error
        return move(self, target)

    monkeypatch.setattr(Path, "replace", replace_or_die)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_death_at_any_move_is_not_found_and_repaired_by_the_same_send(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    shown = thread(said("one", pictures=(picture(),)))
    sent, key = batch(shown), {"at": NOON.isoformat()}
    publish(tmp_path, thread("earlier", slug="earlier"), NOON - timedelta(days=1))
    with monkeypatch.context() as patch:
        dies_at(patch, number, Killed())
        with pytest.raises(Killed):
            publish(tmp_path, shown)
    assert (tmp_path / "loire").exists() == (number > 1)
    there = driver(tmp_path)
    assert there.find(sent, key) is None
    receipts = there.send(sent, key)
    assert there.find(sent, key) == receipts
    assert links_of_index(tmp_path) == ["loire/", "earlier/"]
    assert not [each for each in tmp_path.glob(".*") if each.name != site.LOCK]


def test_what_a_killed_run_left_half_written_is_removed(tmp_path: Path) -> None:
    (tmp_path / ".loire.new").mkdir()
    (tmp_path / ".loire.new" / "half.png").write_bytes(b"ha")
    publish(tmp_path, thread("one"))
    assert sorted(each.name for each in (tmp_path / "loire").iterdir()) == ["index.html", "thread.json"]
    assert not (tmp_path / ".loire.new").exists()


def test_threads_that_come_at_the_same_time_are_all_listed(tmp_path: Path) -> None:
    names = [f"t{number}" for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: publish(tmp_path, thread("one", slug=name)), names))
    assert sorted(links_of_index(tmp_path)) == [f"{name}/" for name in names]
    assert len(entries(tmp_path)) == 8


def test_a_thread_is_published_whole(tmp_path: Path) -> None:
    whole = thread("one", "two")
    with pytest.raises(AssertionError, match="larger than any thread"):
        driver(tmp_path).send(Batch(whole, whole.posts[:1]), {"at": NOON.isoformat()})


# --- refusals in words


@pytest.mark.parametrize(
    "slug",
    [
        "",
        ".",
        "..",
        "a/b",
        "/etc",
        "..\\x",
        ".hidden",
        "a\nb",
        "a\0b",
        "a\x85b",
        "\ud800",
        "index.html",
        "Feed.XML",
        "é" * 101,
    ],
)
def test_a_name_that_is_no_folder_name_is_refused(tmp_path: Path, slug: str) -> None:
    folder = tmp_path / "public"
    with pytest.raises(Rejected, match="cannot be a folder of the site – rename the draft"):
        publish(folder, thread("one", slug=slug))
    assert without_lock(tmp_path) == {}


@pytest.mark.parametrize("slug", ["loire-2026", "été à Kyiv", "غزة", "नदी", "v1.2", "100% sure?", "می‌خواهم"])
def test_file_names_of_any_script_make_pages(tmp_path: Path, slug: str) -> None:
    publish(tmp_path, thread("one", slug=slug))
    assert page(tmp_path, slug).texts() == ["one"]


def test_a_folder_that_is_a_file_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "public").write_text("")
    with pytest.raises(Rejected, match=r"^blog: .*public is a file – set a folder for this account in the config$"):
        publish(tmp_path / "public", thread("one"))
    with pytest.raises(Rejected, match=r"^blog: not published: .+ \(.*public.*\) – mend that, then retry$"):
        publish(tmp_path / "public" / "below", thread("one"))


def test_a_full_disk_leaves_nothing_in_sight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(tmp_path, thread("one", slug="earlier"))
    before = without_lock(tmp_path)
    write = site.write

    def full(path: Path, content: bytes) -> None:
        if path.name == ".feed.xml.new":
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, content)

    monkeypatch.setattr(site, "write", full)
    with pytest.raises(Rejected, match="blog: not published: No space left on device"):
        publish(tmp_path, thread("one"))
    in_sight = {name: content for name, content in without_lock(tmp_path).items() if not name.startswith(".")}
    assert in_sight == before


def test_a_page_in_sight_that_could_not_be_listed_is_not_called_unpublished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dies_at(monkeypatch, 2, OSError(errno.EIO, "Input/output error"))
    with pytest.raises(OutcomeUnknown, match="blog: published, but not listed: Input/output error"):
        publish(tmp_path, thread("one"))


def test_a_look_that_fails_is_not_taken_for_absence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(tmp_path, thread("one"))

    def refused(self: Path) -> bytes:
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", refused)
    with pytest.raises(Transient, match=r"blog: cannot look: Permission denied \(.*thread.json\)"):
        driver(tmp_path).find(batch(thread("one")), {"at": NOON.isoformat()})


def test_a_folder_in_use_is_for_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "PATIENCE", 0.0)
    with FileLock(tmp_path / site.LOCK), pytest.raises(Transient, match="another threadbot is writing into"):
        publish(tmp_path, thread("one"))
    assert not (tmp_path / "loire").exists()


def test_open_makes_the_folder_and_mint_touches_nothing(tmp_path: Path) -> None:
    there = driver(tmp_path / "a" / "b")
    key: Key = there.mint(batch(thread("one")), NOON)
    assert not (tmp_path / "a").exists()
    there.open()
    assert (tmp_path / "a" / "b").is_dir()
    assert json.loads(json.dumps(key)) == key == {"at": "2026-11-22T12:00:00+00:00"}


def test_a_site_is_known_by_its_address_or_else_by_its_folder() -> None:
    assert NETWORK.destination(Account("blog", "site", {"folder": "/srv/www", "url": URL})) == URL
    assert NETWORK.destination(Account("blog", "site", {"folder": "/srv/www", "url": ""})) == "/srv/www"
