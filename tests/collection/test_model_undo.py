"""Which changes of note types Anki can undo, and which it marks for a full sync: the table behind the docstrings."""

from typing import Any, Callable, List, NamedTuple

import pytest
from anki.collection import Collection

from plugin.actions import model_changes as changes
from plugin.actions import model_fields as fields
from plugin.collection.edit import Edit
from plugin.registry import ACTIONS
from tests.collection.note_type_changes import STEP, TWO_SIDES, USER_STEP, changed, fill, state


class Effect(NamedTuple):
    full_sync: bool
    reason: str


SHAPE = Effect(
    full_sync=True, reason="syncs cannot merge cards or field texts that are numbered in two ways"
)
TEXT = Effect(
    full_sync=False, reason="how many fields and templates there are, and their order, stays"
)
NEW = Effect(full_sync=False, reason="no other device knows the note type yet")


class Row(NamedTuple):
    action: str
    effect: Effect
    write: Callable[[Edit], Any]


def templates(*names: str) -> List[Any]:
    return [{"Name": name, "Front": f"{name} {{{{A}}}}", "Back": "{{A}}"} for name in names]


TABLE = [
    Row("createModel", NEW, lambda e: changes.create_model(e, "N", ["A"], templates("T"))),
    Row(
        "updateModelTemplates",
        TEXT,
        lambda e: changes.update_model_templates(
            e, {"name": "Basic", "templates": {"Card 1": {"Front": "{{Front}}?"}}}
        ),
    ),
    Row(
        "updateModelStyling",
        TEXT,
        lambda e: changes.update_model_styling(e, {"name": "Basic", "css": "x"}),
    ),
    Row(
        "findAndReplaceInModels",
        TEXT,
        lambda e: changes.find_and_replace_in_models(e, None, "font", "FONT"),
    ),
    Row(
        "modelTemplateRename",
        TEXT,
        lambda e: changes.model_template_rename(e, TWO_SIDES, "Card 1", "Recall"),
    ),
    Row(
        "modelTemplateReposition",
        SHAPE,
        lambda e: changes.model_template_reposition(e, TWO_SIDES, "Card 2", 0),
    ),
    Row(
        "modelTemplateAdd",
        SHAPE,
        lambda e: changes.model_template_add(
            e, "Basic", {"Name": "Reverse", "Front": "{{Back}}", "Back": "{{Front}}"}
        ),
    ),
    Row(
        "modelTemplateRemove",
        SHAPE,
        lambda e: changes.model_template_remove(e, TWO_SIDES, "Card 1"),
    ),
    Row(
        "modelFieldRename",
        TEXT,
        lambda e: fields.model_field_rename(e, "Basic", "Front", "Question"),
    ),
    Row(
        "modelFieldReposition",
        SHAPE,
        lambda e: fields.model_field_reposition(e, "Basic", "Back", 0),
    ),
    Row("modelFieldAdd", SHAPE, lambda e: fields.model_field_add(e, "Basic", "Hint")),
    Row("modelFieldRemove", SHAPE, lambda e: fields.model_field_remove(e, "Basic", "Back")),
    Row(
        "modelFieldSetFont",
        TEXT,
        lambda e: fields.model_field_set_font(e, "Basic", "Front", "Noto Sans"),
    ),
    Row(
        "modelFieldSetFontSize",
        TEXT,
        lambda e: fields.model_field_set_font_size(e, "Basic", "Front", 18),
    ),
    Row(
        "modelFieldSetDescription",
        TEXT,
        lambda e: fields.model_field_set_description(e, "Basic", "Front", "the word"),
    ),
]

each_row = pytest.mark.parametrize("row", TABLE, ids=lambda row: row.action)


def test_the_table_holds_every_writer_of_the_category() -> None:
    writers = {
        found.name for found in ACTIONS.values() if found.category == "models" and found.writes
    }
    assert sorted(row.action for row in TABLE) == sorted(writers)


@each_row
def test_a_change_is_one_step_that_restores_everything(col: Collection, row: Row) -> None:
    fill(col)
    before = state(col)
    edit = changed(col, row.write)
    assert state(col) != before
    assert edit.changes is not None
    assert edit.changes.notetype
    assert col.undo_status().undo == STEP
    col.undo()
    assert state(col) == before
    assert col.undo_status().undo == USER_STEP


@each_row
def test_a_change_marks_for_a_full_sync_only_where_said(col: Collection, row: Row) -> None:
    fill(col)
    changed(col, row.write)
    assert bool(col.schema_changed()) is row.effect.full_sync, row.effect.reason
    col.undo()
    assert not col.schema_changed()


@each_row
def test_the_docstring_says_so(row: Row) -> None:
    doc = ACTIONS[row.action].doc
    text = " ".join(f"{doc.summary} {doc.description}".split())
    sync = (
        "and marks the collection for a full sync"
        if row.effect.full_sync
        else "and needs no full sync"
    )
    assert f"Can be undone, {sync}" in text


@each_row
def test_a_change_can_be_redone(col: Collection, row: Row) -> None:
    fill(col)
    changed(col, row.write)
    after = state(col)
    col.undo()
    col.redo()
    assert len(state(col)[TEMPLATES]) == len(after[TEMPLATES])
    assert len(state(col)[FIELDS]) == len(after[FIELDS])
    assert col.undo_status().undo == STEP


FIELDS, TEMPLATES = 6, 7
