"""The floors of the house, as docs/design.md draws them: imports point down, and the core does no I/O."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import bot

HOUSE = Path(bot.__file__).parent
FLOORS = {"core": 0, "media": 1, "networks": 1, "store": 1, "engine": 2, "cli": 3, "__main__": 4}
GUESTS = frozenset({"testing"})  # may go anywhere, and nobody in the house goes to them
MODULES = sorted(HOUSE.rglob("*.py"))

# What the core may import beside itself. zoneinfo reads the system's tables and yaml is handed a string: both are allowed.
PURE = frozenset(
    """
    __future__ bisect codecs collections dataclasses datetime difflib enum functools hashlib ipaddress itertools json math
    operator pathlib re regex string typing unicodedata yaml zoneinfo
    """.split()
)
# What one module may import and no other: the rules of a language are files of the core itself, read when it is first asked
# for; the dictionary of an optional extra is part of that library, and the same text always gives the same words.
ALONE = frozenset({("bot.core.languages", "importlib"), ("bot.core.unspaced", "icu4py"), ("bot.core.labels", "ada_url")})
PATHS = frozenset({"PurePath", "PurePosixPath"})  # names of files, not files
EFFECTS = frozenset({"open", "print", "input", "exec", "eval", "__import__", "breakpoint"})
CLOCKS = frozenset({"now", "today", "utcnow"})


def room(module: str) -> str:
    """The room of a module's dotted name: `bot.core.plan` stands in `core`."""
    return [*module.split("."), ""][1]


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(HOUSE.parent).with_suffix("").parts).removesuffix(".__init__")


def imports(tree: ast.AST, module: str, package: bool = False) -> Iterator[tuple[str, str]]:
    """Every import anywhere in a module, inside functions too: the module it names, and the name taken from it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = module.split(".")[: len(module.split(".")) - node.level + package] if node.level else []
            source = ".".join([*above, *filter(None, [node.module])])
            yield from ((source, alias.name) for alias in node.names)


def trespasses(tree: ast.AST, module: str, package: bool = False) -> Iterator[str]:
    """The imports of a module that point up, sideways, or to the guests."""
    here = room(module)
    for source, name in imports(tree, module, package):
        there = room(source) or (name if source == "bot" and name in {*FLOORS, *GUESTS} else "")
        if source.split(".")[0] != "bot" or here in GUESTS or not there or there == here:
            continue
        if there in GUESTS or FLOORS[there] >= FLOORS.get(here, -1):
            yield f"{module} imports {source} {name}".rstrip()


def effects(tree: ast.AST, module: str) -> Iterator[str]:
    """What a module of the core imports or calls that is not pure."""
    for source, name in imports(tree, module):
        top = source.split(".")[0]
        known = top in PURE or (module, top) in ALONE
        if top != "bot" and (not known or (top == "pathlib" and name not in PATHS)):
            yield f"{module} imports {source} {name}".rstrip()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name) and called.id in EFFECTS:
                yield f"{module} calls {called.id}"
            if isinstance(called, ast.Attribute) and called.attr in CLOCKS:
                yield f"{module} reads the clock"


def parsed(path: Path) -> ast.AST:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def test_every_room_stands_on_a_floor() -> None:
    rooms = {path.relative_to(HOUSE).parts[0].removesuffix(".py") for path in MODULES}
    assert rooms - {"__init__"} == {*FLOORS, *GUESTS}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_down_only(path: Path) -> None:
    assert list(trespasses(parsed(path), name_of(path), path.stem == "__init__")) == []


@pytest.mark.parametrize("path", [path for path in MODULES if room(name_of(path)) == "core"], ids=name_of)
def test_the_core_touches_nothing_outside(path: Path) -> None:
    assert list(effects(parsed(path), name_of(path))) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("bot.core.plan", "import bot.store.config"),
        ("bot.core.plan", "from bot.media import fit"),
        ("bot.core.plan", "from bot import store"),
        ("bot.core.plan", "from ..store import config"),
        ("bot.store.config", "from bot.networks.base import Network"),
        ("bot.networks.site", "from bot.media.fit import fit"),
        ("bot.engine.fleet", "def late():\n    from bot.cli import show"),
        ("bot.engine.fleet", "if TYPE_CHECKING:\n    import bot.cli.main"),
        ("bot.cli.main", "from bot.testing import fakes"),
        ("bot.core.plan", "from bot import testing"),
    ],
)
def test_an_import_that_points_elsewhere_is_found(module: str, source: str) -> None:
    assert len(list(trespasses(ast.parse(source), module))) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("bot.engine.fleet", "from bot.store.config import load\nfrom bot.core import plan\nfrom bot import media"),
        ("bot.networks.x", "from bot.networks.wire import call\nfrom .wire import call\nimport json"),
        ("bot.testing.fakes", "from bot.cli.main import main"),
        ("bot.cli.main", "from bot import __version__"),
    ],
)
def test_an_import_that_points_down_is_let_through(module: str, source: str) -> None:
    assert list(trespasses(ast.parse(source), module)) == []


@pytest.mark.parametrize(
    "source",
    [
        "import os",
        "import os.path",
        "from pathlib import Path",
        "import pathlib",
        "def late():\n    import socket",
        "from importlib import import_module",
        "from icu4py.breakers import LineBreaker",
        "open('draft.md')",
        "datetime.now(UTC)",
        "date.today()",
        "print('hello')",
    ],
)
def test_an_effect_in_the_core_is_found(source: str) -> None:
    assert len(list(effects(ast.parse(source), "bot.core.plan"))) == 1
