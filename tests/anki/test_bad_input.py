"""Bad input to every registered action: a clear reply at once, and nothing changed.

The cases follow from the registry and start from the action's example, so that all but one value is good: each
parameter missing, an unknown one, and values that do not fit the published schema, down to the members of objects and
the items of lists.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterator, List, Mapping, Tuple

import anki.collection  # noqa: F401  # first: Anki's modules import each other in a ring
import pytest

from plugin import actions
from plugin.registry import ACTIONS, Action, Scope
from tests.anki.bad_values import Case, cases, odd_cases, sample
from tests.anki.contents import contents
from tests.given import MEDIA_NAME, prepare_in
from tests.real_anki import RealAnki
from tools.examples import all_examples, filled

assert actions is not None  # importing them fills the registry

EXAMPLES = {example.action: example.success.request for example in all_examples()}
# Text of Python's own errors, which no caller should ever read.
PYTHONS_WORDS = re.compile(
    r"NoneType|unexpected problem|object has no|not iterable|not subscriptable|unhashable|unsupported operand"
    r"|argument of type|invalid literal|unpack|Error\b|takes \d+ positional|expected str|must be str|must be real"
    r"|int too|out of range|has type|<class|Traceback|positional argument but"
)
ALLOWED_WORDS = re.compile(r"^\[Errno 2\] No such file")


@dataclass(frozen=True)
class Answered:
    """Cases that do not fit the published schema and get another answer than a refusal, and why."""

    reason: str
    covers: Callable[[Case], bool] = lambda case: True


def one_entry(case: Case) -> bool:
    """Whether it is an entry of a list that is wrong, and not the list."""
    return type(case.params.get(case.parameter)) is list


def is_null_option(case: Case) -> bool:
    return case.bad is None and case.path[:1] == ("options",) and len(case.path) > 1


UNCHECKED = [("options", "duplicateScope"), ("options", "duplicateScopeOptions", "deckName")]
PER_ITEM = "an entry that cannot be read is answered in its place"
SKIPPED = Answered("names that are not known are skipped", one_entry)
RAW_VALUES = "the answer is false, or a reason for each key"
ANSWERED: Dict[Tuple[str, str], List[Answered]] = {
    ("addNote", "note"): [
        Answered("some languages write {} as []", lambda case: case.path == ("options",)),
        Answered("null is the same as absent", is_null_option),
        Answered("of the options only switches are checked", lambda case: case.path in UNCHECKED),
    ],
    ("addNotes", "notes"): [Answered(PER_ITEM, one_entry)],
    ("apiReflect", "actions"): [SKIPPED],
    ("apiReflect", "scopes"): [SKIPPED],
    ("canAddNote", "note"): [Answered(PER_ITEM)],
    ("canAddNoteWithErrorDetail", "note"): [Answered(PER_ITEM)],
    ("canAddNotes", "notes"): [Answered(PER_ITEM, one_entry)],
    ("canAddNotesWithErrorDetail", "notes"): [Answered(PER_ITEM, one_entry)],
    ("guiAddNoteSetData", "note"): [
        Answered(
            "field texts are looked at when the window is open", lambda case: "fields" in case.path
        )
    ],
    ("guiAnswerCard", "ease"): [Answered("whatever is no ease is answered with false")],
    ("setSpecificValueOfCard", "card"): [Answered("a list is answered with false", one_entry)],
    ("setSpecificValueOfCard", "keys"): [Answered(RAW_VALUES)],
    ("setSpecificValueOfCard", "newValues"): [Answered(RAW_VALUES)],
}
# Members that the contract calls by another name in some of its texts.
CALLED = {
    "fields": ["field values", "Fields"],
    "id": ["Note ID"],
    "modelName": ["Model name"],
}


@pytest.fixture(scope="module")
def names() -> Dict[str, Any]:
    """Ids of the prepared collection by name."""
    return {}


@pytest.fixture(scope="module")
def furnished(
    tmp_path_factory: pytest.TempPathFactory, names: Dict[str, Any]
) -> Iterator[RealAnki]:
    """An Anki whose collection has something to lose."""
    anki = RealAnki(tmp_path_factory.mktemp("anki")).start()
    try:
        names.update(prepare_in(anki), folder=str(tmp_path_factory.mktemp("folder")))
        anki.execute("from a_probe import fresh_state; fresh_state.remember()")
        yield anki
        anki.close()
    finally:
        anki.kill()


def furnish_again(anki: RealAnki) -> None:
    anki.execute(
        """
        from a_probe import fresh_state
        fresh_state.bring_back()
        mw.col.media.write_data(name, b"hola")
        """,
        name=MEDIA_NAME,
    )


def state(anki: RealAnki) -> List[Any]:
    """All that a bad request must leave alone."""
    return [
        contents(anki, stamps=True),
        anki.execute(
            """
            import os
            from a_probe import windows
            media = col.media.dir()
            files = {name: os.stat(os.path.join(media, name)).st_mtime_ns for name in os.listdir(media)}
            saved = json.dumps(mw.addonManager.getConfig("ankiconnect"), sort_keys=True)
            result = [files, saved, mw.pm.profiles(), mw.pm.name, mw.state, windows.dialogs()]
            """
        ),
    ]


def good_params(action: Action, names: Mapping[str, Any]) -> Dict[str, Any]:
    """The parameters of the action's example; without one, values of the right types."""
    if action.name in EXAMPLES:
        return dict(filled(EXAMPLES[action.name].get("params", {}), names))
    return {
        name: sample(one.shape.schema) for name, one in action.parameters.items() if one.required
    }


def is_answered(action: Action, case: Case) -> bool:
    """Whether the contract has an answer other than a refusal."""
    return any(one.covers(case) for one in ANSWERED.get((action.name, case.parameter), ()))


def flaw(reply: Any, seconds: float) -> str:
    """What is wrong with a reply to no matter what, or ""."""
    error = reply["error"]
    if seconds > 1:
        return f"took {seconds:.2f} s"
    if error is not None and PYTHONS_WORDS.search(error) and not ALLOWED_WORDS.search(error):
        return f"speaks of Python: {error}"
    return ""


def refusal_flaw(reply: Any, seconds: float, case: Case) -> str:
    """What is wrong with a reply that has to be a refusal, or ""."""
    error = reply["error"]
    if error is None:
        return f"answered with {reply['result']!r:.80}"
    words = [*case.words, *(called for word in case.words for called in CALLED.get(word, ()))]
    named = any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", error) for word in words)
    return flaw(reply, seconds) or ("" if named else f"does not name it: {error}")


def ask(anki: RealAnki, action: Action, case: Case) -> Tuple[Any, float]:
    started = time.monotonic()
    reply = anki.raw({"action": action.name, "version": 6, "params": case.params})
    return reply, time.monotonic() - started


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_bad_input_is_refused_and_changes_nothing(
    furnished: RealAnki, names: Dict[str, Any], name: str
) -> None:
    action = ACTIONS[name]
    before = state(furnished)
    refused = [
        each for each in cases(action, good_params(action, names)) if not is_answered(action, each)
    ]
    found = [(each, refusal_flaw(*ask(furnished, action, each), each)) for each in refused]
    same = state(furnished) == before
    if not same:
        furnish_again(furnished)
    assert listed(found) == ""
    assert same


@pytest.mark.parametrize("name", sorted({action for action, _ in ANSWERED}))
def test_what_is_answered_although_it_does_not_fit(
    furnished: RealAnki, names: Dict[str, Any], name: str
) -> None:
    action = ACTIONS[name]
    answered = [
        each for each in cases(action, good_params(action, names)) if is_answered(action, each)
    ]
    found = [(each, flaw(*ask(furnished, action, each))) for each in answered]
    furnish_again(furnished)
    assert answered
    assert listed(found) == ""


READING = sorted(name for name, action in ACTIONS.items() if action.scope is Scope.READ)


@pytest.mark.parametrize("name", READING)
def test_odd_input_never_changes_what_only_reads(
    furnished: RealAnki, names: Dict[str, Any], name: str
) -> None:
    action = ACTIONS[name]
    before = state(furnished)
    odd = odd_cases(action, good_params(action, names))
    found = [(each, flaw(*ask(furnished, action, each))) for each in odd]
    same = state(furnished) == before
    if not same:
        furnish_again(furnished)
    assert listed(found) == ""
    assert same


def listed(found: List[Tuple[Case, str]]) -> str:
    """What was wrong, a line each."""
    return "\n".join(f"{json.dumps(case.params)[:160]}: {text}" for case, text in found if text)


def test_every_action_of_the_running_anki_is_asked(furnished: RealAnki) -> None:
    assert furnished.request("apiReflect", scopes=["actions"])["actions"] == sorted(ACTIONS)


def test_what_is_answered_although_it_does_not_fit_still_exists() -> None:
    for action, parameter in ANSWERED:
        assert parameter in ACTIONS[action].parameters


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
