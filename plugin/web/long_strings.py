"""Long texts in a large body, such as base64: taken out before the JSON is read, and put back into the value.

Reading them is one long step of Python's JSON reader, in which no other thread has its turn; here it is done in
pieces. Each leaves a short mark in its place. Whether the rest is JSON does not depend on what is in a text, and
errors are told with the places they have in the whole body.
"""

import json
import secrets
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple

from ..in_pieces import Octets, joined_bytes, joined_text

# Within a text that is twice as long lies a whole window without quotation marks, wherever windows begin.
WINDOW = 64 * 1024
QUOTE = b'"'
BLANKS = b" \t\n\r"
# What may follow a text: after these the quotation mark before may have been the end of one.
MAY_FOLLOW = BLANKS + b",:]}"
# How far the colon is looked for that makes a text the name of a member.
NAME_BLANKS = 64
MARK_LENGTH = 32


@dataclass(frozen=True)
class TakenOut:
    """The long texts of a body, by their marks."""

    texts: Mapping[str, str]

    def json_error(self, error: json.JSONDecodeError) -> str:
        """The error's words, as they would be for the whole body."""
        line_end = error.doc.rfind("\n", 0, error.pos)
        place = error.pos + self._missing(error.doc, error.pos)
        column = place - (line_end + self._missing(error.doc, line_end))
        return f"{error.msg}: line {error.lineno} column {column} (char {place})"

    def utf_8_error(self, error: UnicodeDecodeError) -> str:
        missing = self._missing(error.object.decode("latin-1"), error.start)
        first, last = error.start + missing, error.end - 1 + missing
        what = f"bytes in position {first}-{last}"
        if first == last:
            what = f"byte 0x{error.object[error.start]:02x} in position {first}"
        return f"'{error.encoding}' codec can't decode {what}: {error.reason}"

    def _missing(self, doc: str, place: int) -> int:
        """How many characters were taken out before this place."""
        return sum(
            len(text) - len(mark)
            for mark, text in self.texts.items()
            if -1 < doc.find(mark, 0, max(0, place)) < place
        )

    def put_back(self, value: Any) -> Any:
        """The value with the long texts in it."""
        if not self.texts:
            return value
        whole = [value]
        self._put_into(whole)
        return whole[0]

    def _put_into(self, outer: Any) -> None:
        for place, member in outer.items() if isinstance(outer, dict) else enumerate(outer):
            if isinstance(member, str):
                if len(member) == MARK_LENGTH and member in self.texts:
                    outer[place] = self.texts[member]
            elif isinstance(member, (dict, list)):
                self._put_into(member)


NOTHING = TakenOut({})


def take_out(body: Octets) -> Tuple[Octets, TakenOut]:
    """The body with marks in the place of its long texts, and those."""
    texts: Dict[str, str] = {}
    kept: List[Octets] = []
    done = 0
    # Nobody can guess it, so that no text of the body can be taken for a mark.
    secret = secrets.token_hex(MARK_LENGTH)
    for start, end in long_runs(body):
        text = plain_text(body, start, end)
        if text is not None:
            mark = f"m{len(texts)}x{secret}"[:MARK_LENGTH]
            texts[mark] = text
            kept += [*parts(body, done, start), mark.encode("ascii")]
            done = end
    if not texts:
        return body, NOTHING
    return joined_bytes([*kept, *parts(body, done, len(body))]), TakenOut(texts)


def parts(body: Octets, start: int, end: int) -> Iterator[Octets]:
    for at in range(start, end, WINDOW):
        yield body[at : min(end, at + WINDOW)]


def long_runs(body: Octets) -> Iterator[Tuple[int, int]]:
    """From behind a quotation mark to the next one, or to the end, where that is far."""
    at = 0
    while at < len(body):
        if body.find(QUOTE, at, at + WINDOW) >= 0:
            at += WINDOW
            continue
        before = body.rfind(QUOTE, max(0, at - WINDOW), at)
        end = next_quote(body, at + WINDOW)
        if before >= 0 and end - before > WINDOW:
            yield before + 1, end
        at = end + 1


def next_quote(body: Octets, start: int) -> int:
    for at in range(start, len(body), WINDOW):
        found = body.find(QUOTE, at, at + WINDOW)
        if found >= 0:
            return found
    return len(body)


def plain_text(body: Octets, start: int, end: int) -> Optional[str]:
    """What stands between two quotation marks, when that can only be a whole text and no name of a member.

    It may also be nothing that JSON allows there: then its first character is the error, as that of a mark would be.
    """
    if body[start] in MAY_FOLLOW or body[start - 2 : start - 1] == b"\\":
        return None
    following = body[end + 1 : end + 1 + NAME_BLANKS].lstrip(BLANKS)
    if following.startswith(b":") or (not following and end + 1 < len(body)):
        return None
    try:
        return joined_text(map(plain_piece, parts(body, start, end)))
    except ValueError:
        return None


def plain_piece(piece: Octets) -> str:
    """Part of a text in JSON. Raises ValueError for what has to be seen as a whole: escapes, and all but ASCII."""
    if b"\\" in piece:
        raise ValueError("an escape may go on in the next piece")
    return str(json.loads('"' + str(piece, "ascii") + '"'))
