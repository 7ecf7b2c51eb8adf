"""Changing the fields of note types, on a bare collection. What can be undone is in test_model_undo."""

from typing import Any, Callable, Dict, List

import pytest
from anki.collection import Collection

from plugin.actions.model_fields import (
    model_field_add,
    model_field_remove,
    model_field_rename,
    model_field_reposition,
    model_field_set_description,
    model_field_set_font,
    model_field_set_font_size,
)
from plugin.actions.models import (
    model_field_descriptions,
    model_field_fonts,
    model_field_names,
    model_templates,
)
from plugin.collection import note_types
from plugin.collection.edit import Edit
from plugin.errors import ApiError, BadParams, NotFound, Refused
from plugin.registry import ACTIONS
from tests.collection.note_type_changes import TWO_SIDES, USER_STEP, fill, is_2_1_50, state


def perro(col: Collection) -> List[str]:
    """The field texts of the Basic note."""
    found = col.db.scalar("select flds from notes where flds like '%dog%' or flds like '%perro%'")
    return str(found).split("\x1f")


def unchanged(col: Collection, write: Callable[[Edit], Any]) -> None:
    """Nothing is written, and the user's undo list is as it was."""
    fill(col)
    before = state(col)
    edit = Edit(col)
    try:
        write(edit)
    finally:
        assert state(col) == before
        assert edit.changes is None
        assert col.undo_status().undo == USER_STEP


def test_templates_and_notes_follow_a_renamed_field(col: Collection) -> None:
    fill(col)
    model_field_rename(Edit(col), "basic", "front", "Question")
    assert model_field_names(col, "Basic") == ["Question", "Back"]
    assert model_templates(col, "Basic")["Card 1"]["Front"] == "{{Question}}"
    assert perro(col) == ["perro", "dog"]


def test_a_field_may_change_the_case_of_its_own_name(col: Collection) -> None:
    model_field_rename(Edit(col), "Basic", "Front", "FRONT")
    assert model_field_names(col, "Basic") == ["FRONT", "Back"]


NAMES = ["F:1", " x ", "#/^ y", 'a{b}c"d', "z\u3000", "e\u0301", "日本語", "a#b", "two words"]


@pytest.mark.parametrize("name", NAMES)
def test_field_names_are_judged_as_anki_would_write_them(col: Collection, name: str) -> None:
    raw = note_types.changeable(col, "Basic")
    raw["flds"][0]["name"] = name
    col.models.update_dict(raw)
    by_anki = model_field_names(col, "Basic")[0]
    assert note_types.field_name(name) == by_anki
    model_field_add(Edit(col), "Cloze", name)
    assert model_field_names(col, "Cloze") == ["Text", "Back Extra", by_anki]


@pytest.mark.parametrize(("index", "place"), [(0, 0), (1, 1), (2, 2), (99, 2)])
def test_a_field_is_moved_with_its_content(col: Collection, index: int, place: int) -> None:
    fill(col)
    model_field_add(Edit(col), "Basic", "Hint")
    model_field_reposition(Edit(col), "Basic", "front", index)
    names, texts = ["Back", "Hint"], ["dog", ""]
    names.insert(place, "Front")
    texts.insert(place, "perro")
    assert model_field_names(col, "Basic") == names
    assert perro(col) == texts


@pytest.mark.parametrize(
    ("index", "names", "texts"),
    [
        (None, ["Front", "Back", "Hint"], ["perro", "dog", ""]),
        (0, ["Hint", "Front", "Back"], ["", "perro", "dog"]),
        (1, ["Front", "Hint", "Back"], ["perro", "", "dog"]),
        (99, ["Front", "Back", "Hint"], ["perro", "dog", ""]),
    ],
)
def test_a_field_is_added_where_asked(
    col: Collection, index: Any, names: List[str], texts: List[str]
) -> None:
    fill(col)
    model_field_add(Edit(col), "basic", "Hint", index)
    assert model_field_names(col, "Basic") == names
    assert perro(col) == texts
    assert model_field_fonts(col, "Basic")["Hint"] == {"font": "Arial", "size": 20}


def test_the_browsers_sort_field_stays_the_same_field(col: Collection) -> None:
    model_field_add(Edit(col), "Basic", "Hint", 0)
    note_type = col.models.by_name("Basic")
    assert note_type is not None
    assert note_type["flds"][note_type["sortf"]]["name"] == "Front"


def test_adding_a_field_that_exists_only_moves_it(col: Collection) -> None:
    fill(col)
    model_field_add(Edit(col), "Basic", "back", 0)
    assert model_field_names(col, "Basic") == ["Back", "Front"]
    assert perro(col) == ["dog", "perro"]


def test_a_removed_field_takes_its_content_and_its_references_along(col: Collection) -> None:
    fill(col)
    model_field_remove(Edit(col), "Basic", "back")
    assert model_field_names(col, "Basic") == ["Front"]
    assert perro(col) == ["perro"]
    assert "{{Back}}" not in model_templates(col, "Basic")["Card 1"]["Back"]


def test_a_template_that_lives_on_the_field_keeps_it(col: Collection) -> None:
    with pytest.raises(Refused) as caught:
        unchanged(col, lambda edit: model_field_remove(edit, TWO_SIDES, "Back"))
    assert str(caught.value).startswith("Card template 2 in note")
    assert f"'{TWO_SIDES}' has a problem. " in str(caught.value)
    assert model_templates(col, TWO_SIDES)["Card 2"]["Front"] == "{{Back}}"


def test_the_front_that_loses_its_only_field_shows_the_first_that_is_left(col: Collection) -> None:
    if is_2_1_50(col):  # refuses instead
        with pytest.raises(Refused, match="Expected to find a field replacement"):
            unchanged(col, lambda edit: model_field_remove(edit, "Basic", "Front"))
        return
    fill(col)
    model_field_remove(Edit(col), "Basic", "Front")
    assert model_templates(col, "Basic")["Card 1"]["Front"] == "{{Back}}"
    assert perro(col) == ["dog"]


def test_the_field_of_the_cloze_text_stays(col: Collection) -> None:
    with pytest.raises(Refused):
        unchanged(col, lambda edit: model_field_remove(edit, "Cloze", "Text"))


def test_a_field_that_anki_protects_stays(col: Collection) -> None:
    note_type = note_types.changeable(col, "Basic")
    note_type["flds"][1]["preventDeletion"] = True
    col.models.update_dict(note_type)
    stored = col.models.by_name("Basic")
    assert stored is not None
    if "preventDeletion" in stored["flds"][1]:
        with pytest.raises(Refused, match=r"^Anki protects this field of Basic: Back$"):
            unchanged(col, lambda edit: model_field_remove(edit, "Basic", "Back"))
    else:  # 2.1.50 knows no such protection
        model_field_remove(Edit(col), "Basic", "Back")
        assert model_field_names(col, "Basic") == ["Front"]


def test_the_last_field_stays(col: Collection) -> None:
    model_field_remove(Edit(col), "Basic", "Back")
    with pytest.raises(Refused, match=r"^1 field required$"):
        model_field_remove(Edit(col), "Basic", "Front")


def test_font_size_and_description_are_set(col: Collection) -> None:
    model_field_set_font(Edit(col), "basic", "front", "Noto Sans")
    model_field_set_font_size(Edit(col), "Basic", "Back", 65535)
    assert model_field_set_description(Edit(col), "Basic", "Back", "a hint") is True
    assert model_field_fonts(col, "Basic") == {
        "Front": {"font": "Noto Sans", "size": 20},
        "Back": {"font": "Arial", "size": 65535},
    }
    assert model_field_descriptions(col, "Basic") == ["", "a hint"]
    col.close()
    col.reopen()
    assert model_field_descriptions(col, "Basic") == ["", "a hint"]
    assert model_field_set_description(Edit(col), "Basic", "Back", "") is True
    assert model_field_descriptions(col, "Basic") == ["", ""]


@pytest.mark.parametrize(
    "write",
    [
        lambda e: model_field_rename(e, "Basic", "Front", "Front"),
        lambda e: model_field_reposition(e, "Basic", "Back", 1),
        lambda e: model_field_reposition(e, "Basic", "Back", 9),
        lambda e: model_field_add(e, "Basic", "front"),
        lambda e: model_field_add(e, "Basic", "Front", 0),
        lambda e: model_field_set_font(e, "Basic", "Front", "Arial"),
        lambda e: model_field_set_font_size(e, "Basic", "Front", 20),
        lambda e: model_field_set_description(e, "Basic", "Front", ""),
    ],
)
def test_what_changes_nothing_leaves_no_step(col: Collection, write: Callable[[Edit], Any]) -> None:
    unchanged(col, write)


BY_FIELD: List[Callable[..., Any]] = [
    lambda e, model, field: model_field_rename(e, model, field, "x"),
    lambda e, model, field: model_field_reposition(e, model, field, 0),
    lambda e, model, field: model_field_remove(e, model, field),
    lambda e, model, field: model_field_set_font(e, model, field, "x"),
    lambda e, model, field: model_field_set_font_size(e, model, field, 9),
    lambda e, model, field: model_field_set_description(e, model, field, "x"),
]


@pytest.mark.parametrize("write", BY_FIELD)
def test_unknown_note_types_and_fields_are_said(col: Collection, write: Callable[..., Any]) -> None:
    with pytest.raises(NotFound, match=r"^model was not found: Nope$"):
        unchanged(col, lambda edit: write(edit, "Nope", "Front"))
    with pytest.raises(NotFound, match=r"^field was not found in Basic: Nope$"):
        write(Edit(col), "basic", "Nope")


@pytest.mark.parametrize(
    ("write", "text"),
    [
        (lambda e: model_field_add(e, "Nope", "x"), "model was not found: Nope"),
        (lambda e: model_field_add(e, "Basic", ""), "Empty field name"),
        (lambda e: model_field_add(e, "Basic", ' #:"{} '), "Empty field name"),
        (lambda e: model_field_rename(e, "Basic", "Front", "::"), "Empty field name"),
        (
            lambda e: model_field_rename(e, "basic", "Front", "back"),
            "field already exists in Basic: back",
        ),
        (
            lambda e: model_field_rename(e, "Basic", "Front", "Ba:ck"),
            "field already exists in Basic: Ba:ck",
        ),
    ],
)
def test_names_that_cannot_be_given_are_said(
    col: Collection, write: Callable[[Edit], Any], text: str
) -> None:
    with pytest.raises(ApiError) as caught:
        unchanged(col, write)
    assert str(caught.value) == text


WRONG: Dict[str, List[Any]] = {
    "modelFieldSetFont": ["font", 5, None, True],
    "modelFieldSetFontSize": ["fontSize", "10", True, -3, 0, 65536, 1.5, None],
    "modelFieldSetDescription": ["description", 5, ["x"]],
    "modelFieldReposition": ["index", -1, "1", True],
    "modelFieldAdd": ["index", -1, "1", 0.5],
}
KINDS = {
    "font": "a string",
    "fontSize": "an integer",
    "description": "a string",
    "index": "a whole number from 0 on",
}


@pytest.mark.parametrize("action", WRONG)
def test_values_of_the_wrong_kind_are_named(action: str) -> None:
    parameter, *values = WRONG[action]
    for value in values:
        given = {"modelName": "Basic", "fieldName": "Front", parameter: value}
        with pytest.raises(BadParams, match=f"^{parameter} should be {KINDS[parameter]}: "):
            ACTIONS[action].bind(given)


def test_the_texts_of_wrong_kinds_show_the_value() -> None:
    for action, parameter, value, text in [
        ("modelFieldSetFont", "font", 5, "font should be a string: 5"),
        ("modelFieldSetFontSize", "fontSize", "10", "fontSize should be an integer: 10"),
        ("modelFieldSetFontSize", "fontSize", True, "fontSize should be an integer: true"),
    ]:
        with pytest.raises(BadParams) as caught:
            ACTIONS[action].bind({"modelName": "B", "fieldName": "F", parameter: value})
        assert str(caught.value) == text


def test_an_absent_index_may_be_null() -> None:
    bound = ACTIONS["modelFieldAdd"].bind({"modelName": "B", "fieldName": "F", "index": None})
    assert bound["index"] is None
