"""Tiles are asked for once a month, behind a guard, and what was kept serves without a network."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.engine.tiles import LARGEST, Tiles
from bot.media.unfit import Unfit
from bot.networks.outside import Outside
from bot.store.cache import Cache
from bot.testing.fakes import JumpingClock
from bot.testing.hostile import HostileServer, Visit, answer

PNG = {"content-type": "image/png"}


class TileServer(HostileServer):
    """Says which tile was asked for; called tiles.example."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.clock = JumpingClock(datetime(2026, 12, 1, tzinfo=UTC))
        self.agents: list[str] = []
        self.broken = False
        super().__init__(self._tile)

    def _tile(self, visit: Visit) -> None:
        head = visit.connection.recv(4096, 2).decode()  # MSG_PEEK: the answer itself reads the request
        self.asked.append(head.split(" ")[1])
        self.agents += [line for line in head.splitlines() if line.lower().startswith("user-agent")]
        answer(*((500,) if self.broken else (200, head.split(" ")[1].encode(), PNG)))(visit)

    def tiles(self, folder: Path, most: int = 10_000) -> Tiles:
        port = urlsplit(self.url).port or 0
        world = Outside(lambda *_: [ip_address("127.0.0.1")], lambda _: True, [port])
        return Tiles(f"http://tiles.example:{port}/{{z}}/{{x}}/{{y}}.png", Cache("tiles", most, folder, self.clock.now), world)


@pytest.fixture
def server() -> Iterator[TileServer]:
    with TileServer() as server:
        yield server


def test_a_tile_is_asked_for_by_zoom_column_and_row_and_by_name(server: TileServer, tmp_path: Path) -> None:
    assert server.tiles(tmp_path)(7, 63, 44) == b"/7/63/44.png"
    assert server.asked == ["/7/63/44.png"]
    assert "threadbot/" in server.agents[0]


def test_a_tile_is_asked_for_once_a_month(server: TileServer, tmp_path: Path) -> None:
    for days in (0, 29, 2):
        server.clock.wait(days * 86_400)
        server.tiles(tmp_path)(1, 0, 0)
    assert len(server.asked) == 2


def test_without_a_network_old_tiles_serve(server: TileServer, tmp_path: Path) -> None:
    kept = server.tiles(tmp_path)(1, 0, 0)
    server.clock.wait(400 * 86_400)
    server.broken = True
    assert server.tiles(tmp_path)(1, 0, 0) == kept


def test_a_tile_that_is_nowhere_is_said_with_its_address(server: TileServer, tmp_path: Path) -> None:
    server.broken = True
    with pytest.raises(Unfit, match=r"tiles\.example:\d+/1/0/1\.png.* – "):
        server.tiles(tmp_path)(1, 0, 1)


def test_a_tile_that_was_damaged_on_disk_is_fetched_anew(server: TileServer, tmp_path: Path) -> None:
    server.tiles(tmp_path)(1, 0, 0)
    (file,) = (tmp_path / "tiles").iterdir()
    file.write_bytes(file.read_bytes()[:-1])
    assert server.tiles(tmp_path)(1, 0, 0) == b"/1/0/0.png"
    assert len(server.asked) == 2


def test_a_private_address_is_not_asked(server: TileServer, tmp_path: Path) -> None:
    port = urlsplit(server.url).port
    tiles = Tiles(f"http://127.0.0.1:{port}/{{z}}/{{x}}/{{y}}.png", Cache("tiles", 1000, tmp_path), Outside(ports=[port or 0]))
    with pytest.raises(Unfit, match="not a public address"):
        tiles(1, 0, 0)
    assert server.asked == []


def test_a_page_instead_of_a_tile_and_one_that_is_too_large_are_refused(tmp_path: Path) -> None:
    for content, headers in ((b"<html>", {"content-type": "text/html"}), (b"x" * (LARGEST + 1), PNG)):
        with HostileServer(answer(200, content, headers)) as server:
            port = urlsplit(server.url).port or 0
            world = Outside(lambda *_: [ip_address("127.0.0.1")], lambda _: True, [port])
            with pytest.raises(Unfit):
                Tiles(f"http://tiles.example:{port}/{{z}}/{{x}}/{{y}}.png", Cache("tiles", 1000, tmp_path), world)(0, 0, 0)


def test_where_nothing_can_be_written_tiles_are_fetched_all_the_same(server: TileServer, tmp_path: Path) -> None:
    (tmp_path / "tiles").write_text("a file where a folder should be")
    assert [server.tiles(tmp_path)(1, 0, 0) for _ in range(2)] == [b"/1/0/0.png"] * 2
