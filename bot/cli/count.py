"""`threadbot count`: texts in, their lengths out, as a network counts them. One at a time: a million lines need no memory."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from bot.cli import setting

if TYPE_CHECKING:
    from bot.core.rules import Rules

MOST = 16 * 2**20  # bytes of a text or line: no post is near it, and an endless one must end
SURROGATE = re.compile("[\ud800-\udfff]")


class Faulty(ValueError):
    """What is wrong with a text, and what to do about it."""


@click.command()
@click.option("--network", required=True, metavar="NAME", help="The network that counts: x, bluesky, mastodon, …")
@click.option(
    "--jsonl", is_flag=True, help='Read a JSON object a line, such as {"text": "Hello", "content_warning": "Spiders"}.'
)
def count(network: str, jsonl: bool) -> int:
    """Count a text from stdin, in UTF-8, as a network does: a line of JSON says what is used, the limit, the unit, and
    whether a post could be like that.

    All of stdin is one text, without its last line break. With --jsonl each line is one, and gets its line in the same
    order; a content warning counts where the network counts it, other keys are ignored. A faulty line gets null, the fault
    is said on stderr, the others are counted all the same, and the exit code is 1. No limit is null.

    \b
    Example: threadbot count --network x < post.txt
    """
    rules, source = _rules(network), _stdin()
    if not jsonl:
        try:
            print(_answer(rules, _decoded(_all_of(source))), flush=True)
        except Faulty as fault:
            setting.say(f"stdin: {fault}")
            return setting.DRAFT
        return setting.DONE
    code = setting.DONE
    for number, line in enumerate(_lines(source), 1):
        try:
            print(_answer(rules, *_fields(_decoded(line, first=number == 1))))
        except Faulty as fault:
            print("null")
            setting.say(f"line {number}: {fault}")
            code = setting.DRAFT
    sys.stdout.flush()
    return code


def _rules(network: str) -> Rules:
    from bot.networks.base import installed

    networks = installed()
    if network not in networks:
        known = ", ".join(networks)
        raise click.UsageError(f"--network: “{setting.harmless(network)}” is not installed – give one of {known}")
    return networks[network].rules


def _stdin() -> BinaryIO:
    if sys.stdin is None:
        raise click.UsageError("stdin is closed – pipe a text into it")
    return sys.stdin.buffer


def _all_of(source: BinaryIO) -> bytes:
    text = source.read(MOST + 1)
    return text[:-2] if text.endswith(b"\r\n") else text.removesuffix(b"\n")


def _lines(source: BinaryIO) -> Iterator[bytes]:
    """The lines; of one that is too long as much as shows that it is."""
    while line := source.readline(MOST + 1):
        yield line
        while len(line) > MOST and not line.endswith(b"\n"):
            line = source.readline(MOST + 1)


def _decoded(text: bytes, first: bool = True) -> str:
    if len(text) > MOST:
        raise Faulty(f"more than {MOST // 2**20} MB – no post is that long")
    try:
        return text.decode("utf-8-sig" if first else "utf-8")
    except UnicodeDecodeError as error:
        raise Faulty(f"byte 0x{text[error.start]:02X} is not UTF-8 – convert the text to UTF-8") from None


def _fields(line: str) -> tuple[str, str]:
    """The text and the content warning of a line."""
    try:
        value: Any = json.loads(line)
    except (ValueError, RecursionError):
        raise Faulty('not JSON – give an object such as {"text": "Hello"}') from None
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        raise Faulty('no text – give an object such as {"text": "Hello"}')
    if not isinstance(warning := value.get("content_warning", ""), str):
        raise Faulty("content_warning is no text – leave it out, or quote it")
    return value["text"], warning


def _answer(rules: Rules, text: str, warning: str = "") -> str:
    """A line of JSON in ASCII."""
    from bot.core.text import DIALECTS

    text, warning = _normal(text), _normal(warning)
    used = rules.used(text) + rules.reserved(warning)
    fits = (not rules.length or used <= rules.length) and (not rules.bytes or len(text.encode()) <= rules.bytes)
    valid = fits and bool(text.strip()) and DIALECTS[rules.dialect].refused.isdisjoint(text)
    return json.dumps({"used": used, "limit": rules.length or None, "unit": rules.unit, "valid": valid})


def _normal(text: str) -> str:
    """As drafts are kept."""
    from bot.core.draft import HEAPED, normal  # it is slow to import, and help needs it not

    if half := SURROGATE.search(text):
        raise Faulty(f"\\u{ord(half[0]):04x} is half a character – write both halves, or the character itself")
    if HEAPED.search(text):
        raise Faulty("more than 30 marks on one letter – remove some")
    return normal(text)
