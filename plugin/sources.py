"""Where the content of a media file comes from: base64, a local file, or the network.

Runs on a request's own thread, before Anki is entered.
"""

import base64
import binascii
import hashlib
import os
import socket
import stat
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread, Timer
from typing import (
    Any,
    Callable,
    Dict,
    Iterator,
    List,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    TypeVar,
    Union,
)
from urllib.parse import urljoin, urlsplit

import requests
from requests.auth import HTTPBasicAuth
from requests.utils import get_auth_from_url
from urllib3.exceptions import HTTPError

from .errors import ApiError, BadParams
from .in_pieces import PIECE, Octets, joined_bytes, joined_text, pieces
from .scopes import Scope

CHUNK = 64 * 1024
REDIRECTS = 5
PARALLEL = 8
MAX_FILE = 512 * 1024 * 1024
# How many times the time-out for one step a whole download may take.
WHOLE_DOWNLOAD = 6
TOO_LONG = "it took too long"

T = TypeVar("T")


class Unavailable(ApiError):
    """The content cannot be had; the text says why."""


@dataclass(frozen=True)
class Content:
    """What became of a source: bytes, or the reason why there are none, or neither when skipHash matched."""

    data: Optional[Octets] = None
    failure: str = ""


def read(source: Mapping[str, Any], timeout: float) -> Content:
    """The content of the first of `data`, `path` and `url` that is given.

    Raises BadParams when none is, when base64 is broken and for a relative path; what the network or the disk
    refuses is a failure inside the Content. `timeout` is in seconds, for each step of a download.
    """
    try:
        data = take(source, timeout)
    except Unavailable as error:
        return Content(failure=str(error))
    if is_skipped(source.get("skipHash"), data):
        return Content()
    return Content(data)


def take(source: Mapping[str, Any], timeout: float) -> Octets:
    if source.get("data"):
        return decode(source["data"])
    if source.get("path"):
        return read_file(source["path"])
    if source.get("url"):
        return download(source["url"], timeout)
    raise BadParams('You must provide a "data", "path", or "url" field.')


def needs_network(source: Mapping[str, Any]) -> bool:
    return not source.get("data") and not source.get("path") and bool(source.get("url"))


def scope_of(source: Mapping[str, Any]) -> Optional[Scope]:
    """What a caller must be allowed to do beyond storing a file, for the source that `take` takes."""
    if source.get("data"):
        return None
    if source.get("path"):
        return Scope.FILES
    return Scope.NETWORK if source.get("url") else None


def is_skipped(skip_hash: Optional[str], data: Octets) -> bool:
    if not skip_hash:
        return False
    return hashlib.md5(data, usedforsecurity=False).hexdigest() == skip_hash.lower()


def decode(text: str) -> Octets:
    """Base64 to bytes. Line breaks and blanks are left out; anything else that is not base64 is refused."""
    # Most hold none, and looking for them takes as long as a quarter of the rest.
    with suppress(ValueError):
        return decoded(text)
    try:
        return decoded(without_blanks(text))
    except binascii.Error as error:
        reason = "Incorrect padding" if "padding" in str(error) else "data should be base64"
        raise BadParams(reason) from None
    except ValueError:
        raise BadParams("data should be base64: it holds characters beyond ASCII") from None


def without_blanks(text: str) -> str:
    if all(len("".join(piece.split())) == len(piece) for piece in pieces(text, PIECE)):
        return text
    return joined_text("".join(piece.split()) for piece in pieces(text, PIECE))


def decoded(compact: str) -> Octets:
    """In pieces that hold whole groups of base64; what is broken all at once, for the same words."""
    last_piece = (len(compact) - 1) // PIECE * PIECE
    if not compact.isascii() or -1 < compact.find("=") <= last_piece:
        return base64.b64decode(compact, validate=True)
    return joined_bytes(base64.b64decode(piece, validate=True) for piece in pieces(compact, PIECE))


def read_file(path: str) -> Octets:
    """A regular file of this computer, by its absolute path."""
    if not os.path.isabs(path):
        raise BadParams(f"path should be absolute: {path}")
    try:
        # Asked before opening: a pipe without a writer would hold up the thread for good.
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            raise Unavailable(f"path should name a regular file: {path}")
        if status.st_size > MAX_FILE:
            raise Unavailable(f"the file is larger than {MAX_FILE} bytes: {path}")
        with open(path, "rb") as file:
            return file.read(MAX_FILE)
    except (OSError, ValueError) as error:
        raise Unavailable(str(error)) from None


def download(url: str, timeout: float) -> Octets:
    """What an http or https address holds.

    Redirects are followed a few times and checked like the address itself; size and total time are limited.
    """
    whole = timeout * WHOLE_DOWNLOAD
    outcome: "SimpleQueue[Union[Octets, str]]" = SimpleQueue()
    deadline = time.monotonic() + whole
    # Looking up a name and reading a slow head know no deadline: they are left to themselves when it has passed.
    Thread(target=fetch, args=(url, timeout, deadline, outcome), daemon=True).start()
    try:
        found = outcome.get(timeout=whole)
    except Empty:
        raise failed(url, TOO_LONG) from None
    if isinstance(found, str):
        raise Unavailable(found)
    return found


def fetch(
    url: str, timeout: float, deadline: float, outcome: "SimpleQueue[Union[Octets, str]]"
) -> None:
    """Puts what the address holds, or the reason why that cannot be had."""
    try:
        with requests.Session() as session:
            session.auth = own_credentials
            outcome.put(follow(session, url, timeout, deadline))
    except Unavailable as error:
        outcome.put(str(error))
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        outcome.put(str(failed(url, reason_of(error, deadline))))


def failed(url: str, reason: str) -> Unavailable:
    return Unavailable(f"{url} download failed: {reason}")


def own_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Sends the password that the address itself holds, and none that the user has stored for the host (netrc)."""
    user, password = get_auth_from_url(request.url or "")
    return HTTPBasicAuth(user, password)(request) if user or password else request


def follow(session: requests.Session, url: str, timeout: float, deadline: float) -> Octets:
    place = url
    for _ in range(REDIRECTS + 1):
        check_address(url, place)
        with session.get(place, stream=True, timeout=timeout, allow_redirects=False) as response:
            target = session.get_redirect_target(response)
            if target is None:
                return body_of(response, url, deadline)
        place = urljoin(place, target)
    raise failed(url, f"more than {REDIRECTS} redirects")


def check_address(url: str, place: str) -> None:
    """Refuses what is no http or https address; `place` is where redirects have led."""
    if urlsplit(place).scheme not in ("http", "https") or not urlsplit(place).hostname:
        led = "" if place == url else f", and it leads to {place}"
        raise failed(url, f"only http and https addresses are supported{led}")


def body_of(response: requests.Response, url: str, deadline: float) -> Octets:
    if response.status_code != 200:
        raise Unavailable(f"{url} download failed with return code {response.status_code}")
    found = bytearray()
    with cut_off_at(deadline, response):
        for chunk in response.iter_content(CHUNK):
            found += chunk
            if len(found) > MAX_FILE:
                raise failed(url, f"larger than {MAX_FILE} bytes")
            if time.monotonic() > deadline:
                break
    if time.monotonic() > deadline:
        raise failed(url, TOO_LONG)
    promised = response.headers.get("Content-Length", "")
    encoded = response.headers.get("Content-Encoding", "identity") != "identity"
    if promised.isdecimal() and not encoded and int(promised) != len(found):
        raise failed(url, f"{len(found)} of {promised} bytes arrived")
    return bytes(found) if len(found) <= PIECE else found


@contextmanager
def cut_off_at(deadline: float, response: requests.Response) -> Iterator[None]:
    """Ends the connection at the deadline: a server that sends a byte now and then never runs into a time-out."""
    if response.raw.closed:
        yield
        return
    # The family does not matter for what is done here.
    with socket.fromfd(response.raw.fileno(), socket.AF_INET, socket.SOCK_STREAM) as connection:
        timer = Timer(max(0.0, deadline - time.monotonic()), cut, [connection])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def cut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it has ended by itself


def reason_of(error: Exception, deadline: float) -> str:
    """A short reason in words, without the library's object names."""
    if time.monotonic() > deadline:
        return TOO_LONG
    if isinstance(error, requests.Timeout) or "timed out" in str(error):
        return "the server did not answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "the server's certificate is not trusted, or there is no secure connection"
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return "the server sent data that cannot be unpacked"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection broke off"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    return str(error) or type(error).__name__


def in_parallel(work: Callable[[T], Content], items: Sequence[T]) -> List[Content]:
    """`map`, with several items at a time.

    The threads are daemons: Anki does not wait for a slow server when it is closed.
    """
    if len(items) < 2:
        return [work(item) for item in items]
    waiting: "SimpleQueue[Tuple[int, T]]" = SimpleQueue()
    for job in enumerate(items):
        waiting.put(job)
    results: Dict[int, Content] = {}
    threads = [
        Thread(target=work_off, args=(work, waiting, results), daemon=True)
        for _ in range(min(PARALLEL, len(items)))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [results[index] for index in range(len(items))]


def work_off(
    work: Callable[[T], Content], waiting: "SimpleQueue[Tuple[int, T]]", results: Dict[int, Content]
) -> None:
    while True:
        try:
            index, item = waiting.get_nowait()
        except Empty:
            return
        results[index] = work(item)
