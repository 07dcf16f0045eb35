"""Pure. A draft's front matter: keys in YAML, each optional, every fault with its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import yaml

from bot.core.errors import Fault, hint
from bot.core.model import Numbering, Span
from bot.core.number import numbering
from bot.core.options import OPEN, SWITCHES
from bot.core.units import WAYS

# Never text: C0 and C1 controls (a terminal would obey them), byte order marks, noncharacters (X refuses those posts),
# and the halves of a character, which YAML lets an author escape.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
# RFC 5646, as far as the networks read it: a language, then subtags
LANG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
ABSENT = ("name", "link", "error")
ON_OFF = {"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false"}


class _Loader(yaml.BaseLoader):
    """Every scalar is a string, so that `lang: no` is Norwegian and a date stays as written; and nothing is written once and
    meant many times: a small file stays small."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "a value cannot start with *", mark)
        return super().compose_node(parent, index)


class _Unread(ValueError):
    """A value that is not one line of text."""

    def __init__(self, node: yaml.Node) -> None:
        super().__init__("one line of text is wanted here – put it between quotes")
        self.mark = node.start_mark


class Front:
    """Reads the YAML between the two fences; `values` are fields of `Draft`, `options` one of them, `spans` say where each key
    stands."""

    def __init__(self, source: str, path: str) -> None:
        self.path = path
        self.faults: list[Fault] = []
        self.values: dict[str, Any] = {}
        self.options: dict[str, str] = {}
        self.spans: dict[str, Span] = {}
        # what may not be there is told elsewhere, each with its place
        for key, value in self._pairs(FORBIDDEN.sub("\ufffd", source)):
            self._take(key, value)

    def _fault(self, mark: yaml.Mark, message: str) -> None:
        # the opening fence is line 1 of the file, and marks count from 0
        self.faults.append(Fault(self.path, mark.line + 2, mark.column + 1, message))

    def _pairs(self, source: str) -> list[tuple[yaml.Node, yaml.Node]]:
        loader = _Loader(source)
        try:
            root = loader.get_single_node()
        except yaml.MarkedYAMLError as error:
            said = f"front matter is not YAML: {error.problem} – put a value with : # {{ [ or quotes in it between quotes"
            self._fault(error.problem_mark or loader.get_mark(), said)
            return []
        except (RecursionError, ValueError, OverflowError):  # too deep, or the number of no character
            self._fault(loader.get_mark(), "front matter cannot be read from here on – write one `key: value` a line")
            return []
        if root is None:
            return []
        if not isinstance(root, yaml.MappingNode):
            self._fault(root.start_mark, "front matter is no list of keys – write one `key: value` a line")
            return []
        pairs: list[tuple[yaml.Node, yaml.Node]] = root.value
        return pairs

    def _take(self, key: yaml.Node, value: yaml.Node) -> None:
        name = key.value if isinstance(key, yaml.ScalarNode) else ""
        if name not in READERS:
            self._fault(key.start_mark, f"unknown key “{name}” – {hint(name, READERS)}")
        elif name in self.spans:
            self._fault(key.start_mark, f"“{name}” stands here a second time – remove one")
        else:
            self.spans[name] = Span(value.start_mark.line + 2, value.start_mark.column + 1)
            try:
                (self.options if name in OPEN else self.values)[name] = READERS[name](value)
            except _Unread as error:
                self._fault(error.mark, f"{name}: {error}")
            except ValueError as error:
                self._fault(value.start_mark, f"{name}: {error}")


def _text(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode) or node.tag != _Loader.DEFAULT_SCALAR_TAG:
        raise _Unread(node)
    if hidden := FORBIDDEN.search(node.value):
        raise ValueError(f"invisible character U+{ord(hidden[0]):04X} – remove it")
    return re.sub("[ \t\r\n\x85\u2028\u2029]+", " ", node.value).strip()


def _lang(node: yaml.Node) -> str:
    lang = _text(node)
    if lang and not LANG.fullmatch(lang):
        raise ValueError(f"“{lang}” is not a language code – write fr, en, pt-BR …")
    return lang


def _names(node: yaml.Node) -> tuple[str, ...]:
    if isinstance(node, yaml.SequenceNode):
        return tuple(filter(None, map(_text, node.value)))
    return tuple(filter(None, (name.strip() for name in _text(node).split(","))))


def _links(node: yaml.Node) -> str:
    return _one_of(_text(node), ("last",))


def _absent(node: yaml.Node) -> str:
    return _one_of(_text(node), ABSENT)


def _option(node: yaml.Node) -> str:
    """A word whose meaning the networks know."""
    word = _text(node).lower()
    if not re.fullmatch("[a-z_]+", word):
        raise ValueError(f"“{word}” is not one word – write a value that the network knows")
    return word


def _switch(node: yaml.Node) -> str:
    word = _text(node).lower()
    if word not in ON_OFF:
        raise ValueError(f"“{word}” – write true or false")
    return ON_OFF[word]


def _one_of(word: str, known: tuple[str, ...]) -> str:
    if word and word not in known:
        raise ValueError(f"“{word}” – {hint(word, known)}")
    return word


def _split(node: yaml.Node) -> str:
    name = _text(node)
    if name and name not in WAYS:
        raise ValueError(f"“{name}” is not a way to split – {hint(name, WAYS)}")
    return name


def _numbering(node: yaml.Node) -> Numbering:
    if not isinstance(node, yaml.MappingNode):
        return numbering(_text(node))
    table = {_text(key): _text(value) for key, value in node.value}
    if len(table) < len(node.value):
        raise ValueError("a key stands here a second time – remove one")
    return numbering(table)


READERS: dict[str, Callable[[yaml.Node], Any]] = {
    "title": _text,
    "lang": _lang,
    "accounts": _names,
    "publish_at": _text,
    "timezone": _text,
    "numbering": _numbering,
    "split": _split,
    "content_warning": _text,
    "links": _links,
    "absent": _absent,
    **{name: _switch if name in SWITCHES else _option for name in OPEN},
}
