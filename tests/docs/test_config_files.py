"""The configuration files: made from the settings, valid, and fit for Anki's config window."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List, Tuple

import jsonschema
import pytest

from plugin.config import SETTINGS, WITHOUT_EFFECT, config_markdown, config_schema, read

ROOT = Path(__file__).resolve().parent.parent.parent
SCHEMA: Dict[str, Any] = json.loads(config_schema())
SHOWN = json.loads((ROOT / "plugin" / "config.json").read_text(encoding="utf-8"))


def accepts(configuration: object) -> bool:
    return bool(jsonschema.Draft7Validator(SCHEMA).is_valid(configuration))


def test_files_are_up_to_date() -> None:
    command = [sys.executable, str(ROOT / "tools" / "generate_config.py"), "--check"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (0, ""), found.stdout + found.stderr


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)


def test_the_defaults_are_valid_and_mean_the_defaults() -> None:
    assert accepts(SHOWN)
    assert read(SHOWN, {}) == read({}, {})


def test_the_editor_shows_what_the_contract_says() -> None:
    contract = [
        "apiKey",
        "apiLogPath",
        "ignoreOriginList",
        "webBindAddress",
        "webBindPort",
        "webCorsOriginList",
    ]
    assert sorted(SHOWN) == sorted([*contract, "webHostList"])


def test_configurations_of_earlier_versions_are_valid() -> None:
    earlier = {
        "apiKey": None,
        "apiLogPath": None,
        "apiPollInterval": 25,
        "apiVersion": 6,
        "ignoreOriginList": [],
        "webBacklog": 5,
        "webBindAddress": "127.0.0.1",
        "webBindPort": 8765,
        "webCorsOrigin": None,
        "webCorsOriginList": ["http://localhost", "app://obsidian.md"],
        "webTimeout": 10000,
        "a key of someone else's": {"any": "thing"},
    }
    assert accepts(earlier)
    assert read(earlier, {})[1] == []


@pytest.mark.parametrize("each", SETTINGS, ids=lambda each: each.key)
def test_every_key_is_documented(each: Any) -> None:
    text = config_markdown()
    assert f"### {each.key}\n\n{each.help}\n" in text
    assert f"Default: `{json.dumps(each.default)}`" in text
    assert each.variable in text
    assert SCHEMA["properties"][each.key]["description"] == each.help


@pytest.mark.parametrize("key", WITHOUT_EFFECT)
def test_retired_keys_are_documented(key: str) -> None:
    assert f"`{key}`" in config_markdown()


@pytest.mark.parametrize("each", SETTINGS, ids=lambda each: each.key)
def test_every_example_works(each: Any) -> None:
    example = {each.key: each.example}
    assert accepts(example)
    assert read(example, {})[1] == []


def test_the_help_uses_only_markdown_that_anki_knows() -> None:
    for line in config_markdown().splitlines():
        assert not line.startswith(("|", "```", "<"))


# Every value here is either accepted by the editor and the add-on, or refused by both.
AGREED: List[Tuple[str, Any, bool]] = [
    ("apiKey", "secret", True),
    ("apiKey", "", True),
    ("apiKey", 5, False),
    ("apiKey", ["a"], False),
    ("apiLogPath", "/tmp/x", True),
    ("apiLogPath", False, False),
    ("webBindAddress", "::1", True),
    ("webBindAddress", "[::1]", True),
    ("webBindAddress", "fe80::1%eth0", True),
    ("webBindAddress", " localhost", True),
    ("webBindAddress", "", False),
    ("webBindAddress", None, False),
    ("webBindAddress", "*", False),
    ("webBindAddress", "http://a", False),
    ("webBindAddress", "127.0.0.1:80", False),
    ("webBindPort", 0, True),
    ("webBindPort", 8765.0, True),
    ("webBindPort", "8765", False),
    ("webBindPort", True, False),
    ("webBindPort", 65536, False),
    ("webBindPort", -1, False),
    ("webCorsOriginList", ["*"], True),
    ("webCorsOriginList", ["null", "file://", "http://[::1]:80", "https://a.com/"], True),
    ("webCorsOriginList", ["chrome-extension://abcdef"], True),
    ("webCorsOriginList", "*", False),
    ("webCorsOriginList", [5], False),
    ("webCorsOriginList", ["a.com"], False),
    ("webCorsOriginList", ["https://a.com/b"], False),
    ("webCorsOriginList", ["https://*.a.com"], False),
    ("webCorsOriginList", ["https://a.com:x"], False),
    ("ignoreOriginList", ["*"], True),
    ("ignoreOriginList", {}, False),
    ("webHostList", ["anki.lan", "10.0.0.1", "::1"], True),
    ("webHostList", ["*"], False),
    ("webHostList", ["anki.lan:80"], False),
    ("webCorsOrigin", None, True),
    ("webCorsOrigin", "", True),
    ("webCorsOrigin", "https://a.com", True),
    ("webCorsOrigin", ["https://a.com"], False),
    ("webTimeout", 0.5, False),
    ("webTimeout", 1, True),
    ("webMaxBodyMB", 63, False),
    ("webMaxBodyMB", 64, True),
]


@pytest.mark.parametrize(
    ("key", "value", "good"), AGREED, ids=[f"{key}-{value!a}" for key, value, _ in AGREED]
)
def test_editor_and_add_on_agree(key: str, value: object, good: bool) -> None:
    assert accepts({key: value}) is good
    assert (read({key: value}, {})[1] == []) is good


@pytest.mark.parametrize("each", SETTINGS, ids=lambda each: each.key)
def test_what_the_editor_says_names_the_key(each: Any) -> None:
    """Anki fills an `error_msg` with str.format and shows it."""
    wrong: Any = 5 if each.kind.schema.get("type") == "object" else {"no": "such"}
    errors = list(jsonschema.Draft7Validator(SCHEMA).iter_errors({each.key: wrong}))
    (error,) = errors
    path = "/".join(map(str, error.path))
    text = error.schema["error_msg"].format(
        problem=error.message, path=path, schema="", erroneous_conf=""
    )
    assert text == f"{each.key}: expected {each.kind.expected}."


def test_what_the_editor_says_of_a_list_entry_names_its_place() -> None:
    configuration = {"webCorsOriginList": ["http://localhost", "example.com"]}
    (error,) = jsonschema.Draft7Validator(SCHEMA).iter_errors(configuration)
    assert list(error.path) == ["webCorsOriginList", 1]
    assert error.schema["error_msg"].startswith("{path}: expected an origin")
