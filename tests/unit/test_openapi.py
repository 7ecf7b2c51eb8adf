"""The descriptions for programs, made from the toys; those of the real actions are held up in tests/anki."""

import json
from typing import Any, Dict, Iterator, List, Optional, TypedDict

import jsonschema
import pytest
from openapi_spec_validator import validate

from plugin import openapi, registry
from plugin.registry import Scope
from plugin.shapes import shape_of
from tests.unit.toys import ToyId, toy_actions


class Wheel(TypedDict):
    """It turns."""

    size: int


class Cart(TypedDict):
    wheels: List[Wheel]
    spare: Optional[Wheel]
    owner: ToyId


def build_cart(cart: Cart, wheel: Wheel, note: str = "", fast: Optional[bool] = None) -> Wheel:
    """Builds a cart. In two sentences.

    At length.

    Args:
        cart: the cart
        wheel: the first wheel
        note: a text
        fast: whether it is quick

    Returns: the same wheel.

    Errors:
        no such wheel: <wheel>

    Since: 1.2
    """
    return wheel


@pytest.fixture(autouse=True)
def _toys() -> Iterator[None]:
    with toy_actions():
        registry.action(Scope.DELETE)(build_cart)
        yield


@pytest.fixture
def document() -> Dict[str, Any]:
    made = openapi.Descriptions(registry.ACTIONS).openapi
    found: Dict[str, Any] = json.loads(made)
    return found


def test_it_is_openapi_3_1(document: Dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    validate(document)


def test_every_action_has_its_path(document: Dict[str, Any]) -> None:
    paths = {path for path in document["paths"] if path.startswith("/actions/")}
    assert paths == {f"/actions/{name}" for name in registry.ACTIONS}
    names = [way["operationId"] for path in document["paths"].values() for way in path.values()]
    assert len(names) == len(set(names))


def test_what_is_said_of_an_action(document: Dict[str, Any]) -> None:
    found = document["paths"]["/actions/buildCart"]["post"]
    assert found["summary"] == "Builds a cart. In two sentences."
    assert "At length." in found["description"]
    assert "- `no such wheel: <wheel>`" in found["description"]
    facts = {name: value for name, value in found.items() if name.startswith("x-")}
    assert facts == {
        "x-category": "test_openapi",
        "x-scope": "delete",
        "x-undo": None,
        "x-since": "1.2",
        "x-errors": ["no such wheel: <wheel>"],
    }
    assert found["responses"]["200"]["description"] == "the same wheel."
    assert set(found["responses"]) == {"200", "400", "401", "403", "404", "409", "413", "503"}


def test_objects_with_a_name_are_said_once(document: Dict[str, Any]) -> None:
    found = document["paths"]["/actions/buildCart"]["post"]
    given = found["requestBody"]["content"]["application/json"]["schema"]
    assert given["properties"]["wheel"] == {
        "$ref": "#/components/schemas/Wheel",
        "description": "the first wheel",
    }
    assert found["responses"]["200"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/Wheel"
    }
    assert given["properties"]["cart"]["$ref"] == "#/components/schemas/Cart"
    schemas = document["components"]["schemas"]
    assert schemas["Wheel"]["description"] == "It turns."
    assert schemas["Cart"]["properties"]["owner"] == {"$ref": "#/components/schemas/Id"}
    assert schemas["Cart"]["properties"]["wheels"]["items"] == {
        "$ref": "#/components/schemas/Wheel"
    }


def test_parameters(document: Dict[str, Any]) -> None:
    body = document["paths"]["/actions/buildCart"]["post"]["requestBody"]
    given = body["content"]["application/json"]["schema"]
    assert body["required"] is True
    assert given["required"] == ["cart", "wheel"]
    assert given["properties"]["note"] == {"type": "string", "description": "a text", "default": ""}
    assert "default" not in given["properties"]["fast"], "null would be taken for a value"
    assert document["paths"]["/actions/version"]["post"]["requestBody"]["required"] is False


def test_permission_needs_no_key(document: Dict[str, Any]) -> None:
    assert document["paths"]["/actions/requestPermission"]["post"]["security"] == [{}]
    assert document["security"] == [{}, {"apiKey": []}]


def test_two_objects_of_one_name_stay_apart() -> None:
    parts = openapi.Parts("#/")
    one = {"title": "Wheel", "type": "object", "properties": {"size": {"type": "number"}}}
    other = {"title": "Wheel", "type": "object", "properties": {"size": {"type": "string"}}}
    assert parts.lifted(one) == {"$ref": "#/Wheel"}
    assert parts.lifted(other) == other
    assert parts.named == {"Wheel": one}


def test_whole_numbers_are_long_ones(document: Dict[str, Any]) -> None:
    long = {"type": "integer", "format": "int64"}
    schemas = document["components"]["schemas"]
    assert schemas["Wheel"]["properties"]["size"] == long
    assert schemas["Id"]["anyOf"][0] == long


def test_ids_may_come_as_text_and_go_as_numbers() -> None:
    schema = shape_of(Dict[str, List[Optional[ToyId]]]).schema
    number = {"anyOf": [{"type": "integer"}, {"type": "null"}]}
    assert openapi.told(schema) == {
        "type": "object",
        "additionalProperties": {"type": "array", "items": number},
    }


def test_every_list_says_what_is_in_it() -> None:
    lifted = openapi.Parts("#/").lifted({"anyOf": [{"type": "array"}, {"type": "null"}]})
    assert lifted == {"anyOf": [{"type": "array", "items": {}}, {"type": "null"}]}
    pair = {"type": "array", "prefixItems": [{"type": "string"}]}
    assert openapi.Parts("#/").lifted(pair) == pair


def test_schemas_are_not_changed_by_lifting() -> None:
    before = json.dumps(shape_of(Cart).schema)
    openapi.Parts("#/").lifted(shape_of(Cart).schema)
    assert json.dumps(shape_of(Cart).schema) == before


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Carts: all of them.", "Carts: all of them."),
        ("Carts: all\nof them. More is\nelsewhere.", "Carts: all of them."),
        ("", ""),
    ],
)
def test_categories_are_explained_in_one_sentence(text: str, expected: str) -> None:
    assert openapi.first_sentence(text) == expected


# --- The schema of requests -----------------------------------------------------------------------

CART = {"wheels": [{"size": 1}], "spare": None, "owner": "7"}
RIGHT = [
    {"action": "version"},
    {"action": "version", "version": 6, "params": {}, "key": None},
    {"action": "buildCart", "params": {"cart": CART, "wheel": {"size": 2}}},
    {"action": "echo", "params": {"value": [None]}},
]
WRONG = [
    {},
    {"action": "nope"},
    {"action": "version", "version": "6"},
    {"action": "version", "params": {"x": 1}},
    {"action": "buildCart"},
    {"action": "buildCart", "params": {"cart": CART}},
    {"action": "buildCart", "params": {"cart": {**CART, "owner": "x"}, "wheel": {"size": 2}}},
]


@pytest.fixture
def requests() -> jsonschema.Draft202012Validator:
    schema = json.loads(openapi.Descriptions(registry.ACTIONS).schema)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("request_object", RIGHT)
def test_right_requests_are_valid(
    requests: jsonschema.Draft202012Validator, request_object: Any
) -> None:
    requests.validate(request_object)


@pytest.mark.parametrize("request_object", WRONG)
def test_wrong_requests_are_not(
    requests: jsonschema.Draft202012Validator, request_object: Any
) -> None:
    assert not requests.is_valid(request_object)


def test_results_have_a_schema_too(requests: jsonschema.Draft202012Validator) -> None:
    schema: Any = requests.schema
    result = {**schema["$defs"]["toysInfo.result"], "$defs": schema["$defs"]}
    jsonschema.validate([1, 2], result)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(["x"], result)


def test_documents_are_made_once() -> None:
    made = openapi.documents(registry.ACTIONS)
    assert set(made) == {"/openapi.json", "/schema.json"}
    assert made["/openapi.json"]() is made["/openapi.json"]()
