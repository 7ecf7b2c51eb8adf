"""Changing the card templates of note types, on a bare collection."""

from typing import Any, Callable

import pytest
from anki.collection import Collection

from plugin.actions.model_changes import (
    model_template_add,
    model_template_remove,
    model_template_rename,
    model_template_reposition,
)
from plugin.actions.models import model_templates
from plugin.collection.edit import Edit
from plugin.errors import BadParams, NotFound, Refused
from plugin.registry import ACTIONS
from tests.collection.note_type_changes import (
    TWO_SIDES,
    fill,
    orders,
    refused,
    state,
    template,
    untouched,
)


def test_a_template_is_renamed_and_keeps_its_cards(col: Collection) -> None:
    fill(col)
    cards = col.db.all("select id, ord from cards order by id")
    model_template_rename(Edit(col), TWO_SIDES, "card 1", 'Re"call')
    assert list(model_templates(col, TWO_SIDES)) == ["Recall", "Card 2"]
    assert col.db.all("select id, ord from cards order by id") == cards


def test_a_template_may_change_the_case_of_its_own_name(col: Collection) -> None:
    model_template_rename(Edit(col), TWO_SIDES, "Card 1", "CARD 1")
    assert list(model_templates(col, TWO_SIDES)) == ["CARD 1", "Card 2"]


def test_a_template_that_is_called_so_already_leaves_no_step(col: Collection) -> None:
    untouched(col, lambda edit: model_template_rename(edit, "Basic", "Card 1", "Card 1"))


@pytest.mark.parametrize("index", [0, 1, 2, 99])
def test_a_template_is_moved_with_its_cards(col: Collection, index: int) -> None:
    fill(col)
    model_template_add(Edit(col), TWO_SIDES, template("Card 3"))
    [moved] = col.db.list("select id from cards where ord = 2 and did = 1 order by id limit 1")
    model_template_reposition(Edit(col), TWO_SIDES, "Card 3", index)
    names = ["Card 1", "Card 2"]
    names.insert(index, "Card 3")
    assert list(model_templates(col, TWO_SIDES)) == names
    assert col.db.scalar("select ord from cards where id = ?", moved) == names.index("Card 3")


def test_a_template_that_is_there_already_leaves_no_step(col: Collection) -> None:
    untouched(col, lambda edit: model_template_reposition(edit, TWO_SIDES, "Card 2", 5))


@pytest.mark.parametrize("action", ["modelTemplateReposition", "modelFieldReposition"])
def test_a_negative_index_is_refused(action: str) -> None:
    name = "templateName" if "Template" in action else "fieldName"
    with pytest.raises(BadParams, match=r"^index should be a whole number from 0 on: -1$"):
        ACTIONS[action].bind({"modelName": "Basic", name: "x", "index": -1})


def test_an_added_template_makes_cards_for_notes_that_have_something_to_ask(
    col: Collection,
) -> None:
    fill(col)
    empty = col.new_note(col.models.by_name("Basic"))  # type: ignore[arg-type]
    empty["Front"] = "without a back"
    col.add_note(empty, 1)  # type: ignore[arg-type]
    model_template_add(Edit(col), "basic", template("Reverse", "{{Back}}"))
    assert list(model_templates(col, "Basic")) == ["Card 1", "Reverse"]
    assert orders(col, "Basic") == [0, 0, 1]


def test_adding_an_existing_template_updates_it_in_the_collection_file(col: Collection) -> None:
    fill(col)
    model_template_add(Edit(col), "Basic", template("card 1", "{{Front}}?", "{{Back}}"))
    assert not col.schema_changed()
    col.close()
    col.reopen()
    assert model_templates(col, "Basic") == {"Card 1": {"Front": "{{Front}}?", "Back": "{{Back}}"}}


def test_an_existing_cloze_template_is_updated(col: Collection) -> None:
    wanted = template("Cloze", "{{cloze:Text}}?", "{{cloze:Text}}")
    model_template_add(Edit(col), "Cloze", wanted)
    assert model_templates(col, "Cloze")["Cloze"]["Front"] == "{{cloze:Text}}?"


def test_adding_the_same_template_again_leaves_no_step(col: Collection) -> None:
    found = model_templates(col, "Basic")["Card 1"]
    wanted = template("Card 1", found["Front"], found["Back"])
    untouched(col, lambda edit: model_template_add(edit, "Basic", wanted))


def test_a_removed_template_takes_its_cards_along(col: Collection) -> None:
    fill(col)
    kept = col.db.scalar("select id from cards where ord = 1 order by id limit 1")
    model_template_remove(Edit(col), TWO_SIDES, "Card 1")
    assert list(model_templates(col, TWO_SIDES)) == ["Card 2"]
    assert orders(col, TWO_SIDES) == [0]
    assert col.db.scalar("select ord from cards where id = ?", kept) == 0


def test_a_template_is_kept_while_it_holds_the_only_card_of_a_note(col: Collection) -> None:
    def remove(edit: Edit) -> None:
        note = col.new_note(col.models.by_name(TWO_SIDES))  # type: ignore[arg-type]
        note["Back"] = "cat"
        col.add_note(note, 1)  # type: ignore[arg-type]
        before = state(col)
        try:
            model_template_remove(edit, TWO_SIDES, "Card 2")
        finally:
            assert state(col) == before

    fill(col)
    with pytest.raises(Refused) as caught:
        remove(Edit(col))
    assert str(caught.value) == f"notes that would be left without a card in {TWO_SIDES}: 1"
    model_template_remove(Edit(col), TWO_SIDES, "Card 1")
    assert orders(col, TWO_SIDES) == [0, 0]


CLOZE_FULL = "a note type for cloze deletions holds one template: Cloze"


@pytest.mark.parametrize(
    ("write", "error", "text"),
    [
        (
            lambda e: model_template_rename(e, "Basic", "Card 9", "x"),
            NotFound,
            "template was not found in Basic: Card 9",
        ),
        (
            lambda e: model_template_rename(e, TWO_SIDES.lower(), "Card 1", "card 2"),
            Refused,
            f"template already exists in {TWO_SIDES}: card 2",
        ),
        (
            lambda e: model_template_rename(e, "Basic", "Card 1", '"'),
            BadParams,
            "Empty template name",
        ),
        (
            lambda e: model_template_reposition(e, "Basic", "Card 9", 0),
            NotFound,
            "template was not found in Basic: Card 9",
        ),
        (lambda e: model_template_add(e, "Basic", template("")), BadParams, "Empty template name"),
        (
            lambda e: model_template_add(e, "Cloze", template("Two", "{{cloze:Text}}!")),
            Refused,
            CLOZE_FULL,
        ),
        (
            lambda e: model_template_remove(e, "Basic", "Card 9"),
            NotFound,
            "template was not found in Basic: Card 9",
        ),
        (lambda e: model_template_remove(e, "Basic", "Card 1"), Refused, "must have 1 template"),
        (lambda e: model_template_remove(e, "Cloze", "Cloze"), Refused, "must have 1 template"),
    ],
)
def test_what_cannot_be_done_to_templates_is_said(
    col: Collection, write: Callable[[Edit], Any], error: type, text: str
) -> None:
    assert refused(col, write, error) == text


def test_a_template_that_anki_refuses_is_not_added(col: Collection) -> None:
    wanted = template("Twin", "{{Front}}")
    text = refused(col, lambda edit: model_template_add(edit, "Basic", wanted), Refused)
    assert text.startswith("Card template 2 in note")
    assert "Card 1" in text or "card template 1" in text


@pytest.mark.parametrize("member", ["Name", "Front", "Back"])
def test_members_of_a_template_are_required(member: str) -> None:
    given = template("T")
    del given[member]
    with pytest.raises(BadParams, match=f"^missing required property '{member}'$"):
        ACTIONS["modelTemplateAdd"].bind({"modelName": "Basic", "template": given})


UNKNOWN_NAME = "model was not found: Nope"


@pytest.mark.parametrize(
    "write",
    [
        lambda e: model_template_rename(e, "Nope", "Card 1", "x"),
        lambda e: model_template_reposition(e, "Nope", "Card 1", 0),
        lambda e: model_template_add(e, "Nope", template("T")),
        lambda e: model_template_remove(e, "Nope", "Card 1"),
    ],
)
def test_an_unknown_note_type_is_said(col: Collection, write: Callable[[Edit], Any]) -> None:
    assert refused(col, write, NotFound) == UNKNOWN_NAME
