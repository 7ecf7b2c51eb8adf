"""When App Nap is switched, and when people have to forbid it. That macOS obeys is not to be seen here.

The switch of Anki's is stood in for by an object with the same two methods; the file of preferences is a real one.
"""

import plistlib
from pathlib import Path
from typing import Any, List

import pytest

from plugin.app_nap import AppNap


class Switch:
    """As in anki_mac_helper 0.1.1."""

    def __init__(self) -> None:
        self.calls: List[str] = []

    def disable_appnap(self) -> None:
        self.calls.append("disable")

    def enable_appnap(self) -> None:
        self.calls.append("enable")


def test_it_is_switched_once_each_way() -> None:
    switch = Switch()
    app_nap = AppNap(switch)
    for awake in (False, True, True, False, False, True):
        app_nap.keep_awake(awake)
    assert switch.calls == ["disable", "enable", "disable"]


def test_without_a_switch_nothing_happens(tmp_path: Path) -> None:
    app_nap = AppNap(None)
    app_nap.keep_awake(awake=True)
    assert app_nap.to_be_forbidden("darwin", tmp_path / "absent.plist")


@pytest.mark.parametrize("platform", ["linux", "win32"])
def test_elsewhere_there_is_nothing_to_forbid(platform: str, tmp_path: Path) -> None:
    assert not AppNap(None).to_be_forbidden(platform, tmp_path / "absent.plist")


def test_with_a_switch_there_is_nothing_to_forbid(tmp_path: Path) -> None:
    assert not AppNap(Switch()).to_be_forbidden("darwin", tmp_path / "absent.plist")


@pytest.mark.parametrize("form", [plistlib.FMT_BINARY, plistlib.FMT_XML])
@pytest.mark.parametrize(
    ("told", "still"),
    [
        ({"NSAppSleepDisabled": True}, False),
        ({"NSAppSleepDisabled": 1}, False),
        ({"NSAppSleepDisabled": False}, True),
        ({"other": True}, True),
        (["NSAppSleepDisabled"], True),
    ],
)
def test_what_the_user_has_told_macos(told: Any, still: bool, form: Any, tmp_path: Path) -> None:
    path = tmp_path / "net.ankiweb.dtop.plist"
    path.write_bytes(plistlib.dumps(told, fmt=form))
    assert AppNap(None).to_be_forbidden("darwin", path) is still


@pytest.mark.parametrize("content", [b"", b"nonsense", b"<plist", b"bplist00"])
def test_preferences_that_cannot_be_read(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "broken.plist"
    path.write_bytes(content)
    assert AppNap(None).to_be_forbidden("darwin", path)
