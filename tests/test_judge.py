"""The networks' own code as a judge: threadbot counts and sees what it does, but for what docs/counting.md lists.

`THREADBOT_JUDGED=200000 python -m pytest tests/test_judge.py` judges that many strings instead of a few.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.hard import JOINERS, emoji, strings
from tests.judging import differences, judged
from tests.servers import installed

NUMBER = int(os.environ.get("THREADBOT_JUDGED", "4000"))
BATCH = 20_000  # strings a run of the judge
# how a character that joins may stand among others: each of them joins, or not, by another rule
PLACES = "a%s %sa 😀\u200d%s %s\u200d😀 😀%s\u200d😀 ᄀ%s %sᆨ 가%s 🇫%s क्%s %s्क क%sक a%sक क\u200c%sक क़्%s".split(" ")


@pytest.fixture(scope="session")
def judge() -> Path:
    """The folder where the judge is installed."""
    return installed(Path(__file__).parent / "judge", Path(__file__).parent.parent / ".cache")


def found(judge: Path, texts: list[str]) -> list[str]:
    versions, verdicts = judged(judge, texts)
    assert (versions["unicode"], versions["ruby"]) == ("17.0", "3.4.1"), "docs/counting.md names these"
    return [f"{text!a}: {what}" for text, said in zip(texts, verdicts, strict=True) for what in differences(text, said)]


def some(texts: list[str]) -> list[str]:
    """About as many as are to be judged, from all over."""
    return texts[:: max(1, len(texts) // NUMBER)]


@pytest.mark.parametrize("seed", range(-(-NUMBER // BATCH)))
def test_hard_strings_are_read_as_the_networks_read_them(judge: Path, seed: int) -> None:
    assert found(judge, list(strings(min(NUMBER, BATCH), seed)))[:5] == []


def test_whatever_joins_is_counted_and_cut_as_the_networks_join_it(judge: Path) -> None:
    assert found(judge, some([place.replace("%s", character) for character in JOINERS for place in PLACES]))[:5] == []


def test_every_emoji_weighs_what_it_weighs_on_x_also_the_newer_ones(judge: Path) -> None:
    assert found(judge, some(list(emoji())))[:5] == []
