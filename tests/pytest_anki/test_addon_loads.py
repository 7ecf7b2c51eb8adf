"""The add-on is loaded by pytest-anki too, the harness that many add-ons are tested with."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from tools.launch import ADDON_FOLDER, ADDON_SOURCE


@pytest.mark.parametrize(
    "anki_session",
    [{"unpacked_addons": [(ADDON_FOLDER, ADDON_SOURCE)], "load_profile": False}],
    indirect=True,
)
def test_addon_loads(anki_session: Any) -> None:
    assert ADDON_FOLDER in anki_session.mw.addonManager.allAddons()
    assert ADDON_FOLDER in sys.modules
