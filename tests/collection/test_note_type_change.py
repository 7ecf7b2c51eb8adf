"""Notes that get another note type: which cards they keep, on a bare collection."""

import time
from typing import Any, Dict, List

import pytest
from anki.collection import Collection

from plugin.actions.cards import cards_info
from tests.collection.note_calls import (
    REVERSED,
    assert_one_step,
    call,
    cloze,
    fields,
    note,
    orders,
)
from tests.collection.whole_state import whole_state

BASIC = note()
TWO_SIDED = note(modelName=REVERSED)
FIRST_INTERVAL = 100


def scheduled(col: Collection, given: Dict[str, Any]) -> int:
    """Adds the note; each of its cards is told by its interval: 100 and its template's number."""
    note_id = call(col, "addNote", note=given)
    col.db.execute(
        "update cards set type = 2, queue = 2, ivl = ? + ord where nid = ?", FIRST_INTERVAL, note_id
    )
    col.db.execute("update col set ls = scm + 1")
    return int(note_id)


def kept(col: Collection, note_id: int) -> List[int]:
    """The numbers of the cards that still have their scheduling; all others are new ones."""
    rows = col.db.all("select ord, type, ivl from cards where nid = ? order by ord", note_id)
    found = [order for order, kind, interval in rows if kind == 2]
    assert [row[2] - FIRST_INTERVAL for row in rows if row[1] == 2] == found
    assert all(interval == 0 for _, kind, interval in rows if kind != 2)
    return found


def change(col: Collection, note_id: int, name: str, texts: Dict[str, Any]) -> None:
    given = {"id": note_id, "modelName": name, "fields": texts, "tags": ["kept"]}
    assert_one_step(col, "updateNoteModel", note=given)


ONE_SIDE = {"Front": "f"}
BOTH = {"Front": "f", "Back": "b"}


@pytest.mark.parametrize(
    ("given", "name", "texts", "there", "scheduling"),
    [
        (BASIC, REVERSED, BOTH, [0, 1], [0]),
        (TWO_SIDED, "Basic", BOTH, [0], [0]),
        (BASIC, "Cloze", {"Text": "{{c1::a}}"}, [0], [0]),
        (BASIC, "Cloze", {"Text": "{{c1::a}} {{c3::b}}"}, [0, 2], [0]),
        (TWO_SIDED, "Cloze", {"Text": "{{c1::a}}"}, [0], [0]),
        (TWO_SIDED, "Cloze", {"Text": "{{c2::a}}"}, [1], [1]),
        (TWO_SIDED, "Cloze", {"Text": "{{c1::a}} {{c2::a}}"}, [0, 1], [0, 1]),
        (TWO_SIDED, "Cloze", {"Text": "plain"}, [0], [0]),
        (TWO_SIDED, "Cloze", {"Text": "plain", "Back Extra": "{{c2::x}}"}, [1], [1]),
        (cloze("{{c1::a}}"), "Basic", ONE_SIDE, [0], [0]),
        (cloze("{{c1::a}} {{c3::b}}"), "Basic", ONE_SIDE, [0], [0]),
        (cloze("{{c1::a}} {{c2::b}} {{c3::c}}"), REVERSED, BOTH, [0, 1], [0, 1]),
        (cloze("{{c2::a}}"), REVERSED, BOTH, [0, 1], [1]),
        (cloze("{{c3::a}}"), "Basic", ONE_SIDE, [0], []),
    ],
)
def test_cards_whose_number_exists_keep_their_scheduling(
    col: Collection,
    given: Dict[str, Any],
    name: str,
    texts: Dict[str, Any],
    there: List[int],
    scheduling: List[int],
) -> None:
    note_id = scheduled(col, given)
    change(col, note_id, name, texts)
    assert (orders(col, note_id), kept(col, note_id)) == (there, scheduling)
    stored = col.get_note(note_id)  # type: ignore[arg-type]
    assert stored.note_type()["name"] == name  # type: ignore[index]
    assert {key: text for key, text in stored.items() if text} == texts
    assert stored.tags == ["kept"]


def test_no_card_is_left_without_a_template(col: Collection) -> None:
    note_id = scheduled(col, TWO_SIDED)
    change(col, note_id, "Basic", ONE_SIDE)
    cards = list(col.find_cards(f"nid:{note_id}"))
    [told] = cards_info(col, cards)
    assert told["modelName"] == "Basic"
    assert "f" in told["question"]
    report = col.fix_integrity()[0]
    assert "card" not in report.replace("cards", "").lower(), report


def test_where_no_card_fits_the_first_stays_until_empty_ones_are_removed(col: Collection) -> None:
    note_id = scheduled(col, TWO_SIDED)
    change(col, note_id, "Cloze", {"Text": "{{c4::a}}"})
    assert (orders(col, note_id), kept(col, note_id)) == ([0, 1, 3], [0, 1])


def test_from_one_cloze_type_to_another_cards_stay(col: Collection) -> None:
    own = col.models.copy(col.models.by_name("Cloze"))  # type: ignore[arg-type]
    own["id"], own["name"] = 0, "My Cloze"
    col.models.add_dict(own)
    note_id = scheduled(col, cloze("{{c1::a}} {{c2::b}}"))
    change(col, note_id, "My Cloze", {"Text": "{{c2::b}} {{c3::c}}"})
    assert (orders(col, note_id), kept(col, note_id)) == ([0, 1, 2], [0, 1])


def test_unknown_fields_alone_empty_the_note(col: Collection) -> None:
    note_id = scheduled(col, cloze("{{c1::a}}"))
    change(col, note_id, "Basic", {"Nope": "x"})
    assert (fields(col, note_id), orders(col, note_id)) == (["", ""], [0])


def test_a_new_card_goes_to_the_deck_of_the_others(col: Collection) -> None:
    col.decks.add_normal_deck_with_name("Spanish")
    note_id = scheduled(col, {**BASIC, "deckName": "Spanish"})
    change(col, note_id, REVERSED, BOTH)
    decks = col.db.list("select did from cards where nid = ?", note_id)
    assert decks == [col.decks.id_for_name("Spanish")] * 2


def test_a_card_in_a_filtered_deck_keeps_its_home(col: Collection) -> None:
    note_id = scheduled(col, TWO_SIDED)
    col.sched.rebuild_filtered_deck(col.decks.new_filtered("Cram"))
    before = col.db.list("select odid from cards where nid = ? and ord = 0", note_id)
    change(col, note_id, "Basic", ONE_SIDE)
    assert col.db.list("select odid from cards where nid = ?", note_id) == before == [1]


def test_suspended_cards_stay_so_and_other_notes_are_not_touched(col: Collection) -> None:
    note_id, other = scheduled(col, BASIC), scheduled(col, note("perro"))
    col.sched.suspend_notes([note_id])  # type: ignore[list-item]
    before = col.db.all("select * from notes where id = ?", other)
    change(col, note_id, REVERSED, BOTH)
    queues = col.db.list("select queue from cards where nid = ? order by ord", note_id)
    assert queues == [-1, 0]
    assert col.db.all("select * from notes where id = ?", other) == before


def test_another_type_asks_for_a_full_sync_and_undo_takes_that_back(col: Collection) -> None:
    note_id = scheduled(col, BASIC)
    assert not col.schema_changed()
    time.sleep(0.002)
    given = {"id": note_id, "modelName": REVERSED, "fields": ONE_SIDE}
    call(col, "updateNoteModel", note=given)
    assert col.schema_changed()
    col.undo()
    assert not col.schema_changed()


def test_an_interruption_in_the_middle_takes_everything_back(
    col: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    note_id = scheduled(col, TWO_SIDED)
    before, step = whole_state(col), col.undo_status().undo

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(type(col), "update_note", interrupted)
    given = {"id": note_id, "modelName": "Cloze", "fields": {"Text": "{{c2::a}}"}}
    with pytest.raises(KeyboardInterrupt):
        call(col, "updateNoteModel", note=given)
    assert (whole_state(col), col.undo_status().undo) == (before, step)
    assert not col.schema_changed()
