"""`threadbot count`: what goes in and what comes out, also of what no sane program writes."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import unicodedata
from contextlib import redirect_stderr, redirect_stdout
from typing import Any
from unittest import mock

import pytest

from bot.cli import count
from bot.cli.main import main
from tests.helpers_cli import Said

X = {"limit": 280, "unit": "weighted characters"}


def counted(given: bytes, *words: str, network: str = "x") -> Said:
    """The command in this process, with these bytes on stdin."""
    streams = [io.TextIOWrapper(io.BytesIO(given), "utf-8"), *(io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))]
    given_in, out, err = streams
    argv = ["threadbot", "count", "--network", network, *words]
    with (
        redirect_stdout(out),
        redirect_stderr(err),
        mock.patch.object(sys, "argv", argv),
        mock.patch.object(sys, "stdin", given_in),
        pytest.raises(SystemExit) as end,
    ):
        main()
    for stream in (out, err):
        stream.flush()
    assert isinstance(end.value.code, int)
    return Said(end.value.code, *(stream.buffer.getvalue().decode() for stream in (out, err)))  # type: ignore[attr-defined]


def answers(said: Said) -> list[dict[str, Any] | None]:
    assert said.out.endswith("\n")
    return [json.loads(line) for line in said.out.splitlines()]


def used(*values: object, network: str = "x") -> list[int | None]:
    """What JSON lines of these values count; None for a faulty one."""
    given = "".join(json.dumps(value) + "\n" for value in values)
    return [answer and answer["used"] for answer in answers(counted(given.encode(), "--jsonl", network=network))]


def test_the_whole_of_stdin_is_one_text() -> None:
    said = counted("Crue à Tours\n\nVoir lemonde.fr\n".encode())
    assert (said.code, said.err) == (0, "")
    assert answers(said) == [{"used": 12 + 2 + 5 + 23, **X, "valid": True}]


@pytest.mark.parametrize(("given", "length"), [("ab", 2), ("ab\n", 2), ("ab\r\n", 2), ("ab\n\n", 3), ("\n", 0), ("", 0)])
def test_one_last_line_break_is_the_terminals(given: str, length: int) -> None:
    assert answers(counted(given.encode())) == [{"used": length, **X, "valid": length > 0}]


def test_a_line_of_json_is_answered_by_a_line_in_the_same_order() -> None:
    assert used({"text": "a", "id": 7}, {"text": "日本"}, {"text": "a\nb"}) == [1, 4, 3]


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        ("x", {"used": 26, "limit": 280, "unit": "weighted characters", "valid": True}),
        ("bluesky", {"used": 16, "limit": 300, "unit": "graphemes", "valid": True}),
        ("mastodon", {"used": 16, "limit": 500, "unit": "characters", "valid": True}),
        ("site", {"used": 16, "limit": 500, "unit": "graphemes", "valid": True}),
    ],
)
def test_each_network_counts_its_own_way_to_its_own_limit(network: str, expected: dict[str, Any]) -> None:
    assert answers(counted("👩🏽\u200d🚀 lemonde.fr/été".encode(), network=network)) == [expected]


@pytest.mark.parametrize(
    ("network", "text", "valid"),
    [
        ("x", "a" * 280, True),
        ("x", "a" * 281, False),
        ("x", "日" * 141, False),
        ("bluesky", "a" * 300, True),
        ("bluesky", "a" * 301, False),
        ("bluesky", "👨\u200d👩\u200d👧\u200d👦" * 121, False),  # 121 graphemes in 3025 bytes
        ("mastodon", "a" * 501, False),
        ("x", "", False),
        ("site", " \n\u00a0", False),
        ("x", "a\ufffe", False),
        ("bluesky", "a\ufffe", True),
    ],
)
def test_valid_is_what_a_post_can_be(network: str, text: str, valid: bool) -> None:
    said = counted((json.dumps({"text": text}) + "\n").encode(), "--jsonl", network=network)
    assert [answer and answer["valid"] for answer in answers(said)] == [valid]
    assert said.code == 0


@pytest.mark.parametrize(("network", "together"), [("mastodon", 1 + 24), ("x", 1), ("bluesky", 1), ("site", 1)])
def test_a_content_warning_counts_in_full_where_the_network_has_such(network: str, together: int) -> None:
    assert used({"text": "a", "content_warning": "https://example.org/a/b "}, network=network) == [together]


def test_a_content_warning_can_make_a_post_too_long() -> None:
    lines = [{"text": "a" * 490, "content_warning": "b" * length} for length in (10, 11)]
    said = counted("\n".join(map(json.dumps, lines)).encode(), "--jsonl", network="mastodon")
    assert [answer and answer["valid"] for answer in answers(said)] == [True, False]


def test_texts_are_counted_as_drafts_are_kept() -> None:
    text = "Été à Kyïv"
    assert used({"text": unicodedata.normalize("NFD", text)}, {"text": "a\r\nb\rc\u2028d"}) == [len(text), 7]


def test_a_byte_order_mark_at_the_start_is_no_character() -> None:
    mark = b"\xef\xbb\xbf"
    assert answers(counted(mark + b"ab")) == [{"used": 2, **X, "valid": True}]
    said = counted(mark + b'{"text": "ab"}\r\n' + mark + b'{"text": "ab"}', "--jsonl")
    assert answers(said) == [{"used": 2, **X, "valid": True}, None]
    assert said.err.startswith("line 2: ")


FAULTS = {
    b"": "not JSON",
    b"Hello": "not JSON",
    b'{"text": "a"': "not JSON",
    b'{"text": "a"} {"text": "a"}': "not JSON",
    b"[" * 100_000: "not JSON",
    b'["a"]': "no text",
    b'{"test": "a"}': "no text",
    b'{"text": null}': "no text",
    b'{"text": "a", "content_warning": null}': "content_warning is no text",
    b'{"text": "caf\xe9"}': "byte 0xE9 is not UTF-8",
    b'{"text": "\xed\xa0\x80"}': "byte 0xED is not UTF-8",
    b'{"text": "\\ud800"}': "\\ud800 is half a character",
    b'{"text": "a", "content_warning": "\\udc00"}': "\\udc00 is half a character",
    b'{"text": "a' + "\u0301".encode() * 31 + b'"}': "more than 30 marks",
}


@pytest.mark.parametrize(("line", "why"), FAULTS.items())
def test_a_faulty_line_gets_null_and_one_line_of_why_and_the_others_are_counted(line: bytes, why: str) -> None:
    said = counted(b'{"text": "ab"}\n' + line + b'\n{"text": "abc"}\n', "--jsonl")
    assert [answer and answer["used"] for answer in answers(said)] == [2, None, 3]
    assert said.code == 1
    assert said.err.startswith(f"line 2: {why}")
    assert said.err.count("\n") == 1
    assert " – " in said.err, "it says what to do"


def test_every_faulty_line_is_named() -> None:
    said = counted(b"\n".join(FAULTS), "--jsonl")
    assert [line.partition(":")[0] for line in said.err.splitlines()] == [f"line {n}" for n in range(1, len(FAULTS) + 1)]


def test_a_whole_text_that_is_not_utf_8_is_a_fault() -> None:
    said = counted(b"caf\xe9")
    assert (said.code, said.out, said.err) == (1, "", "stdin: byte 0xE9 is not UTF-8 – convert the text to UTF-8\n")


def test_half_a_pair_of_escapes_is_a_fault_and_a_pair_is_a_character() -> None:
    assert counted(b'{"text": "\\ud83d\\ude00"}', "--jsonl").code == 0
    assert counted(b'{"text": "\\ude00\\ud83d"}', "--jsonl").code == 1


def test_an_endless_line_is_given_up_and_the_next_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(count, "MOST", 20)
    long = b'{"text": "' + b"a" * 100 + b'"}\n'
    said = counted(b'{"text": "abcdef"}\n' + long + b'{"text": "ab"}\n', "--jsonl")
    assert [answer and answer["used"] for answer in answers(said)] == [6, None, 2]
    assert "line 2: more than" in said.err
    assert counted(b"a" * 21).code == 1


def test_nothing_in_is_nothing_out() -> None:
    assert counted(b"", "--jsonl") == Said(0, "", "")


def test_a_third_partys_network_may_have_no_limit_and_any_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = mock.Mock(length=0, bytes=0, dialect="plain", unit="Zeichen für Zeichen", used=len, reserved=lambda _: 0)
    monkeypatch.setattr(count, "_rules", lambda _: rules)
    said = counted(b"a" * 100_000, network="diaspora")
    assert answers(said) == [{"used": 100_000, "limit": None, "unit": "Zeichen für Zeichen", "valid": True}]
    assert said.out.isascii()


def test_a_network_that_is_not_there_is_wrong_usage() -> None:
    said = counted(b"ab", network="friendster")
    assert (said.code, said.out) == (2, "")
    assert "friendster" in said.err
    assert "bluesky, mastodon, site, x" in said.err


def test_a_reader_who_has_seen_enough_ends_it_quietly() -> None:
    given = b'{"text": "ab"}\n' * 20_000
    command = [sys.executable, "-m", "bot", "count", "--network", "x", "--jsonl"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        process.stdout.close()
        _, err = process.communicate(given)
    assert (process.returncode, err) == (128 + 13, b"")


def test_a_closed_stdin_is_wrong_usage() -> None:
    with mock.patch.object(sys, "stdin", None), pytest.raises(Exception, match="stdin is closed"):
        count._stdin()
