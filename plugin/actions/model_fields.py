"""Changing the fields of note types."""

from typing import Annotated, Optional, Union

from ..collection import note_types
from ..collection.edit import Edit
from ..errors import Refused
from ..registry import Scope, action
from ..shapes import Rule

CATEGORY = "models"

Index = Annotated[int, Rule("a whole number from 0 on", lambda index: index >= 0, {"minimum": 0})]
FontSize = Annotated[
    int, Rule("an integer", lambda size: 1 <= size <= 65535, {"minimum": 1, "maximum": 65535})
]


@action(Scope.WRITE, undo="Rename Field")
def model_field_rename(
    edit: Edit, model_name: str, old_field_name: str, new_field_name: str
) -> None:
    """Renames a field; templates that use it follow. Can be undone, and needs no full sync.

    Args:
        modelName: note type name; case is ignored
        oldFieldName: present name
        newFieldName: new name; Anki drops characters that it does not allow (`F:1` becomes `F1`)

    Returns: null.

    Errors:
        model was not found: <name>
        field was not found in <model>: <field>
        field already exists in <model>: <field>
        Empty field name

    Since: classic AnkiConnect, 2023 or earlier
    """
    note_type = note_types.changeable(edit.col, model_name)
    field = note_types.existing_field(note_type, old_field_name)
    note_types.rename_field(note_type, field, new_field_name)
    note_types.store(edit, [note_type])


@action(Scope.WRITE, undo="Reposition Field")
def model_field_reposition(edit: Edit, model_name: str, field_name: str, index: Index) -> None:
    """Moves a field with its content. Can be undone, and marks the collection for a full sync.

    Args:
        modelName: note type name; case is ignored
        fieldName: field name
        index: new position, 0 first; past the end means last

    Returns: null.

    Errors:
        model was not found: <name>
        field was not found in <model>: <field>
        index should be a whole number from 0 on: <value>

    Since: classic AnkiConnect, 2023 or earlier
    """
    note_type = note_types.changeable(edit.col, model_name)
    field = note_types.existing_field(note_type, field_name)
    note_types.move(note_type["flds"], field, index)
    note_types.store(edit, [note_type])


@action(Scope.WRITE, undo="Add Field")
def model_field_add(
    edit: Edit, model_name: str, field_name: str, index: Optional[Index] = None
) -> None:
    """Adds an empty field; one that exists is only moved, when `index` is given.

    Can be undone, and marks the collection for a full sync.

    Args:
        modelName: note type name; case is ignored
        fieldName: field name; Anki drops characters that it does not allow (`F:1` becomes `F1`)
        index: position, 0 first; absent or past the end means last

    Returns: null.

    Errors:
        model was not found: <name>
        Empty field name
        index should be a whole number from 0 on: <value>

    Since: classic AnkiConnect, 2023 or earlier
    """
    note_type = note_types.changeable(edit.col, model_name)
    field = note_types.find_part(note_type["flds"], note_types.field_name(field_name))
    if field is None:
        field = note_types.add_field(edit.col, note_type, field_name)
    if index is not None:
        note_types.move(note_type["flds"], field, index)
    note_types.store(edit, [note_type])


@action(Scope.DELETE, undo="Delete Field")
def model_field_remove(edit: Edit, model_name: str, field_name: str) -> None:
    """Removes a field and its content in every note; templates lose the reference.

    Some fields of cloze and image occlusion types are protected, as they are in Anki's own dialog.
    Can be undone, and marks the collection for a full sync.

    Args:
        modelName: note type name; case is ignored
        fieldName: field name

    Returns: null.

    Errors:
        model was not found: <name>
        field was not found in <model>: <field>
        1 field required
        Anki protects this field of <model>: <field>
        Anki's own message when a front would have no field, or be the same as another

    Since: classic AnkiConnect, 2023 or earlier
    """
    note_type = note_types.changeable(edit.col, model_name)
    field = note_types.existing_field(note_type, field_name)
    if len(note_type["flds"]) == 1:
        raise Refused("1 field required")
    if field.get("preventDeletion"):
        raise Refused(f"Anki protects this field of {note_type['name']}: {field_name}")
    note_type["flds"].remove(field)
    note_types.store(edit, [note_type])


@action(Scope.WRITE, undo="Set Field Font")
def model_field_set_font(edit: Edit, model_name: str, field_name: str, font: str) -> None:
    """Sets the font that a field has in Anki's editor. Can be undone, and needs no full sync.

    Args:
        modelName: note type name; case is ignored
        fieldName: field name
        font: font family

    Returns: null.

    Errors:
        model was not found: <name>
        field was not found in <model>: <field>
        font should be a string: <value>

    Since: classic AnkiConnect, 2023 or earlier
    """
    set_in_field(edit, model_name, field_name, "font", font)


@action(Scope.WRITE, undo="Set Field Font Size")
def model_field_set_font_size(
    edit: Edit, model_name: str, field_name: str, font_size: FontSize
) -> None:
    """Sets the font size that a field has in Anki's editor. Can be undone, and needs no full sync.

    Args:
        modelName: note type name; case is ignored
        fieldName: field name
        fontSize: size in points, 1 to 65535

    Returns: null.

    Errors:
        model was not found: <name>
        field was not found in <model>: <field>
        fontSize should be an integer: <value>

    Since: classic AnkiConnect, 2023 or earlier
    """
    set_in_field(edit, model_name, field_name, "size", font_size)


@action(Scope.WRITE, undo="Set Field Description")
def model_field_set_description(
    edit: Edit, model_name: str, field_name: str, description: str
) -> bool:
    """Sets the hint text that Anki's editor shows in an empty field. Can be undone, and needs no full sync.

    Args:
        modelName: note type name; case is ignored
        fieldName: field name
        description: hint text; "" for none

    Returns: true; every supported Anki has descriptions.

    Errors:
        model was not found: <name>
        field was not found in <model>: <field>
        description should be a string: <value>

    Since: classic AnkiConnect, 2023 or earlier
    """
    set_in_field(edit, model_name, field_name, "description", description)
    return True


def set_in_field(
    edit: Edit, model_name: str, field_name: str, member: str, value: Union[str, int]
) -> None:
    note_type = note_types.changeable(edit.col, model_name)
    note_types.existing_field(note_type, field_name)[member] = value
    note_types.store(edit, [note_type])
