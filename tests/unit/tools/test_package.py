"""The .ankiaddon file: the same bytes each time, and nothing in it that Anki does not need."""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
import zipfile

import pytest

from tools import package

ROOT = pathlib.Path(__file__).parents[3]


@pytest.fixture
def source(tmp_path: pathlib.Path) -> pathlib.Path:
    """A small add-on with things in it that do not belong into the package."""
    folder = tmp_path / "source"
    (folder / "web" / "__pycache__").mkdir(parents=True)
    (folder / "user_files").mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "version.py").write_text('"""Words."""\n\nVERSION = "1.2.3"\n')
    (folder / "web" / "server.py").write_text("pass\n")
    (folder / "web" / "__pycache__" / "server.cpython-39.pyc").write_bytes(b"x")
    (folder / "meta.json").write_text("{}")
    (folder / "user_files" / "mine.txt").write_text("private")
    return folder


def test_same_bytes_twice(source: pathlib.Path, tmp_path: pathlib.Path) -> None:
    one = package.build(tmp_path / "one", source)
    for path in source.rglob("*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
        path.chmod(0o700)
    two = package.build(tmp_path / "two", source)
    assert one.name == two.name == "AnkiConnect-1.2.3.ankiaddon"
    assert one.read_bytes() == two.read_bytes()


def test_holds_only_what_is_needed(source: pathlib.Path, tmp_path: pathlib.Path) -> None:
    with zipfile.ZipFile(package.build(tmp_path, source)) as built:
        assert built.namelist() == ["__init__.py", "manifest.json", "version.py", "web/server.py"]
        assert built.read("web/server.py") == b"pass\n"
        for entry in built.infolist():
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
            assert entry.external_attr >> 16 == 0o100644


def test_manifest_says_what_anki_reads(source: pathlib.Path, tmp_path: pathlib.Path) -> None:
    with zipfile.ZipFile(package.build(tmp_path, source, modified=1_700_000_000)) as built:
        assert json.loads(built.read("manifest.json")) == {
            "package": "ankiconnect",
            "name": "AnkiConnect",
            "human_version": "1.2.3",
            "mod": 1_700_000_000,
            "min_point_version": 50,
            "max_point_version": 260903,
            "conflicts": ["2055492159"],
        }


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, 315_532_800),
        ({"SOURCE_DATE_EPOCH": "1700000000"}, 1_700_000_000),
        ({"SOURCE_DATE_EPOCH": "0"}, 315_532_800),
    ],
)
def test_timestamp(environ: dict, expected: int) -> None:
    assert package.timestamp(environ) == expected


def test_version_must_be_there(source: pathlib.Path) -> None:
    (source / "version.py").write_text("OTHER = 1\n")
    with pytest.raises(ValueError, match="VERSION"):
        package.version(source)


def test_the_real_add_on(tmp_path: pathlib.Path) -> None:
    """Everything tracked in plugin/ is in the package, its settings included."""
    with zipfile.ZipFile(package.build(tmp_path)) as built:
        names = set(built.namelist())
    assert {"__init__.py", "version.py", "manifest.json", "config.json", "config.md"} <= names
    assert not [name for name in names if "__pycache__" in name or name == "meta.json"]


def test_the_real_add_on_twice(tmp_path: pathlib.Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(package.SOURCE, copy, copy_function=shutil.copyfile)
    one, two = package.build(tmp_path / "one"), package.build(tmp_path / "two", copy)
    assert one.read_bytes() == two.read_bytes()


def test_beside_code_there_is_what_is_shown_and_nothing_else() -> None:
    others = [name for name, _ in package.files(package.SOURCE) if not name.endswith(".py")]
    configuration = ["config.json", "config.md", "config.schema.json"]
    assert sorted(name for name in others if "/" not in name) == configuration
    places = {str(pathlib.PurePosixPath(name).parent) for name in others if "/" in name}
    assert places == {"web/explorer"}


def test_the_ankis_that_it_is_for_are_those_that_are_tried() -> None:
    tried = re.findall(r"aqt\[qt6\]==([\d.]+)", (ROOT / "tox.ini").read_text(encoding="utf-8"))
    numbers = sorted(point_version(found) for found in tried)
    assert (numbers[0], numbers[-1]) == (package.FIRST_ANKI, package.LAST_TRIED_ANKI)


def point_version(release: str) -> int:
    """As `anki.utils.int_version` counts."""
    year, month, patch = (int(part) for part in f"{release}.0".split(".")[:3])
    return patch if year == 2 else year * 10_000 + month * 100 + patch
