"""Differences between Qt 5 and Qt 6."""

from typing import Any


def flag_number(flags: Any) -> int:
    """The number of Qt flags, where Qt wants a plain one. (Those of Qt 6 are no numbers themselves.)"""
    return int(getattr(flags, "value", flags))
