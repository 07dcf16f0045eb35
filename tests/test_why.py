"""`preview --explain`: what a person reads, and what a machine gets, of why a thread is cut where it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.why import KINDS
from bot.core.kinds import Kind
from tests.helpers_cli import MASTO, SITE, X, desk_in, drafted, settled, threadbot
from tests.test_cli_drafts import WIDE, cells

LONG = " ".join(["The water rose in the night, and nobody slept."] * 5)
TEXT = f"{LONG}\n\n{LONG} It fell [red]at noon[/].\n\nThe end."


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    desk_in(tmp_path, monkeypatch)
    settled(tmp_path, X)
    drafted(tmp_path, TEXT)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def explained() -> list[str]:
    """The lines behind the digest."""
    said = threadbot("preview", "draft.md", "--explain")
    assert (said.code, said.err) == (0, "")
    lines = [line.rstrip() for line in said.out.splitlines()]
    return lines[[line.startswith("digest") for line in lines].index(True) + 1 :]


def test_every_kind_of_seam_has_a_word() -> None:
    assert len(KINDS) == len(Kind)


def test_the_ways_and_the_seams_are_shown_and_the_way_in_use_is_marked_where_there_is_no_bold_too() -> None:
    assert explained()[6:] == [
        "x  x, split: paragraphs",
        "  split              posts  paragraphs cut  sentences cut",
        "> paragraphs             2               0              0",
        "  sentences              2               0              0",
        "  words                  2               0              0",
        "  each                   3               0              0",
        "  manual      does not fit",
        "",
        "  seam  kind       cost  uneven  next best  cost  uneven  after",
        "  1|2   paragraph     0      35  none",
    ]


def test_the_draft_says_which_way_is_in_use(folder: Path) -> None:
    drafted(folder, f"---\nsplit: words\n---\n{TEXT}\n\n---\n\nSources.")
    found = explained()[6:]
    assert found[0] == "x  x, split: words"
    assert [line[2:8].strip() for line in found[2:7] if line.startswith(">")] == ["words"]
    assert found[9:] == [
        "  1|2   paragraph     0      35  clause        4      24  …rose in the night,",
        "  2|3   your ---",
    ]


def test_a_thread_of_one_post_has_no_table_of_seams(folder: Path) -> None:
    drafted(folder, "Hi.")
    assert explained()[6:] == [
        "x  x, split: paragraphs",
        "  split       posts  paragraphs cut  sentences cut",
        "> paragraphs      1               0              0",
        "  sentences       1               0              0",
        "  words           1               0              0",
        "  each            1               0              0",
        "  manual          1               0              0",
    ]


def test_each_account_has_its_own_ways_and_seams(folder: Path) -> None:
    settled(folder, X + SITE)
    assert [line for line in explained() if "split: " in line] == ["x  x, split: paragraphs", "blog  site, split: paragraphs"]


def test_no_markup_is_read_into_the_words_before_a_seam(folder: Path) -> None:
    drafted(folder, f"---\nsplit: words\n---\n{'[b] ' * 100}")
    assert explained()[-1].endswith("…b] [b] [b] [b] [b]")


@pytest.mark.parametrize("kind", WIDE)
@pytest.mark.parametrize("columns", [200, 80, 40])
def test_nothing_is_wider_than_the_terminal_or_80_columns(
    kind: str, columns: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    drafted(folder, "\n\n".join([f"{WIDE[kind]}\n\n{'Yes. No? ' * 30}"] * 3))
    widest = max(explained(), key=cells)
    assert cells(widest) <= min(columns, 80), widest


@pytest.mark.parametrize("kind", WIDE)
def test_a_seam_is_one_line_of_80_columns(kind: str, folder: Path) -> None:
    drafted(folder, "\n\n".join([f"{WIDE[kind]}\n\n{'Yes. No? ' * 30}"] * 3))
    found = explained()
    seams = found[[line.startswith("  seam") for line in found].index(True) + 1 :]
    assert [line.split()[0] for line in seams] == [f"{number}|{number + 1}" for number in range(1, len(seams) + 1)]


def test_a_machine_gets_the_same_with_the_plan(folder: Path) -> None:
    drafted(folder, f"{TEXT}\n\n---\n\nSources.")
    plain, said = (threadbot("preview", "draft.md", *words, "--json") for words in ((), ("--explain",)))
    assert (said.code, said.err) == (0, "")
    assert {key: value for key, value in said.json.items() if key != "explained"} == plain.json
    assert said.json["explained"] == {
        "x": {
            "split": "paragraphs",
            "ways": [
                {"way": "paragraphs", "posts": 3, "paragraphs": 0, "sentences": 0},
                {"way": "sentences", "posts": 3, "paragraphs": 0, "sentences": 0},
                {"way": "words", "posts": 3, "paragraphs": 0, "sentences": 0},
                {"way": "each", "posts": 4, "paragraphs": 0, "sentences": 0},
                {"way": "manual", "posts": None, "paragraphs": None, "sentences": None},
            ],
            "seams": [
                {
                    "post": 1,
                    "place": {"kind": "paragraph", "cost": 0, "uneven": 35, "after": "night, and nobody slept."},
                    "other": None,
                },
                {"post": 2, "place": None, "other": None},
            ],
        }
    }


def test_a_content_warning_takes_its_room_in_what_is_explained_too(folder: Path) -> None:
    settled(folder, MASTO)
    text = f"{'a' * 240}\n\n{'b' * 240}"
    found = [
        threadbot("preview", drafted(folder, front + text), "--explain", "--json").json["explained"]["masto"]["ways"][0][
            "posts"
        ]
        for front in ("", f"---\ncontent_warning: {'c' * 30}\n---\n")
    ]
    assert found == [1, 2]
