"""Media actions on a bare collection."""

from __future__ import annotations

import base64
import os
import pathlib
import unicodedata
from typing import Any, List

import pytest
from anki.utils import point_version

from plugin.actions.media import (
    delete_media_file,
    get_media_dir_path,
    get_media_files_names,
    list_names,
    read_source,
    retrieve_media_file,
    store_media_file,
)
from plugin.collection.media import base64_of_file, folder_of
from plugin.errors import BadParams
from plugin.registry import ACTIONS, Scope


class Settings:
    download_timeout = 5.0


def store(col: Any, **given: Any) -> Any:
    supplies = {"settings": Settings, "media_folder": lambda: folder_of(col)}
    read = read_source(given, supplies)
    return store_media_file(col, **{**given, **read})


def read(col: Any, filename: str) -> Any:
    return base64_of_file(retrieve_media_file(col, filename=filename))  # type: ignore[arg-type]


def names(col: Any, pattern: str = "*") -> List[str]:
    return list_names(get_media_files_names(col, pattern=pattern))  # type: ignore[arg-type]


def text(content: str) -> str:
    return base64.b64encode(content.encode()).decode()


@pytest.fixture
def files(col: Any) -> Any:
    for name in ("_note.txt", "_nota.txt", "b[1].png", ".hidden", "a.jpg"):
        pathlib.Path(col.media.dir(), name).write_text("x", encoding="utf-8")
    pathlib.Path(col.media.dir(), "folder").mkdir()
    return col


# Names


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*", ["_nota.txt", "_note.txt", "a.jpg", "b[1].png"]),
        ("_no*.txt", ["_nota.txt", "_note.txt"]),
        ("_not?.txt", ["_nota.txt", "_note.txt"]),
        ("_not[ab].txt", ["_nota.txt"]),
        ("_not[!a].txt", ["_note.txt"]),
        ("b[[]1].png", ["b[1].png"]),
        (".*", [".hidden"]),
        ("a.jpg", ["a.jpg"]),
        ("missing*", []),
        ("", []),
    ],
)
def test_names_match_as_in_a_shell(files: Any, pattern: str, found: List[str]) -> None:
    assert names(files, pattern) == found


@pytest.mark.parametrize("pattern", ["../*", "/etc/host*", "..", "./*", "folder/*", "..\\*", "\0"])
def test_nothing_outside_the_media_folder_is_listed(files: Any, pattern: str) -> None:
    assert names(files, pattern) == []


def test_every_name_without_a_pattern(files: Any) -> None:
    assert ACTIONS["getMediaFilesNames"].bind({}) == {}
    assert ACTIONS["getMediaFilesNames"].bind({"pattern": None}) == {"pattern": "*"}
    assert names(files) == names(files, "*")


def test_a_composed_pattern_finds_a_decomposed_name(col: Any) -> None:
    decomposed = unicodedata.normalize("NFD", "é.txt")
    pathlib.Path(col.media.dir(), decomposed).write_text("x", encoding="utf-8")
    [found] = names(col, "é*")
    assert unicodedata.normalize("NFC", found) == "é.txt"


def test_the_name_a_client_gave_finds_its_file(col: Any) -> None:
    stored = store(col, filename="Gato.TXT", data=text("hola"))
    assert names(col, "Gato*") == [stored]
    assert names(col, "G*.TXT") == [stored]
    assert stored == ("gato.txt" if point_version() >= 260500 else "Gato.TXT")


def test_the_folder_is_an_absolute_path(col: Any) -> None:
    found = get_media_dir_path(col)
    assert os.path.isabs(found)
    assert os.path.isdir(found)
    assert os.path.samefile(found, col.media.dir())


# Deleting


def test_a_deleted_file_goes_to_the_trash(files: Any) -> None:
    delete_media_file(files, filename="_note.txt")
    assert names(files, "_no*") == ["_nota.txt"]
    trash = pathlib.Path(files.path).with_name("media.trash")
    assert (trash / "_note.txt").read_text(encoding="utf-8") == "x"


def test_deleting_a_missing_file_does_nothing(files: Any) -> None:
    before = names(files)
    delete_media_file(files, filename="missing.txt")
    delete_media_file(files, filename="folder")
    assert names(files) == before


def test_only_the_last_part_of_a_path_is_deleted(files: Any, tmp_path: pathlib.Path) -> None:
    outside = tmp_path / "a.jpg"
    outside.write_text("outside", encoding="utf-8")
    delete_media_file(files, filename=str(outside))
    assert outside.exists()
    assert "a.jpg" not in names(files)


def test_a_link_is_left_alone(files: Any, tmp_path: pathlib.Path) -> None:
    outside = tmp_path / "secret"
    outside.write_text("outside", encoding="utf-8")
    link = pathlib.Path(files.media.dir(), "link.txt")
    link.symlink_to(outside)
    delete_media_file(files, filename="link.txt")
    assert link.is_symlink()
    assert outside.exists()
    assert names(files, "link*") == []


@pytest.mark.parametrize("name", ["..", ".", "/", "a/..", "///", "a/"])
def test_a_name_of_no_file_is_refused(files: Any, name: str) -> None:
    before = names(files)
    with pytest.raises(BadParams, match=r"^filename should be a non-empty string: "):
        delete_media_file(files, filename=name)
    assert names(files) == before


@pytest.mark.parametrize("name", ["", "  ", None, 5])
def test_a_name_is_text(name: Any) -> None:
    with pytest.raises(BadParams, match=r"^filename should be a non-empty string: "):
        ACTIONS["deleteMediaFile"].bind({"filename": name})


def test_the_name_a_client_gave_deletes_its_file(col: Any) -> None:
    store(col, filename="Gato.TXT", data=text("hola"))
    delete_media_file(col, filename="Gato.TXT")
    assert names(col) == []


def test_deleting_has_a_scope_of_its_own() -> None:
    assert ACTIONS["deleteMediaFile"].scope is Scope.DELETE
    assert ACTIONS["getMediaFilesNames"].scope is Scope.READ


# Storing and reading


def test_what_is_stored_can_be_read(col: Any) -> None:
    assert store(col, filename="_note.txt", data=text("hola")) == "_note.txt"
    assert read(col, "_note.txt") == text("hola")
    assert read(col, "../other/_note.txt") == text("hola")
    assert read(col, "missing.txt") is False
    assert read(col, "") is False


def test_replacing_and_keeping_a_file(col: Any) -> None:
    store(col, filename="a.txt", data=text("one"))
    assert store(col, filename="a.txt", data=text("two")) == "a.txt"
    kept = store(col, filename="a.txt", data=text("three"), delete_existing=False)
    assert kept != "a.txt"
    assert (read(col, "a.txt"), read(col, kept)) == (text("two"), text("three"))
    assert store(col, filename="a.txt", data=text("two"), delete_existing=False) == "a.txt"


def test_a_path_outside_the_media_folder_is_read(col: Any, tmp_path: pathlib.Path) -> None:
    source = tmp_path / "source.bin"
    source.write_bytes(b"\x00\xff")
    assert store(col, filename="a.bin", path=str(source)) == "a.bin"
    assert read(col, "a.bin") == base64.b64encode(b"\x00\xff").decode()


def test_skipped_content_is_not_stored(col: Any) -> None:
    md5 = "5d41402abc4b2a76b9719d911017c592"
    assert store(col, filename="a.txt", data=text("hello"), skip_hash=md5) is None
    assert names(col) == []


def test_a_source_is_needed(col: Any) -> None:
    with pytest.raises(BadParams) as raised:
        store(col, filename="a.txt")
    assert str(raised.value) == 'You must provide a "data", "path", or "url" field.'
    assert names(col) == []
