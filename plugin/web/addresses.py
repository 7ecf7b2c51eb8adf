"""What names a machine or a web origin, taken apart: in requests and in settings alike."""

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple, Optional, Tuple, Union

_AUTHORITY = re.compile(
    r"(?P<host>\[[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._~-]+)?\]|[A-Za-z0-9._-]+)(?P<port>:[0-9]{0,5})?"
)
_ORIGIN = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#@\\\s]*)")
_NUMERIC_LABEL = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")
_DEFAULT_PORTS = {"http": "80", "https": "443"}
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
