"""Pictures are fitted once: for all who take the same, under all their names, and not again by the next command."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from bot.core.errors import DraftError
from bot.core.rules import Rules
from bot.engine import fitting
from bot.engine.composer import Composed, compose_file
from bot.media.fit import Fitted, fit_opened, fitting_key, opened
from bot.media.opening import Opened
from bot.networks.base import Network, installed
from bot.store.config import load
from tests.helpers_cli import MASTO, SITE, X, desk_in, drafted, drawn, settled, threadbot

NETWORKS: Mapping[str, Network] = installed()
TWO = '[accounts.other]\nnetwork = "site"\nfolder = "other"\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return desk_in(tmp_path, monkeypatch)


@pytest.fixture
def fits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many bytes each picture had that was really fitted."""
    done: list[int] = []

    def counted(source: Opened, alt: str, rules: Rules) -> Fitted:
        done.append(source.weight)
        return fit_opened(source, alt, rules)

    monkeypatch.setattr(fitting, "fit_opened", counted)
    return done


def composed(folder: Path, text: str, *only: str) -> Composed:
    drafted(folder, text)
    config = load(folder / "config.toml", {name: network.settings for name, network in NETWORKS.items()})
    return compose_file(folder / "draft.md", config, NETWORKS, only)


def kept(folder: Path) -> list[Path]:
    return sorted((folder / "cache/threadbot/fitted").iterdir())


# --- once ------------------------------------------------------------------------------------------------------------


def test_what_preview_fitted_publish_does_not_fit_again(folder: Path, fits: list[int]) -> None:
    digest = threadbot("preview", "draft.md", "--json").json["digest"]
    assert len(fits) == 1
    said = threadbot("publish", "draft.md", "--expect", digest, "--yes", "--json")
    assert (said.code, said.json["digest"]) == (0, digest), said
    assert len(fits) == 1


def test_what_comes_from_the_cache_is_what_was_fitted(folder: Path, fits: list[int]) -> None:
    exif = Image.Exif()
    exif[0x010E] = "a description"
    Image.effect_noise((700, 500), 90).save(folder / "day1.png", exif=exif)
    one, two = (composed(folder, "Water.\n![Flood map](day1.png)\n") for _ in range(2))
    assert len(fits) == 1
    assert (one.fitted, one.pictures, one.plan.digest) == (two.fitted, two.pictures, two.plan.digest)
    [picture] = one.fitted.values()
    assert "EXIF" in picture.removed


def test_another_alt_text_needs_no_other_picture(folder: Path, fits: list[int]) -> None:
    found = [composed(folder, f"Water.\n![{alt}](day1.png)\n") for alt in ("Flood map", "The Loire at Saumur")]
    assert [each.plan.threads[0].posts[0].pictures[0].alt for each in found] == ["Flood map", "The Loire at Saumur"]
    assert len(fits) == 1


def test_a_picture_under_two_names_and_on_two_accounts_is_fitted_once(folder: Path, fits: list[int]) -> None:
    settled(folder, SITE + TWO)
    (folder / "copy.png").write_bytes((folder / "day1.png").read_bytes())
    (folder / "link.png").symlink_to("day1.png")
    text = "One.\n![First](day1.png)\n---\nTwo.\n![Second](copy.png)\n---\nThree.\n![Third](link.png)\n"
    assert len(composed(folder, text).pictures) == 1
    assert len(fits) == 1


def test_a_picture_is_fitted_for_each_set_of_limits(folder: Path, fits: list[int]) -> None:
    settled(folder, SITE + TWO + X + MASTO)
    composed(folder, "Water.\n![Flood map](day1.png)\n")
    assert len(fits) == len(
        {(each.picture_bytes, each.picture_pixels) for each in (NETWORKS[n].rules for n in ("site", "x", "mastodon"))}
    )


def test_a_picture_is_opened_once_for_all_networks_and_under_all_names(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    times: list[int] = []
    monkeypatch.setattr(fitting, "opened", lambda data: times.append(len(data)) or opened(data))
    settled(folder, SITE + TWO + X + MASTO)
    (folder / "copy.png").write_bytes((folder / "day1.png").read_bytes())
    composed(folder, "One.\n![First](day1.png)\n---\nTwo.\n![Second](copy.png)\n")
    assert times == [(folder / "day1.png").stat().st_size]


def test_a_changed_picture_is_fitted_anew(folder: Path, fits: list[int]) -> None:
    one = composed(folder, "Water.\n![Flood map](day1.png)\n")
    drawn(folder / "day1.png", "#ff0000")
    assert composed(folder, "Water.\n![Flood map](day1.png)\n").plan.digest != one.plan.digest
    assert len(fits) == 2


def test_a_picture_that_changes_while_it_is_read_is_not_kept_under_the_name_of_the_old_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, read, times = "Water.\n![Flood map](day1.png)\n", fitting.read, []

    def swapped(file: Path) -> bytes:
        times.append(file)
        if len(times) == 2:
            drawn(folder / "day1.png", "#ff0000")
        return read(file)

    monkeypatch.setattr(fitting, "read", swapped)
    red = composed(folder, text).plan.digest
    drawn(folder / "day1.png")
    assert composed(folder, text).plan.digest != red


@pytest.mark.parametrize("damage", ["cut", "bit", "record", "empty"])
def test_what_is_damaged_in_the_cache_is_fitted_anew(folder: Path, fits: list[int], damage: str) -> None:
    text = "Water.\n![Flood map](day1.png)\n"
    before = composed(folder, text)
    [file] = kept(folder)
    raw = file.read_bytes()
    if damage == "record":  # whole, but of another version
        digest = hashlib.sha256((folder / "day1.png").read_bytes()).hexdigest()
        fitting.Fittings().put(fitting_key(digest, NETWORKS["site"].rules), {"picture": {}}, b"data")
    else:
        file.write_bytes({"cut": raw[:-1], "bit": raw[:-1] + bytes([raw[-1] ^ 1]), "empty": b""}[damage])
    assert composed(folder, text).fitted == before.fitted
    assert len(fits) == 2
    assert kept(folder)[0].read_bytes().split(b"\n", 2)[2] == raw.split(b"\n", 2)[2], "all but seal and age"


def test_without_a_cache_everything_is_fitted_as_ever(folder: Path, fits: list[int]) -> None:
    (folder / "cache").write_text("in the way")
    digests = {composed(folder, "Water.\n![Flood map](day1.png)\n").plan.digest for _ in range(2)}
    assert (len(digests), len(fits)) == (1, 2)


def test_what_cannot_be_used_is_not_kept(folder: Path) -> None:
    (folder / "day1.png").write_bytes(b"\x89PNG\r\n\x1a\nand no more")
    for _ in range(2):
        with pytest.raises(DraftError, match=r"draft.md:2:1: day1.png: "):
            composed(folder, "Water.\n![Flood map](day1.png)\n")
    assert not (folder / "cache/threadbot/fitted").exists()


# --- only from the draft's folder ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["../secret/map.png", "{}/map.png", "away/map.png", "first.png", "in/../../secret/map.png", "in/up/secret/map.png"]
)
def test_no_path_and_no_link_leads_out_of_the_drafts_folder(
    folder: Path, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    desk, secret = folder / "desk", folder / "secret"
    drawn(secret / "map.png")
    (desk / "in").mkdir(parents=True)
    settled(desk)
    (desk / "away").symlink_to(secret)
    (desk / "second.png").symlink_to(secret / "map.png")
    (desk / "first.png").symlink_to("second.png")  # a link to a link
    (desk / "in/up").symlink_to("../..")
    source = name.format(secret)
    with pytest.raises(DraftError) as raised:
        composed(desk, f"Water.\n![The flood]({source})\n")
    [fault] = raised.value.faults
    said = f"{source}: leaves the folder of the file that names it – copy it there"
    assert (fault.line, fault.column, fault.message) == (2, 1, said)


def test_paths_and_links_within_the_folder_lead_where_they_say(folder: Path) -> None:
    (folder / "in").mkdir()
    (folder / "in/first.png").symlink_to("../second.png")
    (folder / "second.png").symlink_to(folder / "day1.png")
    for name in ("in/../day1.png", "./day1.png", "in/first.png", str(folder / "day1.png")):
        assert len(composed(folder, f"Water.\n![The flood]({name})\n").pictures) == 1


def test_a_draft_behind_a_link_has_the_folder_that_it_is_called_in(folder: Path) -> None:
    (folder / "desk").mkdir()
    drafted(folder, "Water.\n![The flood](day1.png)\n", "real.md")
    (folder / "desk/draft.md").symlink_to("../real.md")
    assert "day1.png: no such file" in threadbot("check", "desk/draft.md").err


# --- what is said ----------------------------------------------------------------------------------------------------


def located(file: Path) -> None:
    """A photo that tells where it was taken."""
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (47.0, 15.0, 0.0)
    Image.effect_noise((60, 40), 90).convert("RGB").save(file, "JPEG", exif=exif)


def test_check_says_what_it_found_in_a_picture_and_removed(folder: Path) -> None:
    located(folder / "IMG_2041.jpg")
    settled(folder, SITE + TWO)
    drafted(folder, "Water.\n![The flood](IMG_2041.jpg)\n![Flood map](day1.png)\n")
    said = threadbot("check", "draft.md")
    assert said.code == 0, said
    [line, fine] = said.out.splitlines()
    assert line.startswith("GPS position")
    assert line.endswith(" in IMG_2041.jpg: removed")
    assert fine.startswith("draft.md: fine")


def test_check_says_for_machines_what_was_done_for_whom(folder: Path) -> None:
    located(folder / "IMG_2041.jpg")
    fall = Image.linear_gradient("L")
    many = Image.merge("RGB", (fall, fall.rotate(90), fall)).resize((1024, 1024), Image.Resampling.NEAREST)
    many.save(folder / "tints.png")  # flat, of thousands of colours
    settled(folder, SITE + TWO + X)
    drafted(folder, "Water.\n![The flood](IMG_2041.jpg)\n![A chart of colours](tints.png)\n")
    [photo, tints] = threadbot("check", "draft.md", "--json").json["pictures"]
    assert (photo["file"], tints["file"]) == ("IMG_2041.jpg", "tints.png")
    assert "GPS position" in photo["removed"]
    assert tints["removed"] == []
    assert photo["fitted"] == [{"accounts": ["blog", "other", "x"], "notes": []}]
    assert [each["accounts"] for each in tints["fitted"]] == [["blog", "other"], ["x"]]
    assert "→ PNG 256 colours" in tints["fitted"][1]["notes"][-1]


def test_check_of_a_faulty_draft_lists_no_pictures(folder: Path) -> None:
    drafted(folder, "Water.\n![The flood](none.png)\n")
    assert threadbot("check", "draft.md", "--json").json["pictures"] == []


@pytest.mark.parametrize(("height", "warned"), [(4.5, True), (60.0, False), (None, False)])
def test_lettering_that_nobody_can_read_is_a_warning_with_its_place(
    folder: Path, monkeypatch: pytest.MonkeyPatch, height: float | None, warned: bool
) -> None:
    monkeypatch.setattr(fitting, "fit_opened", lambda *args: replace(fit_opened(*args), lettering=height))
    settled(folder, SITE + X)
    Image.new("RGB", (1032, 40), "#3b6ea5").save(folder / "day1.png")
    drafted(folder, "Water.\n![The flood](day1.png)\n")
    for command in ("check", "preview"):
        said = threadbot(command, "draft.md")
        text = " ".join((said.out + said.err).split())
        small = "warning: draft.md:2:1: day1.png: the smallest lettering would be 2.2 px high where x shows it 516 px wide – "
        assert (said.code, small in text, "smallest lettering" in text) == (0, warned, warned), said
