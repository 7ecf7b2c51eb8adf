"""Files in the media folder."""

import fnmatch
import os
import re
import unicodedata
from typing import Any, Dict, List, Mapping, Optional, Set, Tuple, Union

from anki.collection import Collection

from .. import compat, sources
from ..collection import media
from ..errors import Refused
from ..registry import Scope, action, always
from ..shapes import NonEmptyText


def read_source(arguments: Mapping[str, Any], supplies: Mapping[str, Any]) -> Dict[str, Any]:
    """Replaces `data`, `path` and `url` by the content itself, under `data`."""
    media.media_name(arguments["filename"])
    wanted = {**arguments, "skipHash": arguments.get("skip_hash")}
    content = sources.read(wanted, supplies["settings"]().download_timeout)
    if content.failure:
        raise Refused(content.failure)
    data: Optional[media.Content] = content.data
    if content.data is not None:
        replace = arguments.get("delete_existing", True)
        folder = supplies["media_folder"]()
        data = media.on_disk(folder, arguments["filename"], content.data, replace)
    return {"data": data, "path": None, "url": None}


def scopes_of_source(arguments: Mapping[str, Any]) -> Set[Scope]:
    scope = sources.scope_of(arguments)
    return set() if scope is None else {scope}


@action(Scope.WRITE, prepare=read_source, further_scopes=scopes_of_source, long=always)
def store_media_file(
    col: Collection,
    filename: NonEmptyText,
    data: Optional[str] = None,
    path: Optional[str] = None,
    url: Optional[str] = None,
    skip_hash: Optional[str] = None,
    delete_existing: bool = True,
) -> Optional[str]:
    """Stores one file in the media folder.

    Of several sources the first of `data`, `path` and `url` wins. Directories and characters that Anki forbids are
    removed from the name. Anki 26.05 and later store new media under lower-case names. Names that begin with an
    underscore are never removed by Anki's media check. Anki's undo list holds no files: this cannot be undone, but a
    file that was replaced is in Anki's media trash.

    Args:
        filename: wanted name; of a whole path the last part counts
        data: file content as base64
        path: absolute path of a local file to copy
        url: http or https address to download
        skipHash: MD5 (hex); content with this hash is not stored
        deleteExisting: replace a file of that name; false lets Anki choose a free name for other content

    Returns: the name really used, or null when skipHash matched.

    Errors:
        You must provide a "data", "path", or "url" field.
        <url> download failed with return code <status>
        Incorrect padding
        [Errno 2] No such file or directory: '<path>'
        filename should be a non-empty string: <value>
    """
    content: Union[str, media.Content, None] = data
    if path is not None or url is not None or isinstance(content, str):
        raise TypeError("the source has not been read yet: see read_source")
    if content is None:
        return None
    return media.store(col, filename, content, replace=delete_existing)


@action(Scope.READ, finish=media.base64_of_file)
def retrieve_media_file(col: Collection, filename: str) -> Union[str, bool]:
    """Reads one file of the media folder.

    Composed and decomposed spellings of a name find the same file, and so does the name a file was stored under
    before Anki changed it to lower case.

    Args:
        filename: file name; of a path only the last part counts

    Returns: content as base64 text, or false when there is no such file.
    """
    return media.find(col, filename)  # type: ignore[return-value]  # its content is read after Anki is left


def list_names(wanted: Tuple[str, str]) -> List[str]:
    """The names in a folder that match a shell pattern, in either spelling that Anki may have stored."""
    folder, pattern = wanted
    pattern = unicodedata.normalize("NFC", pattern)
    spellings = {pattern, compat.stored_media_name(pattern)}
    with os.scandir(folder) as entries:
        files = [entry.name for entry in entries if entry.is_file(follow_symlinks=False)]
    return sorted(set().union(*(matching(files, each) for each in spellings)))


def matching(names: List[str], pattern: str) -> List[str]:
    """As in a shell: `*` does not stand for the dot of a hidden file."""
    if not pattern.startswith("."):
        names = [name for name in names if not name.startswith(".")]
    if pattern == "*":
        return names
    fits = re.compile(fnmatch.translate(pattern)).match
    return [
        name
        for name in names
        if fits(name if name.isascii() else unicodedata.normalize("NFC", name))
    ]


@action(Scope.READ, finish=list_names)
def get_media_files_names(col: Collection, pattern: str = "*") -> List[str]:
    """Lists the media files whose name matches. Nothing outside the media folder is ever listed.

    Where Anki stores new media under lower-case names, a pattern finds those too.

    Args:
        pattern: shell pattern with `*`, `?` and `[..]`

    Returns: file names, sorted.
    """
    return col.media.dir(), pattern  # type: ignore[return-value]  # listed after Anki is left


@action(Scope.READ)
def get_media_dir_path(col: Collection) -> str:
    """Tells where the media live.

    Returns: absolute path of the open profile's media folder.

    Errors:
        collection is not available

    Since: classic AnkiConnect, 2023 or earlier
    """
    return str(os.path.abspath(col.media.dir()))


@action(Scope.DELETE, long=always)
def delete_media_file(col: Collection, filename: NonEmptyText) -> None:
    """Moves one file to Anki's media trash. A missing file is not an error.

    The file is found as by `retrieveMediaFile`. Anki's undo list holds no files: this cannot be undone there, but
    Anki's media check can restore what is in the trash.

    Args:
        filename: file name; of a path only the last part counts

    Returns: null.

    Errors:
        filename should be a non-empty string: <value>
    """
    media.media_name(filename)
    path = media.find(col, filename)
    if path is not None:
        col.media.trash_files([os.path.basename(path)])
