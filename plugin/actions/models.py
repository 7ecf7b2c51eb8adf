"""Note types: names, fields, templates, styling. What changes them is in `model_changes`."""

import copy
import re
from typing import Any, Dict, List, TypedDict

from anki.collection import Collection
from anki.models import NotetypeDict, NotetypeId

from ..collection.lookups import Lookups
from ..errors import NotFound
from ..registry import Scope, action

COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
REPLACEMENT = re.compile(r"{{([^{}]*)}}")
CONDITIONS = ("#", "/", "^")


class FieldFont(TypedDict):
    font: str
    size: int


class TemplateSides(TypedDict):
    Front: str
    Back: str


class Styling(TypedDict):
    css: str


@action(Scope.READ)
def model_names(col: Collection) -> List[str]:
    """Lists the note types.

    Returns: note type names, sorted.
    """
    return sorted(entry.name for entry in col.models.all_names_and_ids())


@action(Scope.READ)
def model_names_and_ids(col: Collection) -> Dict[str, NotetypeId]:
    """Lists the note types with their ids.

    Returns: object note type name to id.
    """
    return {entry.name: NotetypeId(entry.id) for entry in col.models.all_names_and_ids()}


@action(Scope.READ)
def model_name_from_id(col: Collection, model_id: NotetypeId) -> str:
    """Looks up the name of a note type.

    Args:
        modelId: note type id

    Returns: note type name.

    Errors:
        model was not found: <id>

    Since: classic AnkiConnect, 2023 or earlier
    """
    for entry in col.models.all_names_and_ids():
        if entry.id == model_id:
            return str(entry.name)
    raise NotFound(f"model was not found: {model_id}")


@action(Scope.READ)
def find_models_by_id(col: Collection, model_ids: List[NotetypeId]) -> List[Dict[str, Any]]:
    """Returns complete note types. The first unknown id fails the request.

    Args:
        modelIds: note type ids

    Returns: in request order note type objects as Anki keeps them, with `flds` (fields), `tmpls` (card templates)
        and `css`.

    Errors:
        model was not found: <id>

    Since: classic AnkiConnect, 2024-01
    """
    known = {entry.id for entry in col.models.all_names_and_ids()}
    for model_id in model_ids:
        if model_id not in known:
            raise NotFound(f"model was not found: {model_id}")
    return [copy.deepcopy(stored(col, model_id)) for model_id in model_ids]


def stored(col: Collection, model_id: NotetypeId) -> NotetypeDict:
    found = col.models.get(model_id)
    assert found is not None
    return found


@action(Scope.READ)
def find_models_by_name(col: Collection, model_names: List[str]) -> List[Dict[str, Any]]:
    """Returns complete note types, as `findModelsById` does. The first unknown name fails the request.

    Args:
        modelNames: note type names; case is ignored

    Returns: note type objects in request order.

    Errors:
        model was not found: <name>

    Since: classic AnkiConnect, 2024-01
    """
    lookups = Lookups(col)
    return [copy.deepcopy(lookups.existing_note_type(name)) for name in model_names]


@action(Scope.READ)
def model_field_names(col: Collection, model_name: str) -> List[str]:
    """Lists the fields of a note type.

    Args:
        modelName: note type name; case is ignored

    Returns: field names in order.

    Errors:
        model was not found: <name>
    """
    return [field["name"] for field in Lookups(col).existing_note_type(model_name)["flds"]]


@action(Scope.READ)
def model_field_descriptions(col: Collection, model_name: str) -> List[str]:
    """Reads the hint texts that Anki's editor shows in empty fields.

    Args:
        modelName: note type name; case is ignored

    Returns: descriptions in field order, "" where there is none.

    Errors:
        model was not found: <name>

    Since: classic AnkiConnect, 2023 or earlier
    """
    fields = Lookups(col).existing_note_type(model_name)["flds"]
    return [field.get("description", "") for field in fields]


@action(Scope.READ)
def model_field_fonts(col: Collection, model_name: str) -> Dict[str, FieldFont]:
    """Reads the font that each field has in Anki's editor.

    Args:
        modelName: note type name; case is ignored

    Returns: object field name to `{font, size}`, in field order.

    Errors:
        model was not found: <name>

    Since: classic AnkiConnect, 2023 or earlier
    """
    fields = Lookups(col).existing_note_type(model_name)["flds"]
    return {field["name"]: {"font": field["font"], "size": field["size"]} for field in fields}


@action(Scope.READ)
def model_fields_on_templates(col: Collection, model_name: str) -> Dict[str, List[List[str]]]:
    """Lists what each side of each card template inserts.

    Filters are dropped (`type:Back` counts as `Back`). Markers of conditions, `FrontSide` and what stands in HTML
    comments do not count.

    Args:
        modelName: note type name; case is ignored

    Returns: object template name to `[fields on the front, further fields on the back]`, each in order of first use.

    Errors:
        model was not found: <name>
    """
    templates = Lookups(col).existing_note_type(model_name)["tmpls"]
    return {template["name"]: fields_of_sides(template) for template in templates}


def fields_of_sides(template: Dict[str, Any]) -> List[List[str]]:
    front, back = inserted(template["qfmt"]), inserted(template["afmt"])
    return [front, [name for name in back if name not in front]]


def inserted(side: str) -> List[str]:
    """The names that a side inserts, each once."""
    found = (text.strip() for text in REPLACEMENT.findall(COMMENT.sub("", side)))
    names = (text.split(":")[-1].strip() for text in found if not text.startswith(CONDITIONS))
    return [name for name in dict.fromkeys(names) if name not in ("", "FrontSide")]


@action(Scope.READ)
def model_templates(col: Collection, model_name: str) -> Dict[str, TemplateSides]:
    """Reads the card templates of a note type.

    Args:
        modelName: note type name; case is ignored

    Returns: object template name to `{Front, Back}`, in template order.

    Errors:
        model was not found: <name>
    """
    templates = Lookups(col).existing_note_type(model_name)["tmpls"]
    return {one["name"]: {"Front": one["qfmt"], "Back": one["afmt"]} for one in templates}


@action(Scope.READ)
def model_styling(col: Collection, model_name: str) -> Styling:
    """Reads the style sheet of a note type.

    Args:
        modelName: note type name; case is ignored

    Returns: `{css}`.

    Errors:
        model was not found: <name>
    """
    return {"css": Lookups(col).existing_note_type(model_name)["css"]}
