"""The media folder: names, storing, finding, and the files that come with notes."""

import base64
import hashlib
import html
import os
import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple

from anki.collection import Collection

from .. import compat, sources
from ..errors import BadParams

FORBIDDEN = re.compile(r'[\]\[><:"/?*^\\|\x00-\x1f\x7f]')
WINDOWS_PATH = re.compile(r"^(?:[A-Za-z]:[\\/]|\\\\)")
KINDS = ("audio", "video", "picture")


def media_name(filename: str) -> str:
    """The one valid name that a client's file name stands for: the last part of a path, without forbidden characters.

    Raises BadParams when nothing is left. Anki itself mends the rest (device names, length).
    """
    if WINDOWS_PATH.match(filename):
        filename = filename.replace("\\", "/")
    last = unicodedata.normalize("NFC", filename).rpartition("/")[2]
    name = FORBIDDEN.sub("", last).strip()
    if not name.strip("."):
        raise BadParams(f"filename should be a non-empty string: {filename}")
    return name


def find(col: Collection, filename: str) -> Optional[str]:
    """The path of a media file by the name a client knows it by, or None.

    Composed and decomposed spellings are the same name, and so are, where Anki stores new media in lower case,
    upper and lower case. Links are not followed.
    """
    try:
        name = media_name(filename)
    except BadParams:
        return None
    folder = col.media.dir()
    spellings = (name, unicodedata.normalize("NFD", name), compat.stored_media_name(name))
    for spelling in dict.fromkeys(spellings):
        path = os.path.join(folder, spelling)
        if os.path.isfile(path) and not os.path.islink(path):
            return path
    return None


def store(col: Collection, filename: str, data: bytes, replace: bool) -> str:
    """Puts a file into the media folder and returns the name that is really used.

    With `replace` a file of that name is replaced; without, other content gets a free name.
    """
    name = media_name(filename)
    if replace:
        existing = find(col, name)
        if existing is not None:
            if same_content(existing, data):
                return os.path.basename(existing)
            col.media.trash_files([os.path.basename(existing)])
    return str(col.media.write_data(name, data))


def expected_name(col: Collection, filename: str, data: Optional[bytes]) -> str:
    """The name that storing without replacing would use; nothing is stored."""
    name = compat.stored_media_name(media_name(filename))
    existing = find(col, name)
    if existing is None or data is None or same_content(existing, data):
        return name
    stem, extension = os.path.splitext(name)
    return f"{stem}-{hashlib.sha1(data).hexdigest()}{extension}"


def same_content(path: str, data: bytes) -> bool:
    if os.path.getsize(path) != len(data):
        return False
    with open(path, "rb") as file:
        return file.read() == data


def base64_of_file(path: Optional[str]) -> Any:
    """A file's content as base64 text; False for no file."""
    if path is None:
        return False
    try:
        with open(path, "rb") as file:
            return base64.b64encode(file.read()).decode("ascii")
    except FileNotFoundError:
        return False


@dataclass(frozen=True)
class Attachment:
    """A file that comes with a note, and the fields it is to be mentioned in."""

    kind: str
    filename: str
    fields: Tuple[str, ...]
    replace: bool
    content: sources.Content

    def mention(self, name: str) -> str:
        """What is appended to a field: the reference, or the reason why there is none."""
        if self.content.failure:
            return html.escape(self.content.failure)
        if self.kind == "picture":
            return f'<img src="{html.escape(name)}">'
        return f"[sound:{name}]"


def entries(note: Mapping[str, Any]) -> Iterator[Tuple[str, Dict[str, Any]]]:
    """(kind, media object) for each file of a note, in the order in which they are mentioned."""
    for kind in KINDS:
        given = note.get(kind)
        for entry in given if isinstance(given, list) else [given]:
            if entry is not None:
                yield kind, entry


def read_contents(notes: List[Any], timeout: float) -> None:
    """Puts the content of each file into its media object, under `content`. Several downloads run at a time.

    What is no note object is passed over. Raises BadParams for an entry that can never work.
    """
    found = [entry for note in notes if isinstance(note, dict) for _, entry in entries(note)]
    for entry in found:
        media_name(entry["filename"])
    contents = sources.in_parallel(lambda entry: sources.read(entry, timeout), found)
    for entry, content in zip(found, contents):
        entry["content"] = content


def attachments(note: Mapping[str, Any]) -> List[Attachment]:
    """The files of a note whose content is at hand or known to be missing; skipped ones are left out."""
    found = []
    for kind, entry in entries(note):
        content = entry.get("content")
        if content is None or content.data is not None or content.failure:
            found.append(
                Attachment(
                    kind,
                    entry["filename"],
                    tuple(entry.get("fields") or ()),
                    bool(entry.get("deleteExisting")),
                    content or sources.Content(),
                )
            )
    return found
