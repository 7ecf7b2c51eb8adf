"""What names a machine or a web origin, taken apart: in requests and in settings alike."""

import re
import unicodedata
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple, Optional, Tuple, Union

_AUTHORITY = re.compile(
    r"(?P<host>\[[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._~-]+)?\]|[A-Za-z0-9._-]+)(?P<port>:[0-9]{0,5})?"
)
_ORIGIN = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#@\\\s]*)")
_NUMERIC_LABEL = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_NATIVE_LABEL = "xn--"  # begins the ASCII form of a label in other letters (RFC 5890)
_LETTERS = ("L", "M", "N")  # general categories of what such a label may hold, beside "-"
_LONGEST = 512  # characters of an origin or authority that is worth a look

# Every request asks about the same few names.
_remembered = lru_cache(maxsize=256)


def ip_literal(host: str) -> Optional[Union[IPv4Address, IPv6Address]]:
    """The address that a host without brackets spells, or None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def _host(text: str) -> Optional[str]:
    if text.startswith("["):
        address = ip_literal(text[1:-1])
        return str(address) if isinstance(address, IPv6Address) else None
    if not _NUMERIC_LABEL.fullmatch(text.rstrip(".").rpartition(".")[2]):
        return text.lower()
    # What ends in a number is an address: the system would read "0" as 0.0.0.0 and "127.1" as
    # 127.0.0.1, so only the plain spelling counts.
    return text if str(ip_literal(text)) == text else None


@_remembered
def split_authority(text: str) -> Optional[Tuple[str, str]]:
    """Host (lower case, plain spelling, no brackets) and port ("" if none); None if malformed."""
    match = _AUTHORITY.fullmatch(text) if len(text) <= _LONGEST else None
    host = _host(match["host"]) if match else None
    if match is None or host is None:
        return None
    port = (match["port"] or "")[1:]
    return (host, port) if int(port or 0) <= 65535 else None


def is_loopback(host: str) -> bool:
    """Whether a host, spelt as `split_authority` does, always means this computer."""
    address = ip_literal(host)
    return host == "localhost" if address is None else address.is_loopback


@_remembered
def is_here(peer: str) -> bool:
    """Whether the address that a connection comes from is this computer's, or none that can be read."""
    address = ip_literal(peer)
    return address is None or address.is_loopback


class Origin(NamedTuple):
    """A web origin taken apart; its text is the one spelling that is compared."""

    scheme: str
    host: str
    port: str

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}{self.port and ':'}{self.port}"


@_remembered
def parse_origin(text: str) -> Optional[Origin]:
    """None for what no browser sends as the origin of a page: paths, users, odd ports, "null"."""
    match = _ORIGIN.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        return None
    scheme, authority = match[1].lower(), match[2]
    if not authority and scheme not in _DEFAULT_PORTS:
        return Origin(scheme, "", "")  # file://
    parts = split_authority(authority)
    if parts is None or authority.endswith(":") or parts[1].startswith("0"):
        return None
    host, port = parts
    return Origin(scheme, host, "" if port == _DEFAULT_PORTS.get(scheme) else port)


def plain_origin(text: str) -> Optional[str]:
    """The one spelling of an origin, "null" included; None if it is malformed."""
    if text == "null":
        return text
    origin = parse_origin(text)
    return None if origin is None else str(origin)


class NativeName(NamedTuple):
    """A host in the letters that its owner chose, and whose letters they are."""

    host: str
    scripts: Tuple[str, ...]
    """As Unicode calls them: "CYRILLIC", "LATIN"."""


def native_name(origin: str) -> Optional[NativeName]:
    """How people write the host of an origin; None where that is how the origin spells it.

    Only for people to read, beside the origin itself: different hosts may look the same so.
    """
    parsed = parse_origin(origin)
    labels = parsed.host.split(".") if parsed else []
    native = [_native_label(label) for label in labels]
    if native == labels or None in native:
        return None
    host = ".".join(label or "" for label in native)
    names = (unicodedata.name(letter, "") for letter in host if letter.isalpha())
    return NativeName(host, tuple(sorted({name.split(" ")[0].split("-")[0] for name in names})))


def _native_label(label: str) -> Optional[str]:
    """None when the label holds what could deceive: marks of direction, blanks, signs."""
    if not label.startswith(_NATIVE_LABEL):
        return label
    try:
        found = label[len(_NATIVE_LABEL) :].encode("ascii").decode("punycode")
    except UnicodeError:
        return None
    honest = all(char == "-" or unicodedata.category(char)[0] in _LETTERS for char in found)
    usual = not found.isascii() and unicodedata.normalize("NFC", found) == found
    return found if honest and usual else None
