"""The media folder: valid names, finding, storing, taking back, and the files that come with notes."""

from __future__ import annotations

import base64
import hashlib
import os
import pathlib
import unicodedata
from typing import Any, Dict, List

import pytest
from anki.collection import Collection

from plugin import compat, sources
from plugin.collection import media
from plugin.errors import BadParams
from plugin.sources import Content


def folder(col: Collection) -> pathlib.Path:
    return pathlib.Path(col.media.dir())


def files(col: Collection) -> Dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder(col).iterdir()}


def put(col: Collection, name: str, content: bytes = b"x") -> pathlib.Path:
    path = folder(col) / name
    path.write_bytes(content)
    return path


# Names


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("a.txt", "a.txt"),
        ("../../x.txt", "x.txt"),
        ("/etc/passwd", "passwd"),
        ("a/b\\c:d*?.txt", "bcd.txt"),
        ("C:\\Users\\me\\gato.jpg", "gato.jpg"),
        ("c:/Users/me/gato.jpg", "gato.jpg"),
        ("\\\\server\\share\\gato.jpg", "gato.jpg"),
        ("back\\slash.txt", "backslash.txt"),
        (' "quoted" <a>[b]|^.txt ', "quoted ab.txt"),
        ("e\u0301.txt", "\u00e9.txt"),
        ("line\nbreak\x00\x7f.txt", "linebreak.txt"),
        ("日本語.mp3", "日本語.mp3"),
        ("...txt", "...txt"),
        ("_note.txt", "_note.txt"),
    ],
)
def test_the_name_that_a_file_name_stands_for(col: Collection, given: str, name: str) -> None:
    assert media.media_name(given) == name
    assert media.media_name(name) == name
    stored = media.store(col, given, b"content", replace=True)
    assert stored == compat.stored_media_name(name)
    assert files(col) == {stored: b"content"}


@pytest.mark.parametrize(
    "given", ["", " ", ".", "..", "...", "/", "a/", "a/..", "C:\\", '"*?"', "\0"]
)
def test_a_name_of_nothing_is_refused(col: Collection, given: str) -> None:
    with pytest.raises(BadParams) as raised:
        media.store(col, given, b"content", replace=True)
    assert str(raised.value) == f"filename should be a non-empty string: {given}"
    assert media.find(col, given) is None
    assert files(col) == {}


@pytest.mark.parametrize("given", ["CON.txt", "a" * 300 + ".txt", "日" * 200 + ".txt", "trailing."])
def test_what_anki_mends_is_stored_all_the_same(col: Collection, given: str) -> None:
    stored = media.store(col, given, b"content", replace=True)
    assert files(col) == {stored: b"content"}
    assert media.find(col, given) in (None, str(folder(col) / stored))


# Finding


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("asked", ["NFC", "NFD"])
def test_both_spellings_of_a_letter_find_the_file(col: Collection, form: Any, asked: Any) -> None:
    path = put(col, unicodedata.normalize(form, "é.txt"))
    assert media.find(col, unicodedata.normalize(asked, "é.txt")) == str(path)


def test_only_files_of_the_folder_are_found(col: Collection, tmp_path: pathlib.Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_bytes(b"x")
    (folder(col) / "folder").mkdir()
    (folder(col) / "link.txt").symlink_to(outside)
    for name in ("folder", "link.txt", str(outside), "../outside.txt", "missing", "a" * 5000):
        assert media.find(col, name) is None
    path = put(col, "inside.txt")
    assert media.find(col, "/somewhere/inside.txt") == str(path)


def test_capitals_find_what_anki_stored_in_lower_case(col: Collection) -> None:
    stored = media.store(col, "Gato.JPG", b"x", replace=True)
    assert media.find(col, "Gato.JPG") == str(folder(col) / stored)
    # A file that was stored by an earlier Anki keeps its name.
    older = put(col, "Perro.JPG")
    assert media.find(col, "Perro.JPG") == str(older)


# Storing


def test_the_same_content_is_not_stored_again(col: Collection) -> None:
    for replace in (True, False):
        assert media.store(col, "a.txt", b"one", replace) == "a.txt"
    assert files(col) == {"a.txt": b"one"}
    assert not (pathlib.Path(col.path).with_name("media.trash") / "a.txt").exists()


def test_other_content_replaces_the_file_or_gets_a_name_of_its_own(col: Collection) -> None:
    media.store(col, "a.txt", b"one", replace=False)
    assert media.store(col, "a.txt", b"two", replace=True) == "a.txt"
    other = media.store(col, "a.txt", b"three", replace=False)
    assert other == f"a-{hashlib.sha1(b'three').hexdigest()}.txt"
    assert files(col) == {"a.txt": b"two", other: b"three"}


@pytest.mark.parametrize("name", ["a.txt", "A.TXT", "none", "e\u0301.txt", "dir/a.txt"])
@pytest.mark.parametrize("content", [b"one", b"two"])
@pytest.mark.parametrize("replace", [True, False])
def test_the_expected_name_is_the_one_that_is_used(
    col: Collection, name: str, content: bytes, replace: bool
) -> None:
    for there in ("a.txt", "A.TXT", "\u00e9.txt"):
        put(col, there, b"one")
    expected = media.expected_name(col, name, content, replace)
    assert media.store(col, name, content, replace) == expected


def test_without_content_the_plain_name_is_expected(col: Collection) -> None:
    put(col, "a.txt", b"one")
    assert media.expected_name(col, "a.txt", None) == "a.txt"


# Taking back


class Stop(Exception):
    """What ends a block."""


def store_and_stop(col: Collection) -> None:
    with media.storing(col) as stored:
        stored.store("new.txt", b"new", replace=False)
        stored.store("replaced.txt", b"first", replace=True)
        stored.store("replaced.txt", b"second", replace=True)
        stored.store("kept.txt", b"other", replace=False)
        stored.store("kept.txt", b"kept", replace=True)
        assert len(files(col)) == 4
        raise Stop


def test_what_was_stored_is_taken_back(col: Collection) -> None:
    put(col, "kept.txt", b"kept")
    put(col, "replaced.txt", b"old")
    before = files(col)
    with pytest.raises(Stop):
        store_and_stop(col)
    assert files(col) == before


def test_what_was_stored_stays_when_all_goes_well(col: Collection) -> None:
    with media.storing(col) as stored:
        assert stored.store("new.txt", b"new", replace=False) == "new.txt"
    assert files(col) == {"new.txt": b"new"}


# Content


def test_content_of_a_file(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "a"
    assert media.content_of_file(str(path)) is None
    assert media.base64_of_file(str(path)) is False
    assert media.base64_of_file(None) is False
    path.write_bytes(b"\x00\xff")
    assert media.content_of_file(str(path)) == b"\x00\xff"
    assert media.base64_of_file(str(path)) == base64.b64encode(b"\x00\xff").decode()
    assert media.same_content(str(path), b"\x00\xff")
    assert not media.same_content(str(path), b"\x00\xfe")
    assert not media.same_content(str(path), b"\x00")


# Files that come with notes


def file(name: str = "a.mp3", **more: Any) -> Dict[str, Any]:
    return {"filename": name, "data": base64.b64encode(b"x").decode(), "fields": ["Front"], **more}


def test_files_are_mentioned_by_kind_whatever_their_form() -> None:
    note = {"picture": file("p.jpg"), "audio": [file("1.mp3"), None, file("2.mp3")], "video": None}
    assert [(kind, entry["filename"]) for kind, entry in media.entries(note)] == [
        ("audio", "1.mp3"),
        ("audio", "2.mp3"),
        ("picture", "p.jpg"),
    ]


def attached(note: Dict[str, Any], network: bool = True) -> List[media.Attachment]:
    [read] = media.with_contents([note], 1.0, network)
    return media.attachments(read)


@pytest.mark.parametrize(
    ("kind", "name", "text"),
    [
        ("audio", "a.mp3", "[sound:a.mp3]"),
        ("video", "a & b.mp4", "[sound:a &amp; b.mp4]"),
        ("picture", "p.jpg", '<img src="p.jpg">'),
    ],
)
def test_a_file_is_mentioned(kind: str, name: str, text: str) -> None:
    [found] = attached({kind: file(name)})
    assert (found.kind, found.filename, found.fields) == (kind, name, ("Front",))
    assert found.content == Content(b"x")
    assert found.mention(name) == text


def test_a_file_that_cannot_be_had_is_mentioned_by_its_reason() -> None:
    given = {"audio": [file(data="<b>"), file(data=None), file(data=None, path="/nope/a&b")]}
    reasons = [found.mention("a.mp3") for found in attached(given)]
    assert reasons == [
        "data should be base64",
        "You must provide a &quot;data&quot;, &quot;path&quot;, or &quot;url&quot; field.",
        "[Errno 2] No such file or directory: &#x27;/nope/a&amp;b&#x27;",
    ]


def test_a_file_of_a_known_hash_is_left_out() -> None:
    assert attached({"audio": file(skipHash=hashlib.md5(b"x").hexdigest())}) == []


def test_without_network_a_download_stays_open() -> None:
    [found] = attached({"audio": file(data=None, url="http://127.0.0.1:1/a")}, network=False)
    assert found.content == Content()
    [asked] = attached({"audio": file(data=None, url="http://127.0.0.1:1/a")})
    assert "download failed" in asked.content.failure


def test_a_name_of_nothing_makes_the_note_the_error() -> None:
    good = {"audio": file()}
    refused, kept, other = media.with_contents([{"audio": file("..")}, good, "no note"], 1.0)
    assert isinstance(refused, BadParams)
    assert str(refused) == "filename should be a non-empty string: .."
    assert kept["audio"]["content"] == Content(b"x")
    assert other == "no note"


def test_many_notes_have_their_files_read_in_their_order(tmp_path: pathlib.Path) -> None:
    notes: List[Any] = []
    for number in range(sources.PARALLEL * 2):
        path = tmp_path / str(number)
        path.write_bytes(b"%d" % number)
        notes.append({"audio": file(data=None, path=str(path))})
    read = media.with_contents(notes, 1.0)
    assert [note["audio"]["content"].data for note in read] == [
        b"%d" % number for number in range(len(notes))
    ]
    assert os.listdir(tmp_path)
