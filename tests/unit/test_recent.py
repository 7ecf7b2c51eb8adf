"""What is remembered of requests and refusals, and what is not."""

import threading
from typing import List, Optional

import pytest

from plugin.dispatch import Answered
from plugin.errors import CollectionUnavailable, InvalidKey, NotAllowed, UnsupportedAction
from plugin.recent import ORIGINS, REQUESTS, Outcome, Recent
from plugin.web.guard import Caller, CallerKind

PAGE = "https://example.com"


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


def program(name: str = "curl/8", peer: str = "127.0.0.1") -> Caller:
    return Caller(CallerKind.PROGRAM, program=name, peer=peer)


def stranger(origin: Optional[str]) -> Caller:
    return Caller(CallerKind.FOREIGN, origin)


def answered(recent: Recent, action: str = "version", **parts: object) -> None:
    values = {"caller": program(), "error": None, "seconds": 0.25, **parts}
    recent.answered(Answered(action=action, **values))  # type: ignore[arg-type]


def test_requests_come_newest_first_with_client_and_time() -> None:
    recent = Recent(Clock())
    answered(recent, "deckNames")
    answered(recent, "addNote", caller=Caller(CallerKind.ALLOWED, PAGE))
    new, old = recent.requests()
    assert (new.number, new.time, new.client, new.action) == (2, 102.0, PAGE, "addNote")
    assert (old.number, old.time, old.client, old.action) == (1, 101.0, "curl/8", "deckNames")
    assert (old.outcome, old.milliseconds) == (Outcome.DONE, 250.0)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (str(InvalidKey()), Outcome.WRONG_KEY),
        (str(UnsupportedAction()), Outcome.UNKNOWN_ACTION),
        (str(CollectionUnavailable()), Outcome.NO_COLLECTION),
        (str(NotAllowed("version", "admin")), Outcome.NO_RIGHT),
        ("no such deck: " + str(NotAllowed("version", "admin")), Outcome.FAILED),
        ("deck was not found: my secret diary", Outcome.FAILED),
    ],
)
def test_of_an_error_only_its_kind_is_kept(error: str, outcome: Outcome) -> None:
    recent = Recent()
    answered(recent, error=error)
    [asked] = recent.requests()
    assert asked.outcome is outcome
    assert "secret" not in repr(asked)


@pytest.mark.parametrize(
    ("name", "peer", "client"),
    [
        ("curl/8", "127.0.0.1", "curl/8"),
        ("curl/8", "::1", "curl/8"),
        ("", "127.0.0.1", ""),
        ("curl/8", "192.168.1.7", "curl/8 (192.168.1.7)"),
        ("", "192.168.1.7", "192.168.1.7"),
    ],
)
def test_programs_of_other_computers_show_where_they_are(name: str, peer: str, client: str) -> None:
    recent = Recent()
    answered(recent, caller=program(name, peer))
    assert recent.requests()[0].client == client


def test_old_requests_make_room_and_numbers_go_on() -> None:
    recent = Recent()
    for _ in range(REQUESTS + 5):
        answered(recent)
    numbers = [asked.number for asked in recent.requests()]
    assert numbers == list(range(REQUESTS + 5, 5, -1))


def test_names_are_plain_and_short() -> None:
    recent = Recent()
    answered(recent, "\u202eevil\n" + "x" * 500)
    [asked] = recent.requests()
    assert asked.action.isascii()
    assert asked.action.isprintable()
    assert len(asked.action) <= 60


def test_pages_that_are_not_allowed_drive_no_request_out() -> None:
    recent = Recent(Clock())
    answered(recent, "deckNames")
    for _ in range(REQUESTS):
        answered(recent, "requestPermission", caller=stranger(PAGE))
    assert [asked.action for asked in recent.requests()] == ["deckNames"]
    [refused] = recent.refusals()
    assert (refused.origin, refused.times) == (PAGE, REQUESTS)


def test_refusals_are_counted_under_one_spelling_the_latest_first() -> None:
    recent = Recent(Clock())
    for origin in (PAGE, "https://other.example", "HTTPS://Example.com:443"):
        recent.refused(stranger(origin))
    assert [(one.origin, one.times) for one in recent.refusals()] == [
        (PAGE, 2),
        ("https://other.example", 1),
    ]
    recent.forget_origin(PAGE)
    assert [one.origin for one in recent.refusals()] == ["https://other.example"]


@pytest.mark.parametrize("origin", [None, "", "no origin", "https://a/path"])
def test_who_cannot_be_named_is_not_listed(origin: Optional[str]) -> None:
    recent = Recent()
    recent.refused(stranger(origin))
    assert recent.refusals() == []


def test_who_is_let_in_without_being_listed_is_known_by_name() -> None:
    recent = Recent(Clock())
    page, extension = "http://127.0.0.1:3000", "moz-extension://abc"
    for kind, origin in (
        (CallerKind.THIS_COMPUTER, page),
        (CallerKind.EXTENSION, extension),
        (CallerKind.ALLOWED, PAGE),
        (CallerKind.ANKI, "http://127.0.0.1:40000"),
        (CallerKind.THIS_COMPUTER, "HTTP://127.0.0.1:3000"),
    ):
        answered(recent, caller=Caller(kind, origin))
    recent.refused(stranger(PAGE))
    assert recent.neighbours() == [page, extension]
    for number in range(ORIGINS):
        answered(recent, caller=Caller(CallerKind.THIS_COMPUTER, f"http://localhost:{number + 1}"))
    assert len(recent.neighbours()) == ORIGINS
    assert page not in recent.neighbours()


def test_origins_are_bounded() -> None:
    recent = Recent()
    for number in range(ORIGINS + 3):
        recent.refused(stranger(f"https://{number}.example"))
    assert len(recent.refusals()) == ORIGINS
    assert "https://0.example" not in [one.origin for one in recent.refusals()]


def test_the_watcher_is_told_once_until_it_has_read() -> None:
    recent = Recent()
    told: List[int] = []
    recent.watch(lambda: told.append(1))
    answered(recent)
    answered(recent)
    recent.refused(stranger(PAGE))
    assert len(told) == 1
    recent.requests()
    answered(recent)
    assert len(told) == 2
    recent.watch(None)
    recent.requests()
    answered(recent)
    assert len(told) == 2


def test_many_threads_at_a_time_lose_nothing() -> None:
    recent = Recent()

    def ask() -> None:
        for _ in range(500):
            answered(recent)
            recent.refused(stranger(PAGE))
            recent.requests()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert recent.requests()[0].number == 4000
    assert recent.refusals()[0].times == 4000


def test_clearing_leaves_refusals() -> None:
    recent = Recent()
    answered(recent)
    recent.refused(stranger(PAGE))
    recent.forget_requests()
    assert recent.requests() == []
    assert len(recent.refusals()) == 1
