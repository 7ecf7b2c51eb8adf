"""Clients that look now and then, in a process of their own: what the crowd's process does must not delay them.

python -m tests.anki.robustness.light_clients PORT HOW_MANY: until its standard input ends; then it prints, as JSON,
how many seconds each request took, and what failed.
"""

from __future__ import annotations

import json
import sys

from tests.anki.robustness.crowd import Crowd, light

PAUSE = 0.02


def main(port: int, how_many: int) -> None:
    crowd = Crowd(port)
    for number in range(how_many):
        crowd.add(number, light, PAUSE)
    sys.stdin.read()
    crowd.end()
    outcomes = crowd.outcomes
    found = {
        "seconds": [each for one in outcomes for each in one.seconds],
        "failures": [text for one in outcomes for text in one.failures],
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
