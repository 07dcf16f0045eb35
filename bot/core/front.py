"""Pure. A draft's front matter: seven keys in YAML, each optional, every fault with its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import yaml

from bot.core.errors import Fault, hint
from bot.core.model import Numbering, Span
from bot.core.number import NumberingError, numbering
from bot.core.split import SPLITS

# RFC 5646, as far as the networks read it: a language, then subtags
LANG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
KEYS = ("title", "lang", "accounts", "publish_at", "timezone", "numbering", "split")


class Front:
    """Reads the YAML between the two fences; `values` are fields of `Draft`, `spans` say where each key stands."""

    def __init__(self, source: str, path: str) -> None:
        self.path = path
        self.faults: list[Fault] = []
        self.values: dict[str, Any] = {}
        self.spans: dict[str, Span] = {}
        for key, value in self._pairs(source):
            self._take(key, value)

    def _fault(self, mark: yaml.Mark | None, message: str) -> None:
        # the opening fence is line 1 of the file, and marks count from 0
        line, column = (mark.line + 2, mark.column + 1) if mark else (1, 1)
        self.faults.append(Fault(self.path, line, column, message))

    def _pairs(self, source: str) -> list[tuple[yaml.Node, yaml.Node]]:
        try:
            # BaseLoader: every scalar is a string, so that `lang: no` is Norwegian and a date stays as written
            root = yaml.compose(source, Loader=yaml.BaseLoader)
        except yaml.MarkedYAMLError as error:
            self._fault(error.problem_mark, f"front matter is not YAML: {error.problem}")
            return []
        except (yaml.YAMLError, RecursionError):
            self._fault(None, "front matter is not YAML that can be read")
            return []
        if root is None:
            return []
        if not isinstance(root, yaml.MappingNode):
            self._fault(root.start_mark, "front matter is not a list of `key: value` lines")
            return []
        pairs: list[tuple[yaml.Node, yaml.Node]] = root.value
        return pairs

    def _take(self, key: yaml.Node, value: yaml.Node) -> None:
        name = key.value if isinstance(key, yaml.ScalarNode) else ""
        if name not in KEYS:
            self._fault(key.start_mark, f"unknown key “{name}” – {hint(name, KEYS)}")
        elif name in self.spans:
            self._fault(key.start_mark, f"“{name}” stands here a second time – remove one")
        else:
            self.spans[name] = Span(value.start_mark.line + 2, value.start_mark.column + 1)
            try:
                self.values[name] = READERS[name](value)
            except (ValueError, NumberingError) as error:
                self._fault(value.start_mark, f"{name}: {error}")


def _text(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise ValueError("one line of text is wanted here")
    return " ".join(str(node.value).split())


def _lang(node: yaml.Node) -> str:
    lang = _text(node)
    if lang and not LANG.fullmatch(lang):
        raise ValueError(f"“{lang}” is not a language code – write fr, en, pt-BR …")
    return lang


def _names(node: yaml.Node) -> tuple[str, ...]:
    if isinstance(node, yaml.SequenceNode):
        return tuple(filter(None, map(_text, node.value)))
    return tuple(filter(None, (name.strip() for name in _text(node).split(","))))


def _split(node: yaml.Node) -> str:
    name = _text(node)
    if name and name not in SPLITS:
        raise ValueError(f"“{name}” is not a way to split – {hint(name, SPLITS)}")
    return name


def _numbering(node: yaml.Node) -> Numbering:
    if isinstance(node, yaml.MappingNode):
        return numbering({_text(key): _text(value) for key, value in node.value})
    return numbering(_text(node))


READERS: dict[str, Callable[[yaml.Node], Any]] = {
    "title": _text,
    "lang": _lang,
    "accounts": _names,
    "publish_at": _text,
    "timezone": _text,
    "numbering": _numbering,
    "split": _split,
}
