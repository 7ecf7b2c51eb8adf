"""Changing note types: copies to work on, their parts by name, and storing them in one step.

Names of fields and templates match exactly, else ignoring case: Anki lets no two differ in case alone.
"""

import copy
import re
import unicodedata
from typing import Any, Dict, Iterable, List, Optional, Sequence, TypeVar

from anki.collection import Collection
from anki.models import NotetypeDict

from .. import compat
from ..errors import BadParams, NotFound, Refused
from ..texts import without_isolates
from .edit import Edit
from .lookups import Lookups, folded

# What Anki drops from names without a word.
NOT_IN_FIELD_NAMES = str.maketrans("", "", ':{}"')
NOT_IN_NAMES = str.maketrans("", "", '"')
NOT_FIRST_IN_FIELD_NAMES = re.compile(r"^[#/^\s]+")

Part = Dict[str, Any]
T = TypeVar("T")


def changeable(col: Collection, name: str) -> NotetypeDict:
    """A copy of the note type: Anki's own object is shared with its windows."""
    return copy.deepcopy(Lookups(col).existing_note_type(name))


def find_part(parts: Iterable[Part], name: str) -> Optional[Part]:
    """The field or template of that name, or None."""
    by_name = {part["name"]: part for part in parts}
    by_folded_name = {folded(part["name"]): part for part in parts}
    return by_name.get(name) or by_folded_name.get(folded(name))


def existing_field(note_type: NotetypeDict, name: str) -> Part:
    found = find_part(note_type["flds"], name)
    if found is None:
        raise NotFound(f"field was not found in {note_type['name']}: {name}")
    return found


def existing_template(note_type: NotetypeDict, name: str) -> Part:
    found = find_part(note_type["tmpls"], name)
    if found is None:
        raise NotFound(f"template was not found in {note_type['name']}: {name}")
    return found


def field_name(name: str) -> str:
    """The name that Anki would give a field that is called so."""
    kept = unicodedata.normalize("NFC", name).translate(NOT_IN_FIELD_NAMES).strip()
    kept = NOT_FIRST_IN_FIELD_NAMES.sub("", kept)
    if not kept:
        raise BadParams("Empty field name")
    return kept


def template_name(name: str) -> str:
    """The name that Anki would give a template that is called so."""
    kept = note_type_name(name)
    if not kept.strip():
        raise BadParams("Empty template name")
    return kept


def note_type_name(name: str) -> str:
    """The name that Anki would give a note type that is called so."""
    return unicodedata.normalize("NFC", name).translate(NOT_IN_NAMES)


def rename_field(note_type: NotetypeDict, field: Part, name: str) -> None:
    """Anki would resolve a clash by changing the name of the other field."""
    wanted = field_name(name)
    if find_part(note_type["flds"], wanted) not in (None, field):
        raise Refused(f"field already exists in {note_type['name']}: {name}")
    field["name"] = wanted


def rename_template(note_type: NotetypeDict, template: Part, name: str) -> None:
    wanted = template_name(name)
    if find_part(note_type["tmpls"], wanted) not in (None, template):
        raise Refused(f"template already exists in {note_type['name']}: {name}")
    template["name"] = wanted


def add_field(col: Collection, note_type: NotetypeDict, name: str) -> Part:
    """Appends a field as Anki's own dialog makes it."""
    field: Part = col.models.new_field("")
    rename_field(note_type, field, name)
    note_type["flds"].append(field)
    return field


def add_template(
    col: Collection, note_type: NotetypeDict, name: str, front: str, back: str
) -> None:
    template: Part = col.models.new_template("")
    rename_template(note_type, template, name)
    template.update(qfmt=front, afmt=back)
    note_type["tmpls"].append(template)


def move(parts: List[T], part: T, index: int) -> None:
    """Moves a field or template; an index past the end means last."""
    parts.remove(part)
    parts.insert(index, part)


def store(edit: Edit, note_types: Sequence[NotetypeDict]) -> int:
    """Writes those that differ from what is stored, all or none, and returns how many they are."""
    stored = [edit.col.models.get(note_type["id"]) for note_type in note_types]
    changes = [(old, new) for old, new in zip(stored, note_types) if old != new]
    if changes:
        refuse_bad(changes)
        with edit.step():
            for _, changed in changes:
                edit.done(edit.col.models.update_dict(changed))
    return len(changes)


def store_new(edit: Edit, note_type: NotetypeDict) -> NotetypeDict:
    """Adds a note type whose name is free, and returns it as Anki stored it."""
    refuse_bad([(None, note_type)])
    with edit.step():
        note_type_id = compat.add_note_type(edit.col, note_type)
    return copy.deepcopy(edit.col.models.get(note_type_id))


def refuse_bad(changes: Sequence[Any]) -> None:
    problem = compat.note_type_refusal(changes)
    if problem is not None:
        raise Refused(without_isolates(problem).replace("<br>", " "))
