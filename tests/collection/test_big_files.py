"""Large media: on disk before Anki is entered, then moved; names and content as if Anki had stored them itself."""

from __future__ import annotations

import gc
import hashlib
import os
import pathlib
import time
from typing import Any, Dict

import pytest
from anki.collection import Collection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin import compat
from plugin.collection import big_files, media
from plugin.collection.big_files import BigFile, is_unmended, remove_left_over, written
from plugin.collection.media import name_in, on_disk, store
from plugin.in_pieces import PIECE

BIG = os.urandom(PIECE) + b"big"
OTHER = BIG[:-1] + b"?"


def folder(col: Collection) -> pathlib.Path:
    return pathlib.Path(col.media.dir())


def files(col: Collection) -> Dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder(col).iterdir()}


def waiting(col: Collection) -> int:
    return len(list(folder(col).parent.glob("ankiconnect-*")))


def store_big(col: Collection, name: str, data: bytes, replace: bool = True) -> str:
    content = on_disk(col.media.dir(), name, data, replace)
    assert isinstance(content, BigFile)
    return store(col, name, content, replace)


def test_small_content_stays_in_memory(col: Collection) -> None:
    assert on_disk(col.media.dir(), "a", b"small", replace=True) == b"small"
    assert waiting(col) == 0


def test_large_content_is_moved_into_its_place(col: Collection) -> None:
    content = on_disk(col.media.dir(), "a.bin", BIG, replace=True)
    assert waiting(col) == 1
    assert files(col) == {}
    assert store(col, "a.bin", content, replace=True) == "a.bin"
    assert waiting(col) == 0
    assert files(col) == {"a.bin": BIG}


def test_a_moved_file_has_the_rights_of_any_other(col: Collection) -> None:
    col.media.write_data("small", b"x")
    store_big(col, "big", BIG)
    assert (folder(col) / "big").stat().st_mode == (folder(col) / "small").stat().st_mode


def test_what_nobody_wants_any_more_is_removed(col: Collection) -> None:
    content = on_disk(col.media.dir(), "a.bin", BIG, replace=True)
    assert waiting(col) == 1
    del content
    gc.collect()
    assert waiting(col) == 0


@pytest.mark.parametrize("name", ["a.txt", "A.TXT", "none", "e\u0301.txt", "dir/a.txt"])
@pytest.mark.parametrize("data", [BIG, OTHER])
@pytest.mark.parametrize("replace", [True, False])
def test_the_same_as_through_anki(col: Collection, name: str, data: bytes, replace: bool) -> None:
    def prepared() -> None:
        for path in folder(col).iterdir():
            path.unlink()
        for there in ("a.txt", "A.TXT", "\u00e9.txt"):
            (folder(col) / there).write_bytes(BIG)

    prepared()
    through_anki = store(col, name, data, replace)
    found = files(col)
    prepared()
    assert store_big(col, name, data, replace) == through_anki
    assert files(col) == found


def test_other_content_of_the_same_name(col: Collection) -> None:
    for _ in range(2):
        assert store_big(col, "a.bin", BIG, replace=False) == "a.bin"
    other = store_big(col, "a.bin", OTHER, replace=False)
    assert other == f"a-{hashlib.sha1(OTHER).hexdigest()}.bin"
    assert store_big(col, "a.bin", OTHER, replace=False) == other
    assert store_big(col, "a.bin", OTHER, replace=True) == "a.bin"
    assert files(col) == {"a.bin": OTHER, other: OTHER}
    assert (folder(col).parent / "media.trash" / "a.bin").read_bytes() == BIG


@pytest.mark.parametrize("name", ["CON.txt", "com1", "a" * 300 + ".txt", "日" * 50, "trailing."])
def test_what_anki_mends_is_stored_by_anki(col: Collection, name: str) -> None:
    assert not is_unmended(name)
    stored = store_big(col, name, BIG)
    assert files(col) == {stored: BIG}
    assert waiting(col) == 0


LETTERS = st.sampled_from("aZ_09-. あンー語龥가힣éİ") | st.characters()


@given(name=st.text(LETTERS, min_size=1, max_size=20) | st.from_regex(big_files.UNMENDED))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
def test_names_that_are_not_mended(col: Collection, name: str) -> None:
    try:
        valid = media.media_name(name)
    except media.BadParams:
        return
    if is_unmended(valid):
        assert col.media.write_data(valid, b"x") == compat.stored_media_name(valid)


def test_anki_hears_of_it(col: Collection) -> None:
    """Anki looks for changes when the folder's time is not that after it wrote something itself."""
    for number in range(20):
        col.media.write_data(f"small{number}", b"x")
        before = folder(col).stat().st_mtime_ns // 1_000_000
        file = written(BIG, col.media.dir())
        assert file is not None
        assert file.move_to(str(folder(col) / f"big{number}"))
        assert folder(col).stat().st_mtime_ns // 1_000_000 > before


def test_comparing_reads_a_file_once(col: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    store_big(col, "a.bin", BIG)
    content = on_disk(col.media.dir(), "a.bin", BIG, replace=True)
    read = big_files.sha1_of
    monkeypatch.setattr(big_files, "sha1_of", None)
    assert store(col, "a.bin", content, replace=True) == "a.bin"
    monkeypatch.setattr(big_files, "sha1_of", read)
    # What has changed since is looked at again.
    (folder(col) / "a.bin").write_bytes(OTHER)
    assert name_in(col.media.dir(), "a.bin", content, replace=False) != "a.bin"


def test_without_a_place_to_wait_content_stays_in_memory(col: Collection) -> None:
    assert on_disk(None, "a", BIG, replace=True) is BIG
    assert on_disk(str(folder(col) / "missing"), "a", BIG, replace=True) is BIG


def test_where_moving_fails_anki_stores_it(col: Collection, monkeypatch: Any) -> None:
    def refuse(*_paths: str) -> None:
        raise OSError("another disk")

    monkeypatch.setattr(os, "replace", refuse)
    assert store_big(col, "a.bin", BIG) == "a.bin"
    assert files(col) == {"a.bin": BIG}
    assert waiting(col) == 0


def test_what_a_killed_anki_left_is_removed(tmp_path: pathlib.Path) -> None:
    left, fresh = (tmp_path / f"ankiconnect-{digit * 16}.part" for digit in "ab")
    others = [tmp_path / "ankiconnect-x.part", tmp_path / "ankiconnect-aaaaaaaaaaaaaaaa.txt"]
    long_ago = time.time() - big_files.KEPT_SECONDS - 60
    for path in (left, fresh, *others):
        path.write_bytes(b"x")
        if path is not fresh:
            os.utime(path, (long_ago, long_ago))
    remove_left_over(str(tmp_path))
    assert sorted(tmp_path.iterdir()) == sorted([fresh, *others])
