"""Types of the wire: what each accepts, how it refuses, and that its schema says the same."""

import json
from typing import (
    Annotated,
    Any,
    Dict,
    List,
    Literal,
    NewType,
    Optional,
    Set,
    Tuple,
    TypedDict,
    Union,
)

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.errors import BadParams
from plugin.shapes import Documented, NonEmptyText, PerItem, Rule, beginning, shape_of, shown

CardId = NewType("CardId", int)

HUGE = 10**399
LONG = "x" * 1_000


class NameOfToy(TypedDict):
    deckName: str


class Toy(NameOfToy, total=False):
    """A toy."""

    tags: Optional[Union[List[str], str]]
    cards: List[CardId]


Small = Annotated[int, Rule("a small number", lambda number: number < 5, {"maximum": 4})]
Attempt = Annotated[Toy, PerItem()]
OwnWords = Annotated[Any, Documented({"type": "string"})]

ACCEPTED: List[Tuple[Any, Any, Any]] = [
    (str, "", ""),
    (str, LONG, LONG),
    (int, 6, 6),
    (int, 6.0, 6),
    (int, -(2**63), -(2**63)),
    (int, 2**63 - 1, 2**63 - 1),
    (float, 1.5, 1.5),
    (float, 1, 1.0),
    (bool, True, True),
    (Any, None, None),
    (CardId, 5, 5),
    (CardId, -5, -5),
    (CardId, "5", 5),
    (CardId, "-5", -5),
    (CardId, "007", 7),
    (CardId, 5.0, 5),
    (CardId, "9223372036854775807", 2**63 - 1),
    (List[CardId], [1, "2", 3.0], [1, 2, 3]),
    (List[CardId], [], []),
    (List[str], ["a"], ["a"]),
    (Dict[str, int], {"a": 1.0}, {"a": 1}),
    (Dict[str, Any], {"a": [None]}, {"a": [None]}),
    (Optional[str], None, None),
    (Union[List[str], str], "a", "a"),
    (Union[List[str], str], ["a"], ["a"]),
    (Literal["a", 1, None], "a", "a"),
    (Literal["a", 1, None], None, None),
    (NonEmptyText, " a", " a"),
    (Small, 4.0, 4),
    (Toy, {"deckName": "a", "more": 1}, {"deckName": "a"}),
    (Toy, {"tags": None, "deckName": "a"}, {"deckName": "a", "tags": None}),
    (List[Attempt], [{"deckName": "a"}], [{"deckName": "a"}]),
    (OwnWords, 5, 5),
]


@pytest.mark.parametrize(
    ("annotation", "value", "expected"),
    ACCEPTED,
    ids=[f"{row[0]}-{row[1]!r:.20}" for row in ACCEPTED],
)
def test_accepted(annotation: Any, value: Any, expected: Any) -> None:
    found = shape_of(annotation).read(value, "place")
    assert found == expected
    assert type(found) is type(expected)


REFUSED: List[Tuple[Any, Any, str]] = [
    (str, 5, "p should be a string: 5"),
    (str, None, "p should be a string: null"),
    (str, ["a"], 'p should be a string: ["a"]'),
    (int, "6", "p should be an integer: 6"),
    (int, 6.5, "p should be an integer: 6.5"),
    (int, True, "p should be an integer: true"),
    (int, 2**63, f"p should be an integer: {2**63}"),
    (int, 1e300, "p should be an integer: 1e+300"),
    (float, "1", "p should be a number: 1"),
    (float, False, "p should be a number: false"),
    (float, HUGE, f"p should be a number: {str(HUGE)[:100]}…"),
    (bool, 1, "p should be a boolean: 1"),
    (bool, "true", "p should be a boolean: true"),
    (CardId, True, "p should be an id (a whole number): true"),
    (CardId, 1.5, "p should be an id (a whole number): 1.5"),
    (CardId, "", "p should be an id (a whole number): "),
    (CardId, "-", "p should be an id (a whole number): -"),
    (CardId, "--5", "p should be an id (a whole number): --5"),
    (CardId, "+5", "p should be an id (a whole number): +5"),
    (CardId, " 5", "p should be an id (a whole number):  5"),
    (CardId, "5.0", "p should be an id (a whole number): 5.0"),
    (CardId, "٥", "p should be an id (a whole number): ٥"),
    (CardId, 2**63, f"p should be an id (a whole number): {2**63}"),
    (CardId, "9223372036854775808", "p should be an id (a whole number): 9223372036854775808"),
    (CardId, 2.0**53, "p should be an id (a whole number): 9007199254740992.0"),
    (List[CardId], 5, "p should be a list: 5"),
    (List[CardId], "12", "p should be a list: 12"),
    (List[CardId], {}, "p should be a list: {}"),
    (List[CardId], [1, None], "p[1] should be an id (a whole number): null"),
    (List[CardId], [True], "p[0] should be an id (a whole number): true"),
    (List[CardId], [2**64], f"p[0] should be an id (a whole number): {2**64}"),
    (List[List[str]], [[], ["a", 5]], "p[1][1] should be a string: 5"),
    (Dict[str, str], [], "p should be an object: []"),
    (Dict[str, str], {"a": 5}, "p.a should be a string: 5"),
    (Dict[str, str], {LONG: 5}, f"p.{LONG[:100]} should be a string: 5"),
    (Optional[str], 5, "p should be a string: 5"),
    (Optional[List[CardId]], "5", "p should be a list: 5"),
    (Union[List[str], str], 5, "p should be a list or a string: 5"),
    (Union[bool, int, str], [], "p should be a boolean, an integer or a string: []"),
    (Literal["a", 1], "b", 'p should be one of "a", 1: b'),
    (Literal["a", 1], True, 'p should be one of "a", 1: true'),
    (NonEmptyText, " \t", "p should be a non-empty string:  \t"),
    (NonEmptyText, 5, "p should be a non-empty string: 5"),
    (Small, 5, "p should be a small number: 5"),
    (Small, "5", "p should be a small number: 5"),
    (Toy, [], "p should be an object: []"),
    (Toy, {}, "missing required property 'deckName'"),
    (Toy, {"deckName": None}, "p.deckName should be a string: null"),
    (Toy, {"deckName": "a", "tags": [1]}, "p.tags[0] should be a string: 1"),
    (str, [LONG], f'p should be a string: ["{LONG[:98]}…'),
]


@pytest.mark.parametrize(
    ("annotation", "value", "error"), REFUSED, ids=[f"{r[0]}-{r[1]!r:.20}" for r in REFUSED]
)
def test_refused(annotation: Any, value: Any, error: str) -> None:
    with pytest.raises(BadParams) as raised:
        shape_of(annotation).read(value, "p")
    assert str(raised.value) == error


def test_an_entry_that_cannot_be_read_becomes_its_error() -> None:
    good, bad = shape_of(List[Attempt]).read([{"deckName": "a"}, 5], "notes")
    assert good == {"deckName": "a"}
    assert isinstance(bad, BadParams)
    assert str(bad) == "notes[1] should be an object: 5"


@pytest.mark.parametrize("annotation", [Set[str], Tuple[int, int], bytes, object, List[bytes]])
def test_types_without_a_place_on_the_wire(annotation: Any) -> None:
    with pytest.raises(TypeError, match="no JSON Schema"):
        shape_of(annotation)


@pytest.mark.parametrize("annotation", [Union[Toy, List[str]], Union[List[str], Toy]])
def test_the_order_of_a_union_does_not_matter(annotation: Any) -> None:
    """Python itself mixes up Unions of the same members: what is said must not hang on what was imported first."""
    shape = shape_of(Optional[annotation])
    assert shape.kind == "a list or an object"
    assert [one.get("type") for one in shape.schema["anyOf"]] == ["array", "object", "null"]


@pytest.mark.parametrize(
    "annotation", [Union[int, float], Union[CardId, str], Union[List[str], List[int]]]
)
def test_members_of_a_union_that_look_the_same(annotation: Any) -> None:
    with pytest.raises(TypeError, match="no telling"):
        shape_of(annotation)


SHOWN = [
    ("text", "text"),
    (None, "null"),
    (["é", 1.5, {"a": True}], '["é", 1.5, {"a": true}]'),
    ("\ud800", "\\ud800"),
    (["\udfff"], '["\\udfff"]'),
    (LONG, LONG[:100] + "…"),
]


@pytest.mark.parametrize(("value", "text"), SHOWN, ids=[text[:20] for _, text in SHOWN])
def test_shown(value: Any, text: str) -> None:
    assert shown(value) == text
    text.encode()


@pytest.mark.parametrize(
    "value",
    ["é" * 300, ["ab"] * 300, ["a" * 300, "b"], {"a" * 300: 1}, {str(n): [n] for n in range(300)}],
)
def test_the_beginning_is_all_that_is_looked_at_of_a_large_value(value: Any) -> None:
    whole = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    assert shown(value) == whole[:100] + "…"
    assert len(json.dumps(beginning(value))) < len(json.dumps(value))


# --- Schemas --------------------------------------------------------------------------------------

DESCRIBED = Annotated[Optional[str], "What it is."]


def test_a_schema_says_what_the_annotation_says() -> None:
    assert shape_of(Toy).schema["required"] == ["deckName"]
    assert shape_of(Toy).schema["description"] == "A toy."
    assert shape_of(DESCRIBED).schema["description"] == "What it is."
    assert shape_of(OwnWords).schema == {"type": "string"}
    assert shape_of(Small).schema == {"type": "integer", "maximum": 4}


JUDGED_HERE = [
    str,
    int,
    float,
    bool,
    CardId,
    List[CardId],
    Dict[str, int],
    Optional[str],
    Union[List[str], str],
    Union[bool, int, str],
    Literal["a", 1, None],
    NonEmptyText,
    Small,
    Toy,
    List[Toy],
]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "a", "5", "-5", " ", 6.0, HUGE]),
    st.text(max_size=5),
)
NAMES = st.sampled_from(["deckName", "tags", "cards", "a"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


@given(annotation=st.sampled_from(JUDGED_HERE), value=VALUES)
def test_what_is_read_is_what_the_schema_allows(annotation: Any, value: Any) -> None:
    """And reading is a matter of yes or no: nothing but BadParams comes out of it."""
    shape = shape_of(annotation)
    error = ""
    try:
        shape.read(value, "p")
    except BadParams as refused:
        error = str(refused) or "an error without words"
    assert len(error) < 400
    if not error:
        jsonschema.validate(value, shape.schema)
