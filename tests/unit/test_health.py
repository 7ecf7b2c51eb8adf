"""What is told of Anki, with a main thread that answers, answers late, or not at all."""

import threading
from dataclasses import replace
from typing import Any, Callable, Dict, List, Optional

import jsonschema
import pytest

from plugin import health, openapi
from plugin.health import ANKI_OPERATION, ANKI_SILENT, Doing, Health, Seen
from plugin.version import VERSION
from tests.unit.web.serving import timed

OPEN = Seen(profile_open=True, collection_open=True)


class Anki:
    """A main thread that does what it is given at once, or keeps it until it is let."""

    def __init__(self, seen: Seen = OPEN) -> None:
        self.seen = seen
        self.held = False
        self.waiting: List[Callable[[], None]] = []
        self.running: Optional[Doing] = None
        self.health = Health(lambda: self.seen, self.post, lambda: self.running, "26.09.3")

    def post(self, function: Callable[[], None]) -> None:
        if self.held:
            self.waiting.append(function)
        else:
            function()

    def let_go(self) -> None:
        self.held = False
        waiting, self.waiting = self.waiting, []
        for function in waiting:
            function()

    def report(self) -> Dict[str, Any]:
        told = self.health.report()
        jsonschema.validate(told, openapi.HEALTH)
        return told


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "GRACE", 0.05)


def test_an_anki_that_is_ready() -> None:
    told = Anki().report()
    versions = told.pop("versions")
    assert told == {
        "ready": True,
        "profileOpen": True,
        "collectionOpen": True,
        "dialogOpen": False,
        "busy": None,
    }
    assert (versions["anki"], versions["ankiConnect"], versions["api"]) == ("26.09.3", VERSION, 6)


def test_without_a_collection_it_is_not_ready() -> None:
    told = Anki(Seen(profile_open=True)).report()
    assert (told["ready"], told["profileOpen"], told["collectionOpen"]) == (False, True, False)


def test_a_dialog_is_told_and_no_hindrance() -> None:
    told = Anki(replace(OPEN, dialog_open=True)).report()
    assert (told["ready"], told["dialogOpen"]) == (True, True)


def test_an_operation_of_ankis_own() -> None:
    told = Anki(replace(OPEN, operation=True)).report()
    assert told["busy"] == {"with": ANKI_OPERATION, "seconds": None}
    assert not told["ready"]


def test_an_action_in_the_background() -> None:
    anki = Anki()
    anki.seen = replace(OPEN, operation=True, background=Doing("sync", since=0.0))
    told = anki.report()
    assert told["busy"]["with"] == "sync"
    assert told["busy"]["seconds"] > 0
    assert not told["ready"]


def test_every_look_is_a_new_one() -> None:
    anki = Anki()
    anki.report()
    anki.seen = Seen()
    assert not anki.report()["collectionOpen"]


def test_a_main_thread_that_does_not_answer() -> None:
    anki = Anki()
    anki.report()
    anki.held = True
    told: Dict[str, Any] = {}
    assert timed(lambda: told.update(anki.report())) < 1
    assert not told["ready"]
    assert told["busy"]["with"] == ANKI_SILENT
    assert told["collectionOpen"], "from when it last answered"


def test_an_action_that_holds_the_main_thread_is_named() -> None:
    anki = Anki()
    anki.held, anki.running = True, Doing("getCollectionStatsHTML")
    assert anki.report()["busy"]["with"] == "getCollectionStatsHTML"


def test_an_action_that_is_just_being_carried_out_is_no_hindrance() -> None:
    anki = Anki()
    anki.running = Doing("version")
    assert anki.report()["ready"]


def test_silence_is_counted_from_the_first_question() -> None:
    anki = Anki()
    anki.held = True
    spans = [anki.report()["busy"]["seconds"] for _ in range(4)]
    assert spans[-1] >= 0.2
    assert spans == sorted(spans)


def test_a_held_up_main_thread_gets_no_queue_of_questions() -> None:
    anki = Anki()
    anki.held = True
    threads = [threading.Thread(target=anki.report) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert len(anki.waiting) == 1
    anki.let_go()
    assert anki.report()["ready"]


def test_a_look_that_fails_does_not_silence_it_for_good() -> None:
    def fail() -> Seen:
        raise ValueError("no look")

    anki = Anki()
    broken = Health(fail, anki.post, lambda: None, "26.09.3")
    for _ in range(2):
        with pytest.raises(ValueError, match="no look"):
            broken.report()
