"""What the tests of changing note types share: a collection with notes, its whole state, and one change."""

from typing import Any, Callable, List

import pytest
from anki.collection import Collection

from plugin.collection.edit import Edit
from plugin.errors import ApiError

STEP = "AnkiConnect: Change"
USER_STEP = "Update Note"
TWO_SIDES = "Basic (and reversed card)"
TABLES = ("notes", "cards", "revlog", "graves", "decks", "notetypes", "fields", "templates")


def fill(col: Collection) -> None:
    """Two notes with a front and a back, a cloze note, a step of the user's own to undo; looks freshly synced."""
    for name, texts in [
        (TWO_SIDES, ["gato", "cat"]),
        ("Basic", ["perro", "dog"]),
        ("Cloze", ["{{c1::uno}} {{c2::dos}}", ""]),
    ]:
        note_type = col.models.by_name(name)
        assert note_type is not None
        note = col.new_note(note_type)
        note.fields = texts
        col.add_note(note, 1)  # type: ignore[arg-type]
    col.db.execute("update col set ls = scm + 1, mod = scm + 1")
    note.fields[1] = "extra"
    col.update_note(note)
    assert not col.schema_changed()
    assert col.undo_status().undo == USER_STEP


def state(col: Collection) -> List[Any]:
    """All rows but modification marks of the collection itself."""
    tables = [col.db.all(f"select * from {table} order by 1, 2") for table in TABLES]
    return [*tables, col.db.all("select key, val from config order by key")]


def changed(col: Collection, write: Callable[[Edit], Any]) -> Edit:
    edit = Edit(col, STEP)
    write(edit)
    return edit


def is_2_1_50(col: Collection) -> bool:
    return hasattr(col.db, "last_begin_at")


def template(name: str, front: str = "{{Back}}!", back: str = "{{Front}}") -> Any:
    return {"Name": name, "Front": front, "Back": back}


def refused(col: Collection, write: Callable[[Edit], Any], error: type = ApiError) -> str:
    """The text of the refusal; nothing was written and the user's undo list is as it was."""
    fill(col)
    before = state(col)
    edit = Edit(col)
    with pytest.raises(error) as caught:
        write(edit)
    assert state(col) == before
    assert edit.changes is None
    assert col.undo_status().undo == USER_STEP
    return str(caught.value)


def untouched(col: Collection, write: Callable[[Edit], Any]) -> Any:
    """The result of a request that finds nothing to do; it leaves no step."""
    fill(col)
    before = state(col)
    edit = Edit(col)
    result = write(edit)
    assert state(col) == before
    assert edit.changes is None
    assert col.undo_status().undo == USER_STEP
    return result


def orders(col: Collection, name: str) -> List[int]:
    note_type = col.models.by_name(name)
    assert note_type is not None
    return list(
        col.db.list(
            "select ord from cards where nid in (select id from notes where mid = ?) order by ord",
            note_type["id"],
        )
    )
