"""What an action is: read once from a function, refused at once when something is wrong."""

from concurrent.futures import Future
from typing import Any, Callable, Dict, Iterator, List, NewType, Optional, Set, Type
from unittest.mock import patch

import jsonschema
import pytest

from plugin import registry
from plugin.errors import BadParams
from plugin.registry import Action, Scope, action, camel, look_up, missing_text

CardId = NewType("CardId", int)


@pytest.fixture(autouse=True)
def _empty_registry() -> Iterator[None]:
    with patch.object(registry, "ACTIONS", {}), patch.object(registry, "FORMER", {}):
        yield


def find_cards(
    col: Any, query: str, card_ids: Optional[List[CardId]] = None, limit: int = 10
) -> List[CardId]:
    """Finds cards
    in two lines.

    Some prose.

    Args:
        query: what to look for,
            in several lines
        cardIds: ids: with a colon
        limit: how many

    Returns: the ids
        that were found.

    Errors:
        query should be a string: <value>

        nothing works

    Since: 1.2
    """
    return []


def registered(function: Callable[..., Any] = find_cards, **options: Any) -> Action:
    action(Scope.READ, **options)(function)
    [found] = registry.ACTIONS.values()
    return found


def documented(text: str) -> Callable[..., Any]:
    def toy(deck_name: str) -> None: ...

    toy.__doc__ = text
    return toy


GOOD = """Does.

Args:
    deckName: a name

Returns: null.
"""


def test_the_function_stays_a_function() -> None:
    assert action(Scope.READ)(find_cards) is find_cards


def test_names_follow_from_python() -> None:
    found = registered()
    assert found.name == "findCards"
    assert list(found.parameters) == ["query", "cardIds", "limit"]
    assert [each.name for each in found.parameters.values()] == ["query", "card_ids", "limit"]
    assert found.needs == ("col",)
    assert found.category == "test_registry"


def test_names_may_be_stated() -> None:
    found = registered(
        documented(GOOD.replace("deckName", "deck")), name="getToy", wire={"deck_name": "deck"}
    )
    assert found.name == "getToy"
    assert found.bind({"deck": "a"}) == {"deck_name": "a"}


@pytest.mark.parametrize(
    ("name", "wire"), [("x", "x"), ("deck_names_and_ids", "deckNamesAndIds"), ("can_add", "canAdd")]
)
def test_camel(name: str, wire: str) -> None:
    assert camel(name) == wire


def test_the_docstring_is_taken_apart() -> None:
    doc = registered().doc
    assert doc.summary == "Finds cards in two lines."
    assert doc.description == "Some prose."
    assert doc.parameters == {
        "query": "what to look for, in several lines",
        "cardIds": "ids: with a colon",
        "limit": "how many",
    }
    assert doc.errors == ("query should be a string: <value>", "nothing works")
    assert doc.since == "1.2"


def test_what_an_action_needs() -> None:
    def writer(edit: Any, settings: Any) -> None:
        """Writes.

        Returns: null.
        """

    def door(caller: Any) -> None:
        """Looks.

        Returns: null.
        """

    action(Scope.WRITE, undo="Write")(writer)
    action(Scope.READ)(door)
    action(Scope.READ)(find_cards)
    found = registry.ACTIONS
    rows = {
        name: (each.in_anki, each.needs_collection, each.writes) for name, each in found.items()
    }
    assert rows == {
        "writer": (True, True, True),
        "door": (False, False, False),
        "findCards": (True, True, False),
    }


def test_schema_of_the_parameters() -> None:
    schema = registered().input_schema
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["required"] == ["query"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["limit"] == {
        "type": "integer",
        "description": "how many",
        "default": 10,
    }


def test_schema_of_the_result() -> None:
    def later() -> "Future[Dict[str, int]]":
        """Takes its time.

        Returns: numbers.
        """
        raise NotImplementedError

    expected = {"type": "object", "additionalProperties": {"type": "integer"}}
    assert registered(later).result == expected


# --- Binding --------------------------------------------------------------------------------------


def test_defaults_are_left_to_the_function() -> None:
    assert registered().bind({"query": "a"}) == {"query": "a"}


def test_null_counts_as_absent_where_a_parameter_is_optional() -> None:
    bound = registered().bind({"query": "a", "cardIds": None, "limit": None})
    assert bound == {"query": "a", "card_ids": None, "limit": 10}


REFUSED = [
    ({}, "findCards() missing 1 required positional argument: 'query'"),
    ({"foobar": 1}, "findCards() got an unexpected keyword argument 'foobar'"),
    ({"query": "", "self": 1}, "findCards() got an unexpected keyword argument 'self'"),
    ({"query": "", "col": 1}, "findCards() got an unexpected keyword argument 'col'"),
    ({"query": "", "card_ids": []}, "findCards() got an unexpected keyword argument 'card_ids'"),
    ({"query": None}, "query should be a string: null"),
    ({"query": 5}, "query should be a string: 5"),
    ({"query": "", "cardIds": "12"}, "cardIds should be a list: 12"),
    ({"query": "", "cardIds": [1, "x"]}, "cardIds[1] should be an id (a whole number): x"),
    ({"query": "", "limit": True}, "limit should be an integer: true"),
    ({"x" * 200: 1}, f"findCards() got an unexpected keyword argument '{'x' * 100}'"),
]


@pytest.mark.parametrize(("given", "error"), REFUSED)
def test_refused_arguments(given: Dict[str, Any], error: str) -> None:
    with pytest.raises(BadParams) as raised:
        registered().bind(given)
    assert str(raised.value) == error


def test_rewrite_sees_a_copy_of_the_raw_parameters() -> None:
    def rename(given: Dict[str, Any]) -> Dict[str, Any]:
        given["query"] = given.pop("search")
        return given

    given = {"search": "a"}
    assert registered(rewrite=rename).bind(given) == {"query": "a"}
    assert given == {"search": "a"}


MISSING = [
    (["a"], "missing 1 required positional argument: 'a'"),
    (["a", "b"], "missing 2 required positional arguments: 'a' and 'b'"),
    (["a", "b", "c"], "missing 3 required positional arguments: 'a', 'b', and 'c'"),
]


@pytest.mark.parametrize(("names", "text"), MISSING)
def test_missing_text(names: List[str], text: str) -> None:
    assert missing_text(names) == text


# --- Look-up --------------------------------------------------------------------------------------


def test_look_up_by_name_and_version() -> None:
    found = registered(former={"browse": 4, "search": 5})
    rows = {
        (name, version): look_up(name, version) is found
        for name in ("findCards", "browse", "search", "findcards", "find_cards", "")
        for version in (-1, 1, 4, 5, 6, 99)
    }
    assert {row for row, there in rows.items() if there} == {
        *(("findCards", version) for version in (-1, 1, 4, 5, 6, 99)),
        *(("browse", version) for version in (-1, 1, 4)),
        *(("search", version) for version in (-1, 1, 4, 5)),
    }


# --- Refused at import ----------------------------------------------------------------------------


def untyped(a) -> None:  # type: ignore[no-untyped-def]
    """Does.

    Args:
        a: something

    Returns: null.
    """


def without_result(a: str):  # type: ignore[no-untyped-def]
    """Does.

    Args:
        a: something

    Returns: null.
    """


def of_sets(a: Set[str]) -> None:
    """Does.

    Args:
        a: something

    Returns: null.
    """


def variadic(*a: str) -> None:
    """Does.

    Args:
        a: something

    Returns: null.
    """


def bare(a: str) -> None: ...


def writer(edit: Any) -> None:
    """Does.

    Returns: null.
    """


WRONG = [
    (untyped, TypeError, "untyped: a has no type"),
    (without_result, TypeError, "withoutResult: the result has no type"),
    (of_sets, TypeError, "no JSON Schema"),
    (variadic, TypeError, "cannot be filled in"),
    (bare, ValueError, "lacks a summary"),
    (writer, ValueError, "does not say what its undo step is called"),
    (documented("Does.\n\nReturns: null."), ValueError, "documented are"),
    (documented(GOOD.replace("deckName", "deck_name")), ValueError, "documented are"),
    (documented(GOOD.replace("Returns: null.", "")), ValueError, "lacks a summary or a Returns"),
    (documented(GOOD.replace(": a name", "")), ValueError, "names no parameter"),
    (
        documented(GOOD.replace("    deckName", "        x\n    deckName")),
        ValueError,
        "no parameter",
    ),
]


@pytest.mark.parametrize(("function", "error", "words"), WRONG)
def test_refused_at_import(
    function: Callable[..., Any], error: Type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        action(Scope.WRITE)(function)
    assert registry.ACTIONS == {}


@pytest.mark.parametrize(
    "options", [{}, {"name": "browse"}, {"name": "a", "former": {"browse": 4}}]
)
def test_a_name_is_taken_once(options: Dict[str, Any]) -> None:
    registered(former={"browse": 4})
    with pytest.raises(ValueError, match="two actions are called"):
        action(Scope.READ, **options)(find_cards)


def window(mw: Any) -> None:
    """Does.

    Returns: null.
    """


@pytest.mark.parametrize(
    ("function", "words"), [(window, "uses windows"), (writer, "never done on the main thread")]
)
def test_what_cannot_be_long_does_not_say_so(function: Callable[..., Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        action(Scope.WRITE, undo="Do", long=registry.always)(function)
    assert registry.ACTIONS == {}


def not_asked() -> int:
    raise AssertionError("the size of the collection does not matter here")


def test_what_looks_through_a_collection_is_long_where_that_is_large() -> None:
    assert not registry.in_large_collections({}, lambda: registry.SMALL_COLLECTION)
    assert registry.in_large_collections({}, lambda: registry.SMALL_COLLECTION + 1)
    few = registry.more_than(2, "cards")
    found = [few({"cards": cards}, not_asked) for cards in ([1, 2], [1, 2, 3], None)]
    assert found == [False, True, False]
    assert few({}, not_asked) is False
