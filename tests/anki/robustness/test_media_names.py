"""File names of every sort for the media folder: one valid name inside it, or a refusal that names the parameter."""

from __future__ import annotations

import base64
import os
import pathlib
import unicodedata
from typing import Any, Dict, Iterator, NamedTuple, Optional

import pytest

from tests.real_anki import RealAnki, ReplyError

DATA = base64.b64encode(b"ours").decode()
SECRET = "secret"


class Folders(NamedTuple):
    """The folders around the media; what is outside has to stay as it is."""

    anki: RealAnki
    media: pathlib.Path
    outside: Dict[pathlib.Path, bytes]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealAnki]:
    found = RealAnki(tmp_path_factory.mktemp("names")).start()
    try:
        yield found
        found.close()
    finally:
        found.kill()


@pytest.fixture
def folders(running: RealAnki) -> Iterator[Folders]:
    media = pathlib.Path(running.request("getMediaDirPath"))
    for file in media.iterdir():
        file.unlink()
    outside = [media.parent / "secret.txt", running.base / "secret.txt"]
    for file in outside:
        file.write_text(SECRET)
    found = Folders(running, media, {file: file.read_bytes() for file in outside})
    yield found
    assert {file: file.read_bytes() for file in outside} == found.outside
    running.check_log()


LONG = "x" * 300 + ".mp3"
# A name and the one it is stored under; None where only "some name in the folder" matters.
STORED = [
    ("plain.mp3", "plain.mp3"),
    ("with blank.mp3", "with blank.mp3"),
    ("_kept.css", "_kept.css"),
    (".hidden", ".hidden"),
    ("../secret.txt", "secret.txt"),
    ("../../secret.txt", "secret.txt"),
    ("a/../../secret.txt", "secret.txt"),
    ("./x.txt", "x.txt"),
    ("/etc/passwd", "passwd"),
    ("//server/share/x.txt", "x.txt"),
    ("C:\\Windows\\win.ini", "win.ini"),
    ("c:/windows/win.ini", "win.ini"),
    ("C:x.txt", None),
    ("\\\\server\\share\\x.txt", "x.txt"),
    ("..\\..\\secret.txt", None),
    ("..%2f..%2fsecret.txt", None),
    ("%2e%2e/secret.txt", "secret.txt"),
    ("file:///etc/passwd", "passwd"),
    ("a\nb.txt", "ab.txt"),
    ("a\r\nb.txt", "ab.txt"),
    ("a\x1b[31mb.txt", None),
    ("a\x7fb.txt", "ab.txt"),
    ('<img src="x">.png', None),
    ("a|b;c&d.txt", None),
    ("$(reboot).txt", "$(reboot).txt"),
    ("-rf", "-rf"),
    ("~root", "~root"),
    ("a\u202egpj.exe", None),
    ("a\u2028b.txt", None),
    ("a\u200bb.txt", None),
    ("ﬁle.txt", None),
    ("Ω.txt", None),
    ("e\u0301.txt", "é.txt"),
    ("漢字.mp3", "漢字.mp3"),
    ("\U0001f600.png", "\U0001f600.png"),
    ("\u2044etc\u2044passwd", None),
    ("\uff0e\uff0e\uff0fsecret.txt", None),
    ("x.txt.", None),
    ("x.txt ", None),
    (" x.txt", "x.txt"),
    ("x:stream.txt", "xstream.txt"),
    ("x.txt::$DATA", None),
    (LONG, None),
    ("漢" * 200 + ".mp3", None),
    ("x" * 100_000, None),
    ("CON", None),
    ("con.txt", None),
    ("NUL.mp3", None),
    ("COM1", None),
    ("LPT9.txt", None),
    ("aux", None),
    ("collection.anki2", "collection.anki2"),
]


@pytest.mark.parametrize(("name", "stored"), STORED, ids=[ascii(row[0])[:40] for row in STORED])
def test_a_name_becomes_one_inside_the_folder(
    folders: Folders, name: str, stored: Optional[str]
) -> None:
    anki, media, _ = folders
    used = anki.request("storeMediaFile", filename=name, data=DATA)
    assert os.listdir(media) == [used]
    assert unicodedata.is_normalized("NFC", used)
    assert stored in (None, used)
    assert len(used.encode()) <= 255
    assert not any(character < " " or character in '/\\:*?"<>|\x7f' for character in used)
    assert anki.request("retrieveMediaFile", filename=used) == DATA
    assert anki.request("getMediaFilesNames") == ([] if used.startswith(".") else [used])
    anki.request("deleteMediaFile", filename=used)
    assert os.listdir(media) == []


REFUSED = [
    "",
    " ",
    ".",
    "..",
    "...",
    "/",
    "//",
    "\\\\",
    "a/",
    "a/..",
    "../",
    "\t",
    "\x7f",
    ":",
    "*",
    "a/ ",
]


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("action", ["storeMediaFile", "deleteMediaFile"])
def test_what_is_no_name_is_refused(folders: Folders, action: str, name: str) -> None:
    more = {"data": DATA} if action == "storeMediaFile" else {}
    with pytest.raises(ReplyError, match="filename should be a non-empty string"):
        folders.anki.request(action, filename=name, **more)
    assert os.listdir(folders.media) == []


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_name_is_no_file(folders: Folders, name: str) -> None:
    assert folders.anki.request("retrieveMediaFile", filename=name) is False


OUTSIDE = [
    "../secret.txt",
    "../../secret.txt",
    "..\\secret.txt",
    "./../secret.txt",
    "secret.txt",
    "../collection.anki2",
    "..",
    "{media}/../secret.txt",
    "{base}/secret.txt",
    "/etc/passwd",
    "/proc/self/environ",
    "link.txt",
    "folder/secret.txt",
    "linked/secret.txt",
]


@pytest.mark.parametrize("name", OUTSIDE)
def test_nothing_outside_is_read_or_removed(folders: Folders, name: str) -> None:
    anki, media, _ = folders
    furnish(media)
    try:
        name = name.format(media=media, base=anki.base)
        assert anki.request("retrieveMediaFile", filename=name) is False
        if name.rpartition("/")[2].strip("."):
            assert anki.request("deleteMediaFile", filename=name) is None
        assert sorted(os.listdir(media)) == ["folder", "link.txt", "linked"]
        assert (media / "folder" / "secret.txt").read_text() == SECRET
    finally:
        unfurnish(media)


def furnish(media: pathlib.Path) -> None:
    """Links out of the folder, and a folder within it."""
    (media / "link.txt").symlink_to(media.parent / "secret.txt")
    (media / "linked").symlink_to(media.parent, target_is_directory=True)
    (media / "folder").mkdir()
    (media / "folder" / "secret.txt").write_text(SECRET)


def unfurnish(media: pathlib.Path) -> None:
    (media / "folder" / "secret.txt").unlink()
    (media / "folder").rmdir()
    for name in ("link.txt", "linked"):
        (media / name).unlink(missing_ok=True)


@pytest.mark.parametrize(
    "pattern", ["*", "../*", "*/*", "/etc/*", "**", "link*", "{base}/*", "folder/*", "[", "[!a]*"]
)
def test_patterns_list_files_of_the_folder_only(folders: Folders, pattern: str) -> None:
    anki, media, _ = folders
    furnish(media)
    try:
        assert anki.request("getMediaFilesNames", pattern=pattern.format(base=anki.base)) == []
    finally:
        unfurnish(media)


@pytest.mark.parametrize("replaced", [True, False])
@pytest.mark.parametrize("name", ["link.txt", "gone.txt"])
def test_storing_never_writes_through_a_link(
    folders: Folders, name: str, *, replaced: bool
) -> None:
    anki, media, _ = folders
    target = media.parent / ("secret.txt" if name == "link.txt" else "made.txt")
    (media / name).symlink_to(target)
    asked = {"filename": name, "data": DATA, "deleteExisting": replaced}
    reply = anki.raw({"action": "storeMediaFile", "version": 6, "params": asked})
    assert reply["error"] is None or name in reply["error"]
    assert not (media.parent / "made.txt").exists()
    assert (media.parent / "secret.txt").read_text() == SECRET


@pytest.mark.parametrize("replaced", [True, False])
def test_a_folder_of_that_name_stays(folders: Folders, *, replaced: bool) -> None:
    anki, media, _ = folders
    (media / "sub").mkdir()
    try:
        with pytest.raises(ReplyError, match="sub"):
            anki.request("storeMediaFile", filename="sub", data=DATA, deleteExisting=replaced)
        assert (media / "sub").is_dir()
    finally:
        (media / "sub").rmdir()


PATHS = [
    ("relative.txt", "path should be absolute"),
    ("~/x", "path should be absolute"),
    ("file:///etc/hosts", "path should be absolute"),
    ("/no/such/file", "No such file or directory"),
    ("/etc", "regular file"),
    ("/dev/zero", "regular file"),
    ("/dev/stdin", "regular file|No such file"),
    ("/proc/self/fd/0", "regular file|No such file"),
    ("/" + "x" * 5000, "name too long"),
    ("/etc/hosts/x", "Not a directory"),
    ("{base}/pipe", "regular file"),
    ("{base}/loop", "symbolic links"),
]


@pytest.mark.parametrize(("path", "words"), PATHS, ids=[row[0][:30] for row in PATHS])
def test_a_path_that_gives_no_file_says_why(folders: Folders, path: str, words: str) -> None:
    anki, media, _ = folders
    special: Dict[str, Any] = {"pipe": os.mkfifo, "loop": lambda at: os.symlink(at, at)}
    at = anki.base / path.rpartition("/")[2]
    if path.startswith("{base}"):
        special[at.name](at)
    try:
        with pytest.raises(ReplyError, match=words):
            anki.request("storeMediaFile", filename="x.txt", path=path.format(base=anki.base))
        assert os.listdir(media) == []
    finally:
        if path.startswith("{base}"):
            at.unlink()
