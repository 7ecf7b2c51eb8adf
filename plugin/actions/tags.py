"""Notes: their tags."""

import re
from typing import List, Optional, Sequence, Set, Union

from anki.collection import Collection
from anki.notes import NoteId

from ..collection.edit import Edit
from ..collection.filling import Filling
from ..collection.lookups import composed, folded, split_tags
from ..collection.stored_ids import fitting
from ..registry import Scope, action
from ..shapes import NonEmptyText
from .note_changes import existing_note, new_tags, write
from .types import NewTags

CATEGORY = "notes"

TagText = Union[str, List[str]]


@action(Scope.WRITE, undo="Update Tags")
def update_note_tags(edit: Edit, note: NoteId, tags: NewTags) -> None:
    """Replaces all tags of a note, in one write.

    Args:
        note: note id
        tags: new tags; a text, or an entry of the list, is split at blanks; [] removes all

    Returns: null.

    Errors:
        Must provide tags as a list of strings
        Note was not found: <id>

    Since: classic AnkiConnect, 2023
    """
    wanted = new_tags(tags)
    stored = existing_note(edit.col, note)
    write(edit, stored, Filling({}, stored.fields), wanted)


@action(Scope.READ)
def get_note_tags(col: Collection, note: NoteId) -> List[str]:
    """Reads a note's tags.

    Args:
        note: note id

    Returns: tags, sorted.

    Errors:
        Note was not found: <id>

    Since: classic AnkiConnect, 2023
    """
    return sorted(existing_note(col, note).tags)


@action(Scope.WRITE, undo="Add Tags")
def add_tags(edit: Edit, notes: List[NoteId], tags: TagText, add: bool = True) -> None:
    """Adds tags to notes. Unknown notes are ignored; notes that have the tags already stay as they are.

    Args:
        notes: note ids
        tags: tags separated by blanks, or a list of them; comma and semicolon belong to a tag
        add: false removes the tags instead, as `removeTags` does

    Returns: null.

    Errors:
        notes should be a list: <value>
    """
    if not add:
        remove_tags(edit, notes, tags)
        return
    wanted = split_tags(tags)
    lacking = lacking_one(edit.col, notes, wanted)
    if lacking:
        with edit.step():
            edit.col.tags.bulk_add(lacking, " ".join(wanted))


@action(Scope.WRITE, undo="Remove Tags")
def remove_tags(edit: Edit, notes: List[NoteId], tags: TagText) -> None:
    """Removes tags from notes, with their sub-tags: `p` also removes `p::c`.

    Case is ignored, and there are no wildcards. Unknown notes and tags that a note does not have are ignored.

    Args:
        notes: note ids
        tags: tags separated by blanks, or a list of them

    Returns: null.

    Errors:
        notes should be a list: <value>
    """
    unwanted = split_tags(tags)
    having = having_one(edit.col, unwanted, notes, with_sub_tags=True)
    if having:
        with edit.step():
            edit.col.tags.bulk_remove(having, " ".join(unwanted))


@action(Scope.READ)
def get_tags(col: Collection) -> List[str]:
    """Lists the tags of the collection, those that no note uses any more included, until `clearUnusedTags`.

    Returns: tags, sorted.
    """
    return sorted(col.tags.all())


@action(Scope.WRITE, undo="Clear Unused Tags")
def clear_unused_tags(edit: Edit) -> None:
    """Forgets tags that no note uses.

    Returns: null.
    """
    if unused_tags(edit.col):
        with edit.step():
            edit.col.tags.clear_unused_tags()


@action(
    Scope.WRITE,
    undo="Replace Tags",
    wire={"tag_to_replace": "tag_to_replace", "replace_with_tag": "replace_with_tag"},
)
def replace_tags(
    edit: Edit, notes: List[NoteId], tag_to_replace: NonEmptyText, replace_with_tag: str
) -> None:
    """Replaces a tag in those of the given notes that have it.

    Case is ignored when looking; sub-tags stay. Unknown notes are ignored.

    Args:
        notes: note ids
        tag_to_replace: tag to look for
        replace_with_tag: new tag; with blanks it is several, and "" just removes the old one

    Returns: null.

    Errors:
        notes should be a list: <value>
        tag_to_replace should be a non-empty string: <value>
    """
    replace(edit, tag_to_replace, replace_with_tag, notes)


@action(
    Scope.WRITE,
    undo="Replace Tags",
    wire={"tag_to_replace": "tag_to_replace", "replace_with_tag": "replace_with_tag"},
)
def replace_tags_in_all_notes(
    edit: Edit, tag_to_replace: NonEmptyText, replace_with_tag: str
) -> None:
    """Replaces a tag in all notes of the collection that have it.

    Case is ignored when looking; sub-tags stay.

    Args:
        tag_to_replace: tag to look for
        replace_with_tag: new tag; with blanks it is several, and "" just removes the old one

    Returns: null.

    Errors:
        tag_to_replace should be a non-empty string: <value>
    """
    replace(edit, tag_to_replace, replace_with_tag, None)


def replace(edit: Edit, old: str, new: str, notes: Optional[Sequence[NoteId]]) -> None:
    """One operation of Anki's; two when there are several new tags, which that one refuses."""
    old = composed(old.strip())
    wanted = split_tags(new)
    # Anki keeps the spelling that it knows, so another one in place of the same tag changes nothing.
    is_same = [folded(tag) for tag in wanted] == [folded(old)]
    having = [] if is_same else having_one(edit.col, [old], notes)
    if not having:
        return
    single = wanted[0] if len(wanted) == 1 else ""
    with edit.step():
        edit.col.tags.find_and_replace(
            having,
            f"^{literally(old)}$",
            single.replace("$", "$$"),
            regex=True,
            match_case=False,
        )
        if len(wanted) > 1:
            edit.col.tags.bulk_add(having, " ".join(wanted))


def having_one(
    col: Collection,
    tags: Sequence[str],
    notes: Optional[Sequence[NoteId]],
    with_sub_tags: bool = False,
) -> List[NoteId]:
    """The notes (of all, if None) that have one of the tags, ignoring case: one query, matched inside the database."""
    if not tags:
        return []
    names = "|".join(map(literally, tags))
    pattern = f"(?i) (?:{names}){'(?:::| )' if with_sub_tags else ' '}"
    if notes is None:
        return list(col.db.list("select id from notes where tags regexp ?", pattern))
    return fitting(col, "notes", notes, "tags regexp ?", pattern)


def literally(tag: str) -> str:
    """A pattern that only the tag itself matches. Not `re.escape`: Anki's own dialect knows fewer escapes."""
    return re.sub(r"\W", lambda found: f"\\x{{{ord(found[0]):x}}}", tag)


def lacking_one(col: Collection, notes: Sequence[NoteId], tags: Sequence[str]) -> List[NoteId]:
    """Those of the notes that exist and do not have all of the tags, ignoring case: mostly one query."""
    lacking: Set[NoteId] = set()
    rest = list(notes)
    for tag in dict.fromkeys(tags):
        pattern = f"(?i) {literally(tag)} "
        lacking.update(fitting(col, "notes", rest, "not tags regexp ?", pattern))
        rest = [one for one in rest if one not in lacking]
        if not rest:
            break
    return [one for one in dict.fromkeys(notes) if one in lacking]


def unused_tags(col: Collection) -> List[str]:
    used = set()
    for tags in col.db.list("select distinct tags from notes"):
        used.update(folded(tags).split())
    return [tag for tag in col.tags.all() if folded(tag) not in used]
