"""The config is checked as a whole: every fault at once, each with its key and what to write instead; no secret is shown."""

from __future__ import annotations

import re
import tomllib
import zoneinfo
from contextlib import suppress
from pathlib import Path

import pytest

from bot.core.errors import ConfigError
from bot.core.model import Account, Person, Setting
from bot.core.number import OFF
from bot.networks.base import installed
from bot.store.config import Config, load, state_folder
from tests.helpers_cli import MASTO, SITE, SKY, X

EXAMPLE = Path(__file__).parent.parent / "config.example.toml"
ISSUE = """
timezone = "Europe/Paris"
database = "sqlite:///threadbot.db"

[defaults]
accounts = ["blog", "sky"]
numbering = "{n}/{total}"

[accounts.blog]
network = "site"
folder = "public"
url = "https://example.org/threads"

[accounts.sky]
network = "bluesky"
server = "http://localhost:2583"
handle = "alice.test"
password = "env:SKY_PASSWORD"
"""


def loaded(folder: Path, text: str) -> Config:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return load(file, {name: network.settings for name, network in installed().items()})


def faults(folder: Path, text: str) -> dict[str, str]:
    """What is wrong with a config, by key; a key has one fault."""
    with pytest.raises(ConfigError) as raised:
        loaded(folder, text)
    assert len({fault.key for fault in raised.value.faults}) == len(raised.value.faults), raised.value
    return {fault.key: fault.message for fault in raised.value.faults}


def site(**settings: str) -> str:
    """A config with one site; a value is TOML."""
    return "[accounts.blog]\n" + "\n".join(
        f"{key} = {value}" for key, value in {"network": '"site"', "folder": '"public"', **settings}.items()
    )


def sky(**settings: str) -> str:
    words = {"network": '"bluesky"', "handle": '"alice.test"', "password": '"env:SKY_PASSWORD"', **settings}
    return "[accounts.sky]\n" + "\n".join(f"{key} = {value}" for key, value in words.items())


def test_the_example_of_the_issue_loads(tmp_path: Path) -> None:
    config = loaded(tmp_path, ISSUE)
    assert list(config.accounts) == ["blog", "sky"]
    assert config.defaults == ("blog", "sky")
    assert config.database == tmp_path.resolve() / "threadbot.db"
    assert config.timezone == zoneinfo.ZoneInfo("Europe/Paris")
    assert config.accounts["blog"].settings == {
        "folder": str(tmp_path.resolve() / "public"),
        "url": "https://example.org/threads",
    }
    sky = config.accounts["sky"].settings
    assert (sky["server"], sky["handle"]) == ("http://localhost:2583", "alice.test")


def test_the_shipped_example_loads(tmp_path: Path) -> None:
    assert list(loaded(tmp_path, EXAMPLE.read_text(encoding="utf-8")).accounts) == ["blog"]


def uncommented(text: str) -> str:
    """The example with everything in it that is a comment and could be a line."""
    return re.sub(r"(?m)^# (\[\w+\.\w+\]|\w+ = .*)$", r"\1", text)


def test_the_shipped_example_loads_with_everything_in_it_that_is_a_comment(tmp_path: Path) -> None:
    config = loaded(tmp_path, uncommented(EXAMPLE.read_text(encoding="utf-8")))
    assert [account.network for account in config.accounts.values()] == ["site", "bluesky", "mastodon", "x"]
    assert config.database == tmp_path.resolve() / "threadbot.db"
    assert set(config.people["afp"].handles) == {"bluesky", "mastodon", "x"}


def test_the_shipped_example_shows_each_setting_with_its_default(tmp_path: Path) -> None:
    text = uncommented(EXAMPLE.read_text(encoding="utf-8"))
    written = tomllib.loads(text)["accounts"]
    for name, account in loaded(tmp_path, text).accounts.items():
        defaults = {setting.name: setting.default for setting in installed()[account.network].settings}
        assert set(defaults) - set(written[name]) <= {"server", "picture_bytes"}  # for servers of one's own
        shown = {key: account.settings[key] for key, default in defaults.items() if default and key in written[name]}
        assert shown == {key: defaults[key] for key in shown}, name


def test_a_config_may_be_nearly_empty(tmp_path: Path) -> None:
    config = loaded(tmp_path, "")
    assert (config.timezone, config.defaults, dict(config.accounts)) == (None, (), {})
    assert config.numbering.form == "{n}/{total}"
    assert config.database == state_folder() / "threadbot.db"


def test_all_accounts_in_their_order_are_the_default(tmp_path: Path) -> None:
    assert loaded(tmp_path, MASTO + SITE + X).defaults == ("masto", "blog", "x")


def test_a_picture_without_alt_text_is_an_error_unless_the_config_says_otherwise(tmp_path: Path) -> None:
    assert [loaded(tmp_path, text).alt_text for text in ("", '[defaults]\nalt_text = "error"')] == ["error", "error"]
    assert loaded(tmp_path, '[defaults]\nalt_text = "warning"').alt_text == "warning"


@pytest.mark.parametrize("value", ['"warn"', '"off"', '""', "false", "1", '["error"]'])
def test_alt_text_is_one_of_two_words(tmp_path: Path, value: str) -> None:
    said = 'write "error" (no picture goes out without a description) or "warning"'
    assert faults(tmp_path, f"[defaults]\nalt_text = {value}") == {"defaults.alt_text": said}


def test_numbering_may_be_off_or_a_table(tmp_path: Path) -> None:
    assert loaded(tmp_path, '[defaults]\nnumbering = "off"').numbering == OFF
    style = loaded(tmp_path, '[defaults]\nnumbering = {form = "({n})", place = "end", from = 2}').numbering
    assert (style.form, style.place, style.since) == ("({n})", "end", 2)


def test_a_byte_order_mark_and_foreign_line_ends_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b"\xef\xbb\xbf" + SITE.replace("\n", "\r\n").encode())
    networks = {name: network.settings for name, network in installed().items()}
    assert list(load(tmp_path / "config.toml", networks).accounts) == ["blog"]


def test_every_fault_is_told_at_once_with_its_key(tmp_path: Path) -> None:
    found = faults(
        tmp_path,
        """
        timezone = "Europe/Pari"
        database = "postgresql://me:pa55@db/threads"
        colour = "red"
        [defaults]
        accounts = ["blog", "ski"]
        numbering = "{page}"
        acounts = []
        [accounts.blog]
        network = "site"
        foldr = "public"
        url = "example.org"
        [accounts.sky]
        network = "bluesky"
        server = "http://bsky.social"
        password = "hunter2"
        [accounts.tube]
        network = "vimeo"
        [accounts.none]
        """,
    )
    assert list(found) == [
        "colour",
        "timezone",
        "database",
        "defaults.acounts",
        "defaults.accounts",
        "defaults.numbering",
        "accounts.blog.foldr",
        "accounts.blog.folder",
        "accounts.blog.url",
        "accounts.sky.server",
        "accounts.sky.handle",
        "accounts.sky.password",
        "accounts.tube.network",
        "accounts.none.network",
    ]
    assert "did you mean “folder”?" in found["accounts.blog.foldr"]
    assert "did you mean “sky”?" in found["defaults.accounts"]
    assert "did you mean “accounts”?" in found["defaults.acounts"]
    assert "known: accounts, database, defaults, people, timezone" in found["colour"]
    assert "known: bluesky, mastodon, site, x" in found["accounts.tube.network"]
    assert "is missing" in found["accounts.none.network"]
    assert "is missing" in found["accounts.blog.folder"]
    assert "pa55" not in str(found)
    assert "hunter2" not in str(found)


def test_a_fault_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=rf"^{re.escape(str(tmp_path / 'config.toml'))}: colour: unknown key"):
        loaded(tmp_path, "colour = 1")


WRONG = ("5", "true", "[]", '["a"]', "{}", "{a = 1}", "1.5", "2026-12-01", '"\\u0000"', '"\\u001b[31m"')


@pytest.mark.parametrize("value", [*WRONG, '""', '"Europe"', '"../UTC"', '"/UTC"', f'"{"a" * 5000}"'])
def test_what_is_no_zone_is_refused(tmp_path: Path, value: str) -> None:
    assert "Europe/Paris" in faults(tmp_path, f"timezone = {value}")["timezone"]


@pytest.mark.parametrize(
    "value",
    [*WRONG, '""', '"threadbot.db"', '"sqlite:///"', '"sqlite:///~nosuchperson/t.db"', '"sqlite:///a\\u0000b"', '"mysql://h"'],
)
def test_what_is_no_database_is_refused(tmp_path: Path, value: str) -> None:
    assert "sqlite:///" in faults(tmp_path, f"database = {value}")["database"]


@pytest.mark.parametrize("value", WRONG)
def test_a_table_is_a_table(tmp_path: Path, value: str) -> None:
    for key in ("defaults", "accounts", "people"):
        if not value.startswith("{"):
            assert faults(tmp_path, f"{key} = {value}") == {key: f"a table is wanted: [{key}]"}
    if value != "{}":
        assert [key.split(".")[0] for key in faults(tmp_path, f"accounts.blog = {value}")][:1] == ["accounts"]


@pytest.mark.parametrize("value", ["5", "true", "{}", '"blog"', "[1]", '[["blog"]]', "[{}]", '["blog", "nobody"]'])
def test_default_accounts_are_a_list_of_accounts(tmp_path: Path, value: str) -> None:
    assert list(faults(tmp_path, f"defaults.accounts = {value}\n{SITE}")) == ["defaults.accounts"]


@pytest.mark.parametrize(
    "value",
    [
        "5",
        "true",
        "[]",
        "1.5",
        '"{"',
        '"{x}"',
        '"{n!r}"',
        '"{n:>9}"',
        "{colour = 1}",
        "{place = 1}",
        "{from = 0}",
        "{form = 3}",
    ],
)
def test_what_is_no_numbering_is_refused(tmp_path: Path, value: str) -> None:
    assert list(faults(tmp_path, f"defaults.numbering = {value}")) == ["defaults.numbering"]


@pytest.mark.parametrize("value", [*WRONG, '""', '"Site"'])
def test_a_network_is_one_that_is_installed(tmp_path: Path, value: str) -> None:
    assert "site" in faults(tmp_path, f"accounts.blog.network = {value}")["accounts.blog.network"]


@pytest.mark.parametrize("value", [*WRONG, '""', '" "', '"a\\nb"'])
def test_a_setting_is_a_text(tmp_path: Path, value: str) -> None:
    assert faults(tmp_path, sky(handle=value)) == {"accounts.sky.handle": "a text is wanted"}


@pytest.mark.parametrize("value", [*WRONG, '""', '"~nosuchperson/public"'])
def test_a_folder_leads_somewhere(tmp_path: Path, value: str) -> None:
    assert faults(tmp_path, site(folder=value)) == {"accounts.blog.folder": "a folder is wanted, relative to this file"}


def test_a_folder_that_is_a_link_to_itself_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    text = f'database = "sqlite:///loop/t.db"\n{site(folder=chr(34) + "loop/public" + chr(34))}'
    with suppress(ConfigError):  # Python from 3.13 on leaves such a link to whoever opens it
        loaded(tmp_path, text)


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org",
        "http://localhost.example.org",
        "http://127.0.0.1.example.org",
        "http://128.0.0.1",
        "ftp://localhost",
        "https://",
        "https://:443",
        "https://me:secret@example.org",
        "https://example.org:port",
        "https://example.org:99999",
        "https://example.org/path",
        "https://example.org?",
        "https://example.org#",
        "https://exa mple.org",
        "https://example.org\\\\@evil.example",
        "https://[::1",
        "example.org",
        "//example.org",
    ],
)
def test_a_server_is_an_origin_and_http_is_for_this_machine(tmp_path: Path, address: str) -> None:
    said = faults(tmp_path, sky(server=f'"{address}"'))["accounts.sky.server"]
    assert "http only on this machine" in said
    assert "secret" not in said


@pytest.mark.parametrize(
    "address", ["https://bsky.social", "https://bsky.social/", "http://localhost:2583", "http://127.0.0.9", "http://[::1]:80"]
)
def test_a_server_loses_its_last_slash(tmp_path: Path, address: str) -> None:
    assert loaded(tmp_path, sky(server=f'"{address}"')).accounts["sky"].settings["server"] == address.rstrip("/")


def test_a_server_may_have_a_default(tmp_path: Path) -> None:
    assert loaded(tmp_path, sky()).accounts["sky"].settings["server"] == "https://bsky.social"


@pytest.mark.parametrize(
    "address",
    ["example.org/threads", "javascript:alert(1)", "https://example.org/a?b=1", "https://example.org/#a", "https:///a"],
)
def test_the_address_of_a_site_is_one_to_which_a_page_can_be_appended(tmp_path: Path, address: str) -> None:
    assert list(faults(tmp_path, site(url=f'"{address}"'))) == ["accounts.blog.url"]


@pytest.mark.parametrize(
    "secret",
    ['"hunter2"', '"pass:word"', '"env:"', '"file: "', '"env:abcd-efgh-ijkl"', '"ENV:NAME"', "5", "true", '["hunter2"]'],
)
def test_a_secret_in_the_clear_is_refused_and_not_repeated(tmp_path: Path, secret: str) -> None:
    found = faults(tmp_path, sky(password=secret))
    assert list(found) == ["accounts.sky.password"]
    assert "never the secret itself" in found["accounts.sky.password"]
    assert not re.search("hunter2|pass:word|abcd", str(found))


def test_the_name_of_an_account_can_be_shown(tmp_path: Path) -> None:
    found = faults(tmp_path, '[accounts."\\u001b[31m"]\nnetwork = "site"\nfolder = "a"\n[accounts." "]\nnetwork = "x"')
    assert "the name of an account is wanted: [accounts.blog]" in found.values()


def test_folder_and_database_are_relative_to_the_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here" / "config.toml").write_text('database = "sqlite:///data/../t.db"\n' + SITE)
    config = load(Path("here/config.toml"), {name: network.settings for name, network in installed().items()})
    assert config.database == tmp_path.resolve() / "here/t.db"
    assert config.accounts["blog"].settings["folder"] == str(tmp_path.resolve() / "here/public")


def test_full_paths_and_the_home_folder_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    config = loaded(tmp_path, f'database = "sqlite:///{tmp_path}/elsewhere/t.db"\n{site(folder=chr(34) + "~/www" + chr(34))}')
    assert config.database == tmp_path.resolve() / "elsewhere/t.db"
    assert config.accounts["blog"].settings["folder"] == str(tmp_path.resolve() / "home/www")


def test_a_secret_is_read_when_it_is_asked_for_and_shows_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = loaded(tmp_path, SITE + SKY.format(server="https://bsky.social"))
    monkeypatch.setenv("SKY_PASSWORD", "hunter2")
    assert config.accounts["sky"].secrets["password"]() == "hunter2"
    assert "hunter2" not in repr(config)
    assert "SKY_PASSWORD" not in repr(config.accounts["sky"])


FJORD = (
    Setting("password", "secret", default=""),
    Setting("token", "secret"),
    Setting("price", "number", default="0.015"),
    Setting("tier", choices=("basic", "premium"), default="basic"),
    Setting("lane", choices=("left", "right")),
)


def fjord(folder: Path, **settings: str) -> Account:
    """An account on a network with settings of every other kind; a value is TOML."""
    words = {"network": '"fjord"', "token": '"env:TOKEN"', "lane": '"left"', **settings}
    text = "[accounts.f]\n" + "\n".join(f"{key} = {value}" for key, value in words.items() if value)
    (folder / "config.toml").write_text(text, encoding="utf-8")
    return load(folder / "config.toml", {"fjord": FJORD}).accounts["f"]


def test_what_is_left_out_has_its_default_and_a_secret_is_not_there(tmp_path: Path) -> None:
    account = fjord(tmp_path)
    assert account.settings == {"price": "0.015", "tier": "basic", "lane": "left"}
    assert list(account.secrets) == ["token"]
    assert list(fjord(tmp_path, password='"env:PASSWORD"').secrets) == ["password", "token"]


@pytest.mark.parametrize("setting", ["token", "lane"])
def test_what_has_no_default_may_not_be_left_out(tmp_path: Path, setting: str) -> None:
    with pytest.raises(ConfigError, match=rf"accounts\.f\.{setting}: is missing – "):
        fjord(tmp_path, **{setting: ""})


@pytest.mark.parametrize(
    ("written", "read"), [("0", "0"), ("3", "3"), ("0.20", "0.20"), ("1e-3", "0.001"), ("1_000.5", "1000.5"), ("+2", "2")]
)
def test_a_number_is_kept_as_exactly_as_it_was_written(tmp_path: Path, written: str, read: str) -> None:
    assert fjord(tmp_path, price=written).settings["price"] == read


@pytest.mark.parametrize(
    "value",
    [
        '"0.015"',
        "-1",
        "-0.5",
        "nan",
        "inf",
        "true",
        "[]",
        "1e99",
        "1e-99",
        "1e999999999",
        '""',
        "9999999999999999999",
        "2026-12-01",
    ],
)
def test_what_is_no_number_is_refused(tmp_path: Path, value: str) -> None:
    with pytest.raises(ConfigError, match=r"accounts\.f\.price: a number is wanted, not below zero, such as 0\.015"):
        fjord(tmp_path, price=value)


def test_a_number_too_far_out_for_toml_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not a TOML file that can be read"):
        fjord(tmp_path, price="1e9999999999999999999")


@pytest.mark.parametrize("value", ['"Premium"', '""', "true", "1", '"hunter2"'])
def test_a_choice_is_one_of_those_that_there_are(tmp_path: Path, value: str) -> None:
    with pytest.raises(ConfigError, match=r"accounts\.f\.tier: one of these is wanted: basic, premium$"):
        fjord(tmp_path, tier=value)
    assert fjord(tmp_path, tier='"premium"').settings["tier"] == "premium"


AFP = """
[people.afp]
name = "Agence France-Presse"
url = "https://mastodon.example/@afp?lang=fr"
x = "@AFP"
bluesky = "afp.com"
mastodon = "@afp@mastodon.social"
"""


def test_people_have_a_name_a_page_and_a_handle_per_network(tmp_path: Path) -> None:
    assert loaded(tmp_path, AFP + '[people.Jo_9-b]\nname = "Jo"').people == {
        "afp": Person(
            "Agence France-Presse",
            "https://mastodon.example/@afp?lang=fr",
            {"bluesky": "afp.com", "mastodon": "afp@mastodon.social", "x": "AFP"},
        ),
        "Jo_9-b": Person("Jo", "", {}),
    }


def people_faults(folder: Path, **settings: str) -> dict[str, str]:
    """What is wrong with a person; a value is TOML."""
    return faults(folder, "[people.jo]\n" + "\n".join(f"{key} = {value}" for key, value in settings.items()))


def test_a_person_without_a_name_is_refused(tmp_path: Path) -> None:
    for name in ({}, *({"name": value} for value in [*WRONG, '""', '" "'])):
        assert list(people_faults(tmp_path, **name)) == ["people.jo.name"]


@pytest.mark.parametrize(
    ("network", "handles"),
    [
        ("x", ["", "@", "a" * 16, "a-b", "a b", "@@afp", "afp@x", "é"]),
        ("bluesky", ["", "@", "afp", "afp.", ".afp", "a..b", "-a.com", "a-.com", "a_b.com", "a b.com", "afp.4", "afp.com/x"]),
        ("mastodon", ["", "@", "afp", "afp@", "@@a@b.c", "a@b", "a@b.c@d.e", ".a@b.org", "a.@b.org", "a b@c.org", "é@b.org"]),
        ("site", ["", "@", "a b", "@@a"]),
    ],
)
def test_a_handle_has_the_form_of_its_network(tmp_path: Path, network: str, handles: list[str]) -> None:
    for handle in [*WRONG, *(f'"{handle}"' for handle in handles)]:
        found = people_faults(tmp_path, name='"Jo"', **{network: handle})
        assert list(found) == [f"people.jo.{network}"], handle
        assert "their handle on this network is wanted, such as" in str(found)


@pytest.mark.parametrize(
    ("network", "handle"),
    [
        ("x", "a"),
        ("x", "_A_9_"),
        ("bluesky", "xn--bcher-kva.example"),
        ("bluesky", "a.b-c.co.uk"),
        ("mastodon", "a.b-c_d@social.example.org"),
        ("mastodon", "a@social.example:8443"),
        ("site", "~jo/é"),
    ],
)
def test_a_handle_in_the_form_of_its_network_is_taken(tmp_path: Path, network: str, handle: str) -> None:
    text = f'[people.jo]\nname = "Jo"\n{network} = "@{handle}"'
    assert loaded(tmp_path, text).people["jo"].handles == {network: handle}


@pytest.mark.parametrize(
    "url",
    [*WRONG, '"example.org"', '"ftp://a.org"', '"https://"', '"https://me:pw@a.org"', '"https://a b.org"', '"https://[a"'],
)
def test_a_page_is_an_address(tmp_path: Path, url: str) -> None:
    assert list(people_faults(tmp_path, name='"Jo"', url=url)) == ["people.jo.url"]


def test_a_person_is_on_networks_that_there_are(tmp_path: Path) -> None:
    assert "did you mean “mastodon”?" in people_faults(tmp_path, name='"Jo"', mastadon='"a@b.org"')["people.jo.mastadon"]


@pytest.mark.parametrize("name", ['"a.b"', '"a b"', '"é"', '""', '"\\u001b[31m"'])
def test_a_person_is_called_what_can_stand_in_a_draft(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="make the name of a person"):
        loaded(tmp_path, f'[people.{name}]\nname = "Jo"')


def test_two_people_differ_in_more_than_capitals(tmp_path: Path) -> None:
    found = faults(tmp_path, '[people.afp]\nname = "A"\n[people.AFP]\nname = "B"')
    assert found == {"people.AFP": "stands here a second time, as “afp” – remove one"}


@pytest.mark.parametrize(
    "text", ["a = ", "a = 1\na = 2", "= 1", "\x00", "x = " + "9" * 5000, "x = " + "[" * 5000, "x = 1979-13-01", '"\\ud800" = 1']
)
def test_what_is_no_toml_is_said_in_one_line(tmp_path: Path, text: str) -> None:
    found = faults(tmp_path, text)
    assert list(found) == [""]
    assert "\n" not in found[""]


def test_a_config_that_cannot_be_read_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "latin").write_bytes(b'a = "\xe9"')
    for name, said in (("folder", "directory"), ("latin", "utf-8"), ("missing", "threadbot init writes a config.toml")):
        with pytest.raises(ConfigError, match=said) as raised:
            load(tmp_path / name, {})
        assert len(str(raised.value).splitlines()) == 1
