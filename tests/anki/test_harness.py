"""The harness itself: what a test asks for is what a real Anki does."""

from __future__ import annotations

import threading
from typing import Any, List

import pytest

from tests.conftest import AnkiFactory
from tests.real_anki import AnkisOwnFault, ProbeError, RealAnki, ReplyError, tracebacks

ADD_NOTE = """
note = col.new_note(col.models.by_name("Basic"))
note["Front"] = text
col.add_note(note, 1)
result = note.id
"""
FRESH = "from a_probe import fresh_state; result = fresh_state.{}()"


def test_evaluates_and_executes_on_the_main_thread(fresh_anki: AnkiFactory) -> None:
    anki = fresh_anki(addon=False)
    assert anki.evaluate("mw.pm.name") == "User 1"
    assert anki.evaluate("anki.lang.current_lang") in ("en", "en-US")
    assert anki.execute(
        "import threading; result = threading.current_thread().name + x", x="!"
    ) == ("MainThread!")
    with pytest.raises(ProbeError, match="ZeroDivisionError"):
        anki.evaluate("1 / 0")


def test_waiting_lets_events_happen(fresh_anki: AnkiFactory) -> None:
    anki = fresh_anki(addon=False)
    assert anki.execute(
        """
        from aqt.qt import QTimer
        seen = []
        QTimer.singleShot(50, lambda: seen.append("event"))
        wait_until(lambda: seen)
        result = seen
        """
    ) == ["event"]
    with pytest.raises(ProbeError, match="never"):
        anki.execute("wait_until(lambda: False, 0.1, 'never')")
    with pytest.raises(ProbeError, match="KeyError"):
        anki.execute("wait_until(lambda: {}['x'])")


def test_heartbeat_notices_a_blocked_main_thread(fresh_anki: AnkiFactory) -> None:
    anki = fresh_anki(addon=False)
    anki.execute("heartbeat.start(); wait(0.3); import time; time.sleep(0.25); wait(0.1)")
    measured = anki.evaluate("heartbeat.stop()")
    assert measured["longest_ms"] >= 245
    assert measured["beats"] > 10


def test_restart_keeps_data_and_kill_ends_at_once(fresh_anki: AnkiFactory) -> None:
    anki = fresh_anki(addon=False)
    note = anki.execute(ADD_NOTE, text="stays")
    first = anki.pid
    anki.restart()
    assert anki.pid != first
    assert anki.evaluate("col.get_note(note)['Front']", note=note) == "stays"
    anki.kill()
    assert not anki.is_running()


def test_two_at_once(fresh_anki: AnkiFactory) -> None:
    one, two = fresh_anki(addon=False), fresh_anki(addon=False)
    assert one.pid != two.pid
    one.execute(ADD_NOTE, text="only here")
    assert (one.evaluate("col.note_count()"), two.evaluate("col.note_count()")) == (1, 0)


def test_threads_do_not_wait_for_each_other(fresh_anki: AnkiFactory) -> None:
    anki = fresh_anki(addon=False)
    order: List[Any] = []

    def slow() -> None:
        anki.execute("kept['slow'] = True; wait_until(lambda: kept.get('go'), 10)")
        order.append("slow")

    thread = threading.Thread(target=slow)
    thread.start()
    anki.wait_for("kept.get('slow')")
    order.append("quick")
    anki.execute("kept['go'] = True")
    thread.join()
    assert order == ["quick", "slow"]


def test_waits_at_the_question_for_a_profile(fresh_anki: AnkiFactory) -> None:
    anki = fresh_anki(addon=False, profiles=("One", "Two"), open_profile=None)
    assert anki.evaluate("[mw.col is None, mw.pm.profiles()]") == [True, ["One", "Two"]]
    anki.restart()
    assert anki.evaluate("mw.col is None")


def test_sigterm_closes_anki_in_order(fresh_anki: AnkiFactory) -> None:
    assert fresh_anki(addon=False).terminate() == 0


def test_fresh_state_leaves_nothing(fresh_anki: AnkiFactory) -> None:
    anki = fresh_anki(addon=False)
    anki.execute(FRESH.format("remember"))
    before = anki.evaluate("[col.models.all_names(), col.decks.all_names_and_ids().__len__()]")
    anki.execute(ADD_NOTE, text="goes")
    anki.execute(
        """
        col.decks.id("Other::Deck")
        col.models.remove(col.models.id_for_name("Cloze"))
        col.set_config("anything", 1)
        col.media.write_data("a.txt", b"a")
        add = aqt.dialogs.open("AddCards", mw)
        aqt.dialogs.open("Browser", mw)
        wait(0.5)
        """
    )
    assert anki.execute(FRESH.format("bring_back")) is True
    assert before == anki.evaluate(
        "[col.models.all_names(), col.decks.all_names_and_ids().__len__()]"
    )
    assert anki.evaluate("[col.note_count(), col.card_count(), col.get_config('anything')]") == [
        0,
        0,
        None,
    ]
    assert anki.evaluate("__import__('os').listdir(col.media.dir())") == []
    assert anki.evaluate("col.undo_status().undo") == ""
    assert anki.evaluate("aqt.dialogs.allClosed()")
    anki.execute(ADD_NOTE, text="works again")


def test_log_check_knows_whose_traceback_it_is() -> None:
    start = "Traceback (most recent call last):\n"
    ours = (
        start + '  File "/x/addons21/ankiconnect/addon.py", line 1, in f\n    f()\nValueError: no\n'
    )
    theirs = start + '  File "/x/waitress/task.py", line 1, in f\n    f()\n'
    theirs += '  File "/x/socket.py", line 1, in accept\n    f()\nOSError: [Errno 9]\n'
    assert tracebacks("noise\n" + theirs) == []
    assert len(tracebacks(theirs + ours)) == 1
    through_us = start + '  File "/x/waitress/task.py", line 1, in f\n' + ours[len(start) :]
    assert len(tracebacks(through_us)) == 1


@pytest.mark.parametrize(
    "end",
    [
        "AttributeError: 'NoneType' object has no attribute 'conf'\n",
        "RuntimeError: wrapped C/C++ object of type AnkiQt has been deleted\n",
    ],
)
def test_log_check_lets_ankis_own_views_come_too_late_for_its_end(end: str) -> None:
    start = "Traceback (most recent call last):\n"
    anki = '  File "/x/aqt/taskman.py", line 138, in _on_closures_pending\n    closure()\n'
    ours = '  File "/x/addons21/ankiconnect/perform.py", line 1, in f\n    col.conf\n'
    assert tracebacks(start + anki + end, closing=True) == []
    assert len(tracebacks(start + anki + end)) == 1
    assert len(tracebacks(start + anki + ours + end, closing=True)) == 1
    assert len(tracebacks(start + anki + "ValueError: no\n", closing=True)) == 1


def test_a_crash_is_noticed_unless_anki_has_ended(fresh_anki: AnkiFactory) -> None:
    anki = fresh_anki(addon=False)
    anki.execute("import atexit, os, signal; atexit.register(os.kill, os.getpid(), signal.SIGSEGV)")
    anki.restart()
    assert not anki.ends_within(0)
    with pytest.raises((ProbeError, OSError)):
        anki.execute("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    assert anki.ends_within(5)
    with pytest.raises(AssertionError, match="ended with code -11"):
        anki.close()


@pytest.mark.filterwarnings("ignore:Anki wrote a traceback")
def test_a_traceback_is_laid_at_the_door_of_its_maker(fresh_anki: AnkiFactory) -> None:
    anki = fresh_anki(addon=False)
    text = (
        'Traceback (most recent call last):\n  File "{}", line 1, in f\n    f()\nValueError: no\n'
    )
    for file, fault in (
        ("/x/addons21/ankiconnect/a.py", AssertionError),
        ("/x/aqt/a.py", AnkisOwnFault),
    ):
        anki.execute("import os; os.write(2, text.encode())", text=text.format(file))
        with pytest.raises(AssertionError, match="ValueError: no") as caught:
            anki.check_log()
        assert caught.type is fault


def test_bare_collection(col: Any) -> None:
    assert col.note_count() == 0
    assert col.models.id_for_name("Basic") is not None


@pytest.mark.parametrize("text", ["first", "second"])
def test_shared_anki_is_fresh_each_time(anki: RealAnki, text: str) -> None:
    assert anki.request("version") == 6
    assert anki.request("findNotes", query="") == []
    anki.execute(ADD_NOTE, text=text)
    assert len(anki.request("findNotes", query=text)) == 1


def test_errors_of_the_add_on_are_raised(anki: RealAnki) -> None:
    with pytest.raises(ReplyError, match=r"^unsupported action$"):
        anki.request("noSuchAction")
