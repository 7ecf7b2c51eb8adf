"""Calling note actions as the server does, on a bare collection: arguments bound and files read first."""

import base64
import pathlib
from typing import Any, Callable, Dict, List

import pytest
from anki.collection import Collection

import plugin.actions
from plugin.collection.edit import Edit
from plugin.errors import ApiError
from plugin.registry import ACTIONS
from tests.collection.whole_state import whole_state

DUPLICATE = "cannot create note because it is a duplicate"
EMPTY = "cannot create note because it is empty"
REVERSED = "Basic (and reversed card)"

assert plugin.actions.__all__  # importing it is what fills ACTIONS


class Settings:
    download_timeout = 5.0


def call(col: Collection, name: str, **params: Any) -> Any:
    """The result of an action; its undo step is called after the action."""
    action = ACTIONS[name]
    arguments = action.bind(params)
    if action.prepare is not None:
        arguments = {**arguments, **action.prepare(arguments, {"settings": Settings})}
    supplies = {"col": col, "edit": Edit(col, name), "profile": "User 1"}
    return action.function(**arguments, **{need: supplies[need] for need in action.needs})


def note(front: str = "gato", **more: Any) -> Dict[str, Any]:
    fields = {"Front": front, "Back": "cat"}
    return {"deckName": "Default", "modelName": "Basic", "fields": fields, **more}


def cloze(text: str, extra: str = "") -> Dict[str, Any]:
    fields = {"Text": text, "Back Extra": extra}
    return {"deckName": "Default", "modelName": "Cloze", "fields": fields}


def file(filename: str, content: str, *fields: str, **more: Any) -> Dict[str, Any]:
    data = base64.b64encode(content.encode()).decode()
    return {"filename": filename, "data": data, "fields": list(fields), **more}


def files(col: Collection) -> Dict[str, str]:
    """The names and contents of the media folder's files."""
    paths = pathlib.Path(col.media.dir()).iterdir()
    return {path.name: path.read_text() for path in paths if path.is_file()}


def fields(col: Collection, note_id: Any) -> List[str]:
    return list(col.get_note(note_id).fields)


def tags(col: Collection, note_id: Any) -> List[str]:
    return list(col.get_note(note_id).tags)


def orders(col: Collection, note_id: Any) -> List[int]:
    """The template numbers of a note's cards."""
    return list(col.db.list("select ord from cards where nid = ? order by ord", note_id))


def assert_one_step(col: Collection, name: str, **params: Any) -> None:
    """The call changes something, as one undo step of its name; undone, everything is as before."""
    before = whole_state(col)
    last_step = col.undo_status().undo
    call(col, name, **params)
    after = whole_state(col)
    assert after != before
    assert col.undo_status().undo == name
    col.undo()
    assert whole_state(col) == before
    assert col.undo_status().undo == last_step
    col.redo()
    assert whole_state(col) == after


def assert_nothing_done(col: Collection, work: Callable[[], Any]) -> None:
    """The work leaves rows, files and the undo list as they were."""

    def everything() -> Any:
        status = col.undo_status()
        return whole_state(col), files(col), (status.undo, status.last_step)

    before = everything()
    work()
    assert everything() == before


def refusal(col: Collection, name: str, **params: Any) -> str:
    """The text of the error that the call gives; it has to leave everything as it was."""
    found: List[str] = []

    def work() -> None:
        with pytest.raises(ApiError) as refused:
            call(col, name, **params)
        found.append(str(refused.value))

    assert_nothing_done(col, work)
    return found[0]
