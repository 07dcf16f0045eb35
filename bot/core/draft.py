"""Pure. A file as its author wrote it becomes a Draft, or one error with every fault and its place.

    ---                          front matter (optional): title, lang, accounts …, as `bot.core.front` reads it
    lang: fr
    ---
    Line breaks are literal, a blank line parts paragraphs.
    ![What the map shows](maps/day2.png)      attaches the picture to the post that holds the text before it
    ![What it shows](day3.png "focus=0.2,-0.5")      and says which point of it no network must crop
    ---                          a break that the author insists on
    ::: only x, bluesky          lines for some networks only (or: except site), up to the closing fence
    :::
    By {x: @VigicruesX | mastodon, bluesky: Vigicrues | others: the flood service}.
    ```map                       a map as data, up to the line ```: a picture that is drawn, attached where it stands
    title = "The flood"
    ```

A backslash makes markup literal: `\\{`, `\\![`, and `\\---`, `\\:::` or `\\```map` at the start of a line.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Collection, Iterator
from pathlib import PurePath

import regex

from bot.core.errors import DraftError, Fault, hint
from bot.core.figures import MAP, MAP_END, figure, map_figure
from bot.core.front import FORBIDDEN, Front
from bot.core.model import Draft, Figure, Line, Passage, Span, Words

# NFC sorts the marks on a letter, which takes long for many; UAX #15 calls a text safe that has no more than these.
HEAPED = regex.compile(r"\p{M}{31}")
FENCE = re.compile(r":::\s*(.*)")
AUDIENCE = re.compile(r"(only|except)\s+(\S.*)")
NAMES = r"[A-Za-z][\w-]*+(?:\s*+,\s*+[A-Za-z][\w-]*+)*+"
# Possessive, and an alt text ends before the next picture: otherwise a line of nothing but ![ would be read over and over.
MARKUP = re.compile(
    rf"""\\(?P<literal>\{{|!\[)
      | !\[(?P<alt>(?:\\.|(?!!\[)[^\]\\])*+)\]\((?P<source>(?:[^()]|\([^()]*+\))*+)\)
      | (?P<open>!\[)
      | \{{(?P<wording>\s*+{NAMES}\s*+:(?P<spaced>\s)?[^{{}}]*+)\}}
      | \{{\s*+(?P<unclosed>{NAMES})\s*+:\s
    """,
    re.VERBOSE,
)
BRANCH = re.compile(rf"\s*+(?P<names>{NAMES})\s*+:\s*+(?P<text>.*)", re.DOTALL)
BRANCHES = re.compile(rf"(?:^|\|)\s*+({NAMES})\s*+:")
OTHERS = "others"


def parse(source: bytes, path: str, networks: Collection[str]) -> Draft:
    """The draft in a file. `path` is for messages and gives the slug; `networks` are the names that passages may use.

    Raises DraftError with every fault.
    """
    draft, faults = read(source, path, networks)
    if faults:
        raise DraftError(*faults)
    return draft


def read(source: bytes, path: str, networks: Collection[str]) -> tuple[Draft, tuple[Fault, ...]]:
    """As `parse`, but what can be read of a faulty draft, with its faults: so that its pictures can be checked as well.

    Raises DraftError where nothing can be read.
    """
    lines = _decode(source, path).split("\n")
    end = _front_end(lines, path)
    front = Front("\n".join(lines[1:end]), path)
    body = _Body(path, frozenset(networks))
    body.read(lines[end + 1 :] if end else lines, first=end + 2 if end else 1)
    faults = [*_forbidden(lines, path), *front.faults, *body.faults]
    if not body.faults and not any(line.parts for passage in body.passages for line in passage.lines):
        faults.append(Fault(path, 1, 1, "the draft is empty – write at least one line"))
    read = {**front.values, "options": front.options, "spans": front.spans}
    return Draft(slug_of(path), path, tuple(body.passages), **read), tuple(faults)


def slug_of(path: str) -> str:
    """The name of a thread: its file's name, in lower-case letters of any script, digits and hyphens."""
    plain = unicodedata.normalize("NFC", PurePath(path).stem).lower()
    return regex.sub(r"[^\p{L}\p{M}\p{N}]+", "-", plain).strip("-") or "thread"


def _decode(source: bytes, path: str) -> str:
    if source.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in source[:2]:
        raise DraftError(Fault(path, 1, 1, "the file is UTF-16 – save it as UTF-8"))
    source = source.removeprefix(codecs.BOM_UTF8)
    try:
        text = source.decode()
    except UnicodeDecodeError as error:
        message = f"byte 0x{source[error.start]:02X} is not UTF-8 – save the file as UTF-8"
        raise DraftError(_after(source[: error.start].decode(), path, message)) from None
    if heap := HEAPED.search(text):
        raise DraftError(_after(text[: heap.start()], path, "more than 30 marks on one letter – remove some"))
    return normal(text)


def normal(text: str) -> str:
    """A text as drafts are kept and sent: in NFC, with line feeds. Slow for heaps of marks (`HEAPED`)."""
    text = unicodedata.normalize("NFC", text)  # X counts the normalised text, so that is what we keep and send
    return re.sub("\r\n?|[\u2028\u2029\u0085]", "\n", text)


def _after(before: str, path: str, message: str) -> Fault:
    lines = normal(before).split("\n")
    return Fault(path, len(lines), len(lines[-1]) + 1, message)


def _front_end(lines: list[str], path: str) -> int:
    """The index of the line that closes the front matter; 0: there is none."""
    if lines[0].rstrip() != "---":
        return 0
    for index, line in enumerate(lines[1:], 1):
        if line.rstrip() == "---":
            return index
    raise DraftError(Fault(path, 1, 1, "the front matter is never closed – end it with a line ---"))


def _forbidden(lines: list[str], path: str) -> Iterator[Fault]:
    for number, line in enumerate(lines, 1):
        for match in FORBIDDEN.finditer(line):
            yield Fault(path, number, match.start() + 1, f"invisible character U+{ord(match[0]):04X} – remove it")


class _Body:
    """Reads the lines after the front matter into passages."""

    def __init__(self, path: str, networks: frozenset[str]) -> None:
        self.path, self.networks = path, networks
        self.faults: list[Fault] = []
        self.passages: list[Passage] = []
        self.lines: list[Line] = []
        self.only: frozenset[str] | None = None
        self.opened: Span | None = None
        self.map: tuple[Span, list[str]] | None = None  # where its block began, and its lines so far

    def read(self, lines: list[str], first: int) -> None:
        for number, line in enumerate(lines, first):
            if self.map:
                self._map(*self.map, line)
            elif MAP.fullmatch(line.rstrip()):
                self.map = Span(number, 1), []
            elif line.rstrip() == "---":
                self._break(number)
            elif fence := FENCE.fullmatch(line.rstrip()):
                self._fence(fence, number)
            else:
                literal = line.startswith(("\\---", "\\:::", "\\```"))
                parts = self._parts(line[1:] if literal else line, Span(number, 2 if literal else 1))
                self.lines.append(Line(tuple(parts) if line.strip() else (), self.only))
        if self.map:
            self._fault(self.map[0], f"this map is never closed – end it with a line {MAP_END}")
        if self.opened:
            self._fault(self.opened, "this ::: block is never closed – end it with a line :::")
        self._close()

    def _map(self, began: Span, written: list[str], line: str) -> None:
        if line.rstrip() == MAP_END:
            self.lines.append(Line((map_figure(written, began),), self.only))
            self.map = None
        else:
            written.append(line)

    def _fault(self, span: Span, message: str) -> None:
        self.faults.append(Fault(self.path, span.line, span.column, message))

    def _close(self) -> None:
        if any(line.parts for line in self.lines):
            self.passages.append(Passage(tuple(self.lines)))
        self.lines = []

    def _break(self, number: int) -> None:
        if self.opened:
            self._fault(Span(number, 1), "a break inside a ::: block – close the block first")
        self._close()

    def _fence(self, fence: re.Match[str], number: int) -> None:
        self.lines.append(Line((), frozenset()))  # a line for nobody: a blank line beside it goes with it
        if not fence[1]:
            if not self.opened:
                self._fault(Span(number, 1), "this ::: closes no block – open one with ::: only x")
            self.only = self.opened = None
        elif self.opened:
            self._fault(Span(number, 1), "a block inside a block – close the first with a line :::")
        else:
            self.opened = Span(number, 1)
            self.only = self._audience(fence, number)

    def _audience(self, fence: re.Match[str], number: int) -> frozenset[str]:
        words = AUDIENCE.fullmatch(fence[1])
        if not words:
            here = Span(number, fence.start(1) + 1)
            self._fault(here, "a block says for whom – write ::: only x, bluesky or ::: except site")
            return frozenset()
        names = self._names(words[2], Span(number, fence.start(1) + words.start(2) + 1), self.networks)
        return names if words[1] == "only" else self.networks - names

    def _names(self, text: str, span: Span, known: Collection[str], or_else: str = "") -> frozenset[str]:
        names, column = set(), span.column
        for piece in text.split(","):
            if name := piece.strip():
                names.add(name)
                if name not in known:
                    here = Span(span.line, column + len(piece) - len(piece.lstrip()))
                    self._fault(here, f"unknown network “{name}” – {hint(name, known)}{or_else}")
            column += len(piece) + 1
        if not names:
            self._fault(span, "no network is named – write ::: only x, bluesky or ::: except site")
        return frozenset(names)

    def _parts(self, line: str, start: Span) -> Iterator[Words | Figure]:
        at = 0
        for match in MARKUP.finditer(line):
            if at < match.start():
                yield Words(line[at : match.start()], None, Span(start.line, start.column + at))
            yield from self._markup(match, Span(start.line, start.column + match.start()))
            at = match.end()
        if at < len(line):
            yield Words(line[at:], None, Span(start.line, start.column + at))

    def _markup(self, match: re.Match[str], span: Span) -> Iterator[Words | Figure]:
        if match["literal"]:
            yield Words(match["literal"], None, span)
        elif match["open"]:
            self._fault(span, "a picture is written ![what it shows](file.png), on one line – or \\![ for these characters")
        elif match["wording"] and not match["spaced"] and not self._speaks_of_networks(match["wording"]):
            yield Words(match[0], None, span)  # {a:1} is text
        elif match["wording"]:
            yield from self._wording(match["wording"], Span(span.line, span.column + 1))
        elif match["unclosed"]:
            if any(name.strip() in (*self.networks, OTHERS) for name in match["unclosed"].split(",")):
                self._fault(span, "a wording ends with } on its line, and holds no other brace – or write \\{ for a brace")
            yield Words(match[0], None, span)
        else:
            source = Span(span.line, span.column + match.start("source") - match.start())
            yield from figure(match["alt"], match["source"], span, source, self._fault)

    def _speaks_of_networks(self, wording: str) -> bool:
        names = ",".join(BRANCHES.findall(wording)).split(",")
        return any(name.strip() in (*self.networks, OTHERS) for name in names)

    def _wording(self, text: str, span: Span) -> Iterator[Words]:
        branches = list(self._branches(text, span))
        every = frozenset[str]().union(*(names for names, _, _ in branches))
        named: set[str] = set()
        for names, here, words in branches:
            if twice := names & named:
                self._fault(here, f"“{min(twice)}” has a wording already – remove one")
            named |= names
            only = names | (self.networks - every) if OTHERS in names else names
            yield Words(words.text, only - {OTHERS}, words.span)

    def _branches(self, text: str, span: Span) -> Iterator[tuple[frozenset[str], Span, Words]]:
        """Whom each wording is for, where that is said, and the wording."""
        column = span.column
        for piece in text.split("|"):
            here = Span(span.line, column + len(piece) - len(piece.lstrip()))
            branch = BRANCH.fullmatch(piece)
            if not branch:
                self._fault(here, "a wording without a network – write {x: one wording | others: another}, or \\{ for a brace")
            elif "![" in piece:
                self._fault(here, "a picture between braces – for some networks only, put it in a ::: only x block")
            else:
                names = self._names(branch["names"], here, (*self.networks, OTHERS), "; a brace itself is \\{")
                there = Span(span.line, column + branch.start("text"))
                yield names, here, Words(branch["text"].rstrip(), None, there)
            column += len(piece) + 1
