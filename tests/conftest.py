"""Fixtures: a shared real Anki, real Ankis of a test's own, and a bare collection."""

from __future__ import annotations

import importlib.util
import json
import pathlib
import warnings
from typing import Any, Callable, Iterator, List, Optional

import pytest

from tests.real_anki import ProbeError, RealAnki
from tools import matrix
from tools.launch import ADDON_FOLDER

TESTS = pathlib.Path(__file__).parent
NEED_ANKI = ("collection", "anki", "browser", "clients", "contract", "smoke")

DYING_SECONDS = 3

AnkiFactory = Callable[..., RealAnki]


def pytest_pycollect_makemodule(module_path: pathlib.Path, parent: pytest.Collector) -> None:
    """Tests that need Anki fail without it; they are never skipped."""
    room = module_path.relative_to(TESTS).parts[0]
    if room in NEED_ANKI and importlib.util.find_spec("aqt") is None:
        raise parent.CollectError(
            f"tests/{room} needs a real Anki, and this Python has none: "
            "run it through tox, for example `tox -e anki2609` (docs/testing.md)"
        )


@pytest.fixture(scope="session", autouse=True)
def versions_in_the_report(record_testsuite_property: Callable[[str, object], None]) -> None:
    """What the table in README.md tells of a run, if there is a JUnit report at all."""
    for name, value in matrix.versions().items():
        record_testsuite_property(name, value)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What failed at first and was run once more stays in sight."""
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.write_sep("_", f"failed at first: {report.nodeid} ({report.when})")
        terminalreporter.write_line(report.longreprtext)


class SharedAnki:
    """One Anki for many tests, brought back to a fresh state before each of them."""

    def __init__(self, new_base: Callable[[], pathlib.Path]) -> None:
        self._new_base = new_base
        self._anki: Optional[RealAnki] = None
        self._config: Any = None

    def fresh(self) -> RealAnki:
        """The Anki in its fresh state; another one if a test changed more than can be undone."""
        anki = self._anki
        if anki is not None and anki.is_running():
            try:
                if self._is_as_started(anki) and _run(anki, "bring_back"):
                    return anki
                self.close()
            except (ProbeError, OSError):
                if not anki.ends_within(DYING_SECONDS):
                    raise
                # Qt crashes now and then when windows with pages are closed, Qt 5 more often, and without our add-on
                # as well. The warning says when it was so.
                warnings.warn("Anki crashed while its windows were closed", stacklevel=2)
                anki.kill()
        return self._start()

    def close(self) -> None:
        anki, self._anki = self._anki, None
        if anki is not None and anki.is_running():
            anki.close()

    def _start(self) -> RealAnki:
        self._anki = RealAnki(self._new_base()).start()
        _run(self._anki, "remember")
        self._config = _saved_config(self._anki)
        return self._anki

    def _is_as_started(self, anki: RealAnki) -> bool:
        same_profile = anki.evaluate("mw.pm.name") == anki.open_profile
        return bool(same_profile) and _saved_config(anki) == self._config


def _run(anki: RealAnki, what: str) -> Any:
    return anki.execute(f"from a_probe import fresh_state; result = fresh_state.{what}()")


def _saved_config(anki: RealAnki) -> Any:
    meta = anki.base / "addons21" / ADDON_FOLDER / "meta.json"
    return json.loads(meta.read_text(encoding="utf-8")).get("config")


@pytest.fixture(scope="session")
def shared_anki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedAnki]:
    shared = SharedAnki(lambda: tmp_path_factory.mktemp("anki"))
    yield shared
    shared.close()


@pytest.fixture
def anki(shared_anki: SharedAnki) -> Iterator[RealAnki]:
    """A real Anki with our server, an empty collection and only its main window open."""
    found = shared_anki.fresh()
    yield found
    found.check_log()


@pytest.fixture
def fresh_anki(tmp_path: pathlib.Path) -> Iterator[AnkiFactory]:
    """Starts real Ankis for this test alone; takes the options of RealAnki."""
    started: List[RealAnki] = []

    def start(**options: Any) -> RealAnki:
        found = RealAnki(tmp_path / f"anki{len(started)}", **options)
        started.append(found)
        return found.start()

    yield start
    failures = [failure for failure in map(_ended, started) if failure is not None]
    if failures:
        raise failures[0]


def _ended(anki: RealAnki) -> Optional[AssertionError]:
    try:
        if anki.is_running():
            anki.close()
    except AssertionError as failure:
        return failure
    finally:
        anki.kill()
    return None


@pytest.fixture
def col(tmp_path: pathlib.Path) -> Iterator[Any]:
    """A new collection without any Anki around it."""
    import anki.lang
    from anki.collection import Collection

    anki.lang.set_lang("en_US")
    found = Collection(str(tmp_path / "collection.anki2"))
    yield found
    if found.db is not None:
        found.close()
