"""Changing note types, on a bare collection. Templates have a file of their own, and so has undoing."""

import copy
import json
from typing import Any, Callable, Dict, List

import pytest
from anki.collection import Collection

from plugin.actions.model_changes import (
    create_model,
    find_and_replace_in_models,
    update_model_styling,
    update_model_templates,
)
from plugin.actions.models import (
    model_field_descriptions,
    model_field_fonts,
    model_field_names,
    model_names,
    model_styling,
    model_templates,
)
from plugin.collection.edit import Edit
from plugin.collection.note_types import note_type_name, template_name
from plugin.errors import BadParams, NotFound, Refused
from plugin.registry import ACTIONS
from tests.collection.note_type_changes import (
    TWO_SIDES,
    changed,
    is_2_1_50,
    orders,
    refused,
    untouched,
)

NEW_TEMPLATE = {"Name": "Recall", "Front": "{{Word}}", "Back": "{{Meaning}}"}


def new_model(**more: Any) -> Dict[str, Any]:
    wanted: Dict[str, Any] = {
        "model_name": "Vocab",
        "in_order_fields": ["Word", "Meaning"],
        "card_templates": [NEW_TEMPLATE],
    }
    return {**wanted, **more}


# createModel


def test_a_note_type_is_created_as_asked(col: Collection) -> None:
    found = create_model(Edit(col), **new_model(css=".card { color: navy; }"))
    assert type(found["id"]) is int
    assert found["name"] == "Vocab"
    assert found["type"] == 0
    assert json.loads(json.dumps(found)) == found
    assert model_field_names(col, "vocab") == ["Word", "Meaning"]
    assert model_templates(col, "Vocab") == {"Recall": {"Front": "{{Word}}", "Back": "{{Meaning}}"}}
    assert model_styling(col, "Vocab") == {"css": ".card { color: navy; }"}


def test_a_created_note_type_takes_notes(col: Collection) -> None:
    found = create_model(Edit(col), **new_model())
    note_type = col.models.get(found["id"])
    assert note_type is not None
    note = col.new_note(note_type)
    note["Word"] = "gato"
    col.add_note(note, 1)  # type: ignore[arg-type]
    assert note.cards()[0].question().endswith("gato")


def test_the_style_sheet_is_ankis_own_unless_given(col: Collection) -> None:
    create_model(Edit(col), **new_model())
    create_model(Edit(col), **new_model(model_name="Bare", css=""))
    assert model_styling(col, "Vocab") == model_styling(col, "Basic")
    assert model_styling(col, "Bare") == {"css": ""}


def test_unnamed_templates_are_numbered(col: Collection) -> None:
    sides = [{"Front": f"{number} {{{{Word}}}}", "Back": ""} for number in range(3)]
    sides[1]["Name"] = "Mine"
    create_model(Edit(col), **new_model(card_templates=sides))
    assert list(model_templates(col, "Vocab")) == ["Card 1", "Mine", "Card 3"]


def test_fields_may_be_objects(col: Collection) -> None:
    field = {"name": "Hint", "description": "a hint", "font": "Noto Sans", "size": 33, "rtl": True}
    wanted = new_model(in_order_fields=["Word", {**field, "collapsed": None}, {"name": "Meaning"}])
    found = create_model(Edit(col), **wanted)
    assert model_field_names(col, "Vocab") == ["Word", "Hint", "Meaning"]
    assert model_field_descriptions(col, "Vocab") == ["", "a hint", ""]
    assert model_field_fonts(col, "Vocab")["Hint"] == {"font": "Noto Sans", "size": 33}
    assert [one["rtl"] for one in found["flds"]] == [False, True, False]


def test_a_cloze_type_makes_cloze_cards(col: Collection) -> None:
    sides = {"Front": "{{cloze:Word}}", "Back": "{{cloze:Word}}"}
    found = create_model(Edit(col), **new_model(card_templates=[sides], is_cloze=True))
    assert found["type"] == 1
    note = col.new_note(found)
    note["Word"] = "{{c1::a}} {{c2::b}}"
    col.add_note(note, 1)  # type: ignore[arg-type]
    assert len(note.cards()) == 2


def test_a_new_type_is_not_tied_to_ankis_stock_types(col: Collection) -> None:
    assert not create_model(Edit(col), **new_model()).get("originalStockKind")


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"in_order_fields": []}, "Must provide at least one field for inOrderFields"),
        ({"card_templates": []}, "Must provide at least one card for cardTemplates"),
        ({"model_name": "Basic"}, "Model name already exists"),
        ({"model_name": "bASIC"}, "Model name already exists"),
        ({"model_name": 'Ba"sic'}, "Model name already exists"),
        ({"model_name": '"'}, 'modelName should be a non-empty string: "'),
        ({"in_order_fields": ["F", "f"]}, "field already exists in Vocab: f"),
        ({"in_order_fields": ["F", {"name": "F:"}]}, "field already exists in Vocab: F:"),
        ({"in_order_fields": [""]}, "Empty field name"),
        (
            {"card_templates": [NEW_TEMPLATE, {**NEW_TEMPLATE, "Name": "recall"}]},
            "template already exists in Vocab: recall",
        ),
    ],
)
def test_a_bad_note_type_is_refused(col: Collection, more: Dict[str, Any], text: str) -> None:
    assert refused(col, lambda edit: create_model(edit, **new_model(**more))) == text


@pytest.mark.parametrize(
    ("sides", "cloze"),
    [
        ([{"Front": "no field", "Back": ""}], False),
        ([{"Front": "{{Nope}}", "Back": ""}], False),
        ([{"Front": "{{Word}}", "Back": "{{Nope}}"}], False),
        ([{"Front": "{{Word", "Back": ""}], False),
        ([{"Front": "{{Word}}", "Back": ""}, {"Front": "{{Word}}", "Back": ""}], False),
        ([{"Front": "{{Word}}", "Back": "{{Word}}"}], True),
    ],
)
def test_templates_that_anki_refuses_leave_everything_as_it_was(
    col: Collection, sides: List[Any], cloze: bool
) -> None:
    wanted = new_model(card_templates=sides, is_cloze=cloze)
    text = refused(col, lambda edit: create_model(edit, **wanted), Refused)
    assert text.startswith(f"Card template {len(sides)} in note")
    assert "'Vocab' has a problem. " in text
    assert "Vocab" not in model_names(col)


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"cardTemplates": [{"Front": "{{A}}"}]}, "missing required property 'Back'"),
        ({"inOrderFields": [{"description": "x"}]}, "missing required property 'name'"),
        ({"inOrderFields": "Word"}, "inOrderFields should be a list: Word"),
        ({"modelName": " "}, "modelName should be a non-empty string:  "),
        ({"isCloze": "yes"}, "isCloze should be a boolean: yes"),
    ],
)
def test_wrong_kinds_are_named(params: Dict[str, Any], text: str) -> None:
    good = {"modelName": "V", "inOrderFields": ["A"], "cardTemplates": []}
    with pytest.raises(BadParams) as caught:
        ACTIONS["createModel"].bind({**good, **params})
    assert str(caught.value) == text


@pytest.mark.parametrize(
    "name", ["Plain", 'with "quotes"', " blanks ", "a:b{}#", "e\u0301", "日本語", "a\u3000b"]
)
def test_names_are_judged_as_anki_would_write_them(col: Collection, name: str) -> None:
    found = create_model(
        Edit(col), **new_model(model_name=name, card_templates=[{**NEW_TEMPLATE, "Name": name}])
    )
    assert found["name"] == note_type_name(name)
    assert found["tmpls"][0]["name"] == template_name(name)


# updateModelTemplates and updateModelStyling


def test_only_the_given_sides_change(col: Collection) -> None:
    before = model_templates(col, TWO_SIDES)
    wanted: Any = {
        "Card 1": {"Front": "{{Front}}?", "Back": ""},
        "card 2": {"Front": None, "Back": "{{Front}}!"},
        "Card 9": {"Front": "{{Nope}}"},
    }
    update_model_templates(Edit(col), {"name": TWO_SIDES.upper(), "templates": wanted})
    assert model_templates(col, TWO_SIDES) == {
        "Card 1": {"Front": "{{Front}}?", "Back": before["Card 1"]["Back"]},
        "Card 2": {"Front": before["Card 2"]["Front"], "Back": "{{Front}}!"},
    }


def test_a_changed_template_is_in_the_collection_file(col: Collection) -> None:
    wanted: Any = {"Card 1": {"Front": "{{Front}}?"}}
    update_model_templates(Edit(col), {"name": "Basic", "templates": wanted})
    col.close()
    col.reopen()
    assert model_templates(col, "Basic")["Card 1"]["Front"] == "{{Front}}?"


def test_cards_are_made_where_a_front_is_no_longer_empty(col: Collection) -> None:
    note_type = copy.deepcopy(col.models.by_name(TWO_SIDES))
    assert note_type is not None
    note = col.new_note(note_type)
    note["Front"] = "gato"
    col.add_note(note, 1)  # type: ignore[arg-type]
    assert orders(col, TWO_SIDES) == [0]
    wanted: Any = {"Card 2": {"Front": "{{Back}}{{Front}}"}}
    update_model_templates(Edit(col), {"name": TWO_SIDES, "templates": wanted})
    if is_2_1_50(col) and orders(col, TWO_SIDES) == [0]:
        # It makes the card when the note is saved the next time; 2.1.54 and later do at once.
        note.load()
        note["Front"] = "perro"
        col.update_note(note)
    assert orders(col, TWO_SIDES) == [0, 1]


@pytest.mark.parametrize("templates", [{}, {"Card 9": {"Front": "x"}}, {"Card 1": {"Front": ""}}])
def test_templates_without_a_change_leave_no_step(col: Collection, templates: Any) -> None:
    untouched(col, lambda e: update_model_templates(e, {"name": "Basic", "templates": templates}))


@pytest.mark.parametrize("front", ["no field", "{{Nope}}", "{{Front", "{{#Front}}{{Front}}"])
def test_a_template_that_anki_refuses_keeps_the_users_undo_list(
    col: Collection, front: str
) -> None:
    wanted: Any = {"Card 1": {"Front": front}}
    change: Any = {"name": "Basic", "templates": wanted}
    text = refused(col, lambda edit: update_model_templates(edit, change), Refused)
    assert text.startswith("Card template 1 in note")
    assert "'Basic' has a problem. " in text


def test_a_cloze_template_must_stay_one(col: Collection) -> None:
    change: Any = {"name": "Cloze", "templates": {"Cloze": {"Front": "{{Text}}"}}}
    text = refused(col, lambda edit: update_model_templates(edit, change), Refused)
    assert "{{cloze:Text}}" in text


def test_the_style_sheet_is_replaced_and_may_be_empty(col: Collection) -> None:
    update_model_styling(Edit(col), {"name": "basic", "css": ".card {}"})
    assert model_styling(col, "Basic") == {"css": ".card {}"}
    update_model_styling(Edit(col), {"name": "Basic", "css": ""})
    assert model_styling(col, "Basic") == {"css": ""}


def test_the_same_style_sheet_leaves_no_step(col: Collection) -> None:
    css = model_styling(col, "Basic")["css"]
    untouched(col, lambda edit: update_model_styling(edit, {"name": "Basic", "css": css}))


@pytest.mark.parametrize(
    ("action", "member"),
    [("updateModelTemplates", "templates"), ("updateModelStyling", "css")],
)
def test_members_of_a_change_are_required(action: str, member: str) -> None:
    with pytest.raises(BadParams, match=f"^missing required property '{member}'$"):
        ACTIONS[action].bind({"model": {"name": "Basic"}})
    with pytest.raises(BadParams, match=r"^missing required property 'name'$"):
        ACTIONS[action].bind({"model": {member: {}}})


# findAndReplaceInModels


def test_text_is_replaced_in_all_note_types_that_hold_it(col: Collection) -> None:
    count = find_and_replace_in_models(Edit(col), "", "{{FrontSide}}", "{{FrontSide}} ")
    holding = [name for name in model_names(col) if "FrontSide" in json.dumps(sides(col, name))]
    assert count == len(holding) > 2
    assert all("{{FrontSide}} " in json.dumps(sides(col, name)) for name in holding)


def sides(col: Collection, name: str) -> Any:
    return model_templates(col, name)


@pytest.mark.parametrize(
    ("switches", "expected"),
    [
        ({}, ["{{Front}}", "{{Back}}", ""]),
        ({"front": False}, ["xq{{Front}}", "{{Back}}", ""]),
        ({"back": False}, ["{{Front}}", "xq{{Back}}", ""]),
        ({"css": False}, ["{{Front}}", "{{Back}}", "xq"]),
    ],
)
def test_only_the_chosen_places_are_searched(
    col: Collection, switches: Dict[str, bool], expected: List[str]
) -> None:
    note_type = copy.deepcopy(col.models.by_name("Basic"))
    assert note_type is not None
    note_type["css"] = "xq"
    note_type["tmpls"][0].update(qfmt="xq{{Front}}", afmt="xq{{Back}}")
    col.models.update_dict(note_type)
    assert find_and_replace_in_models(Edit(col), "Basic", "xq", "", **switches) == 1
    found = model_templates(col, "Basic")["Card 1"]
    assert [found["Front"], found["Back"], model_styling(col, "Basic")["css"]] == expected


def test_case_matters_and_other_note_types_stay(col: Collection) -> None:
    css = model_styling(col, "Cloze")
    assert untouched(col, lambda e: find_and_replace_in_models(e, "Basic", "FRONT", "x")) == 0
    assert find_and_replace_in_models(Edit(col), "basic", "font-size", "FONT-SIZE") == 1
    assert model_styling(col, "Cloze") == css


def test_a_note_type_without_a_match_is_not_written(col: Collection) -> None:
    cloze = col.models.id_for_name("Cloze")
    before = col.db.all("select * from notetypes where id = ?", cloze)
    find_and_replace_in_models(Edit(col), None, "{{FrontSide}}", "{{FrontSide}}<br>")
    assert col.db.all("select * from notetypes where id = ?", cloze) == before


def test_when_anki_refuses_one_note_type_none_is_changed(col: Collection) -> None:
    """Basic can do without {{Back}}; the second card of the reversed type cannot."""
    text = refused(col, lambda edit: find_and_replace_in_models(edit, "", "{{Back}}", "x"), Refused)
    assert text.startswith("Card template 2 in note")
    assert f"'{TWO_SIDES}' has a problem. " in text
    assert find_and_replace_in_models(Edit(col), "Basic", "{{Back}}", "x") == 1


def test_very_many_note_types_are_one_step(col: Collection) -> None:
    for number in range(60):
        name = f"V{number}"
        create_model(Edit(col), **new_model(model_name=name, css="xq"))
    edit = Edit(col, "AnkiConnect: Replace")
    assert find_and_replace_in_models(edit, None, "xq", "zz") == 60
    assert col.undo_status().undo == "AnkiConnect: Replace"
    col.undo()
    assert model_styling(col, "V0") == model_styling(col, "V59") == {"css": "xq"}


@pytest.mark.parametrize(
    "params",
    [
        {"model": {"modelName": "", "findText": "a", "replaceText": "b", "css": False}},
        {"model": {"modelName": "", "fieldText": "a", "replaceText": "b"}, "css": False},
        {"modelName": "", "fieldText": "a", "replaceText": "b", "css": False},
        {"modelName": "", "findText": "a", "replaceText": "b", "css": False},
    ],
)
def test_other_spellings_of_the_parameters_mean_the_same(params: Dict[str, Any]) -> None:
    assert ACTIONS["findAndReplaceInModels"].bind(params) == {
        "model_name": "",
        "find_text": "a",
        "replace_text": "b",
        "css": False,
    }


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"findText": ""}, "findText should be a non-empty string: "),
        ({"findText": 5}, "findText should be a non-empty string: 5"),
        ({"model": 5}, "findAndReplaceInModels() got an unexpected keyword argument 'model'"),
        ({"front": "no"}, "front should be a boolean: no"),
    ],
)
def test_bad_search_parameters_are_named(params: Dict[str, Any], text: str) -> None:
    good = {"modelName": None, "findText": " ", "replaceText": ""}
    with pytest.raises(BadParams) as caught:
        ACTIONS["findAndReplaceInModels"].bind({**good, **params})
    assert str(caught.value) == text


UNKNOWN_NAME = "model was not found: Nope"


@pytest.mark.parametrize(
    "write",
    [
        lambda e: update_model_templates(e, {"name": "Nope", "templates": {}}),
        lambda e: update_model_styling(e, {"name": "Nope", "css": ""}),
        lambda e: find_and_replace_in_models(e, "Nope", "a", "b"),
    ],
)
def test_an_unknown_note_type_is_said(col: Collection, write: Callable[[Edit], Any]) -> None:
    assert refused(col, write, NotFound) == UNKNOWN_NAME


def test_ankis_own_object_is_not_touched_by_a_refused_change(col: Collection) -> None:
    cached = col.models.by_name("Basic")
    before = copy.deepcopy(cached)
    change: Any = {"name": "Basic", "templates": {"Card 1": {"Front": "{{Nope}}"}}}
    with pytest.raises(Refused):
        changed(col, lambda edit: update_model_templates(edit, change))
    assert cached == before
    assert col.models.by_name("Basic") is cached
