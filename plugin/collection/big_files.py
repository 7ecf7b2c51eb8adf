"""Large content for the media folder: written to disk before Anki is entered, and there only moved into its place."""

import hashlib
import os
import re
import secrets
import time
import weakref
from functools import cached_property
from typing import Dict, Optional, Tuple

from ..in_pieces import PIECE, Octets

LEFT_OVER = re.compile(r"ankiconnect-[0-9a-f]{16}\.part")
# What Anki was killed over is removed by the next one to come after that time.
KEPT_SECONDS = 24 * 60 * 60
# Names that Anki stores as they are, even with a hash behind them. Others it mends when it stores a file itself.
LETTERS = "0-9A-Za-z_\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fa5\uac00-\ud7a3"
UNMENDED = re.compile(f"[{LETTERS}][-. {LETTERS}]*[{LETTERS}]|[{LETTERS}]")
LONGEST_UNMENDED = 60
DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)

# What tells whether a file is still the same.
Signature = Tuple[int, int, int]


class BigFile:
    """Content that waits in a file beside the media folder. When nobody wants it any more, it is removed."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.size = 0
        self._compared: Dict[str, Tuple[Signature, bool]] = {}
        self._discard = weakref.finalize(self, discard, path)

    def write(self, data: Octets) -> None:
        with open(self.path, "xb") as file:
            file.write(data)
        self.size = len(data)

    @cached_property
    def sha1(self) -> str:
        return sha1_of(self.path)

    def read(self) -> bytes:
        with open(self.path, "rb") as file:
            return file.read()

    def compare(self, path: str) -> bool:
        """Whether a file has this content. The answer is kept until that file is changed."""
        seen = signature(path)
        kept = self._compared.get(path)
        if kept is None or kept[0] != seen:
            same = seen[1] == self.size and sha1_of(path) == self.sha1
            kept = self._compared[path] = (seen, same)
        return kept[1]

    def move_to(self, path: str) -> bool:
        """Puts the content where no file is yet; False where that takes more than moving it."""
        try:
            os.replace(self.path, path)
        except OSError:
            return False
        self._discard.detach()
        touch(os.path.dirname(path))
        return True


def written(data: Octets, media_folder: Optional[str]) -> Optional[BigFile]:
    """The content on disk, or None where it cannot be put beside the media folder."""
    folder = os.path.dirname(media_folder or "")
    try:
        if media_folder is None or os.stat(media_folder).st_dev != os.stat(folder).st_dev:
            return None
        remove_left_over(folder)
        file = BigFile(os.path.join(folder, f"ankiconnect-{secrets.token_hex(8)}.part"))
        file.write(data)
    except OSError:
        return None
    return file


def is_unmended(name: str) -> bool:
    short = len(name.encode("utf-8", "surrogatepass")) <= LONGEST_UNMENDED
    return short and bool(UNMENDED.fullmatch(name)) and not DEVICES.fullmatch(name)


def signature(path: str) -> Signature:
    status = os.stat(path)
    return status.st_ino, status.st_size, status.st_mtime_ns


def sha1_of(path: str) -> str:
    digest = hashlib.sha1(usedforsecurity=False)
    with open(path, "rb") as file:
        for piece in iter(lambda: file.read(PIECE), b""):
            digest.update(piece)
    return digest.hexdigest()


def touch(folder: str) -> None:
    """Gives the folder a time that it never had.

    Anki looks for changed files when the time is another than after it stored a file itself, which may have been
    within the same tick of the clock.
    """
    status = os.stat(folder)
    os.utime(folder, ns=(status.st_atime_ns, status.st_mtime_ns + 2_000_000))


def remove_left_over(folder: str) -> None:
    with os.scandir(folder) as entries:
        found = [one for one in entries if LEFT_OVER.fullmatch(one.name)]
    for entry in found:
        if time.time() - entry.stat(follow_symlinks=False).st_mtime > KEPT_SECONDS:
            discard(entry.path)


def discard(path: str) -> None:
    try:
        os.remove(path)
    except OSError:
        return  # it is gone, or never came to be
