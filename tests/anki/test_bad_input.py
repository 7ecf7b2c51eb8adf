"""Bad input to every action, generated from the registry: a clear reply at once, and nothing changed."""

import json
import time
from typing import Any, Dict, Iterator, List, Tuple

import plugin.actions  # noqa: F401  # fills the registry
from plugin.registry import ACTIONS, Action
from plugin.shapes import json_type
from tests.real_anki import RealAnki

WRONG: List[Any] = [None, True, 1.5, -1, "", "x", [], {}, [[{}]], {"a": [1]}, 10**30]

# A sample of the right kind for each parameter, so that one parameter at a time is what is wrong.
RIGHT: Dict[str, Any] = {
    "deck": "Default",
    "query": "deck:Default",
    "modelName": "Basic",
    "cards": [1],
    "filename": "x.txt",
    "actions": [],
    "scopes": ["actions"],
    "data": "eA==",
}
NOTES = {
    "addNote": {"deckName": "Default", "modelName": "Basic", "fields": {"Front": ""}},
    "updateNoteFields": {"id": 1, "fields": {}},
}
PYTHON_WORDS = (
    "object has no attribute",
    "Traceback",
    "NoneType",
    "unexpected problem",
    "argument of type",
)
TABLES = "notes cards revlog decks notetypes fields templates tags config deck_config graves col"


def sample(action: Action) -> Dict[str, Any]:
    """Parameters that are well formed, and change nothing."""
    known = {**RIGHT, "note": NOTES.get(action.name), "notes": []}
    return {name: known[name] for name, each in action.parameters.items() if each.required}


def accepts(action: Action, name: str, value: Any) -> bool:
    """Whether the published type of a parameter, or its being optional, lets a value in."""
    parameter = action.parameters[name]
    if value is None and not parameter.required:
        return True
    kinds = parameter.shape.accepts
    return json_type(value) in kinds or ("integer" in kinds and isinstance(value, int))


def cases() -> Iterator[Tuple[Action, Dict[str, Any], str]]:
    """(action, parameters, the word that an error has to hold) for each thing that can be wrong."""
    for action in ACTIONS.values():
        good = sample(action)
        yield action, {**good, "foobar": 1}, "foobar"
        for name, parameter in action.parameters.items():
            if parameter.required:
                yield action, {key: good[key] for key in good if key != name}, name
            for value in WRONG:
                if not accepts(action, name, value):
                    yield action, {**good, name: value}, name


def snapshot(anki: RealAnki) -> Any:
    """Every row of the collection's tables."""
    code = (
        "result = {table: [repr(row) for row in col.db.all(f'select * from {table}')] "
        "for table in tables.split()}"
    )
    return anki.execute(code, tables=TABLES)


def test_wrong_input_is_named_at_once_and_changes_nothing(anki: RealAnki) -> None:
    before = snapshot(anki)
    windows = anki.evaluate("len([w for w in mw.app.topLevelWidgets() if w.isVisible()])")
    tried = 0
    for action, params, word in cases():
        started = time.monotonic()
        reply = anki.raw({"action": action.name, "version": 6, "params": params})
        took = time.monotonic() - started
        shown = f"{action.name} {json.dumps(params)}: {reply}"
        assert set(reply) == {"result", "error"}, shown
        assert reply["error"], shown
        assert word in reply["error"], shown
        assert not any(text in reply["error"] for text in PYTHON_WORDS), shown
        assert took < 1, shown
        tried += 1
    assert tried > 100
    assert snapshot(anki) == before
    assert anki.evaluate("len([w for w in mw.app.topLevelWidgets() if w.isVisible()])") == windows


def test_wrong_members_of_a_note_are_named_and_change_nothing(anki: RealAnki) -> None:
    before = snapshot(anki)
    note = {"deckName": "Default", "modelName": "Basic", "fields": {"Front": "x"}}
    for member in note:
        less = {key: value for key, value in note.items() if key != member}
        reply = anki.raw({"action": "addNote", "version": 6, "params": {"note": less}})
        assert reply["error"] == f"missing required property '{member}'"
        for value in (None, True, 5, [], [1]):
            worse = {**note, member: value}
            reply = anki.raw({"action": "addNote", "version": 6, "params": {"note": worse}})
            assert member in reply["error"], (worse, reply)
    assert snapshot(anki) == before


def test_a_body_that_cannot_be_read_gets_the_words_that_clients_know(anki: RealAnki) -> None:
    for body, words in (
        (b"\xff", "can't decode"),
        (b"{a", "in double quotes"),
        (b"1.2", "1.2 is not of type 'object'"),
        (b"{}", "'action' is a required property"),
        (b'{"action": 1}', "1 is not of type 'string'"),
        (b'{"action": ""}', "'' should be non-empty"),
        (b'{"action": "version", "version": "6"}', "'6' is not of type 'integer'"),
        (b'{"action": "version", "params": null}', "None is not of type 'object'"),
        (b'{"action": "version", "version": NaN}', "NaN"),
        (b"[" * 100_000, "nested too deeply"),
    ):
        reply = anki.http("POST", "/", body, {})
        assert reply.status == 200
        assert words in reply.json()["error"]
        assert reply.json()["result"] is None
