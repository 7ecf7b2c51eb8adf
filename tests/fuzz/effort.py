"""How many cases are tried: a few in the normal run, 100,000 in tox's environment "fuzz"."""

from __future__ import annotations

import os
from typing import Any, Callable

from hypothesis import HealthCheck, settings

CASES = int(os.environ.get("ANKICONNECT_FUZZ_CASES", "3000"))
THOROUGH = "ANKICONNECT_FUZZ_CASES" in os.environ


def tried(share: float) -> Callable[[Any], Any]:
    """This share of all cases; the same ones in each normal run, others in each thorough one."""
    return settings(
        max_examples=max(10, int(CASES * share)),
        deadline=None,
        database=None,
        derandomize=not THOROUGH,
        suppress_health_check=list(HealthCheck),
    )
