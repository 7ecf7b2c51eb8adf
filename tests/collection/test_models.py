"""Reading note types, on a bare collection."""

import copy
import json
from typing import Any, Callable, Dict, List

import pytest
from anki.collection import Collection

from plugin.actions.models import (
    find_models_by_id,
    find_models_by_name,
    model_field_descriptions,
    model_field_fonts,
    model_field_names,
    model_fields_on_templates,
    model_name_from_id,
    model_names,
    model_names_and_ids,
    model_styling,
    model_templates,
)
from plugin.errors import NotFound
from plugin.registry import ACTIONS

BY_NAME: List[Callable[..., Any]] = [
    model_field_names,
    model_field_descriptions,
    model_field_fonts,
    model_fields_on_templates,
    model_templates,
    model_styling,
]


def change(col: Collection, name: str, **members: Any) -> None:
    note_type = copy.deepcopy(col.models.by_name(name))
    assert note_type is not None
    note_type.update(members)
    col.models.update_dict(note_type)


def change_template(col: Collection, front: str, back: str) -> None:
    note_type = copy.deepcopy(col.models.by_name("Basic"))
    assert note_type is not None
    note_type["tmpls"][0].update(qfmt=front, afmt=back)
    col.models.update_dict(note_type)


def test_names_are_sorted_and_have_their_ids(col: Collection) -> None:
    names = model_names(col)
    assert names == sorted(names)
    assert "Basic" in names
    ids = model_names_and_ids(col)
    assert sorted(ids) == names
    assert {name: model_name_from_id(col, ids[name]) for name in names} == {n: n for n in names}


def test_an_unknown_id_has_no_name(col: Collection) -> None:
    with pytest.raises(NotFound, match=r"^model was not found: 5$"):
        model_name_from_id(col, 5)


@pytest.mark.parametrize("read", BY_NAME, ids=lambda read: str(read.__name__))
def test_a_note_type_is_found_ignoring_case_and_an_unknown_one_refused(
    col: Collection, read: Callable[..., Any]
) -> None:
    assert read(col, "bASIC") == read(col, "Basic")
    with pytest.raises(NotFound, match=r"^model was not found: Nope$"):
        read(col, "Nope")


def test_whole_note_types_come_in_request_order_and_as_often_as_asked(col: Collection) -> None:
    ids = model_names_and_ids(col)
    found = find_models_by_id(col, [ids["Cloze"], ids["Basic"], ids["Cloze"]])
    assert [one["name"] for one in found] == ["Cloze", "Basic", "Cloze"]
    assert [one["id"] for one in found] == [ids["Cloze"], ids["Basic"], ids["Cloze"]]
    assert find_models_by_name(col, ["cloze", "Basic", "Cloze"]) == found
    assert [field["name"] for field in found[1]["flds"]] == ["Front", "Back"]
    assert json.loads(json.dumps(found)) == found


def test_no_ids_and_no_names_give_no_note_types(col: Collection) -> None:
    assert find_models_by_id(col, []) == []
    assert find_models_by_name(col, []) == []


def test_the_first_unknown_note_type_fails_the_request(col: Collection) -> None:
    basic = model_names_and_ids(col)["Basic"]
    with pytest.raises(NotFound, match=r"^model was not found: 7$"):
        find_models_by_id(col, [basic, 7, 8])
    with pytest.raises(NotFound, match=r"^model was not found: Nope$"):
        find_models_by_name(col, ["Basic", "Nope", "Never"])


def test_what_is_returned_is_not_the_object_that_anki_uses(col: Collection) -> None:
    [found] = find_models_by_name(col, ["Basic"])
    found["flds"][0]["name"] = "changed"
    [again] = find_models_by_id(col, [found["id"]])
    again["css"] = "changed"
    assert model_field_names(col, "Basic") == ["Front", "Back"]
    assert model_styling(col, "Basic")["css"] != "changed"


def test_ids_may_be_decimal_text() -> None:
    assert ACTIONS["modelNameFromId"].bind({"modelId": "12"}) == {"model_id": 12}
    assert ACTIONS["findModelsById"].bind({"modelIds": ["12", 13]}) == {"model_ids": [12, 13]}


def test_descriptions_and_fonts_come_by_field(col: Collection) -> None:
    assert model_field_descriptions(col, "Basic") == ["", ""]
    note_type = copy.deepcopy(col.models.by_name("Basic"))
    assert note_type is not None
    note_type["flds"][1].update(description="a hint", font="Noto Sans", size=33)
    col.models.update_dict(note_type)
    assert model_field_descriptions(col, "Basic") == ["", "a hint"]
    fonts = model_field_fonts(col, "Basic")
    assert list(fonts.items()) == [
        ("Front", {"font": "Arial", "size": 20}),
        ("Back", {"font": "Noto Sans", "size": 33}),
    ]


def test_templates_come_in_their_order(col: Collection) -> None:
    found = model_templates(col, "Basic (and reversed card)")
    assert list(found) == ["Card 1", "Card 2"]
    assert found["Card 2"]["Front"] == "{{Back}}"
    assert found["Card 2"]["Back"].endswith("{{Front}}")


def test_styling_is_the_style_sheet(col: Collection) -> None:
    change(col, "Basic", css=".card { color: navy; }")
    assert model_styling(col, "Basic") == {"css": ".card { color: navy; }"}


SIDES: Dict[str, List[Any]] = {
    "stock": ["{{Front}}", "{{FrontSide}}<hr id=answer>{{Back}}", ["Front"], ["Back"]],
    "filters": ["{{hint:furigana:Front}}", "{{type:Back}}", ["Front"], ["Back"]],
    "blanks": ["{{ Front }}", "{{text:Back }}", ["Front"], ["Back"]],
    "conditions": ["{{#Back}}{{Front}}{{/Back}}{{^Back}}?{{/Back}}", "!", ["Front"], []],
    "repeats": ["{{Front}}{{text:Front}}", "{{Back}}{{Front}}{{Back}}", ["Front"], ["Back"]],
    "order": ["{{Back}} {{Front}}", "{{FrontSide}}", ["Back", "Front"], []],
    "comment": ["{{Front}}<!-- {{Back}}\n -->", "{{Tags}}", ["Front"], ["Tags"]],
}


@pytest.mark.parametrize("sides", SIDES.values(), ids=SIDES)
def test_fields_on_templates(col: Collection, sides: List[Any]) -> None:
    front, back, on_front, on_back = sides
    change_template(col, front, back)
    assert model_fields_on_templates(col, "Basic") == {"Card 1": [on_front, on_back]}


def test_fields_on_the_stock_cloze_template(col: Collection) -> None:
    assert model_fields_on_templates(col, "Cloze") == {"Cloze": [["Text"], ["Back Extra"]]}
