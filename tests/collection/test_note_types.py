"""Working on copies of note types, and storing them in one step."""

from __future__ import annotations

import copy
from typing import Any, Dict, List

import pytest
from anki.collection import Collection

from plugin.collection import note_types
from plugin.collection.edit import Edit
from plugin.errors import BadParams, NotFound, Refused
from tests.collection.note_type_changes import STEP, TWO_SIDES, USER_STEP, fill, state


def parts(*names: str) -> List[Dict[str, Any]]:
    return [{"name": name} for name in names]


def css_of(col: Collection, name: str) -> str:
    note_type = col.models.by_name(name)
    assert note_type is not None
    return str(note_type["css"])


# Copies and parts


def test_a_copy_shares_nothing_with_ankis_own_object(col: Collection) -> None:
    own = col.models.by_name("Basic")
    found = note_types.changeable(col, "bASIC")
    assert found == own
    found["flds"][0]["name"] = "changed"
    found["tmpls"].clear()
    assert found != own
    assert col.models.by_name("Basic") == own


def test_an_unknown_note_type_is_said(col: Collection) -> None:
    with pytest.raises(NotFound, match=r"^model was not found: Nope$"):
        note_types.changeable(col, "Nope")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("Front", "Front"),
        ("front", "Front"),
        ("FRONT", "FRONT"),
        ("e\u0301", "\u00c9"),
        ("Fron", None),
        ("", None),
    ],
)
def test_the_exact_name_comes_before_one_in_other_case(wanted: str, found: Any) -> None:
    there = parts("FRONT", "Front", "\u00c9")
    part = note_types.find_part(there, wanted)
    assert (part and part["name"]) == found


def test_missing_parts_are_said_with_the_name_of_the_note_type(col: Collection) -> None:
    basic = note_types.changeable(col, "Basic")
    assert note_types.existing_field(basic, "back") is basic["flds"][1]
    assert note_types.existing_template(basic, "card 1") is basic["tmpls"][0]
    with pytest.raises(NotFound, match=r"^field was not found in Basic: Nope$"):
        note_types.existing_field(basic, "Nope")
    with pytest.raises(NotFound, match=r"^template was not found in Basic: Nope$"):
        note_types.existing_template(basic, "Nope")


# Names


@pytest.mark.parametrize("name", ["", " ", "::", '{}"', "#/^ ", "\u3000"])
def test_a_field_needs_a_name(name: str) -> None:
    with pytest.raises(BadParams, match=r"^Empty field name$"):
        note_types.field_name(name)


@pytest.mark.parametrize("name", ["", " ", '""'])
def test_a_template_needs_a_name(name: str) -> None:
    with pytest.raises(BadParams, match=r"^Empty template name$"):
        note_types.template_name(name)


def test_a_part_does_not_take_the_name_of_another(col: Collection) -> None:
    kind = note_types.changeable(col, TWO_SIDES)
    before = copy.deepcopy(kind)
    with pytest.raises(Refused, match=r": BACK$"):
        note_types.rename_field(kind, kind["flds"][0], "BACK")
    with pytest.raises(Refused, match=r": card 2$"):
        note_types.rename_template(kind, kind["tmpls"][0], "card 2")
    with pytest.raises(Refused, match=r": front$"):
        note_types.add_field(col, kind, "front")
    with pytest.raises(Refused, match=r": Card 1$"):
        note_types.add_template(col, kind, "Card 1", "{{Front}}", "")
    assert kind == before
    note_types.rename_field(kind, kind["flds"][0], "FRONT")
    assert kind["flds"][0]["name"] == "FRONT"


@pytest.mark.parametrize(
    ("index", "order"), [(0, "cab"), (1, "acb"), (2, "abc"), (3, "abc"), (99, "abc")]
)
def test_moving_a_part(index: int, order: str) -> None:
    letters = list("abc")
    note_types.move(letters, "c", index)
    assert "".join(letters) == order


# Storing


def test_what_is_the_same_is_not_written(col: Collection) -> None:
    fill(col)
    before = state(col)
    edit = Edit(col, STEP)
    assert note_types.store(edit, []) == 0
    assert note_types.store(edit, copy.deepcopy(col.models.all())) == 0
    assert state(col) == before
    assert edit.changes is None
    assert col.undo_status().undo == USER_STEP


def test_several_are_stored_in_one_step(col: Collection) -> None:
    fill(col)
    before = state(col)
    wanted = [note_types.changeable(col, name) for name in ("Basic", "Cloze", TWO_SIDES)]
    for note_type in wanted[:2]:
        note_type["css"] = "changed"
    assert note_types.store(Edit(col, STEP), wanted) == 2
    assert css_of(col, "Basic") == css_of(col, "Cloze") == "changed"
    assert css_of(col, TWO_SIDES) != "changed"
    assert col.undo_status().undo == STEP
    col.undo()
    assert state(col) == before
    assert col.undo_status().undo == USER_STEP


def test_none_is_stored_when_anki_refuses_one(col: Collection) -> None:
    fill(col)
    before = state(col)
    good, bad = note_types.changeable(col, "Basic"), note_types.changeable(col, TWO_SIDES)
    good["css"] = "changed"
    bad["tmpls"][1]["qfmt"] = "{{Nope}}"
    edit = Edit(col, STEP)
    with pytest.raises(Refused) as caught:
        note_types.store(edit, [good, bad])
    assert state(col) == before
    assert edit.changes is None
    assert col.undo_status().undo == USER_STEP
    # One line, without the marks that Anki puts around names.
    assert f"'{TWO_SIDES}' has a problem. " in str(caught.value)
    assert not any(mark in str(caught.value) for mark in ("<br>", "\u2068", "\u2069"))


def test_a_new_note_type_is_returned_as_a_copy_of_what_is_stored(col: Collection) -> None:
    wanted = note_types.changeable(col, "Basic")
    wanted.update(id=0, name="New")
    found = note_types.store_new(Edit(col, STEP), wanted)
    assert found == col.models.by_name("New")
    found["css"] = "changed"
    assert css_of(col, "New") != "changed"


def test_a_new_note_type_that_anki_refuses_leaves_nothing(col: Collection) -> None:
    fill(col)
    before = state(col)
    wanted = note_types.changeable(col, "Basic")
    wanted.update(id=0, name="New", tmpls=[])
    edit = Edit(col, STEP)
    with pytest.raises(Refused):
        note_types.store_new(edit, wanted)
    assert state(col) == before
    assert edit.changes is None
    assert col.undo_status().undo == USER_STEP
