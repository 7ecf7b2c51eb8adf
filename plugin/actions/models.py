"""Note types: names, fields, templates, styling."""

from typing import Dict, List

from anki.collection import Collection
from anki.models import NotetypeId

from ..collection.lookups import Lookups
from ..registry import Scope, action


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
def model_field_names(col: Collection, model_name: str) -> List[str]:
    """Lists the fields of a note type.

    Args:
        modelName: note type name; case is ignored

    Returns: field names in order.

    Errors:
        model was not found: <name>
    """
    return [field["name"] for field in Lookups(col).existing_note_type(model_name)["flds"]]
