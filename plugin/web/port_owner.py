"""Who has a port that we want, as far as that can be found out in a second."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Iterator, Optional, Set, Tuple

_PROBE_TIME = 0.5
_LSOF_TIME = 2.0
_LISTENING = "0A"  # the state's number in /proc/net/tcp


def port_owner(host: str, port: int) -> Optional[str]:
    """Words for who listens there, such as "another program: python (process 12)"."""
    ours = speaks_as_anki_connect(host, port)
    process = _process(port)
    if process is not None and process[0] == os.getpid():
        return "this very program (perhaps another add-on such as the classic AnkiConnect)"
    words = "another program"
    if ours:
        words = "another AnkiConnect (perhaps another Anki window or the classic add-on)"
    if process is None:
        return words if ours else None
    number, name = process
    return f"{words}: {name} (process {number})"


def speaks_as_anki_connect(host: str, port: int) -> bool:
    probe = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    request = f"GET / HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection((probe, port), _PROBE_TIME) as connection:
            connection.sendall(request.encode("ascii"))
            return _finds(connection, b"AnkiConnect")
    except OSError:
        return False


def _finds(connection: socket.socket, word: bytes) -> bool:
    reply = b""
    while word not in reply and len(reply) < 65536:
        piece = connection.recv(4096)
        if not piece:
            return False
        reply += piece
    return word in reply


def _process(port: int) -> Optional[Tuple[int, str]]:
    if sys.platform == "linux":
        return _process_on_linux(port)
    if sys.platform == "darwin":
        return _process_by_lsof(port)
    return None


def _process_on_linux(port: int) -> Optional[Tuple[int, str]]:
    sockets = {f"socket:[{number}]" for number in _listening_sockets(port)}
    for process in Path("/proc").glob("[0-9]*") if sockets else ():
        if sockets & set(_open_files(process)):
            try:
                name = (process / "comm").read_text(errors="replace").strip()
            except OSError:
                return None
            return int(process.name), name
    return None


def _listening_sockets(port: int) -> Set[str]:
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for columns in map(str.split, lines):
            if columns[3] == _LISTENING and columns[1].endswith(f":{port:04X}"):
                found.add(columns[9])
    return found


def _open_files(process: Path) -> Iterator[str]:
    """What a process has open; nothing where we may not look, or it has just ended."""
    try:
        names = os.listdir(process / "fd")
    except OSError:
        return
    for name in names:
        try:
            yield os.readlink(process / "fd" / name)
        except OSError:
            continue


def _process_by_lsof(port: int) -> Optional[Tuple[int, str]]:
    command = ["lsof", "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-Fpc"]
    try:
        run = subprocess.run(
            command, capture_output=True, text=True, timeout=_LSOF_TIME, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"^p(\d+)\nc(.+)$", run.stdout, re.MULTILINE)
    return (int(found.group(1)), found.group(2)) if found else None
