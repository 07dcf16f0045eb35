"""Pure. A file as its author wrote it becomes a Draft, or one error with every fault and its place.

    ---                          front matter (optional): title, lang, accounts, publish_at, timezone, numbering, split
    lang: fr
    ---
    Line breaks are literal, a blank line parts paragraphs.
    ![What the map shows](maps/day2.png)      attaches the picture to the post that holds the text before it
    ---                          a break that the author insists on
    ::: only x, bluesky          lines for some networks only (or: except site), up to the closing fence
    :::
    By {x: @VigicruesX | mastodon, bluesky: Vigicrues | others: the flood service}.

A backslash makes markup literal: `\\{`, `\\![`, and `\\---` or `\\:::` at the start of a line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from pathlib import PurePath

from bot.core.errors import DraftError, Fault, hint
from bot.core.front import Front
from bot.core.model import Draft, Figure, Line, Passage, Span, Words

# Never text: C0 and C1 controls (a terminal would obey them), byte order marks, noncharacters (X refuses those posts).
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
FENCE = re.compile(r":::\s*(.*)")
AUDIENCE = re.compile(r"(only|except)\s+(\S.*)")
MARKUP = re.compile(
    r"""\\(?P<literal>\{|!\[)
      | !\[(?P<alt>(?:\\.|[^\]\\])*)\]\(\s*(?P<source>(?:[^()]|\([^()]*\))*?)\s*\)
      | (?P<open>!\[)
      | \{(?P<wording>\s*[A-Za-z][\w-]*(?:\s*,\s*[A-Za-z][\w-]*)*\s*:\s[^{}]*)\}
    """,
    re.VERBOSE,
)
BRANCH = re.compile(r"\s*(?P<names>[A-Za-z][\w-]*(?:\s*,\s*[A-Za-z][\w-]*)*)\s*:\s(?P<text>.*)", re.DOTALL)
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
    if not faults and not any(line.parts for passage in body.passages for line in passage.lines):
        faults.append(Fault(path, 1, 1, "the draft is empty – write at least one line"))
    return Draft(slug_of(path), path, tuple(body.passages), spans=front.spans, **front.values), tuple(faults)


def slug_of(path: str) -> str:
    """The name of a thread: its file's name, in lower-case ASCII letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", PurePath(path).stem).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "thread"


def _decode(source: bytes, path: str) -> str:
    if source.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DraftError(Fault(path, 1, 1, "the file is UTF-16 – save it as UTF-8"))
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = source[: error.start].decode("utf-8-sig").split("\n")
        message = f"byte 0x{source[error.start]:02X} is not UTF-8 – save the file as UTF-8"
        raise DraftError(Fault(path, len(before), len(before[-1]) + 1, message)) from None
    text = unicodedata.normalize("NFC", text)  # X counts the normalised text, so that is what we keep and send
    return re.sub("\r\n?|[\u2028\u2029\u0085]", "\n", text)


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

    def read(self, lines: list[str], first: int) -> None:
        for number, line in enumerate(lines, first):
            if line.rstrip() == "---":
                self._break(number)
            elif fence := FENCE.fullmatch(line.rstrip()):
                self._fence(fence, number)
            else:
                literal = line.startswith(("\\---", "\\:::"))
                parts = self._parts(line[1:] if literal else line, Span(number, 2 if literal else 1))
                self.lines.append(Line(tuple(parts) if line.strip() else (), self.only))
        if self.opened:
            self._fault(self.opened, "this ::: block is never closed – end it with a line :::")
        self._close()

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
            self._fault(Span(number, fence.start(1) + 1), "write ::: only x, bluesky or ::: except site")
            return frozenset()
        names = self._names(words[2], Span(number, fence.start(1) + words.start(2) + 1))
        return names if words[1] == "only" else self.networks - names

    def _names(self, text: str, span: Span) -> frozenset[str]:
        names = [name.strip() for name in text.split(",") if name.strip()]
        for name in names:
            if name not in self.networks:
                self._fault(span, f"unknown network “{name}” – {hint(name, self.networks)}")
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
        elif match["wording"]:
            yield from self._wording(match["wording"], Span(span.line, span.column + 1))
        elif not match["source"]:
            self._fault(span, "the picture has no file – write ![what it shows](file.png)")
        else:
            alt = re.sub(r"\\(.)", r"\1", match["alt"]).strip()
            yield Figure(match["source"].removeprefix("<").removesuffix(">"), alt, None, span)

    def _wording(self, text: str, span: Span) -> Iterator[Words]:
        named: set[str] = set()
        column = span.column
        for piece in text.split("|"):
            branch, here = BRANCH.fullmatch(piece), Span(span.line, column)
            column += len(piece) + 1
            if not branch:
                self._fault(here, "write {x: one wording | others: another}, or \\{ for a brace")
                continue
            yield Words(branch["text"].strip(), self._branch(branch["names"], named, here), here)

    def _branch(self, names: str, named: set[str], span: Span) -> frozenset[str]:
        if names.strip() == OTHERS:
            only = self.networks - named
        else:
            only = self._names(names, span)
            if twice := only & named:
                self._fault(span, f"“{min(twice)}” has a wording already – remove one")
        named |= only
        return only
