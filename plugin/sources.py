"""Where the content of a media file comes from: base64, a local file, or the network.

Runs on a request's own thread, before Anki is entered.
"""

import base64
import binascii
import hashlib
import os
import re
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Callable, Iterator, List, Mapping, Optional, Sequence, TypeVar
from urllib.parse import urljoin, urlsplit

import requests

from .errors import ApiError, BadParams

CHUNK = 64 * 1024
REDIRECTS = 5
PARALLEL = 8
MAX_FILE = 512 * 1024 * 1024
# How many times the time-out for one step a whole download may take.
WHOLE_DOWNLOAD = 6

T = TypeVar("T")


class Unavailable(ApiError):
    """The content cannot be had; the text says why."""


@dataclass(frozen=True)
class Content:
    """What became of a source: bytes, or the reason why there are none, or neither when skipHash matched."""

    data: Optional[bytes] = None
    failure: str = ""


def read(source: Mapping[str, Any], timeout: float) -> Content:
    """The content of the first of `data`, `path` and `url` that is given.

    Raises BadParams when none is, or when base64 is broken; what the network or the disk refuses is a failure
    inside the Content. `timeout` is in seconds, for each step of a download.
    """
    try:
        data = take(source, timeout)
    except Unavailable as error:
        return Content(failure=str(error))
    if is_skipped(source.get("skipHash"), data):
        return Content()
    return Content(data)


def take(source: Mapping[str, Any], timeout: float) -> bytes:
    if source.get("data"):
        return decode(source["data"])
    if source.get("path"):
        return read_file(source["path"])
    if source.get("url"):
        return download(source["url"], timeout)
    raise BadParams('You must provide a "data", "path", or "url" field.')


def is_skipped(skip_hash: Optional[str], data: bytes) -> bool:
    return bool(skip_hash) and hashlib.md5(data).hexdigest() == str(skip_hash).lower()


def decode(text: str) -> bytes:
    """Base64 to bytes. Line breaks and blanks are left out; anything else that is not base64 is refused."""
    compact = text if text.isalnum() else re.sub(r"\s+", "", text)
    try:
        return base64.b64decode(compact, validate=True)
    except binascii.Error as error:
        reason = "Incorrect padding" if "padding" in str(error) else "data should be base64"
        raise BadParams(reason) from None
    except ValueError:
        raise BadParams("data should be base64: it holds characters beyond ASCII") from None


def read_file(path: str) -> bytes:
    """A regular file of this computer, by its absolute path."""
    if not os.path.isabs(path):
        raise BadParams(f"path should be absolute: {path}")
    try:
        with open(path, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise Unavailable(f"path should name a regular file: {path}")
            if status.st_size > MAX_FILE:
                raise Unavailable(f"the file is larger than {MAX_FILE} bytes: {path}")
            return file.read(MAX_FILE)
    except (OSError, ValueError) as error:
        raise Unavailable(str(error)) from None


def download(url: str, timeout: float) -> bytes:
    """What an http or https address holds.

    Redirects are followed a few times and checked like the address itself; size and total time are limited.
    """
    deadline = time.monotonic() + timeout * WHOLE_DOWNLOAD
    try:
        with requests.Session() as session:
            session.auth = no_credentials
            for _ in range(REDIRECTS + 1):
                check_address(url)
                with session.get(
                    url, stream=True, timeout=timeout, allow_redirects=False
                ) as response:
                    if not response.is_redirect:
                        return body_of(response, url, deadline)
                    url = urljoin(url, response.headers["Location"])
    except (requests.RequestException, OSError, ValueError) as error:
        raise Unavailable(f"{url} download failed: {reason_of(error)}") from None
    raise Unavailable(f"{url} download failed: more than {REDIRECTS} redirects")


def no_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps passwords that the user has stored for some host (netrc) out of downloads a client asks for."""
    return request


def check_address(url: str) -> None:
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise Unavailable(f"{url} download failed: only http and https addresses are supported")


def body_of(response: requests.Response, url: str, deadline: float) -> bytes:
    if response.status_code != 200:
        raise Unavailable(f"{url} download failed with return code {response.status_code}")
    chunks: List[bytes] = []
    size = 0
    for chunk in response.iter_content(CHUNK):
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_FILE:
            raise Unavailable(f"{url} download failed: larger than {MAX_FILE} bytes")
        if time.monotonic() > deadline:
            raise Unavailable(f"{url} download failed: it took too long")
    promised = response.headers.get("Content-Length", "")
    encoded = response.headers.get("Content-Encoding", "identity") != "identity"
    if promised.isdecimal() and not encoded and int(promised) != size:
        raise Unavailable(f"{url} download failed: {size} of {promised} bytes arrived")
    return b"".join(chunks)


def reason_of(error: Exception) -> str:
    """A short reason in words, without the library's object names."""
    if isinstance(error, requests.Timeout):
        return "the server did not answer in time"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    return str(error) or type(error).__name__


def in_parallel(work: Callable[[T], Content], items: Sequence[T]) -> Iterator[Content]:
    """`map`, with several items at a time; exceptions arrive in the order of the items."""
    if len(items) < 2:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(min(PARALLEL, len(items))) as pool:
        yield from pool.map(work, items)
