"""What the documents say is what the code does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tools import make_docs

HOME = Path(__file__).parent.parent


@pytest.mark.parametrize("page", make_docs.PAGES)
def test_what_comes_from_the_code_is_fresh(page: str) -> None:
    """If this fails: python tools/make_docs.py"""
    assert (make_docs.DOCS / page).read_text(encoding="utf-8") == make_docs.fresh(page)


def test_no_list_of_versions_names_a_download_host() -> None:
    assert "://" not in (HOME / "constraints.txt").read_text(encoding="utf-8")
    assert '"resolved"' not in (HOME / "tests" / "pds" / "package-lock.json").read_text(encoding="utf-8")


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    names = {line.split(">")[0].strip() for line in wanted if ";" not in line}
    pinned = {line.split("==")[0].lower() for line in (HOME / "constraints.txt").read_text().splitlines() if "==" in line}
    assert names <= pinned


def test_every_link_between_our_pages_leads_somewhere() -> None:
    for page in (HOME / "README.md", *(HOME / "docs").glob("*.md")):
        prose = re.sub(r"^```.*?^```|`[^`\n]+`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
        for target in re.findall(r"\]\(([^)#:]+)\)", prose):
            assert (page.parent / target).exists(), f"{page.name} leads to {target}"
