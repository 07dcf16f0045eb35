"""From a file on disk to a plan: whatever is wrong with the draft and its pictures is told at once, each with its place."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image

from bot.core.errors import ConfigError, DraftError
from bot.core.model import Account, Card, Facts, Picture, Setting
from bot.core.rules import Rules
from bot.engine import cards
from bot.engine.composer import LARGEST_DRAFT, Composed, compose_file
from bot.engine.prices import dollars
from bot.networks.base import Memory, Network, installed
from bot.store.config import load
from tests.helpers_cli import MASTO, SITE, SKY, X, drafted, drawn, nowhere, settled

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
    found = composed(folder, "Water.\n![Flood map](maps/day1.png)\n")
    [thread] = found.plan.threads
    [picture] = thread.posts[0].pictures
    assert (thread.account, thread.network, thread.destination) == ("blog", "site", str(folder.resolve() / "public"))
    assert (thread.posts[0].text, picture.alt, picture.width, picture.height) == ("Water.", "Flood map", 60, 40)
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
    assert len(composed(folder, "Water.\n![Flood map](link.png)\n").pictures) == 1


def test_a_picture_for_a_network_that_gets_nothing_is_not_even_looked_for(folder: Path) -> None:
    assert composed(folder, "Water.\n::: only x\n![Flood map](none.png)\n:::\n").pictures == {}


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
    drafted(
        folder,
        "---\nlang: fr\n---\nL’eau monte. #Crue https://example.org\n![Carte de la crue](maps/day1.png)\n\n---\n\nFin.\n",
    )
    command = [sys.executable, "-m", "bot", "preview", "draft.md", "--json"]
    one, two = (
        subprocess.run(command, cwd=folder, env={"PYTHONHASHSEED": seed}, capture_output=True, check=True, timeout=60).stdout
        for seed in ("1", "2")
    )
    assert one == two


def test_the_digest_tells_a_changed_picture(folder: Path) -> None:
    text = "Water.\n![Flood map](maps/day1.png)\n"
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
        f"../{folder.name}/../x.png": "leaves the folder of the file that names it",
        str(outside): "leaves the folder of the file that names it",
        "sneaky.png": "leaves the folder of the file that names it",
        "loop.png": "circle",
        "maps": "not a file",
        ".": "not a file",
        "words.png": "not a picture",
        "empty.png": "an empty file",
        "draft.md": "not a picture",
        f"{'a' * 300}.png": "cannot be read",
    }
    text = "".join(f"Text {number}.\n![Flood map]({source})\n\n" for number, source in enumerate(reasons))
    found = faults(folder, text)
    assert [(line, column) for line, column, _ in found] == [(2 + 3 * number, 1) for number in range(len(reasons))]
    for (_, _, message), (source, reason) in zip(found, reasons.items(), strict=True):
        assert message.startswith(f"{source}: ")
        assert reason in message or source == "loop.png"  # Python from 3.13 on finds no file there


def test_one_missing_picture_is_one_fault_on_however_many_networks(folder: Path) -> None:
    settled(folder, SITE + MASTO + SKY.format(server="https://bsky.social"))
    assert len(faults(folder, "Water.\n![Flood map](none.png)\n")) == 1


def test_everything_that_is_wrong_is_told_at_once_in_reading_order(folder: Path) -> None:
    text = (
        "---\naccounts: [blog, ski]\npublish_at: tomorrow\ntimezone: Europe/Pari\n---\n"
        f"Water.\n![Flood map](none.png)\n\n![Flood map](../{folder.name}.png)\n\n---\n\nhttps://example.org/{'a' * 600}\n"
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
    found = faults(folder, "---\naccounts: [ski, blok]\n---\nWater.\n![Flood map](none.png)\n")
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


def test_a_picture_without_alt_text_is_an_error_or_a_warning_with_its_place(folder: Path) -> None:
    text, said = "Water.\n![](maps/day1.png)\n", "maps/day1.png has no alt text – describe it between the brackets"
    [(line, column, message)] = faults(folder, text)
    assert (line, column, message.partition(",")[0]) == (2, 1, said)
    settled(folder, f'{SITE}[defaults]\nalt_text = "warning"\n')
    [warning] = composed(folder, text).plan.warnings
    assert warning.startswith(f"{folder}/draft.md:2:1: {said}")


# --- what networks say before composing ------------------------------------------------------------------------------


class Asked(dict[str, frozenset[str]]):
    """Installed networks of which some answer as told here; keeps what each account was asked, and how often."""

    def __init__(self, **answers: Facts) -> None:
        self.answers = answers
        self.times: list[str] = []

    def networks(self, **changes: object) -> dict[str, Network]:
        found = {name: replace(network, facts=self._answer) for name, network in NETWORKS.items()}
        return {**found, **{name: replace(found[name], **change) for name, change in changes.items()}}  # type: ignore[arg-type]

    def _answer(self, account: Account, wanted: frozenset[str], _memory: Memory) -> Facts:
        self[account.name] = wanted
        self.times.append(account.name)
        return self.answers.get(account.name, Facts())


def composing(folder: Path, text: str, networks: Mapping[str, Network], **details: object) -> Composed:
    drafted(folder, text)
    config = load(folder / "config.toml", {name: network.settings for name, network in networks.items()})
    return compose_file(folder / "draft.md", config, networks, **details)  # type: ignore[arg-type]


TWO = "".join(
    f'[accounts.{name}]\nnetwork = "mastodon"\nserver = "https://{name}.example"\ntoken = "env:T"\n'
    for name in ("large", "small")
)


def test_an_instance_is_asked_before_pictures_are_fitted_and_each_account_gets_its_own(folder: Path) -> None:
    settled(folder, TWO)
    Image.effect_noise((700, 700), 90).save(folder / "noise.png")
    stock = NETWORKS["mastodon"].rules
    asked = Asked(small=Facts(rules=replace(stock, length=300, picture_bytes=100_000)))
    text = f"{'Mot ' * 90}fin.\n![Grey noise](noise.png)\n"
    found = composing(folder, text, asked.networks())
    posts = {thread.account: thread.posts for thread in found.plan.threads}
    assert {account: (len(each), each[-1].limit) for account, each in posts.items()} == {"large": (1, 500), "small": (2, 300)}
    sizes = {account: each[-1].pictures[0].size for account, each in posts.items()}
    assert sizes["small"] <= 100_000 < sizes["large"]
    assert {account for account, _ in found.files} == {"large", "small"}
    assert found.plan.pictures() == found.pictures.keys()
    assert asked.times == ["large", "small"], "each once"


def test_networks_are_asked_of_a_faulty_draft_too_so_that_all_its_faults_are_told(folder: Path) -> None:
    settled(folder, TWO)
    asked = Asked(small=Facts(rules=replace(NETWORKS["mastodon"].rules, alt_length=3)))
    with pytest.raises(DraftError) as raised:
        composing(folder, "---\nlang: 12\n---\nWater.\n![Flood map](maps/day1.png)\n", asked.networks())
    assert [(fault.line, fault.message.split(" – ")[0]) for fault in raised.value.faults] == [
        (2, "lang: “12” is not a language code"),
        (5, "on small, the alt text of this picture has 9 characters, 6 too many (at most 3)"),
    ]


def test_a_draft_without_any_text_asks_nobody(folder: Path) -> None:
    settled(folder, TWO)
    asked = Asked()
    with pytest.raises(DraftError):
        composing(folder, "---\nlang: 12\n---\n", asked.networks())
    assert asked.times == []


PEOPLE = '[people.Afp]\nname = "Agence France-Presse"\nbluesky = "afp.com"\nx = "AFP"\n'


def test_people_are_asked_for_by_the_handles_that_they_have_there(folder: Path) -> None:
    settled(folder, SITE + X + SKY.format(server="https://bsky.social") + PEOPLE)
    asked = Asked(sky=Facts(people={"afp.com": "did:plc:afp"}))
    found = composing(folder, "{bluesky: Avec @bob.example.org,} selon @AFP.", asked.networks())
    assert asked["sky"] == {"afp.com", "bob.example.org"}
    [post] = found.plan.thread("sky").posts
    assert post.text == "Avec @bob.example.org, selon @afp.com."
    assert [each.target for each in post.annotations] == ["did:plc:afp"]  # nobody is called bob
    assert [found.plan.thread(name).posts[0].text for name in ("blog", "x")] == ["selon Agence France-Presse.", "selon @AFP."]


def test_an_account_has_options_of_its_own(folder: Path) -> None:
    settled(folder, TWO.replace('name = "small"', "") + 'visibility = "unlisted"\n')
    network = NETWORKS["mastodon"]
    known = (("visibility", ("public", "unlisted")),)
    change = {
        "settings": (*network.settings, Setting("visibility", default="")),
        "rules": replace(network.rules, options=known),
    }
    found = composing(folder, "Hi.", Asked().networks(mastodon=change))
    assert {thread.account: thread.options for thread in found.plan.threads} == {
        "large": {},
        "small": {"visibility": "unlisted"},
    }


# --- what it costs ---------------------------------------------------------------------------------------------------

LINKED = "One https://example.org/a\n---\nTwo https://example.org/b\n---\nThree."


def test_a_thread_has_a_price_and_a_hint_where_links_would_cost_less_in_the_last_post(folder: Path) -> None:
    settled(folder, SITE + X)
    found = composed(folder, LINKED)
    assert found.prices == {"x": Decimal("0.415")}
    assert "x: 3 posts cost $0.42; with `links: last` in the draft $0.25" in found.plan.warnings
    gathered = composed(folder, f"---\nlinks: last\n---\n{LINKED}")
    assert gathered.prices == {"x": Decimal("0.245")}
    assert not [warning for warning in gathered.plan.warnings if "cost" in warning]


@pytest.mark.parametrize(
    "text", ["One.\n---\nTwo https://example.org/b", "One https://example.org", "One lemonde.fr.\n---\nTwo.", "One."]
)
def test_where_nothing_can_be_saved_there_is_no_hint(folder: Path, text: str) -> None:
    settled(folder, X)
    assert not [warning for warning in composed(folder, text).plan.warnings if "cost $" in warning]


def test_prices_read_well() -> None:
    prices = {"1.655": "$1.66", "0.365": "$0.37", "0.2": "$0.20", "0.015": "$0.015", "12": "$12.00"}
    assert {price: dollars(Decimal(price)) for price in prices} == prices


# --- cards -----------------------------------------------------------------------------------------------------------


def test_pages_that_posts_end_with_are_read_where_the_account_wants_cards(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sky = SKY.format(server="https://bsky.social")
    settled(folder, sky.replace(".sky]", ".other]") + sky + 'cards = "on"\n')
    thumb = Picture("c" * 64, "image/jpeg", 600, 315, 3, "")
    wanted: list[tuple[str, ...]] = []

    def read(urls: Sequence[str], rules: Rules, memory: object) -> cards.Cards:
        wanted.append(tuple(urls))
        found = {url: Card(url, "A page", "What it says", thumb) for url in urls if "lost" not in url}
        return cards.Cards(found, {thumb.sha256: b"jpg"}, ("no card for one",))

    monkeypatch.setattr(cards, "read_cards", read)
    text = "One https://example.org/a\n---\nhttps://example.org/lost\n---\nhttps://example.org/c\n![Flood map](maps/day1.png)"
    found = composing(folder, text, Asked().networks())
    assert wanted == [("https://example.org/a", "https://example.org/lost")]
    assert [post.card and post.card.url for post in found.plan.thread("sky").posts] == ["https://example.org/a", None, None]
    assert [post.card for post in found.plan.thread("other").posts] == [None] * 3
    assert found.plan.pictures() == found.pictures.keys()
    assert found.pictures[thumb.sha256] == b"jpg"
    assert "no card for one" in found.plan.warnings


# --- what goes on ----------------------------------------------------------------------------------------------------


def test_a_thread_can_go_on_where_another_ended(folder: Path) -> None:
    settled(folder, SITE + TWO)
    found = composing(folder, "One.\n---\nTwo.", Asked().networks(), after={"large": ("3f9a" * 16, 12)})
    threads = {thread.account: thread for thread in found.plan.threads}
    assert [post.text for post in threads["large"].posts] == ["13/14 One.", "14/14 Two."]
    assert [(post.index, post.total) for post in threads["large"].posts] == [(1, 2), (2, 2)]
    assert [post.text for post in threads["small"].posts] == ["1/2 One.", "2/2 Two."]
    assert {account: thread.follows for account, thread in threads.items()} == {"blog": "", "large": "3f9a" * 16, "small": ""}


def test_what_goes_on_from_a_private_thread_stays_private_and_warned_of(folder: Path) -> None:
    settled(folder, MASTO.replace("https://social.example", nowhere()))
    first = composed(folder, "---\nvisibility: private\ncontent_warning: mort\n---\nUn.\n").plan
    drafted(folder, "Deux.\n", "more.md")
    config = load(folder / "config.toml", {name: network.settings for name, network in NETWORKS.items()})
    after = {"masto": (first.digest, 1, first.threads[0])}
    [thread] = compose_file(folder / "more.md", config, NETWORKS, ("masto",), after=after).plan.threads
    assert (thread.options, thread.content_warning) == ({"visibility": "private", "follow_ups": "private"}, "mort")
    assert thread.follows == first.digest


def test_what_a_network_finds_wrong_with_its_settings_is_told_with_the_configs_path(folder: Path) -> None:
    settled(folder, SITE + X + "length = 30000\n")
    with pytest.raises(ConfigError, match=rf"^{folder}/config.toml: accounts\.x\.length: a whole number"):
        composed(folder, "Water.\n", "x")
