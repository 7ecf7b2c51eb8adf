"""Asking the user: one question at a time, few in line, no pestering."""

import threading
import time
from typing import Callable, Dict, Iterator, List, Optional, Tuple

import pytest

from plugin.web.messages import never_gone
from plugin.web.permission import (
    IN_LINE,
    LONGEST_PAUSE,
    MANY_REFUSALS,
    PATIENCE,
    SHARERS,
    TIRED,
    Decision,
    PermissionDesk,
    Question,
)

ALLOW, DENY, IGNORE = Decision.ALLOW, Decision.DENY, Decision.IGNORE
SITE = "https://site.example"


def eventually(condition: Callable[[], bool]) -> bool:
    """Waits for other threads: returns as soon as it is so, False after five seconds."""
    end = time.monotonic() + 5
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.001)
    return True


class Asker:
    """A request that waits on a thread of its own."""

    def __init__(self, desk: PermissionDesk, origin: str) -> None:
        self.left = False
        self.answer: Optional[bool] = None
        self._thread = threading.Thread(target=self._run, args=(desk, origin), daemon=True)
        self._thread.start()

    def _run(self, desk: PermissionDesk, origin: str) -> None:
        self.answer = desk.ask(origin, lambda: self.left)

    @property
    def waiting(self) -> bool:
        return self._thread.is_alive()

    def result(self) -> Optional[bool]:
        self._thread.join(5)
        assert not self.waiting
        return self.answer


class Office:
    """A desk with a user who answers when told to, settings, and a clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.settings: Dict[str, bool] = {}
        self.remembered: List[Tuple[str, Decision]] = []
        self.shown: List[Question] = []
        self.closed_windows: List[str] = []
        self.open_windows = 0
        self.most_windows = 0
        self.desk = PermissionDesk(
            self.show, self.remember, self.settings.get, lambda: self.now, poll=0.005
        )

    def show(self, question: Question) -> None:
        self.open_windows += 1
        self.most_windows = max(self.most_windows, self.open_windows)
        question.on_withdraw(lambda: self.close_window(question.origin))
        self.shown.append(question)

    def close_window(self, origin: str) -> None:
        self.open_windows -= 1
        self.closed_windows.append(origin)

    def remember(self, origin: str, decision: Decision) -> None:
        self.remembered.append((origin, decision))
        self.settings[origin] = decision is ALLOW

    def comes(self, origin: str = SITE) -> Asker:
        """A request that has to wait, and does by now."""
        before = self.waiting
        asker = Asker(self.desk, origin)
        assert eventually(lambda: self.waiting > before)
        return asker

    @property
    def waiting(self) -> int:
        """How many requests wait now."""
        with self.desk._changed:
            return sum(matter.askers for matter in self.desk._open.values())

    def sees(self, number: int = 1) -> Question:
        """The latest question, once the user has been shown that many in all."""
        assert eventually(lambda: len(self.shown) >= number)
        assert len(self.shown) == number
        return self.shown[-1]

    def says(self, question: Question, decision: Decision) -> None:
        self.open_windows -= 1
        question.answer(decision)

    def asks_and_hears(self, decision: Decision, origin: str = SITE) -> Optional[bool]:
        number = len(self.shown)
        asker = self.comes(origin)
        self.says(self.sees(number + 1), decision)
        return asker.result()

    def denies_unasked(self, origin: str = SITE) -> bool:
        number = len(self.shown)
        return not self.desk.ask(origin, never_gone) and len(self.shown) == number


@pytest.fixture
def office() -> Iterator[Office]:
    place = Office()
    yield place
    place.desk.close()


@pytest.mark.parametrize(
    ("decision", "granted", "remembered"),
    [(ALLOW, True, [(SITE, ALLOW)]), (DENY, False, []), (IGNORE, False, [(SITE, IGNORE)])],
)
def test_the_answer_reaches_the_asker(
    office: Office, decision: Decision, granted: bool, remembered: List[Tuple[str, Decision]]
) -> None:
    assert office.asks_and_hears(decision) is granted
    assert office.remembered == remembered
    assert office.closed_windows == []  # the window that answers closes itself


@pytest.mark.parametrize("known", [True, False])
def test_what_the_settings_know_is_not_asked(office: Office, known: bool) -> None:
    office.settings[SITE] = known
    assert office.desk.ask(SITE, never_gone) is known
    assert office.shown == []


def test_requests_of_one_origin_share_a_question(office: Office) -> None:
    askers = [office.comes() for _ in range(5)]
    office.says(office.sees(), ALLOW)
    assert [asker.result() for asker in askers] == [True] * 5
    assert len(office.remembered) == 1


def test_an_origin_counts_as_the_same_however_it_is_spelt(office: Office) -> None:
    askers = [office.comes(origin) for origin in (SITE, SITE.upper(), SITE + ":443")]
    office.says(office.sees(), ALLOW)
    assert [asker.result() for asker in askers] == [True] * 3
    assert office.remembered == [(SITE, ALLOW)]


def test_it_is_remembered_before_anyone_hears_of_it(office: Office) -> None:
    asker = office.comes()
    waiting: List[bool] = []
    stored = office.remember

    def remember(origin: str, decision: Decision) -> None:
        waiting.append(asker.waiting)
        stored(origin, decision)

    office.desk._remember = remember
    office.says(office.sees(), ALLOW)
    assert (asker.result(), waiting) == (True, [True])
    assert office.desk.ask(SITE, never_gone)


def test_an_answer_that_cannot_be_stored_is_a_no(office: Office) -> None:
    def full_disk(origin: str, decision: Decision) -> None:
        raise OSError("no space left")

    office.desk._remember = full_disk
    asker = office.comes()
    with pytest.raises(OSError, match="no space"):
        office.sees().answer(ALLOW)
    assert asker.result() is False


def test_only_the_first_answer_counts(office: Office) -> None:
    asker = office.comes()
    question = office.sees()
    office.says(question, DENY)
    question.answer(ALLOW)
    assert asker.result() is False
    assert office.remembered == []


def test_an_old_window_cannot_answer_a_new_question(office: Office) -> None:
    assert office.asks_and_hears(DENY) is False
    old = office.shown[0]
    office.now += 31
    asker = office.comes()
    new = office.sees(2)
    old.answer(ALLOW)
    assert asker.waiting
    office.says(new, DENY)
    assert asker.result() is False


def test_one_window_at_a_time_in_the_order_of_asking(office: Office) -> None:
    origins = [f"https://{number}.example" for number in range(IN_LINE + 1)]
    askers = [office.comes(origin) for origin in origins]
    for number, origin in enumerate(origins, 1):
        question = office.sees(number)
        assert question.origin == origin
        office.says(question, ALLOW)
    assert all(asker.result() for asker in askers)
    assert office.most_windows == 1


def test_few_origins_wait_in_line(office: Office) -> None:
    for number in range(IN_LINE + 1):
        office.comes(f"https://{number}.example")
    assert office.denies_unasked("https://one-too-many.example")
    office.comes("https://0.example")  # shares a question that is there


def test_one_origin_leaves_the_other_places_free(office: Office) -> None:
    """However often it asks, it takes one place in the line, and few threads."""
    askers = [office.comes() for _ in range(SHARERS)]
    for _ in range(100):
        assert office.denies_unasked()
    others = [office.comes(f"https://{number}.example") for number in range(IN_LINE)]
    office.says(office.sees(1), ALLOW)
    assert [asker.result() for asker in askers] == [True] * SHARERS
    for number in range(IN_LINE):
        office.says(office.sees(number + 2), ALLOW)
    assert all(asker.result() for asker in others)


def test_a_place_is_free_again_when_its_asker_has_gone(office: Office) -> None:
    askers = [office.comes() for _ in range(SHARERS)]
    askers[0].left = True
    assert askers[0].result() is False
    again = office.comes()
    office.says(office.sees(), ALLOW)
    assert again.result() is True


@pytest.mark.parametrize("known", [True, False])
def test_settings_changed_meanwhile_answer_the_question(office: Office, known: bool) -> None:
    askers = [office.comes(), office.comes()]
    question = office.sees()
    office.settings[SITE] = known
    office.desk.settings_changed()
    assert [asker.result() for asker in askers] == [known, known]
    assert question.withdrawn
    assert office.closed_windows == [SITE]
    question.answer(ALLOW)
    assert office.remembered == []
    assert office.desk.ask(SITE, never_gone) is known


def test_settings_that_say_nothing_of_the_origin_leave_its_question(office: Office) -> None:
    asker = office.comes()
    question = office.sees()
    office.settings["https://other.example"] = True
    office.desk.settings_changed()
    assert asker.waiting
    assert not question.withdrawn
    office.says(question, DENY)
    assert asker.result() is False


def test_settings_answer_for_who_waits_in_line_without_a_window(office: Office) -> None:
    first, second = office.comes("https://1.example"), office.comes("https://2.example")
    question = office.sees(1)
    office.settings["https://2.example"] = True
    office.desk.settings_changed()
    assert second.result() is True
    assert first.waiting
    office.says(question, DENY)
    assert first.result() is False
    assert len(office.shown) == 1


def test_settings_change_through_the_answer_itself(office: Office) -> None:
    """Storing the answer changes the settings, while the answer is on its way."""
    stored = office.remember

    def remember(origin: str, decision: Decision) -> None:
        stored(origin, decision)
        office.desk.settings_changed()

    office.desk._remember = remember
    assert office.asks_and_hears(ALLOW) is True
    assert office.closed_windows == []


def test_a_no_is_not_asked_again_for_a_growing_while(office: Office) -> None:
    pause = 30.0
    while pause < LONGEST_PAUSE:
        assert office.asks_and_hears(DENY) is False
        office.now += pause - 1
        assert office.denies_unasked()
        office.now += 2
        pause *= 2
    for _ in range(3):
        office.asks_and_hears(DENY)
        office.now += LONGEST_PAUSE - 1
        assert office.denies_unasked()
        office.now += 2


def test_a_no_concerns_its_origin_only(office: Office) -> None:
    assert office.asks_and_hears(DENY) is False
    assert office.asks_and_hears(ALLOW, "https://other.example") is True


def test_old_refusals_are_forgotten(office: Office) -> None:
    office.asks_and_hears(DENY)
    office.now += 30 + LONGEST_PAUSE
    office.asks_and_hears(DENY)
    office.now += 31
    assert office.asks_and_hears(ALLOW) is True


def test_many_origins_cannot_wear_the_user_down(office: Office) -> None:
    for number in range(MANY_REFUSALS):
        office.asks_and_hears(DENY, f"https://{number}.example")
    assert office.denies_unasked("https://next.example")
    office.now += TIRED
    assert office.asks_and_hears(ALLOW, "https://next.example") is True


def test_the_window_goes_when_all_askers_have_gone(office: Office) -> None:
    askers = [office.comes(), office.comes()]
    question = office.sees()
    askers[0].left = True
    assert askers[0].result() is False
    assert not question.withdrawn
    askers[1].left = True
    assert askers[1].result() is False
    assert question.withdrawn
    assert office.closed_windows == [SITE]
    question.answer(ALLOW)
    assert office.remembered == []


def test_a_page_may_be_reloaded_once_but_not_make_windows_flicker(office: Office) -> None:
    for number in (1, 2):
        asker = office.comes()
        office.sees(number)
        asker.left = True
        assert asker.result() is False
    assert office.denies_unasked()
    office.now += 31
    assert office.asks_and_hears(ALLOW) is True


def test_the_next_question_follows_one_that_was_withdrawn(office: Office) -> None:
    first, second = office.comes("https://1.example"), office.comes("https://2.example")
    office.sees(1)
    first.left = True
    question = office.sees(2)
    office.says(question, ALLOW)
    assert (first.result(), second.result()) == (False, True)
    assert office.most_windows == 1


def test_who_leaves_the_line_is_never_asked_about(office: Office) -> None:
    first, second = office.comes("https://1.example"), office.comes("https://2.example")
    second.left = True
    assert second.result() is False
    office.says(office.sees(1), ALLOW)
    assert first.result() is True
    assert len(office.shown) == 1
    assert office.asks_and_hears(ALLOW, "https://2.example") is True


def test_a_question_without_an_answer_ends(office: Office) -> None:
    asker = office.comes()
    question = office.sees()
    office.now += PATIENCE - 1
    assert asker.waiting
    office.now += 1
    assert asker.result() is False
    assert question.withdrawn
    assert office.closed_windows == [SITE]
    assert office.denies_unasked()


def test_closing_denies_everyone_at_once(office: Office) -> None:
    office.desk._poll = 60
    askers = [office.comes(f"https://{number}.example") for number in range(3)]
    question = office.sees(1)
    office.desk.close()
    assert [asker.result() for asker in askers] == [False] * 3
    assert question.withdrawn
    assert office.closed_windows == ["https://0.example"]
    assert office.denies_unasked("https://later.example")
    office.desk.close()


def test_a_window_that_comes_late_is_told_to_close() -> None:
    question = Question(SITE, lambda _, decision: None)
    question.withdraw()
    closed: List[bool] = []
    question.on_withdraw(lambda: closed.append(True))
    assert closed == [True]


def test_a_window_is_told_once() -> None:
    question = Question(SITE, lambda _, decision: None)
    closed: List[bool] = []
    question.on_withdraw(lambda: closed.append(True))
    question.withdraw()
    question.withdraw()
    assert closed == [True]


def test_an_answer_from_inside_show(office: Office) -> None:
    office.desk._show = lambda question: question.answer(ALLOW)
    assert office.desk.ask(SITE, never_gone) is True


@pytest.mark.parametrize(
    ("origin", "nobody"),
    [("null", True), ("file://", True), ("FILE://", True), (SITE, False), ("app://null", False)],
)
def test_origins_that_many_share(origin: str, nobody: bool) -> None:
    assert Question(origin, lambda _, decision: None).names_nobody is nobody


@pytest.mark.parametrize(
    ("origin", "several"),
    [("http://localhost", True), ("http://localhost:3000", False), (SITE, False), ("null", False)],
)
def test_the_origin_that_stands_for_several_kinds(origin: str, several: bool) -> None:
    assert Question(origin, lambda _, decision: None).lets_in_neighbours is several


def test_no_thread_is_lost_in_a_crowd(office: Office) -> None:
    office.desk._show = lambda question: question.answer(
        ALLOW if question.origin.endswith("0.example") else DENY
    )
    askers = [Asker(office.desk, f"https://{number % 5}.example") for number in range(60)]
    assert {asker.result() for asker in askers} <= {True, False}
    assert office.waiting == 0
    assert office.desk._open == {}
