"""From a file on disk to a plan: whatever is wrong with the draft and its pictures is told at once, each with its place."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from bot.core.errors import ConfigError, DraftError
from bot.engine.composer import LARGEST_DRAFT, Composed, compose_file
from bot.networks.base import Network, installed
from bot.store.config import load
from tests.helpers_cli import MASTO, SITE, SKY, drafted, drawn, nowhere, settled

NETWORKS: Mapping[str, Network] = installed()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A config with a site, and a map; nothing was ever asked."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    settled(tmp_path)
    drawn(tmp_path / "maps/day1.png")
    return tmp_path


def composed(folder: Path, text: str, *only: str) -> Composed:
    drafted(folder, text)
    config = load(folder / "config.toml", {name: network.settings for name, network in NETWORKS.items()})
    return compose_file(folder / "draft.md", config, NETWORKS, only)


def faults(folder: Path, text: str) -> list[tuple[int, int, str]]:
    """What is wrong with a draft: line, column and message."""
    with pytest.raises(DraftError) as raised:
        composed(folder, text)
    assert {fault.path for fault in raised.value.faults} == {str(folder / "draft.md")}
    return [(fault.line, fault.column, fault.message) for fault in raised.value.faults]


# --- what is well ----------------------------------------------------------------------------------------------------


def test_a_draft_becomes_a_plan_and_the_bytes_of_its_pictures(folder: Path) -> None:
    found = composed(folder, "Water.\n![A map](maps/day1.png)\n")
    [thread] = found.plan.threads
    [picture] = thread.posts[0].pictures
    assert (thread.account, thread.network, thread.destination) == ("blog", "site", str(folder.resolve() / "public"))
    assert (thread.posts[0].text, picture.alt, picture.width, picture.height) == ("Water.", "A map", 60, 40)
    assert len(found.pictures[picture.sha256]) == picture.size
    assert found.files["blog", picture.sha256] == "maps/day1.png"
    assert found.plan.warnings == ()
    assert (found.publish_at, found.assumed) == (None, ())
    assert (found.draft.slug, [target.account for target in found.targets]) == (thread.slug, ["blog"])


def test_the_same_picture_twice_is_stored_once(folder: Path) -> None:
    (folder / "copy.png").write_bytes((folder / "maps/day1.png").read_bytes())
    text = "One.\n![First](maps/day1.png)\n\n---\n\nTwo.\n![Second](maps/day1.png)\n![Third](copy.png)\n"
    found = composed(folder, text)
    [thread] = found.plan.threads
    assert [[picture.alt for picture in post.pictures] for post in thread.posts] == [["First"], ["Second", "Third"]]
    assert len(found.pictures) == 1
    assert found.plan.pictures() == found.pictures.keys()


def test_each_network_gets_the_picture_that_it_can_take(folder: Path) -> None:
    settled(folder, SITE + SKY.format(server="https://bsky.social"))
    Image.effect_noise((1400, 1400), 90).save(folder / "large.png")
    found = composed(folder, "Noise.\n![Noise](large.png)\n")
    sizes = {thread.network: thread.posts[0].pictures[0].size for thread in found.plan.threads}
    assert sizes["bluesky"] <= NETWORKS["bluesky"].rules.picture_bytes
    assert sizes["site"] <= NETWORKS["site"].rules.picture_bytes
    assert all(len(found.pictures[name]) for name in found.plan.pictures())


def test_a_picture_may_be_a_link_that_stays_in_the_folder(folder: Path) -> None:
    (folder / "link.png").symlink_to("maps/day1.png")
    assert len(composed(folder, "Water.\n![A map](link.png)\n").pictures) == 1


def test_a_picture_for_a_network_that_gets_nothing_is_not_even_looked_for(folder: Path) -> None:
    assert composed(folder, "Water.\n::: only x\n![A map](none.png)\n:::\n").pictures == {}


def test_the_accounts_are_those_of_the_command_else_of_the_draft_else_of_the_config(folder: Path) -> None:
    settled(folder, MASTO + SITE + '[accounts.other]\nnetwork = "site"\nfolder = "b"\n[defaults]\naccounts = ["other"]\n')
    for text, only, expected in (
        ("Hi.", (), ["other"]),
        ("---\naccounts: [masto, blog]\n---\nHi.", (), ["masto", "blog"]),
        ("---\naccounts: [masto]\n---\nHi.", ("blog", "other", "blog"), ["blog", "other"]),
    ):
        assert [thread.account for thread in composed(folder, text, *only).plan.threads] == expected


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("publish_at: 2026-12-01 18:00", datetime(2026, 12, 1, 17, 0, tzinfo=UTC)),
        ("publish_at: 2026-12-01 18:00\ntimezone: Asia/Tokyo", datetime(2026, 12, 1, 9, 0, tzinfo=UTC)),
        ("publish_at: 2026-12-01T18:00-05:00", datetime(2026, 12, 1, 23, 0, tzinfo=UTC)),
        ("timezone: Asia/Tokyo", None),
    ],
)
def test_a_draft_says_when_in_its_own_zone_or_the_configs(folder: Path, front: str, expected: datetime | None) -> None:
    assert composed(folder, f"---\n{front}\n---\nHi.").publish_at == expected


def test_equal_input_gives_equal_plans_in_two_processes(folder: Path) -> None:
    settled(folder, SITE + MASTO + SKY.format(server="https://bsky.social"))
    drafted(folder, "---\nlang: fr\n---\nL’eau monte. #Crue https://example.org\n![Carte](maps/day1.png)\n\n---\n\nFin.\n")
    command = [sys.executable, "-m", "bot", "preview", "draft.md", "--json"]
    one, two = (
        subprocess.run(command, cwd=folder, env={"PYTHONHASHSEED": seed}, capture_output=True, check=True, timeout=60).stdout
        for seed in ("1", "2")
    )
    assert one == two


def test_the_digest_tells_a_changed_picture(folder: Path) -> None:
    text = "Water.\n![A map](maps/day1.png)\n"
    before = composed(folder, text).plan.digest
    assert composed(folder, text).plan.digest == before
    drawn(folder / "maps/day1.png", "#ff0000")
    assert composed(folder, text).plan.digest != before


# --- what is not -----------------------------------------------------------------------------------------------------


def test_a_picture_that_cannot_be_used_is_a_fault_with_its_place(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.png"
    drawn(outside)
    (folder / "sneaky.png").symlink_to(outside)
    (folder / "loop.png").symlink_to("loop.png")
    (folder / "words.png").write_text("not a picture")
    (folder / "empty.png").write_bytes(b"")
    reasons = {
        "none.png": "no such file",
        f"../{folder.name}/../x.png": "leaves the draft's folder",
        str(outside): "leaves the draft's folder",
        "sneaky.png": "leaves the draft's folder",
        "loop.png": "circle",
        "maps": "not a file",
        ".": "not a file",
        "words.png": "not a picture",
        "empty.png": "an empty file",
        "draft.md": "not a picture",
        f"{'a' * 300}.png": "cannot be read",
    }
    text = "".join(f"Text {number}.\n![A map]({source})\n\n" for number, source in enumerate(reasons))
    found = faults(folder, text)
    assert [(line, column) for line, column, _ in found] == [(2 + 3 * number, 1) for number in range(len(reasons))]
    for (_, _, message), (source, reason) in zip(found, reasons.items(), strict=True):
        assert message.startswith(f"{source}: ")
        assert reason in message or source == "loop.png"  # Python from 3.13 on finds no file there


def test_one_missing_picture_is_one_fault_on_however_many_networks(folder: Path) -> None:
    settled(folder, SITE + MASTO + SKY.format(server="https://bsky.social"))
    assert len(faults(folder, "Water.\n![A map](none.png)\n")) == 1


def test_everything_that_is_wrong_is_told_at_once_in_reading_order(folder: Path) -> None:
    text = (
        "---\naccounts: [blog, ski]\npublish_at: tomorrow\ntimezone: Europe/Pari\n---\n"
        f"Water.\n![A map](none.png)\n\n![A map](../{folder.name}.png)\n\n---\n\nhttps://example.org/{'a' * 600}\n"
    )
    found = faults(folder, text)
    assert [(line, column, message.partition(" ")[0]) for line, column, message in found] == [
        (2, 11, "there"),
        (3, 13, "publish_at:"),
        (4, 11, "timezone:"),
        (7, 1, "none.png:"),
        (9, 1, f"../{folder.name}.png:"),
        (13, 1, f"“https://example.org/{'a' * 19}…”"),
    ]
    assert "no account “ski” – known: blog" in found[0][2]


def test_a_draft_whose_accounts_are_all_unknown_is_checked_for_the_default_ones(folder: Path) -> None:
    found = faults(folder, "---\naccounts: [ski, blok]\n---\nWater.\n![A map](none.png)\n")
    assert [message.partition("” ")[0] for _, _, message in found] == [
        "there is no account “blok",
        "there is no account “ski",
        "none.png: no such file – check the name, and the folder that it is relative to",
    ]


def test_accounts_that_the_command_names_and_the_config_does_not_are_all_told(folder: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        composed(folder, "Hi.", "ski", "blog", "blok")
    assert [fault.message for fault in raised.value.faults] == [
        "there is no account “ski” – known: blog",
        "there is no account “blok” – did you mean “blog”?",
    ]


@pytest.mark.parametrize("accounts", ["", '[defaults]\naccounts = []\n[accounts.blog]\nnetwork = "site"\nfolder = "a"\n'])
def test_without_any_account_there_is_nothing_to_compose(folder: Path, accounts: str) -> None:
    settled(folder, accounts)
    with pytest.raises(ConfigError, match="account"):
        composed(folder, "Hi.")


def test_a_time_needs_a_zone(folder: Path) -> None:
    (folder / "config.toml").write_text(SITE)
    [(line, column, message)] = faults(folder, "---\npublish_at: 2026-12-01 18:00\n---\nHi.")
    assert (line, column) == (2, 13)
    assert 'in which time zone? – set timezone = "Europe/Paris" in the config, or timezone in the draft' in message


@pytest.mark.parametrize("wall", ["2026-13-01 18:00", "2026-12-01", "18:00", "2026-12-01 25:00", "0001-01-01 00:00", "now"])
def test_what_is_no_time_is_said(folder: Path, wall: str) -> None:
    [(line, column, message)] = faults(folder, f"---\npublish_at: {wall}\n---\nHi.")
    assert (line, column) == (2, 13)
    assert f"publish_at: “{wall}” is not a time – write 2026-12-01 18:00" in message


def test_a_draft_that_cannot_be_read_is_said(folder: Path) -> None:
    config = load(folder / "config.toml", {name: network.settings for name, network in NETWORKS.items()})
    (folder / "large.md").write_bytes(b"a" * (LARGEST_DRAFT + 1))
    (folder / "latin.md").write_bytes(b"\xe9t\xe9")
    for name, said in (
        ("none.md", "No such file or directory"),
        ("maps", "Is a directory"),
        ("draft.md/x", "o such file or directory"),
        ("large.md", "larger than 2 MB"),
        ("latin.md", "not UTF-8"),
    ):
        with pytest.raises(DraftError, match=f"{name}:1:1: .*{said}"):
            compose_file(folder / name, config, NETWORKS)


# --- what could not be asked -----------------------------------------------------------------------------------------


def test_what_could_not_be_asked_is_assumed_and_said(folder: Path) -> None:
    settled(folder, MASTO + SKY.format(server=nowhere()))
    found = composed(folder, "Hello {bluesky: @alice.bsky.social}, how are you?")
    assert len(found.assumed) == 2
    assert "500 characters are assumed" in found.assumed[0]
    assert "mentions were not looked up" in found.assumed[1]
    assert set(found.assumed) <= set(found.plan.warnings)
    assert [post.annotations for post in found.plan.thread("sky").posts] == [()]


def test_a_network_is_asked_nothing_that_no_draft_needs(folder: Path) -> None:
    settled(folder, SKY.format(server=nowhere()))
    assert composed(folder, "Hello, how are you? #fine https://example.org").assumed == ()


def test_a_picture_without_alt_text_is_a_warning_with_its_place(folder: Path) -> None:
    [warning] = composed(folder, "Water.\n![](maps/day1.png)\n").plan.warnings
    assert warning.startswith(f"{folder}/draft.md:2:1: the picture has no alt text")
