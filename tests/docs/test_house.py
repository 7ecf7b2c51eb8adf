"""The rules of the house, as tests: size, imports, exceptions, names, documentation, and where tests are."""

from __future__ import annotations

import ast
import functools
import importlib.util
import re
import statistics
import sysconfig
from pathlib import Path
from typing import Dict, FrozenSet, Iterator, List, Mapping, NamedTuple, Set

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PLUGIN = ROOT / "plugin"
CODE = sorted(path for room in ("plugin", "tests", "tools") for path in (ROOT / room).rglob("*.py"))
MODULES = sorted(PLUGIN.rglob("*.py"))

LONGEST_FILE = 449
LONGEST_FUNCTION = 60
MEDIAN_FUNCTION = 10
# Names that say nothing about what is inside.
EMPTY_NAMES = re.compile(r"^(utils?|helpers?|common|managers?|misc|stuff|base|core|lib)$")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError")
# What tells Anki's version, Qt's or Python's.
VERSIONS = {"buildinfo", "point_version", "pointVersion", "version_info", "appVersion", "qtmajor"}

# Where every exception is caught, and why that is right there.
CATCHES_ALL: Mapping[str, str] = {
    "plugin/dispatch.py": "every failure becomes a reply",
    "plugin/main_thread.py": "carried over to the asking thread and raised there",
    "plugin/web/shielded.py": "logged: code of others must not take the server with it",
    "tests/probe_addon/__init__.py": "carried over to the asking test",
}

# Modules that nothing is to be tested of by itself: names, texts, types and numbers.
ONLY_NAMES = {
    "plugin/actions/types.py",
    "plugin/errors.py",
    "plugin/gui/words.py",
    "plugin/version.py",
    "plugin/web/limits.py",
    "plugin/web/messages.py",
}
# Modules without a test file of their own name, and where they are tested instead: what they do is seen only from
# outside, in a running Anki, on a connection, or on every version of the matrix.
TESTED_IN: Mapping[str, str] = {
    "plugin/addon.py": "tests/anki/test_life_cycle.py",
    "plugin/aside.py": "tests/anki/test_long_work.py",
    "plugin/background.py": "tests/anki/test_sync.py",
    "plugin/collection/edit.py": "tests/contract/test_undo.py",
    "plugin/collection/stored_cards.py": "tests/collection/test_query_counts.py",
    "plugin/compat/library.py": "tests/collection",
    "plugin/compat/macos.py": "tests/anki/test_app_nap.py",
    "plugin/compat/qt.py": "tests/anki/test_window.py",
    "plugin/compat/reviewer.py": "tests/anki/test_reviewing.py",
    "plugin/compat/syncing.py": "tests/anki/test_sync.py",
    "plugin/compat/windows.py": "tests/anki/test_views.py",
    "plugin/gui/": "tests/anki",
    "plugin/perform.py": "tests/anki/test_views.py",
    "plugin/reception.py": "tests/anki/test_life_cycle.py",
    "plugin/setting_kinds.py": "tests/unit/test_config.py",
    "plugin/syncing.py": "tests/anki/test_sync.py",
    "plugin/web/bodies.py": "tests/unit/web/test_http1.py",
    "plugin/web/connection.py": "tests/unit/web/test_server.py",
    "plugin/web/doorkeeper.py": "tests/unit/web/test_life_cycle.py",
    "plugin/web/loop.py": "tests/unit/web/test_server.py",
    "plugin/web/port_owner.py": "tests/unit/web/test_listeners.py",
    "plugin/web/shielded.py": "tests/unit/web/test_life_cycle.py",
}

ROW = re.compile(r"^\| `([\w./]+)` \| [^|]+ \| ([^|]*)\|$", re.MULTILINE)


class Room(NamedTuple):
    """A row of the table in docs/architecture.md."""

    name: str
    outside: FrozenSet[str]


class Imports(NamedTuple):
    """What a module takes from outside, by top-level name, and from other modules of ours, by path."""

    outside: FrozenSet[str]
    inside: FrozenSet[str]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


each_file = pytest.mark.parametrize("path", CODE, ids=named)
each_module = pytest.mark.parametrize("path", MODULES, ids=named)


@functools.cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 9))


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef))


def length(function: ast.FunctionDef) -> int:
    return (function.end_lineno or 0) - function.lineno + 1


# --- Size -----------------------------------------------------------------------------------------


@each_file
def test_files_are_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


@each_file
def test_no_function_is_long(path: Path) -> None:
    assert [each.name for each in functions(path) if length(each) > LONGEST_FUNCTION] == []


def test_most_functions_are_small() -> None:
    assert statistics.median(length(each) for path in MODULES for each in functions(path)) < (
        MEDIAN_FUNCTION
    )


# --- Names and documentation ----------------------------------------------------------------------


@each_file
def test_names_say_something(path: Path) -> None:
    parts = path.relative_to(ROOT).with_suffix("").parts[1:]
    assert [part for part in parts if EMPTY_NAMES.match(part)] == []


@each_module
def test_every_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(tree(path))


@pytest.mark.parametrize("path", sorted((PLUGIN / "actions").glob("*.py")), ids=named)
def test_every_action_is_documented(path: Path) -> None:
    actions = [each for each in functions(path) if "action" in map(decorator, each.decorator_list)]
    assert [each.name for each in actions if not ast.get_docstring(each)] == []


def decorator(node: ast.expr) -> str:
    called = node.func if isinstance(node, ast.Call) else node
    return called.id if isinstance(called, ast.Name) else ""


@each_module
def test_nothing_is_left_for_later(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if UNFINISHED.search(line)] == []


# --- Exceptions -----------------------------------------------------------------------------------


def exception_names(node: ast.AST) -> Set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} & {
        "Exception",
        "BaseException",
    }


@each_module
def test_exceptions_that_are_raised_say_what_they_are(path: Path) -> None:
    raised = [each for each in ast.walk(tree(path)) if isinstance(each, ast.Raise) and each.exc]
    found = [ast.dump(each) for each in raised if each.exc and exception_names(each.exc)]
    assert found == []


def catches_all(handler: ast.ExceptHandler) -> bool:
    """Whether a handler stops every exception: one that ends in a bare `raise` stops none."""
    last = handler.body[-1]
    passed_on = isinstance(last, ast.Raise) and last.exc is None
    return not passed_on and (handler.type is None or bool(exception_names(handler.type)))


def test_every_exception_is_caught_only_where_that_is_right() -> None:
    found = {
        named(path)
        for path in CODE
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler) and catches_all(node)
    }
    assert sorted(found) == sorted(CATCHES_ALL)


# --- Imports --------------------------------------------------------------------------------------


def is_inside(path: str) -> bool:
    return (ROOT / path).is_file()


def module_path(dotted: List[str]) -> str:
    """The file of a module of ours, or "" if there is none of that name."""
    place = "/".join(dotted)
    return next((one for one in (f"{place}.py", f"{place}/__init__.py") if is_inside(one)), "")


@functools.cache
def imports(path: Path) -> Imports:
    outside: Set[str] = set()
    inside: Set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            outside.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            outside.add((node.module or "").partition(".")[0])
        elif isinstance(node, ast.ImportFrom):
            inside.update(imported_modules(path, node))
    return Imports(frozenset(outside), frozenset(inside - {named(path)}))


def imported_modules(path: Path, node: ast.ImportFrom) -> Iterator[str]:
    """The files that `from . import a` or `from .a import b` means."""
    folder = path.relative_to(ROOT).parts[:-1]
    base = [*folder[: len(folder) - node.level + 1], *(node.module or "").split(".")]
    base = [part for part in base if part]
    for alias in node.names:
        yield module_path([*base, alias.name]) or module_path(base)


def is_standard(name: str) -> bool:
    """Whether a module belongs to Python itself, whichever Python this is."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        return False
    home, extra = sysconfig.get_path("stdlib"), "site-packages"
    return spec.origin in ("built-in", "frozen") or (
        spec.origin.startswith(home) and extra not in spec.origin
    )


def foreign(path: Path) -> FrozenSet[str]:
    return frozenset(name for name in imports(path).outside if not is_standard(name))


def table() -> List[Room]:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = [match.groups() for match in ROW.finditer(text)]
    return [Room(name, frozenset(outside.replace(",", " ").split())) for name, outside in rows]


NOWHERE = Room("", frozenset())
ROOMS = table()


def room_of(path: str) -> Room:
    """The row that holds a module: the one that says most about its place."""
    inside = path.partition("/")[2]
    fitting = [room for room in ROOMS if inside == room.name or inside.startswith(folder(room))]
    return max(fitting, key=lambda room: len(room.name), default=NOWHERE)


def folder(room: Room) -> str:
    return room.name if room.name.endswith("/") else "\n"


@each_module
def test_every_module_is_in_the_table_of_rooms(path: Path) -> None:
    assert room_of(named(path)) != NOWHERE


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_room_of_the_table_exists(room: Room) -> None:
    place = PLUGIN / room.name
    assert place.is_dir() if room.name.endswith("/") else place.is_file()


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_room_takes_from_outside_what_the_table_says(room: Room) -> None:
    held = [path for path in MODULES if room_of(named(path)) == room]
    assert frozenset().union(*map(foreign, held)) == room.outside


@each_module
def test_imports_go_down_the_table(path: Path) -> None:
    below = ROOMS[level(named(path)) :]
    assert [each for each in imports(path).inside if room_of(each) not in below] == []


def level(module: str) -> int:
    """How far down the table a module stands."""
    room = room_of(module)
    return ROOMS.index(room) if room in ROOMS else 0


def test_no_module_imports_itself_by_a_detour() -> None:
    """Packages that only list their modules do not count."""
    graph = {
        named(path): {each for each in imports(path).inside if not each.endswith("__init__.py")}
        for path in MODULES
        if path.name != "__init__.py"
    }
    while graph:
        leaves = [name for name, below in graph.items() if not below & set(graph)]
        assert leaves, f"a circle among {sorted(graph)}"
        for name in leaves:
            del graph[name]


@each_module
def test_only_compat_asks_for_versions(path: Path) -> None:
    if "compat" in path.parts:
        return
    nodes = list(ast.walk(tree(path)))
    words = {each.attr for each in nodes if isinstance(each, ast.Attribute)}
    words |= {each.id for each in nodes if isinstance(each, ast.Name)}
    for each in nodes:
        if isinstance(each, ast.ImportFrom):
            words |= {*(each.module or "").split("."), *(alias.name for alias in each.names)}
    assert words & VERSIONS == set()


@each_module
def test_qt_comes_through_anki(path: Path) -> None:
    assert {name for name in imports(path).outside if name.startswith("PyQt")} == set()


# --- Tests ----------------------------------------------------------------------------------------

TEST_FILES: Dict[str, Path] = {path.stem: path for path in (ROOT / "tests").rglob("test_*.py")}


def place_of_tests(module: str) -> str:
    """Where the table says that a module is tested, or ""."""
    return TESTED_IN.get(module) or next(
        (
            place
            for name, place in TESTED_IN.items()
            if name.endswith("/") and module.startswith(name)
        ),
        "",
    )


def with_code() -> Iterator[str]:
    return (named(path) for path in MODULES if path.name != "__init__.py")


@pytest.mark.parametrize("module", list(with_code()))
def test_every_module_is_tested_somewhere(module: str) -> None:
    own = f"test_{Path(module).stem}" in TEST_FILES
    assert own or module in ONLY_NAMES or place_of_tests(module)


@pytest.mark.parametrize(("module", "place"), TESTED_IN.items())
def test_the_table_of_tests_is_true(module: str, place: str) -> None:
    assert (ROOT / module).exists()
    assert (ROOT / place).exists()
    assert f"test_{Path(module).stem}" not in TEST_FILES, "it has a test file of its own now"


def test_the_modules_of_names_exist() -> None:
    assert [module for module in sorted(ONLY_NAMES) if not is_inside(module)] == []


# Paths of this checkout that a page speaks of.
PLACE = re.compile(r"`((?:plugin|tests|tools|docs|examples)/[\w./-]*)`")
PAGES = [*sorted((ROOT / "docs").glob("*.md")), *sorted(ROOT.glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_paths_on_pages_exist(page: Path) -> None:
    spoken_of = PLACE.findall(page.read_text(encoding="utf-8"))
    assert [path for path in spoken_of if not (ROOT / path).exists()] == []
