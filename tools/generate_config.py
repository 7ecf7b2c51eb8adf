"""Writes the configuration files of the add-on from `plugin/config.py`.

With `--check` nothing is written; the exit code is 1 if a file is not as it would be.
"""

import sys
from pathlib import Path
from typing import Dict, List

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from plugin import config  # noqa: E402


def files() -> Dict[Path, str]:
    folder = ROOT / "plugin"
    return {
        folder / "config.json": config.config_json(),
        folder / "config.md": config.config_markdown(),
        folder / "config.schema.json": config.config_schema(),
    }


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
