"""Reading the settings: defaults, good values, environment, and values that cannot be used."""

import dataclasses
import json
from dataclasses import replace
from typing import Any, Dict, List, Tuple

import pytest

from plugin.config import (
    CAUTIOUS,
    DEFAULTS,
    NO_KEY_FITS,
    SETTINGS,
    WITHOUT_EFFECT,
    Settings,
    read,
    taken_over,
    with_entry,
)
from plugin.keys import NamedKey, digest
from plugin.scopes import DEFAULTS as GROUPS
from plugin.scopes import Scope
from tests import classic

STORED_KEY = {"name": "agent", "sha256": digest("its key"), "scopes": ["read"]}
READ = frozenset({Scope.READ})
AGENT = NamedKey("agent", digest("its key"), READ)

GOOD: Settings = replace(
    DEFAULTS,
    api_key="old key",
    api_log_path="/old/log",
    bind_address="192.168.1.20",
    bind_port=9000,
    cors_origins=("https://old.example",),
    extra_origin="https://extra.example",
    ignored_origins=("https://ignored.example",),
    allowed_hosts=("old.lan",),
    download_timeout=7.0,
    max_body_bytes=100 * 1024 * 1024,
    named_keys=(AGENT,),
    caller_scopes={"anki": READ},
)
MEGABYTE = 1024 * 1024


def test_defaults_are_those_of_the_contract() -> None:
    assert read({}, {}) == (DEFAULTS, [])
    assert dataclasses.asdict(DEFAULTS) == {
        "api_key": None,
        "api_log_path": None,
        "bind_address": "127.0.0.1",
        "bind_port": 8765,
        "cors_origins": ("http://localhost",),
        "extra_origin": None,
        "ignored_origins": (),
        "allowed_hosts": (),
        "download_timeout": 10.0,
        "max_body_bytes": 256 * MEGABYTE,
        "named_keys": (),
        "caller_scopes": {},
    }


def test_every_setting_reaches_an_attribute() -> None:
    attributes = {field.name for field in dataclasses.fields(Settings)}
    assert sorted(each.attribute for each in SETTINGS) == sorted(attributes)


GOOD_VALUES: List[Tuple[str, Any, str, Any]] = [
    ("apiKey", "secret", "api_key", "secret"),
    ("apiKey", "  spaces count ", "api_key", "  spaces count "),
    ("apiKey", "", "api_key", None),
    ("apiKey", None, "api_key", None),
    ("apiLogPath", "/tmp/log", "api_log_path", "/tmp/log"),
    ("apiLogPath", "", "api_log_path", None),
    ("webBindAddress", "0.0.0.0", "bind_address", "0.0.0.0"),
    ("webBindAddress", " localhost ", "bind_address", "localhost"),
    ("webBindAddress", "LOCALHOST", "bind_address", "localhost"),
    ("webBindAddress", "::1", "bind_address", "::1"),
    ("webBindAddress", "[::1]", "bind_address", "::1"),
    ("webBindAddress", "0:0:0:0:0:0:0:1", "bind_address", "::1"),
    ("webBindAddress", "fe80::1%eth0", "bind_address", "fe80::1%eth0"),
    ("webBindAddress", "my-box.lan", "bind_address", "my-box.lan"),
    ("webBindPort", 0, "bind_port", 0),
    ("webBindPort", 65535, "bind_port", 65535),
    ("webBindPort", 8766.0, "bind_port", 8766),
    ("webCorsOriginList", [], "cors_origins", ()),
    ("webCorsOriginList", ["*"], "cors_origins", ("*",)),
    ("webCorsOriginList", ["https://A.com:443/"], "cors_origins", ("https://a.com",)),
    ("webCorsOriginList", ["https://a.com", "https://A.com"], "cors_origins", ("https://a.com",)),
    ("webCorsOriginList", ["null", "file://"], "cors_origins", ("null", "file://")),
    ("webCorsOriginList", ["app://obsidian.md"], "cors_origins", ("app://obsidian.md",)),
    ("webCorsOriginList", ["http://[0::1]:80"], "cors_origins", ("http://[::1]",)),
    ("webCorsOrigin", "https://a.com", "cors_origins", ("http://localhost", "https://a.com")),
    ("webCorsOrigin", "http://localhost", "cors_origins", ("http://localhost",)),
    ("webCorsOrigin", "", "cors_origins", ("http://localhost",)),
    ("ignoreOriginList", ["HTTPS://evil.com"], "ignored_origins", ("https://evil.com",)),
    ("ignoreOriginList", ["*"], "ignored_origins", ("*",)),
    ("webHostList", ["Anki.LAN", "anki_box"], "allowed_hosts", ("anki.lan", "anki_box")),
    ("webHostList", ["[fe80::1]", "10.0.0.1"], "allowed_hosts", ("fe80::1", "10.0.0.1")),
    ("webTimeout", 500, "download_timeout", 0.5),
    ("webTimeout", 1500.5, "download_timeout", 1.5005),
    ("webMaxBodyMB", 64, "max_body_bytes", 64 * MEGABYTE),
    ("apiKeys", [], "named_keys", ()),
    ("apiKeys", [STORED_KEY], "named_keys", (AGENT,)),
    ("callerScopes", {}, "caller_scopes", {}),
    ("callerScopes", {"anki": ["read"]}, "caller_scopes", {"anki": READ}),
    ("callerScopes", {"HTTPS://A.com:443": []}, "caller_scopes", {"https://a.com": frozenset()}),
]


@pytest.mark.parametrize(
    ("key", "value", "attribute", "expected"),
    GOOD_VALUES,
    ids=[f"{key}-{value!a}" for key, value, _, _ in GOOD_VALUES],
)
def test_good_value(key: str, value: object, attribute: str, expected: object) -> None:
    settings, problems = read({key: value}, {}, GOOD)
    assert problems == []
    found = getattr(settings, attribute)
    assert found == (pytest.approx(expected) if isinstance(expected, float) else expected)


BAD: Dict[str, List[Any]] = {
    "apiKey": [5, 0, True, False, 1.5, ["a"], {}, [], "a\0b"],
    "apiLogPath": [5, False, [], ["/tmp/log"], {}, "a\0b"],
    "webBindAddress": [
        *(None, 5, True, [], {}, "", " ", "*", "a b", "ä", ":::"),
        *("0", "127.1", "0x0", "256.0.0.1", "1.2.3.4.5"),
        *("127.0.0.1:80", "[::1]:80", "http://a"),
    ],
    "webBindPort": [
        *(None, "8765", "", True, -1, 65536, 1.5, [], {}),
        *(float("nan"), float("inf"), 10**400),
    ],
    "webCorsOriginList": [None, "*", "http://localhost", 5, True, {}, {"*": 1}],
    "webCorsOrigin": [5, True, [], ["*"], {}, "example.com", "https://a/b"],
    "ignoreOriginList": [None, "*", 5, {}],
    "webHostList": [None, "anki.lan", 5, {}],
    "apiKeys": [
        *(None, "key", 5, {}, [5], [{}], [{**STORED_KEY, "scopes": ["open"]}]),
        *([{**STORED_KEY, "sha256": "short"}], [{**STORED_KEY, "name": 5}]),
        [STORED_KEY, {**STORED_KEY, "scopes": "read"}],
    ],
    "callerScopes": [None, "read", 5, [], ["read"]],
    "webTimeout": [None, "10000", True, 0, -1, 10**9, float("nan"), []],
    "webMaxBodyMB": [None, "256", True, 0, 63, 2049, 100.5, -1, []],
}
BAD_VALUES = [(key, value) for key, values in BAD.items() for value in values]


@pytest.mark.parametrize(
    ("key", "value"), BAD_VALUES, ids=[f"{key}-{str(value)[:20]!a}" for key, value in BAD_VALUES]
)
def test_bad_value(key: str, value: object) -> None:
    settings, problems = read(as_configuration(GOOD, **{key: value}), {}, GOOD)
    assert settings == read(as_configuration(GOOD), {}, GOOD)[0]
    (problem,) = problems
    assert problem.startswith(f"{key}: ")
    assert "expected " in problem
    assert "stays" in problem


def as_configuration(settings: Settings, **changes: Any) -> Dict[str, Any]:
    """A configuration that means these settings, but for the given keys."""
    meant = {each.key: getattr(settings, each.attribute) for each in SETTINGS if each.unit == 1}
    units = {"webTimeout": 7000, "webMaxBodyMB": 100}
    rights = {"apiKeys": [STORED_KEY], "callerScopes": {"anki": ["read"]}}
    return {**meant, **units, **rights, **changes}


def test_a_configuration_round() -> None:
    settings, problems = read(as_configuration(GOOD), {}, DEFAULTS)
    assert problems == []
    assert settings == replace(GOOD, cors_origins=("https://old.example", "https://extra.example"))


# A wrong value never widens access, not even when there was no good one before.


@pytest.mark.parametrize("value", [5, True, ["secret"], {}])
def test_an_unusable_key_locks_the_door_when_none_was_known(value: object) -> None:
    settings, (problem,) = read({"apiKey": value}, {})
    assert settings.api_key == NO_KEY_FITS
    assert "every request is refused" in problem


def test_an_unusable_key_leaves_the_key_known_before() -> None:
    settings, (problem,) = read({"apiKey": 5}, {}, GOOD)
    assert settings.api_key == "old key"
    assert "old key" not in problem


def test_an_unusable_origin_list_allows_no_page_when_none_was_known() -> None:
    assert read({"webCorsOriginList": "*"}, {})[0].cors_origins == ()


def test_an_unusable_address_means_this_computer_only() -> None:
    settings, _ = read({"webBindAddress": ""}, {})
    assert settings.bind_address == "127.0.0.1"
    assert settings.loopback_only


def test_keys_are_never_shown() -> None:
    settings, problems = read({"apiKey": ["hush-hush"]}, {}, replace(GOOD, api_key="psst"))
    assert "hush-hush" not in str(problems)
    assert "psst" not in str(problems) + repr(settings)
    assert NO_KEY_FITS not in repr(CAUTIOUS)


BAD_ORIGINS: List[Any] = [
    *(5, None, True, [], "", "localhost", "example.com", "http*", "**", "https://日本.jp"),
    *("https://example.com/path", "https://example.com//", "https://*.example.com"),
    *("https://user@example.com", "https://example.com:99999", "https://example.com:x"),
    *("https://a.com https://b.com", "chrome-extension://*"),
]
BAD_HOSTS: List[Any] = [
    *(5, None, [], "", "*", "*.lan", "a b", "anki.lan:80", "http://a", "a/b", "127.1"),
]
BAD_ENTRIES = [
    *(("webCorsOriginList", entry) for entry in BAD_ORIGINS),
    *(("webHostList", entry) for entry in BAD_HOSTS),
]


@pytest.mark.parametrize(
    ("key", "entry"), BAD_ENTRIES, ids=[f"{key}-{entry!a}" for key, entry in BAD_ENTRIES]
)
def test_a_bad_entry_is_left_out_and_the_others_stay(key: str, entry: object) -> None:
    attribute, good = {
        "webCorsOriginList": ("cors_origins", "https://good.example"),
        "webHostList": ("allowed_hosts", "good.example"),
    }[key]
    settings, (problem,) = read({key: [entry, good]}, {}, GOOD)
    assert getattr(settings, attribute) == (good,)
    assert problem.startswith(f"{key}: the entry ")
    assert "expected" in problem


def test_problems_are_bounded_and_plain() -> None:
    _, (problem,) = read({"webBindAddress": "\u202e\n" * 10_000}, {})
    assert len(problem) < 300
    assert problem.isascii()
    assert problem.isprintable()


def test_every_problem_is_told() -> None:
    _, problems = read({"apiKey": 5, "webBindPort": "x", "webHostList": ["*", 5]}, {})
    assert len(problems) == 4


def test_unknown_and_retired_keys_disturb_nobody() -> None:
    odd = {key: object() for key in (*WITHOUT_EFFECT, "somethingElse")}
    assert read(odd, {}) == (DEFAULTS, [])


ENVIRONMENT = [
    ("ANKICONNECT_BIND_ADDRESS", "0.0.0.0", "bind_address", "0.0.0.0"),
    ("ANKICONNECT_BIND_PORT", "8770", "bind_port", 8770),
    ("ANKICONNECT_API_KEY", "from outside", "api_key", "from outside"),
    ("ANKICONNECT_API_KEY", "12345", "api_key", "12345"),
    ("ANKICONNECT_API_LOG_PATH", "/tmp/l", "api_log_path", "/tmp/l"),
    (
        "ANKICONNECT_CORS_ORIGIN",
        "https://a.com",
        "cors_origins",
        ("https://old.example", "https://a.com"),
    ),
    (
        "ANKICONNECT_CORS_ORIGIN_LIST",
        "https://a.com, app://b ,",
        "cors_origins",
        ("https://a.com", "app://b", "https://extra.example"),
    ),
    ("ANKICONNECT_IGNORE_ORIGIN_LIST", "https://a.com", "ignored_origins", ("https://a.com",)),
    ("ANKICONNECT_API_KEYS", json.dumps([STORED_KEY]), "named_keys", (AGENT,)),
    ("ANKICONNECT_CALLER_SCOPES", '{"anki": ["read"]}', "caller_scopes", {"anki": READ}),
    ("ANKICONNECT_HOST_LIST", "a.lan b.lan", "allowed_hosts", ("a.lan", "b.lan")),
    ("ANKICONNECT_TIMEOUT", "2500", "download_timeout", 2.5),
    ("ANKICONNECT_MAX_BODY_MB", "64", "max_body_bytes", 64 * MEGABYTE),
]


@pytest.mark.parametrize(
    ("variable", "text", "attribute", "expected"),
    ENVIRONMENT,
    ids=[f"{row[0]}-{row[1]}" for row in ENVIRONMENT],
)
def test_environment_wins(variable: str, text: str, attribute: str, expected: object) -> None:
    settings, problems = read(as_configuration(GOOD), {variable: text}, DEFAULTS)
    assert problems == []
    assert getattr(settings, attribute) == expected


def test_every_setting_has_a_variable_of_its_own() -> None:
    assert {row[0] for row in ENVIRONMENT} == {each.variable for each in SETTINGS}


def test_all_at_once_from_the_environment_alone() -> None:
    environ = {variable: text for variable, text, _, _ in ENVIRONMENT}
    settings, problems = read({}, environ, DEFAULTS)
    assert problems == []
    in_file = {each.key: each.kind.from_text(environ[each.variable]) for each in SETTINGS}
    assert settings == read(in_file, {}, DEFAULTS)[0]
    assert [
        name for name, value in vars(settings).items() if value == getattr(DEFAULTS, name)
    ] == []


def test_of_the_classic_add_on_goes_on_what_was_changed() -> None:
    assert taken_over({}) == taken_over(classic.DEFAULTS) == {}
    changed = {"apiKey": "x", "webCorsOriginList": ["http://localhost", "https://a.com"]}
    left_over = dict.fromkeys(WITHOUT_EFFECT, 5)
    assert taken_over({**classic.DEFAULTS, **left_over, **changed, "other": 1}) == changed


def test_what_is_unusable_in_the_classic_add_on_is_not_hidden() -> None:
    found = taken_over({**classic.DEFAULTS, "apiKey": 5})
    assert found == {"apiKey": 5}
    settings, [problem] = read(found, {})
    assert settings.keys.closed
    assert problem.startswith("apiKey: ")


@pytest.mark.parametrize("each", SETTINGS, ids=lambda each: each.variable)
def test_an_empty_variable_counts_as_absent(each: Any) -> None:
    raw = as_configuration(GOOD)
    assert read(raw, {each.variable: ""}) == read(raw, {})


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("ANKICONNECT_BIND_PORT", "many"),
        ("ANKICONNECT_BIND_PORT", "-1"),
        ("ANKICONNECT_BIND_PORT", "NaN"),
        ("ANKICONNECT_BIND_PORT", "9" * 5000),
        ("ANKICONNECT_BIND_ADDRESS", "*"),
        ("ANKICONNECT_CORS_ORIGIN", "example.com"),
        ("ANKICONNECT_MAX_BODY_MB", "[64]"),
    ],
)
def test_a_bad_variable_is_named(variable: str, text: str) -> None:
    settings, (problem,) = read({}, {variable: text}, DEFAULTS)
    assert settings == DEFAULTS
    assert problem.startswith(f"{variable}: ")


def test_other_variables_are_not_looked_at() -> None:
    assert read({}, {"ANKICONNECT_VERSION": "1", "APIKEY": "x"}) == (DEFAULTS, [])


ADDED = [
    ({}, ["http://localhost", "https://a.com"]),
    ({"webCorsOriginList": []}, ["https://a.com"]),
    ({"webCorsOriginList": ["https://a.com"]}, ["https://a.com"]),
    ({"webCorsOriginList": ["odd", 5]}, ["odd", 5, "https://a.com"]),
    ({"webCorsOriginList": "*"}, ["https://a.com"]),
]


@pytest.mark.parametrize(("raw", "expected"), ADDED, ids=[str(raw) for raw, _ in ADDED])
def test_with_entry(raw: Dict[str, Any], expected: List[object]) -> None:
    before = {**raw, "mine": 1}
    after = with_entry(before, "webCorsOriginList", "https://a.com")
    assert after == {"mine": 1, "webCorsOriginList": expected}
    assert before == {**raw, "mine": 1}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("localhost", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.20", False),
        ("anki.lan", False),
        ("localhost.evil.com", False),
    ],
)
def test_loopback_only(address: str, expected: bool) -> None:
    assert read({"webBindAddress": address}, {})[0].loopback_only is expected


@pytest.mark.parametrize("key", ["apiKeys", "callerScopes"])
def test_unusable_rights_at_the_start_let_nobody_do_anything(key: str) -> None:
    settings, problems = read({key: "nonsense"}, {})
    assert len(problems) == 1
    assert problems[0].startswith(f"{key}: ")
    if key == "apiKeys":
        assert settings.keys.closed
        assert settings.keys.fit("") is None
    else:
        assert set(settings.caller_scopes.values()) == {frozenset()}
        assert set(settings.caller_scopes) == set(GROUPS)


def test_a_slip_in_one_callers_scopes_takes_them_away_and_leaves_the_others() -> None:
    raw = {"callerScopes": {"anki": ["raed"], "pages": ["read"], "everybody": ["admin"]}}
    settings, problems = read(raw, {}, GOOD)
    assert settings.caller_scopes == {"anki": frozenset(), "pages": READ}
    assert [problem.split(": ")[0] for problem in problems] == ["callerScopes", "callerScopes"]
