"""Builds dist/AnkiConnect-VERSION.ankiaddon; the same source gives the same bytes."""

from __future__ import annotations

import ast
import json
import os
import pathlib
import sys
import time
import zipfile
from typing import Any, Dict, Iterator, Mapping, Optional, Sequence, Tuple

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCE = ROOT / "plugin"
PACKAGE = "ankiconnect"
CLASSIC_PACKAGE = "2055492159"  # AnkiConnect on AnkiWeb: both would want the same port

# Anki counts 2.1.x as x, and from 23.10 on as a number made of year, month and patch.
FIRST_ANKI = 50
LAST_TRIED_ANKI = 260903  # not the last that is allowed: that would be a negative number

EARLIEST = 315532800  # 1980-01-01, the first day a zip file can name
LEFT_OUT = {"__pycache__", "meta.json", "user_files"}
LEFT_OUT_ENDINGS = {".pyc", ".pyo"}


def version(source: pathlib.Path = SOURCE) -> str:
    """Read without importing: an add-on can be imported only inside Anki."""
    tree = ast.parse((source / "version.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "VERSION":
            return str(ast.literal_eval(node.value))
    raise ValueError("version.py does not say VERSION")


def timestamp(environ: Mapping[str, str] = os.environ) -> int:
    return max(EARLIEST, int(environ.get("SOURCE_DATE_EPOCH", EARLIEST)))


def manifest(number: str, modified: int) -> Dict[str, Any]:
    """What Anki wants to know; see `_manifest_schema` in aqt/addons.py."""
    return {
        "package": PACKAGE,
        "name": "AnkiConnect",
        "human_version": number,
        "mod": modified,
        "min_point_version": FIRST_ANKI,
        "max_point_version": LAST_TRIED_ANKI,
        "conflicts": [CLASSIC_PACKAGE],
    }


def files(source: pathlib.Path) -> Iterator[Tuple[str, bytes]]:
    """Name in the package and content of every file that is needed at run time."""
    for path in sorted(source.rglob("*"), key=lambda path: path.relative_to(source).as_posix()):
        name = path.relative_to(source)
        if (
            path.is_file()
            and not LEFT_OUT & set(name.parts)
            and path.suffix not in LEFT_OUT_ENDINGS
        ):
            yield name.as_posix(), path.read_bytes()


def build(
    target_folder: pathlib.Path, source: pathlib.Path = SOURCE, modified: Optional[int] = None
) -> pathlib.Path:
    """Writes the package and returns its path."""
    modified = timestamp() if modified is None else modified
    number = version(source)
    target_folder.mkdir(parents=True, exist_ok=True)
    target = target_folder / f"AnkiConnect-{number}.ankiaddon"
    about = json.dumps(manifest(number, modified), indent=2, sort_keys=True) + "\n"
    contents = dict(files(source))
    contents["manifest.json"] = about.encode()
    with zipfile.ZipFile(target, "w") as package:
        for name in sorted(contents):
            _add(package, name, contents[name], modified)
    return target


def _add(package: zipfile.ZipFile, name: str, content: bytes, modified: int) -> None:
    entry = zipfile.ZipInfo(name, time.gmtime(modified)[:6])
    entry.create_system = 3  # Unix, whatever this machine is
    entry.external_attr = 0o100644 << 16
    entry.compress_type = zipfile.ZIP_STORED  # compressed bytes differ between versions of zlib
    package.writestr(entry, content)


def main(arguments: Sequence[str]) -> int:
    target = build(pathlib.Path(arguments[0]) if arguments else ROOT / "dist")
    print(target)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
