"""Comparing API keys."""

import hmac
from typing import Optional


def key_matches(expected: Optional[str], given: object) -> bool:
    """Whether a key of any JSON type opens the door; without an expected one everything does."""
    if not expected:
        return True
    if not isinstance(given, str):
        return False
    return hmac.compare_digest(_bytes(expected), _bytes(given))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
