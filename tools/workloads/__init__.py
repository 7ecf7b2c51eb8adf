"""What the benchmark measures: requests, the floor beside each, and how far from it we may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Sequence

VERSION = 6
# The longest time that Anki's GUI thread may not come round to its events, in milliseconds.
READING_STALL = 50.0
WRITING_STALL = 100.0


@dataclass(frozen=True)
class Workload:
    """Requests that are sent one after another, and what they may cost.

    `factor` and `plus` give the target: factor x the floor's time + plus milliseconds, each for one request where
    `each` is set. With `beside`, the name of another workload, its own time takes the floor's place. Less than
    `enough` milliseconds are allowed always. What `refreshes` may take as long as telling Anki's windows of a change
    takes on top, which the floor does not do.
    """

    name: str
    group: str
    requests: Sequence[Dict[str, Any]]
    factor: float
    plus: float
    each: bool = False
    beside: str = ""
    enough: float = 0.0
    refreshes: bool = False
    # Requests that the floor carries out before, so that there is something to do; not timed.
    before: Sequence[Dict[str, Any]] = ()

    @property
    def writes(self) -> bool:
        return self.group == "writes"

    @property
    def parts(self) -> int:
        """By how many the measured time is divided."""
        return len(self.requests) if self.each else 1

    @property
    def longest_stall(self) -> float:
        return WRITING_STALL if self.writes else READING_STALL

    def target(self, floor: float, refresh: float) -> float:
        """Milliseconds allowed where the floor takes so many, and telling Anki's windows of a change so many."""
        return max(
            self.factor * floor + self.plus + (refresh if self.refreshes else 0.0), self.enough
        )


def request(action: str, **params: Any) -> Dict[str, Any]:
    return {"action": action, "version": VERSION, "params": params}


def multi(*requests: Dict[str, Any]) -> Dict[str, Any]:
    return request("multi", actions=list(requests))


def number(ids: List[Any]) -> str:
    """How many, for a row's name."""
    return f"{len(ids):,}"
