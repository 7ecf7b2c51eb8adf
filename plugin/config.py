"""Every setting once: its name, meaning, default, check, and where else it may be given.

`tools/generate_config.py` makes `config.json`, `config.md` and `config.schema.json` from it.
"""

import json
import re
import secrets
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Dict, List, Mapping, Optional, Tuple

from .keys import KeyRing, NamedKey
from .scopes import DEFAULTS as GROUPS
from .scopes import NOTHING, Scopes
from .setting_kinds import (
    ADDRESS,
    ANY_ORIGIN,
    HOSTS,
    MILLISECONDS,
    NAMED_KEYS,
    ORIGIN_OR_NULL,
    ORIGINS,
    SCOPES_OF_CALLERS,
    TEXT_OR_NULL,
    Complain,
    Kind,
    UnusableError,
    shown,
    whole_number,
)
from .web.addresses import is_loopback

LOCALHOST = "http://localhost"


@dataclass(frozen=True)
class Setting:
    """One key of the configuration. `help` is Markdown and what people read in Anki."""

    key: str
    attribute: str
    kind: Kind
    default: Any
    help: str
    example: Any
    shown: bool = True
    unit: float = 1
    secret: bool = False

    @property
    def variable(self) -> str:
        """Its environment variable: the key in capitals, without a leading "web"."""
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", self.key).upper()
        return "ANKICONNECT_" + (words[4:] if words.startswith("WEB_") else words)

    def check(self, value: Any, complain: Complain) -> Any:
        """The value as the program uses it; UnusableError when it does not fit."""
        found = self.kind.check(value, complain)
        return found if self.unit == 1 else found * self.unit


SETTINGS = (
    Setting(
        "apiKey",
        "api_key",
        TEXT_OR_NULL,
        None,
        "A password for programs and pages. When it is set, every request must carry it, as the "
        'member `"key"` or in the header `Authorization: Bearer`; only `requestPermission` works '
        'without. Long and random is best. `null` or `""` switches it off.',
        "kT3vX9wq2LrZp8NsYb4u",
        secret=True,
    ),
    Setting(
        "apiKeys",
        "named_keys",
        NAMED_KEYS,
        [],
        "Keys for single programs, each with a name and what it may do (its scopes). Make them in "
        "the AnkiConnect window: a key is shown once, and only its hash is kept here. As long as "
        "there is one, every request must carry one of them, or `apiKey`.",
        [{"name": "my agent", "sha256": "0" * 64, "scopes": ["read"]}],
        shown=False,
        secret=True,
    ),
    Setting(
        "apiLogPath",
        "api_log_path",
        TEXT_OR_NULL,
        None,
        "A file to which requests and replies are written, to find out what a program sends. Keys "
        "are left out, the contents of your notes are not. `null` writes no log.",
        "/home/me/ankiconnect.log",
    ),
    Setting(
        "callerScopes",
        "caller_scopes",
        SCOPES_OF_CALLERS,
        {},
        "What callers may do, where that is to differ from the defaults: for one origin, or for "
        "all `programs`, `apps`, `pages`, `localPages`, `extensions`, or the scripts in cards and "
        "windows of Anki itself (`anki`). The scopes are `read`, `write`, `delete`, `files`, "
        "`network`, `gui` and `admin`; docs/security.md explains them.",
        {"https://example.com": ["read"], "anki": ["read", "gui", "write"]},
        shown=False,
    ),
    Setting(
        "ignoreOriginList",
        "ignored_origins",
        ORIGINS,
        [],
        "Web pages and apps that are refused without asking you. Ticking *ignore* in the "
        'permission window adds them here; remove one to be asked again. `"*"` refuses all that '
        "are not allowed yet: you are never asked.",
        ["https://example.com"],
    ),
    Setting(
        "webBindAddress",
        "bind_address",
        ADDRESS,
        "127.0.0.1",
        "The address to listen on. `127.0.0.1` is reachable from this computer only (under `::1` "
        "as well). `0.0.0.0` opens Anki to your whole network; that needs a key (`apiKey` or `apiKeys`).",
        "192.168.1.20",
    ),
    Setting(
        "webBindPort",
        "bind_port",
        whole_number(0, 65535),
        8765,
        "The port to listen on. Programs expect 8765; change it only together with them. `0` lets "
        "the system choose a free one.",
        8766,
    ),
    Setting(
        "webCorsOriginList",
        "cors_origins",
        ORIGINS,
        [LOCALHOST],
        "Web pages and apps that may use Anki, besides the programs on this computer, which always "
        "may. Write scheme and host, and the port if there is one, without a path. "
        f'`"{LOCALHOST}"` stands for all pages served by this computer and for all browser '
        "extensions (Yomitan, for instance). Answering Yes in the permission window adds a page "
        'here. `"*"` lets **every web page you visit** read and change your collection.',
        [LOCALHOST, "https://example.com", "app://obsidian.md"],
    ),
    Setting(
        "webHostList",
        "allowed_hosts",
        HOSTS,
        [],
        "Further names under which this computer is called. A request that calls it by an unknown "
        "name is refused, because that is how hostile pages get past a browser's rules. "
        "`localhost` and IP addresses always work; add a name when a container, a virtual machine "
        "or a proxy uses one.",
        ["host.docker.internal", "anki.lan"],
    ),
    Setting(
        "webTimeout",
        "download_timeout",
        MILLISECONDS,
        10_000,
        "How long the download of a picture or sound may take, in milliseconds.",
        30_000,
        shown=False,
        unit=0.001,
    ),
    Setting(
        "webMaxBodyMB",
        "max_body_bytes",
        whole_number(64, 2048),
        256,
        "The largest request that is accepted, in megabytes.",
        512,
        shown=False,
        unit=1024 * 1024,
    ),
    Setting(
        "webCorsOrigin",
        "extra_origin",
        ORIGIN_OR_NULL,
        None,
        "One more entry for `webCorsOriginList`, which replaced it. Still works.",
        "https://example.com",
        shown=False,
    ),
)
# They had a meaning in earlier AnkiConnects; files that hold them stay valid.
WITHOUT_EFFECT = ("webBacklog", "apiPollInterval", "apiVersion")


@dataclass(frozen=True)
class Settings:
    """The settings in force. Origins and hosts are in the one spelling that is compared."""

    api_key: Optional[str] = field(repr=False)
    api_log_path: Optional[str]
    bind_address: str
    bind_port: int
    cors_origins: Tuple[str, ...]
    """The allowed origins, `extra_origin` among them."""
    extra_origin: Optional[str]
    ignored_origins: Tuple[str, ...]
    allowed_hosts: Tuple[str, ...]
    named_keys: Tuple[NamedKey, ...] = field(repr=False)
    caller_scopes: Mapping[str, Scopes]
    """By origin or by group (see scopes.py)."""
    download_timeout: float
    """Seconds."""
    max_body_bytes: int

    @cached_property
    def keys(self) -> KeyRing:
        """The keys that open the door."""
        return KeyRing(self.api_key, self.named_keys)

    @property
    def any_origin(self) -> bool:
        return ANY_ORIGIN in self.cors_origins

    @property
    def loopback_only(self) -> bool:
        """Whether only this computer can reach the server."""
        return is_loopback(self.bind_address)


def _in_force(values: Mapping[str, Any]) -> Settings:
    listed, extra = values["cors_origins"], values["extra_origin"]
    combined = listed if extra is None or extra in listed else (*listed, extra)
    return Settings(**{**values, "cors_origins": combined})


DEFAULTS = _in_force(
    {each.attribute: each.check(each.default, lambda _: None) for each in SETTINGS}
)

NO_KEY_FITS = secrets.token_hex(32)
"""The key while `apiKey` has been unusable since the start: nobody knows it, so nobody gets in."""

NOBODYS_KEYS = (NamedKey("", secrets.token_hex(32), NOTHING),)
"""The same for `apiKeys`: a hash that no key is known to have."""

CAUTIOUS = replace(
    DEFAULTS,
    api_key=NO_KEY_FITS,
    named_keys=NOBODYS_KEYS,
    caller_scopes=dict.fromkeys(GROUPS, NOTHING),
    cors_origins=(),
)
"""What stands in for an unusable value when there was no good one before."""


def read(
    raw: Mapping[str, Any], environ: Mapping[str, str], last_good: Settings = CAUTIOUS
) -> Tuple[Settings, List[str]]:
    """The settings that a configuration means, and a sentence about each value that is unusable.

    An unusable value leaves that of `last_good` in force, so that it never widens access. A
    missing key takes its default; a non-empty environment variable wins over the file.
    """
    problems: List[str] = []
    values = {
        each.attribute: _read_one(each, raw, environ, last_good, problems) for each in SETTINGS
    }
    return _in_force(values), problems


def _read_one(
    setting: Setting,
    raw: Mapping[str, Any],
    environ: Mapping[str, str],
    last_good: Settings,
    problems: List[str],
) -> Any:
    text = environ.get(setting.variable)
    name = setting.variable if text else setting.key
    value = setting.kind.from_text(text) if text else raw.get(setting.key, setting.default)
    try:
        return setting.check(value, lambda problem: problems.append(f"{name}: {problem}."))
    except UnusableError:
        kept = getattr(last_good, setting.attribute)
        problems.append(_unusable(setting, name, value, kept))
        return kept


def _unusable(setting: Setting, name: str, value: Any, kept: Any) -> str:
    found = "its value (not shown here)" if setting.secret else shown(value)
    if kept in (NO_KEY_FITS, NOBODYS_KEYS):
        stays = "Until that is put right, every request is refused for want of the key"
    elif setting.secret:
        stays = "The key in force before stays" if kept else "No key is in force, as before"
    else:
        stays = f"{shown(kept if setting.unit == 1 else round(kept / setting.unit))} stays in force"
    return f"{name}: {found} cannot be used; expected {setting.kind.expected}. {stays}."


def taken_over(classic: Mapping[str, Any]) -> Dict[str, Any]:
    """What somebody has set in the classic add-on, whose settings have the same names."""
    return {
        each.key: classic[each.key]
        for each in SETTINGS
        if classic.get(each.key, each.default) != each.default
    }


def setting_of(key: str) -> Setting:
    """The setting of that name."""
    return next(each for each in SETTINGS if each.key == key)


def default_of(key: str) -> Any:
    return setting_of(key).default


def with_entry(raw: Mapping[str, Any], key: str, entry: str) -> Dict[str, Any]:
    """A copy of a configuration in which the list `key` holds `entry`; all else is as it was."""
    listed = raw.get(key, default_of(key))
    kept = list(listed) if isinstance(listed, (list, tuple)) else []
    return {**raw, key: kept if entry in kept else [*kept, entry]}


def _pretty(value: object) -> str:
    return json.dumps(value, indent=4, ensure_ascii=False) + "\n"


def config_json() -> str:
    """The defaults that Anki's config editor shows."""
    return _pretty({each.key: each.default for each in SETTINGS if each.shown})


def config_schema() -> str:
    """The JSON Schema by which Anki's config editor checks what the user typed."""
    properties = {
        each.key: {
            **each.kind.schema,
            "description": each.help,
            # Anki fills {path} in.
            "error_msg": f"{{path}}: expected {each.kind.expected}.",
        }
        for each in SETTINGS
    }
    return _pretty(
        {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "type": "object",
            "error_msg": "The configuration must be an object in braces.",
            "properties": properties,
        }
    )


_INTRODUCTION = """\
# AnkiConnect

Lets other programs use Anki while it is open: browser dictionaries, editors, scripts. These are
its settings. Changes apply as soon as you press OK; a value that cannot be used is reported, and
the one before it stays in force.
"""

_HIDDEN = """\
## Settings for rare needs

They are not listed on the left; add one there when you need it.
"""

_END = """\
## Left over from earlier versions

{ignored} may stand in the configuration and have no effect.

## Environment variables

Each setting can also be given by an environment variable, which then wins over the configuration:
{variables}. A list is written with commas between its entries, `apiKeys` and `callerScopes` as JSON.
"""


def _help(setting: Setting) -> str:
    default, example = json.dumps(setting.default), json.dumps(setting.example)
    return (
        f"### {setting.key}\n\n{setting.help}\n\n"
        f'Default: `{default}`. Example: `"{setting.key}": {example}`\n'
    )


def config_markdown() -> str:
    """What Anki shows beside the config editor. Its Markdown knows no tables and no fences."""
    in_editor = [_help(each) for each in SETTINGS if each.shown]
    hidden = [_help(each) for each in SETTINGS if not each.shown]
    end = _END.format(
        ignored=", ".join(f"`{key}`" for key in WITHOUT_EFFECT),
        variables=", ".join(f"`{each.variable}`" for each in SETTINGS),
    )
    return "\n".join([_INTRODUCTION, *in_editor, _HIDDEN, *hidden, end])
