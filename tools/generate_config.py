"""Writes the configuration files of the add-on, and their page in docs/, from `plugin/config.py`.

With `--check` nothing is written; the exit code is 1 if a file is not as it would be.
"""

import json
import shlex
import sys
from pathlib import Path
from typing import Any, Dict, List

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from plugin import config  # noqa: E402

PAGE = """\
# Configuration

Settings are changed in *Tools > AnkiConnect*, or all of them in *Tools > Add-ons > AnkiConnect > Config*. They apply at
once. A value that cannot be used is reported, and the one before it stays in force; where there is none before it,
access is closed rather than opened.

Each setting has an environment variable, which wins over the stored value unless it is empty. Lists are written there
with commas between their entries, objects as JSON.

{settings}
## Left over from earlier versions

{ignored} may stand in the configuration and have no effect.
"""

SETTING = """\
## {key}

{help}

| | |
|---|---|
| default | `{default}` |
| for instance | `{example}` |
| environment | `{variable}` |
| must be | {expected} |
"""


def files() -> Dict[Path, str]:
    folder = ROOT / "plugin"
    return {
        folder / "config.json": config.config_json(),
        folder / "config.md": config.config_markdown(),
        folder / "config.schema.json": config.config_schema(),
        ROOT / "docs" / "configuration.md": page(),
    }


def page() -> str:
    """Every setting for people who read in a browser, where there are tables."""
    return PAGE.format(
        settings="\n".join(map(section, config.SETTINGS)),
        ignored=", ".join(f"`{key}`" for key in config.WITHOUT_EFFECT),
    )


def section(setting: config.Setting) -> str:
    return SETTING.format(
        key=setting.key,
        help=setting.help.replace("docs/security.md", "[Security](security.md)"),
        default=json.dumps(setting.default),
        example=f'"{setting.key}": {json.dumps(setting.example)}',
        variable=f"{setting.variable}={shlex.quote(as_variable(setting.example))}",
        expected=setting.kind.expected,
    )


def as_variable(value: Any) -> str:
    """A value as it stands in an environment variable."""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ",".join(value)
    return value if isinstance(value, str) else json.dumps(value)


def outdated() -> List[Path]:
    """The files that are missing or differ from what would be written."""
    return [
        path
        for path, text in files().items()
        if not path.exists() or path.read_bytes() != text.encode("utf-8")
    ]


def main(arguments: List[str]) -> int:
    stale = outdated()
    if "--check" in arguments:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is not up to date: run tools/generate_config.py")
        return 1 if stale else 0
    for path in stale:
        path.write_bytes(files()[path].encode("utf-8"))
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
