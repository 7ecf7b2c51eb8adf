"""Changing note types: creating them, templates, styling. What changes their fields is in `model_fields`."""

import copy
from typing import Annotated, Any, Dict, List, Optional, TypedDict, Union

from anki.collection import Collection
from anki.models import NotetypeDict

from ..collection import note_types
from ..collection.edit import Edit
from ..collection.lookups import Lookups
from ..errors import BadParams, Refused
from ..registry import Scope, action
from ..shapes import NonEmptyText, Rule
from .model_fields import FontSize, Index

CATEGORY = "models"
CLOZE = 1

SearchText = Annotated[str, Rule("a non-empty string", bool, {"minLength": 1})]


class NewFieldBase(TypedDict):
    name: str


class NewField(NewFieldBase, total=False):
    """A field of a new note type."""

    description: Optional[str]
    collapsed: Optional[bool]
    font: Optional[str]
    size: Optional[FontSize]
    rtl: Optional[bool]


class NewTemplateBase(TypedDict):
    Front: str
    Back: str


class NewTemplate(NewTemplateBase, total=False):
    """A card template of a new note type."""

    Name: Optional[str]


class Template(TypedDict):
    """A card template."""

    Name: str
    Front: str
    Back: str


class ChangedSides(TypedDict, total=False):
    Front: Optional[str]
    Back: Optional[str]


class TemplateChanges(TypedDict):
    """A note type by name, and what to change in which of its templates."""

    name: str
    templates: Dict[str, ChangedSides]


class StylingChange(TypedDict):
    """A note type by name, and its new style sheet."""

    name: str
    css: str


@action(Scope.WRITE, undo="Create Note Type")
def create_model(
    edit: Edit,
    model_name: NonEmptyText,
    in_order_fields: List[Union[str, NewField]],
    card_templates: List[NewTemplate],
    css: Optional[str] = None,
    is_cloze: bool = False,
) -> Dict[str, Any]:
    """Creates a note type.

    Anki drops characters that it does not allow in names, and checks the templates: each front needs a field, no two
    fronts may be the same, and a cloze type needs `{{cloze:Field}}` on both sides. Can be undone, and needs no full
    sync.

    Args:
        modelName: name of the new note type
        inOrderFields: the fields in order, each as its name or as an object
        cardTemplates: the card templates in order; those without a name become Card 1, Card 2 and so on
        css: style sheet; absent takes Anki's default
        isCloze: make a type for cloze deletions

    Returns: the new note type as `findModelsById` gives it.

    Errors:
        Must provide at least one field for inOrderFields
        Must provide at least one card for cardTemplates
        Model name already exists
        missing required property 'Back'
        field already exists in <model>: <field>
        template already exists in <model>: <template>
        Anki's own message for templates it refuses
    """
    if not in_order_fields:
        raise BadParams("Must provide at least one field for inOrderFields")
    if not card_templates:
        raise BadParams("Must provide at least one card for cardTemplates")
    wanted = new_note_type(edit.col, model_name, css, is_cloze)
    for field in in_order_fields:
        add_new_field(edit.col, wanted, {"name": field} if isinstance(field, str) else field)
    for number, template in enumerate(card_templates, start=1):
        name = template.get("Name") or f"Card {number}"
        note_types.add_template(edit.col, wanted, name, template["Front"], template["Back"])
    found: Dict[str, Any] = note_types.store_new(edit, wanted)
    return found


def new_note_type(col: Collection, name: str, css: Optional[str], is_cloze: bool) -> NotetypeDict:
    kept = note_types.note_type_name(name)
    if not kept.strip():
        raise BadParams(f"modelName should be a non-empty string: {name}")
    if Lookups(col).note_type(kept) is not None:
        raise Refused("Model name already exists")
    found: NotetypeDict = col.models.new(kept)
    # Made from Anki's Basic type, which it is not to be restored to.
    found.pop("originalStockKind", None)
    found["type"] = CLOZE if is_cloze else 0
    if css is not None:
        found["css"] = css
    return found


def add_new_field(col: Collection, note_type: NotetypeDict, wanted: NewField) -> None:
    field = note_types.add_field(col, note_type, wanted["name"])
    field.update(
        (member, value)
        for member, value in wanted.items()
        if member != "name" and value is not None
    )


@action(Scope.WRITE, undo="Update Card Templates")
def update_model_templates(edit: Edit, model: TemplateChanges) -> None:
    """Changes the given sides of the given card templates; all others stay.

    Template names that do not exist are ignored, and an absent or empty side stays as it is. Where a front that was
    empty on a note no longer is, Anki makes the card (2.1.50: when the note is saved the next time). Can be undone,
    and needs no full sync.

    Args:
        model: `{name, templates: {template name: {Front?, Back?}}}`

    Returns: null.

    Errors:
        model was not found: <name>
        missing required property 'templates'
        Anki's own message for templates it refuses
    """
    note_type = note_types.changeable(edit.col, model["name"])
    for name, sides in model["templates"].items():
        template = note_types.find_part(note_type["tmpls"], name)
        if template is not None:
            template["qfmt"] = sides.get("Front") or template["qfmt"]
            template["afmt"] = sides.get("Back") or template["afmt"]
    note_types.store(edit, [note_type])


@action(Scope.WRITE, undo="Update Note Type Styling")
def update_model_styling(edit: Edit, model: StylingChange) -> None:
    """Replaces the style sheet of a note type. Can be undone, and needs no full sync.

    Args:
        model: `{name, css}`; css may be empty

    Returns: null.

    Errors:
        model was not found: <name>
        missing required property 'css'
    """
    note_type = note_types.changeable(edit.col, model["name"])
    note_type["css"] = model["css"]
    note_types.store(edit, [note_type])


def flatten_model(given: Dict[str, Any]) -> Dict[str, Any]:
    """Takes the values out of the one object that some clients wrap them in, and knows `fieldText`."""
    if isinstance(given.get("model"), dict):
        given = {**given.pop("model"), **given}
    if "fieldText" in given and "findText" not in given:
        given["findText"] = given.pop("fieldText")
    return given


@action(Scope.WRITE, undo="Find and Replace in Note Types", rewrite=flatten_model)
def find_and_replace_in_models(
    edit: Edit,
    model_name: Optional[str],
    find_text: SearchText,
    replace_text: str,
    front: bool = True,
    back: bool = True,
    css: bool = True,
) -> int:
    """Replaces text in the card templates and style sheets of one note type or of all.

    A note type without a match is not written, and when Anki refuses one note type none is changed. All values may
    also come inside one object `model`, and `findText` may be called `fieldText`. Can be undone, and needs no full
    sync.

    Args:
        modelName: note type name, ignoring case; "" or null means all
        findText: plain text to find; case matters
        replaceText: text to put in its place
        front: look on the fronts
        back: look on the backs
        css: look in the style sheet

    Returns: number of note types changed.

    Errors:
        model was not found: <name>
        findText should be a non-empty string: <value>
        Anki's own message for templates it refuses
    """
    sides = [key for key, wanted in (("qfmt", front), ("afmt", back)) if wanted]
    found = changeable_note_types(edit.col, model_name)
    for note_type in found:
        for template in note_type["tmpls"]:
            template.update(
                (side, template[side].replace(find_text, replace_text)) for side in sides
            )
        if css:
            note_type["css"] = note_type["css"].replace(find_text, replace_text)
    return note_types.store(edit, found)


def changeable_note_types(col: Collection, name: Optional[str]) -> List[NotetypeDict]:
    return [note_types.changeable(col, name)] if name else copy.deepcopy(col.models.all())


@action(Scope.WRITE, undo="Rename Card Type")
def model_template_rename(
    edit: Edit, model_name: str, old_template_name: str, new_template_name: str
) -> None:
    """Renames a card template. Can be undone, and needs no full sync.

    Args:
        modelName: note type name; case is ignored
        oldTemplateName: present name
        newTemplateName: new name; Anki drops quotation marks

    Returns: null.

    Errors:
        model was not found: <name>
        template was not found in <model>: <template>
        template already exists in <model>: <template>
        Empty template name

    Since: classic AnkiConnect, 2023 or earlier
    """
    note_type = note_types.changeable(edit.col, model_name)
    template = note_types.existing_template(note_type, old_template_name)
    note_types.rename_template(note_type, template, new_template_name)
    note_types.store(edit, [note_type])


@action(Scope.WRITE, undo="Reposition Card Type")
def model_template_reposition(
    edit: Edit, model_name: str, template_name: str, index: Index
) -> None:
    """Moves a card template. Can be undone, and marks the collection for a full sync.

    Args:
        modelName: note type name; case is ignored
        templateName: template name
        index: new position, 0 first; past the end means last

    Returns: null.

    Errors:
        model was not found: <name>
        template was not found in <model>: <template>
        index should be a whole number from 0 on: <value>

    Since: classic AnkiConnect, 2023 or earlier
    """
    note_type = note_types.changeable(edit.col, model_name)
    template = note_types.existing_template(note_type, template_name)
    note_types.move(note_type["tmpls"], template, index)
    note_types.store(edit, [note_type])


@action(Scope.WRITE, undo="Add Card Type")
def model_template_add(edit: Edit, model_name: str, template: Template) -> None:
    """Adds a card template at the end, and cards of it to the notes whose front is not empty.

    A template of that name is updated instead, as by `updateModelTemplates`, empty sides included. Can be undone, and
    marks the collection for a full sync unless it only updates.

    Args:
        modelName: note type name; case is ignored
        template: `{Name, Front, Back}`

    Returns: null.

    Errors:
        model was not found: <name>
        missing required property 'Name'
        Empty template name
        a note type for cloze deletions holds one template: <model>
        Anki's own message for templates it refuses

    Since: classic AnkiConnect, 2023 or earlier
    """
    note_type = note_types.changeable(edit.col, model_name)
    front, back = template["Front"], template["Back"]
    existing = note_types.find_part(note_type["tmpls"], note_types.template_name(template["Name"]))
    if existing is not None:
        existing.update(qfmt=front, afmt=back)
    elif note_type["type"] == CLOZE:
        name = note_type["name"]
        raise Refused(f"a note type for cloze deletions holds one template: {name}")
    else:
        note_types.add_template(edit.col, note_type, template["Name"], front, back)
    note_types.store(edit, [note_type])


@action(Scope.DELETE, undo="Remove Card Type")
def model_template_remove(edit: Edit, model_name: str, template_name: str) -> None:
    """Removes a card template with its cards and their scheduling.

    It is refused while there are notes that have no card but of this template: Anki would keep those without any card,
    and its database check would delete them. Can be undone, and marks the collection for a full sync.

    Args:
        modelName: note type name; case is ignored
        templateName: template name

    Returns: null.

    Errors:
        model was not found: <name>
        template was not found in <model>: <template>
        must have 1 template
        notes that would be left without a card in <model>: <number>
        Anki's own message for templates it refuses

    Since: classic AnkiConnect, 2023 or earlier
    """
    note_type = note_types.changeable(edit.col, model_name)
    template = note_types.existing_template(note_type, template_name)
    if len(note_type["tmpls"]) == 1:
        raise Refused("must have 1 template")
    left = notes_with_only(edit.col, note_type, template["ord"])
    if left:
        raise Refused(f"notes that would be left without a card in {note_type['name']}: {left}")
    note_type["tmpls"].remove(template)
    note_types.store(edit, [note_type])


def notes_with_only(col: Collection, note_type: NotetypeDict, template: int) -> int:
    """How many notes have cards of that template alone."""
    of_notes = "select 1 from cards c join notes n on n.id = c.nid where n.mid = ?"
    return int(
        col.db.scalar(
            f"select count() from ({of_notes} group by n.id having min(c.ord) = ? and max(c.ord) = ?)",
            note_type["id"],
            template,
            template,
        )
    )
