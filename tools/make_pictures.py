"""Draws the README's pictures: the preview in a console, and the published page, as Chromium shows them.

Usage: python -m tools.make_pictures   (needs chromium on the PATH, and a colour emoji font)
"""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from bot.cli import desk, show

HOME = Path(__file__).resolve().parent.parent
DRAFT, PICTURES = HOME / "drafts" / "loire.md", HOME / "docs" / "pictures"
CONFIG = """\
database = "sqlite:///t.db"
[accounts.blog]
network = "site"
folder = "public"
url = "https://example.org/threads"
"""
SVG = """<!doctype html><meta charset="utf-8"><body style="margin:0;background:#292929">{}</body>"""
QUIET = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --hide-scrollbars --force-device-scale-factor=1.5"
).split()


def shot(page: Path, width: int, height: int, to: str) -> None:
    """A screenshot of a page on a screen of that size, in CSS pixels."""
    with TemporaryDirectory() as profile:
        size = (f"--window-size={width},{height}", f"--screenshot={PICTURES / to}", f"--user-data-dir={profile}")
        subprocess.run(["chromium", *QUIET, *size, page.as_uri()], check=True, capture_output=True, timeout=60)


def preview(config: Path) -> None:
    """The first posts of the shipped draft, as the console shows them at 80 columns."""
    console = Console(record=True, width=80, file=io.StringIO(), force_terminal=True, highlight=False)
    _, _, composed = desk.composed(DRAFT, (), config)
    for line in list(show.plan_lines(composed, 80))[:4]:
        console.print(line)
    svg = console.export_svg(title="threadbot preview drafts/loire.md")
    page = config.with_name("preview.html")
    page.write_text(SVG.format(svg.replace("Fira Code", "DejaVu Sans Mono")), encoding="utf-8")
    shot(page, 1000, 800, "preview.png")


def published(config: Path) -> None:
    """The top of the page that the shipped draft becomes."""
    command = [sys.executable, "-m", "bot", "publish", str(DRAFT), "--yes", "--config", str(config)]
    subprocess.run(command, check=True, capture_output=True)
    page = config.parent / "public" / "loire" / "index.html"
    # a screenshot does not scroll, so what would be loaded on the way down is not
    page.write_text(page.read_text(encoding="utf-8").replace('loading="lazy"', ""), encoding="utf-8")
    shot(page, 1000, 1400, "page.png")


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        config = Path(folder) / "config.toml"
        config.write_text(CONFIG, encoding="utf-8")
        preview(config)
        published(config)
