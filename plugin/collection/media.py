"""The media folder: names, storing, finding, and the files that come with notes."""

import base64
import hashlib
import html
import os
import re
import unicodedata
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Set, Tuple, Union

from anki.collection import Collection

from .. import compat, sources
from ..errors import ApiError, BadParams, Refused
from ..in_pieces import PIECE, Octets, joined_text
from ..scopes import Scope
from .big_files import BigFile, is_unmended, written

FORBIDDEN = re.compile(r'[\]\[><:"/?*^\\|\x00-\x1f\x7f]')
WINDOWS_PATH = re.compile(r"^(?:[A-Za-z]:[\\/]|\\\\)")
KINDS = ("audio", "video", "picture")
FILE_KEYS = frozenset(KINDS)

Content = Union[Octets, BigFile]


def media_name(filename: str) -> str:
    """The one valid name that a client's file name stands for: the last part of a path, without forbidden characters.

    Raises BadParams when nothing is left. Anki itself mends the rest (device names, length).
    """
    path = filename.replace("\\", "/") if WINDOWS_PATH.match(filename) else filename
    last = unicodedata.normalize("NFC", path).rpartition("/")[2]
    name = FORBIDDEN.sub("", last).strip()
    if not name.strip("."):
        raise BadParams(f"filename should be a non-empty string: {filename}")
    return name


def folder_of(col: Optional[Collection]) -> Optional[str]:
    """Where the media are, from any thread; None while no collection is open."""
    return None if col is None else str(col.media.dir())


def find(col: Collection, filename: str) -> Optional[str]:
    """The path of a media file by the name a client knows it by, or None.

    Composed and decomposed spellings are the same name, and so are, where Anki stores new media in lower case,
    upper and lower case. Links are not followed.
    """
    return find_in(col.media.dir(), filename)


def find_in(folder: str, filename: str) -> Optional[str]:
    try:
        name = media_name(filename)
    except BadParams:
        return None
    spellings = (name, unicodedata.normalize("NFD", name), compat.stored_media_name(name))
    for spelling in dict.fromkeys(spellings):
        path = os.path.join(folder, spelling)
        if os.path.isfile(path) and not os.path.islink(path):
            return path
    return None


def store(col: Collection, filename: str, data: Content, replace: bool) -> str:
    """Puts a file into the media folder and returns the name that is really used.

    With `replace` a file of that name is replaced; without, other content gets a free name.
    """
    name = media_name(filename)
    if not os.path.isdir(col.media.dir()):
        # Somebody has removed it; Anki would make it again only when it is started anew.
        os.makedirs(col.media.dir(), exist_ok=True)
    refuse_no_file(col, name)
    existing = find(col, name)
    if existing is not None and same_content(existing, data):
        return os.path.basename(existing)
    if existing is not None and replace:
        col.media.trash_files([os.path.basename(existing)])
    if isinstance(data, BigFile):
        stored = name_in(col.media.dir(), name, data, replace=False)
        if is_unmended(name) and data.move_to(os.path.join(col.media.dir(), stored)):
            return stored
        data = data.read()
    return str(col.media.write_data(name, bytes(data)))


def on_disk(folder: Optional[str], filename: str, data: Octets, replace: bool) -> Content:
    """The content as `store` takes it with the least left to do: large content is on disk, and what it may have to be
    compared with is known. On the request's own thread; `folder` is that of the media, if a collection is open.
    """
    file = written(data, folder) if len(data) > PIECE else None
    if folder is None or file is None:
        return data
    try:
        name_in(folder, filename, file, replace)
    except OSError:
        return file  # a file has just gone; what is there is looked at again
    return file


def refuse_no_file(col: Collection, name: str) -> None:
    """Refuses the name of a folder, and that of a link to nothing: Anki would write where it leads."""
    path = os.path.join(col.media.dir(), compat.stored_media_name(name))
    if os.path.lexists(path) and not os.path.isfile(path):
        raise Refused(f"filename is taken by something that is no file: {name}")


def expected_name(
    col: Collection, filename: str, data: Optional[Octets], replace: bool = False
) -> str:
    """The name that `store` would use, as far as can be told without storing: Anki may still mend it."""
    return name_in(col.media.dir(), filename, data, replace)


def name_in(folder: str, filename: str, data: Optional[Content], replace: bool) -> str:
    name = media_name(filename)
    stored_name = compat.stored_media_name(name)
    existing = find_in(folder, name)
    if existing is None or data is None:
        return stored_name
    if same_content(existing, data):
        return os.path.basename(existing)
    # Where Anki writes lower case, the file that is found and the one that is in the way may be two.
    in_the_way = os.path.join(folder, stored_name)
    replaced = replace and existing == in_the_way
    if replaced or not os.path.exists(in_the_way) or same_content(in_the_way, data):
        return stored_name
    stem, extension = os.path.splitext(stored_name)
    sha1 = data.sha1 if isinstance(data, BigFile) else hashlib.sha1(data).hexdigest()
    return f"{stem}-{sha1}{extension}"


class Storing:
    """Stores files, and can put the media folder back as it was before."""

    def __init__(self, col: Collection) -> None:
        self._col = col
        self._before: Dict[str, Optional[bytes]] = {}

    def store(self, filename: str, data: Octets, replace: bool) -> str:
        """As the function of that name."""
        expected = expected_name(self._col, filename, data, replace)
        self._remember(os.path.join(self._col.media.dir(), expected))
        existing = find(self._col, filename)
        if replace and existing is not None:
            self._remember(existing)
        return store(self._col, filename, data, replace)

    def _remember(self, path: str) -> None:
        if path not in self._before and not os.path.islink(path):
            self._before[path] = content_of_file(path)

    def take_back(self) -> None:
        """Files that were not there are removed, and those that were have their old content."""
        for path, content in self._before.items():
            if content is None and os.path.exists(path):
                os.remove(path)
            elif content is not None and content != content_of_file(path):
                with open(path, "wb") as file:
                    file.write(content)


@contextmanager
def storing(col: Collection) -> Iterator[Storing]:
    """What is stored inside is taken out of the media folder again when an exception ends the block."""
    found = Storing(col)
    try:
        yield found
    except BaseException:
        found.take_back()
        raise


def same_content(path: str, data: Content) -> bool:
    if isinstance(data, BigFile):
        return data.compare(path)
    if os.path.getsize(path) != len(data):
        return False
    with open(path, "rb") as file:
        return file.read() == data


def content_of_file(path: str) -> Optional[bytes]:
    """What a file holds; None for no file."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def base64_of_file(path: Optional[str]) -> Any:
    """A file's content as base64 text; False for no file."""
    if path is None:
        return False
    try:
        with open(path, "rb") as file:
            # Each but the last is read whole, and three bytes make a group of base64.
            parts = iter(lambda: file.read(PIECE * 3), b"")
            return joined_text(base64.b64encode(part).decode("ascii") for part in parts)
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
        # File names hold neither quotation marks nor angle brackets.
        escaped = html.escape(name, quote=False)
        return f'<img src="{escaped}">' if self.kind == "picture" else f"[sound:{escaped}]"


def entries(note: Mapping[str, Any]) -> Iterator[Tuple[str, Dict[str, Any]]]:
    """(kind, media object) for each file of a note, in the order in which they are mentioned."""
    # Most notes bring none, and this is asked several times of each.
    return iter(()) if FILE_KEYS.isdisjoint(note) else mentioned_entries(note)


def mentioned_entries(note: Mapping[str, Any]) -> Iterator[Tuple[str, Dict[str, Any]]]:
    for kind in KINDS:
        given = note.get(kind)
        for entry in given if isinstance(given, list) else [given]:
            if entry is not None:
                yield kind, entry


def scopes_of_files(notes: Sequence[Any]) -> Set[Scope]:
    """What the sources of the notes' files need of the caller. (What is no note object has no files.)"""
    found = [entry for note in notes if isinstance(note, dict) for _, entry in entries(note)]
    needed = {sources.scope_of(entry) for entry in found if isinstance(entry, dict)}
    return {scope for scope in needed if scope is not None}


def with_contents(notes: Sequence[Any], timeout: float, network: bool = True) -> List[Any]:
    """Puts the content of each file into its media object, under `content`, and returns the notes.

    A note with a file name that nothing can be stored under becomes the BadParams that says so. What is no note
    object is passed on. Several downloads run at a time; without `network` there are none, and what would have to be
    downloaded stays without content.
    """
    named = [with_valid_names(note) for note in notes]
    found = [entry for note in named if isinstance(note, dict) for _, entry in entries(note)]
    near = [entry for entry in found if not sources.needs_network(entry)]
    far = [entry for entry in found if network and sources.needs_network(entry)]
    for entry in near:
        entry["content"] = content_for_note(entry, timeout)
    contents = sources.in_parallel(lambda entry: content_for_note(entry, timeout), far)
    for entry, content in zip(far, contents):
        entry["content"] = content
    return named


def with_valid_names(note: Any) -> Any:
    try:
        for _, entry in entries(note if isinstance(note, dict) else {}):
            media_name(entry["filename"])
    except BadParams as error:
        error.__traceback__ = None
        return error
    return note


def content_for_note(entry: Mapping[str, Any], timeout: float) -> sources.Content:
    """Whatever is wrong with a source, for a note it is a file that cannot be had."""
    try:
        return sources.read(entry, timeout)
    except ApiError as error:
        return sources.Content(failure=str(error))


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
