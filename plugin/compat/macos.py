"""Differences of Anki on macOS."""

from typing import Any, Optional


def app_nap_switch() -> Optional[Any]:
    """What has `disable_appnap` and `enable_appnap`; None elsewhere and up to 25.02.

    (They came with version 0.1.1 of Anki's package anki-mac-helper, which 25.09 and later require.)
    """
    from aqt import _macos_helper

    helper = getattr(_macos_helper, "macos_helper", None)
    return helper if hasattr(helper, "disable_appnap") else None
