"""init, check and preview: from nothing to what will go out, without any network."""

from __future__ import annotations

import re
import socket
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.helpers_cli import MASTO, SITE, SKY, Said, X, desk_in, drafted, fails, nowhere, settled, threadbot


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return desk_in(tmp_path, monkeypatch)


# --- init ------------------------------------------------------------------------------------------------------------


def test_init_writes_a_config_and_a_draft_that_preview_and_publish_take(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "new").mkdir()
    monkeypatch.chdir(folder / "new")
    said = threadbot("init")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        "config.toml written",
        f"{Path('drafts/first.md')} written",
        "next: threadbot preview drafts/first.md",
    ]
    assert threadbot("check", "drafts/first.md").code == 0
    assert threadbot("preview", "drafts/first.md").code == 0
    assert threadbot("publish", "drafts/first.md", "--yes").code == 0
    assert (folder / "new/public/first/index.html").exists()


def test_the_first_draft_is_fine_on_every_network_and_tags_no_stranger() -> None:
    threadbot("init")
    settled(Path(), SITE + SKY.format(server=nowhere()) + MASTO.replace("https://social.example", nowhere()) + X)
    said = threadbot("check", "drafts/first.md")
    assert (said.code, "→" in said.out) == (0, False), said


def test_init_keeps_what_is_there(folder: Path) -> None:
    before = (folder / "config.toml").read_bytes()
    (folder / "drafts").mkdir()
    drafted(folder / "drafts", "Mine.", "first.md")
    said = threadbot("init")
    assert said.code == 0
    assert "config.toml is there already and was kept" in said.out
    assert (folder / "config.toml").read_bytes() == before
    assert (folder / "drafts/first.md").read_text() == "Mine."


def test_init_that_cannot_write_says_so(folder: Path) -> None:
    (folder / "drafts").write_text("in the way")
    said = threadbot("init")
    assert said.code == 2
    assert said.err == "drafts: File exists\n"


# --- check -----------------------------------------------------------------------------------------------------------


def test_check_says_that_a_draft_is_fine_and_how_many_posts_it_makes() -> None:
    assert threadbot("check", "draft.md") == Said(0, "draft.md: fine – 2 posts on blog\n", "")


LENIENT = SITE + '[defaults]\nalt_text = "warning"\n'


def test_check_warns_on_stderr(folder: Path) -> None:
    settled(folder, LENIENT)
    drafted(folder, "Hi.\n![](day1.png)\n")
    said = threadbot("check", "draft.md")
    assert (said.code, said.out) == (0, "draft.md: fine – 1 post on blog\n")
    assert said.err.startswith("warning: draft.md:2:1: day1.png has no alt text – describe it")


def test_a_picture_without_alt_text_does_not_go_out(folder: Path) -> None:
    drafted(folder, "Hi.\n![image](day1.png)\n")
    for command in (["check", "draft.md"], ["preview", "draft.md"], ["publish", "draft.md", "--yes"]):
        fails(
            threadbot(*command), 1, "draft.md:2:1: day1.png has “image” for its alt text, which does not say what it shows – "
        )


def test_check_prints_faults_and_warnings_for_machines(folder: Path) -> None:
    settled(folder, LENIENT)
    drafted(folder, "Hi.\n![](day1.png)\n")
    said = threadbot("check", "draft.md", "--json")
    assert (said.code, said.err) == (0, "")
    assert said.json["faults"] == []
    assert len(said.json["warnings"]) == 1
    drafted(folder, "Hi.\n![Flood map](none.png)\n")
    said = threadbot("check", "draft.md", "--json")
    assert (said.code, said.err) == (1, "")
    [fault] = said.json["faults"]
    assert (fault["path"], fault["line"], fault["column"]) == ("draft.md", 2, 1)
    assert fault["message"].startswith("none.png: no such file")


PEOPLE = '[people.afp]\nname = "Agence France-Presse"\nx = "AFP"\n'


def test_check_lists_every_mention_and_what_becomes_of_it(folder: Path) -> None:
    settled(folder, SITE + X + PEOPLE)
    drafted(folder, "Water.\nSays @afp, {x: @noaa | others: NOAA}, @afp.\n")
    said = threadbot("check", "draft.md")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        "draft.md:2:6: @afp → Agence France-Presse on blog, @AFP on x",
        "draft.md:2:16: @noaa → @noaa on x",
        "draft.md:2:39: @afp → Agence France-Presse on blog, @AFP on x",
        "draft.md: fine – 1 post on blog, 1 post on x",
    ]
    assert threadbot("check", "draft.md", "--json").json["mentions"][:2] == [
        {"line": 2, "column": 6, "written": "@afp", "becomes": {"blog": "Agence France-Presse", "x": "@AFP"}},
        {"line": 2, "column": 16, "written": "@noaa", "becomes": {"x": "@noaa"}},
    ]


def test_check_says_what_tags_nobody(folder: Path) -> None:
    settled(folder, SITE + X)
    drafted(folder, "Says @noaa@mastodon.social.\n")
    assert threadbot("check", "draft.md").out.splitlines()[0] == (
        "draft.md:1:6: @noaa@mastodon.social → plain text on blog, plain text on x"
    )
    assert threadbot("check", "draft.md", "--json").json["mentions"][0]["becomes"] == {"blog": None, "x": None}


def test_check_refuses_a_stranger_on_several_networks(folder: Path) -> None:
    settled(folder, X + MASTO)
    drafted(folder, "Says @noaa.\n")
    with unplugged():
        said = threadbot("check", "draft.md")
    assert said.code == 1
    assert said.err.splitlines() == [
        f"draft.md:1:6: who is @noaa? {network} would tag @noaa – add [people.noaa] to the config, "
        f"or write {{{network}: @noaa}} if that is them"
        for network in ("mastodon", "x")
    ]


# --- preview ---------------------------------------------------------------------------------------------------------


def test_preview_shows_each_post_in_a_frame_with_its_pictures_and_the_digest() -> None:
    said = threadbot("preview", "draft.md")
    digest = threadbot("preview", "draft.md", "--json").json["digest"]
    assert (said.code, said.err) == (0, "")
    for word in ("1/2 · ", "/500 graphemes", "▣ day1.png  60×40, ", "alt text: Flood map", "2/2 It falls.", f"digest {digest}"):
        assert word in said.out


def test_preview_prints_the_plan_for_machines(folder: Path) -> None:
    said = threadbot("preview", "draft.md", "--json")
    assert (said.code, said.err) == (0, "")
    plan = said.json
    assert set(plan) == {"digest", "slug", "threads", "warnings"}
    assert re.fullmatch("[0-9a-f]{64}", plan["digest"])
    assert plan["slug"] == "draft"
    [thread] = plan["threads"]
    assert set(thread) >= {"account", "network", "posts"}
    assert (thread["account"], thread["network"]) == ("blog", "site")
    for post in thread["posts"]:
        assert set(post) == {"index", "total", "text", "used", "limit", "unit", "annotations", "pictures", "card"}
        assert post["card"] is None
    [first, last] = thread["posts"]
    assert (first["index"], first["total"], last["index"], last["total"]) == (1, 2, 2, 2)
    [link] = first["annotations"]
    assert first["text"].encode()[link["start"] : link["end"]] == b"https://example.org"
    [picture] = first["pictures"]
    assert set(picture) == {"sha256", "mime", "width", "height", "size", "alt", "focus"}
    assert (picture["width"], picture["height"], picture["alt"], last["pictures"]) == (60, 40, "Flood map", [])


@contextmanager
def unplugged() -> Iterator[None]:
    """A machine without a network: names are not found, and nobody is reached."""

    def nobody(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "no network here")

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, nobody)
        patch.setattr(socket, "getaddrinfo", nobody)
        yield


WIDE = {
    "CJK": "我能吞下玻璃而不伤身体。" * 30,
    "emoji": "🌊🗺️👩‍👩‍👧‍👦🇫🇷👍🏽" * 25,
    "mixed": "a水" * 150 + "\u0301" * 20 + "ｆｕｌｌ" * 20,
    "a long link": "https://example.org/" + "a" * 400,
    "a long word": "n" * 400,
    "tabs": "a\tb\t" * 60,
    "invisible": "a\u200b\u00ad\u2060b" * 60,
}


def cells(line: str) -> int:
    """How many columns a line takes, by Unicode's own table; joined emoji are one, of two columns."""
    line = re.sub("\u200d.|[\U0001f3fb-\U0001f3ff]|(?<=[\U0001f1e6-\U0001f1ff])[\U0001f1e6-\U0001f1ff]", "", line)
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in line)
    return wide + sum(unicodedata.category(character) not in ("Mn", "Me", "Cf", "Cc") for character in line)


@pytest.mark.parametrize("kind", WIDE)
@pytest.mark.parametrize("columns", ["200", "80", "40", "3"])
def test_preview_is_never_wider_than_the_terminal_or_80_columns(
    kind: str, columns: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    drafted(folder, f"{WIDE[kind]}\n![{WIDE[kind][:90]}](day1.png)\n![](day1.png)\n")
    settled(folder, LENIENT)
    said = threadbot("preview", "draft.md", "--account", "blog")
    assert said.code == 0, said
    widest = max(said.out.splitlines(), key=cells)
    assert cells(widest) <= 80, widest
    if columns == "40":
        assert cells(widest) <= 40, widest


def test_preview_shows_every_account(folder: Path) -> None:
    settled(folder, SITE + MASTO + X + SKY.format(server="https://bsky.social"))
    with unplugged():
        said = threadbot("preview", "draft.md", "--json")
        assert threadbot("check", "draft.md").code == 0
        assert "about $0.2" in threadbot("preview", "draft.md").out
        assert threadbot("preview", "draft.md").code == 0
    units = [(thread["account"], thread["posts"][0]["limit"], thread["posts"][0]["unit"]) for thread in said.json["threads"]]
    assert units == [
        ("blog", 500, "graphemes"),
        ("masto", 500, "characters"),
        ("x", 280, "weighted characters"),
        ("sky", 300, "graphemes"),
    ]
    assert [warning for warning in said.json["warnings"] if "500 characters are assumed" in warning]


def test_a_mention_that_cannot_be_looked_up_is_a_warning_in_a_preview(folder: Path) -> None:
    settled(folder, SKY.format(server=nowhere()))
    drafted(folder, "Hello @alice.bsky.social")
    for command in ("preview", "check"):
        said = threadbot(command, "draft.md")
        assert said.code == 0
        assert "mentions were not looked up" in " ".join((said.out + said.err).split())
