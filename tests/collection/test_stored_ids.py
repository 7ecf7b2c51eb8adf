"""Which ids are stored and fit, whether all of them do, some, or none."""

from typing import List

import pytest
from anki.collection import Collection

from plugin.collection.stored_ids import fitting
from tests.collection.note_calls import call, note


@pytest.fixture
def notes(col: Collection) -> List[int]:
    return list(
        call(col, "addNotes", notes=[note(f"n{n}", tags=["odd"] * (n % 2)) for n in range(4)])
    )


def test_all_some_or_none(col: Collection, notes: List[int]) -> None:
    asked = [notes[3], notes[0], notes[1], notes[3]]
    assert fitting(col, "notes", asked) == [notes[3], notes[0], notes[1]]
    assert fitting(col, "notes", [5, *asked, 6]) == [notes[3], notes[0], notes[1]]
    assert fitting(col, "notes", [5, 6]) == []
    assert fitting(col, "notes", []) == []


def test_a_condition_with_values(col: Collection, notes: List[int]) -> None:
    odd = "tags like ?"
    assert fitting(col, "notes", notes, odd, "%odd%") == [notes[1], notes[3]]
    assert fitting(col, "notes", [notes[3], notes[1]], odd, "%odd%") == [notes[3], notes[1]]
    assert fitting(col, "notes", notes, odd, "%even%") == []
