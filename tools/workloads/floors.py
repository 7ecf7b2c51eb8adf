"""Runs the floor inside Anki, and tells and restores the collection's state. Called through the tests' probe."""

from __future__ import annotations

import json
import os
import re
import statistics
import time
from typing import Any, Callable, Dict, List, Optional

import aqt

from plugin import compat
from tools.workloads import floor_reads, floor_writes

Floor = Callable[[Any, Dict[str, Any]], Any]
# The bodies of one workload's requests.
BODIES: List[bytes] = []
REFRESHES = 9


def load(path: str) -> None:
    """Takes the requests from a file, one a line, so that their way into Anki is not measured."""
    with open(path, "rb") as file:
        BODIES[:] = file.read().splitlines()


def run(*, answers: bool) -> Dict[str, Any]:
    """Reads each body, does the work and writes the reply; the milliseconds of all, and the replies if wanted."""
    started, used = time.perf_counter(), time.process_time()
    replies = [reply(body) for body in BODIES]
    taken, used = time.perf_counter() - started, time.process_time() - used
    return {
        "ms": taken * 1000,
        "cpu_ms": used * 1000,
        "sizes": [len(one) for one in replies],
        "replies": [json.loads(one) for one in replies] if answers else None,
    }


def reply(body: bytes) -> bytes:
    return json.dumps(answer(json.loads(body)), ensure_ascii=False).encode("utf-8")


def answer(asked: Dict[str, Any]) -> Any:
    params = asked.get("params", {})
    if asked["action"] == "multi":
        result: Any = [answer(inner) for inner in params["actions"]]
    else:
        result = floor(asked["action"])(aqt.mw.col, params)
    return {"result": result, "error": None}


def floor(action: str) -> Floor:
    name = re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", action)
    found: Optional[Floor] = getattr(floor_reads, name, None) or getattr(floor_writes, name, None)
    if found is None:
        raise LookupError(f"no floor for {action}")
    return found


def refresh() -> float:
    """The milliseconds it takes to tell Anki's windows of a change; the list of decks is drawn later, as with ours."""
    taken = []
    for _ in range(REFRESHES):
        started = time.perf_counter()
        compat.announce(aqt.mw, compat.all_changes(), aqt.mw.deckBrowser)
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


def mark() -> None:
    """Empties the undo list, as any statement that writes does."""
    aqt.mw.col.db.execute("update col set mod = mod")


def undo_to_mark() -> None:
    """Takes back what has been written since."""
    while aqt.mw.col.undo_status().undo:
        aqt.mw.col.undo()


def remove_files(names: List[str]) -> None:
    for name in names:
        path = os.path.join(aqt.mw.col.media.dir(), name)
        if os.path.exists(path):
            os.remove(path)


STATE = (
    "select count(), sum(length(flds)), sum(length(tags)), sum(mid) from notes",
    "select count(), sum(did), sum(queue), sum(type), sum(ivl), sum(reps), sum(flags) from cards",
    "select count(), sum(ease), sum(ivl) from revlog",
    "select count(), sum(length(name)) from decks",
)


def state() -> List[Any]:
    """What a write changes, apart from ids and times."""
    return [aqt.mw.col.db.all(query) for query in STATE]


def sample() -> Dict[str, Any]:
    """What the requests are about."""
    col = aqt.mw.col
    notes = col.db.list("select id from notes order by id limit 5000")
    [deck, other] = [name for name in deck_names() if name.startswith("Level 1::Part")][:2]
    words = col.db.list(
        "select substr(flds, 1, instr(flds, char(31)) - 1) from notes order by id limit 200"
    )
    found = words[-20:]
    return {
        "notes": notes,
        "cards": col.db.list("select id from cards order by id limit 5000"),
        "reviewed": col.db.list("select id from cards where queue = 2 order by id limit 200"),
        "deck": deck,
        "other_deck": other,
        "decks": deck_names()[1:],  # without Default, which Anki hides while it is empty
        "tag": "source::book7",
        "tags": [f"level::{number}" for number in range(6)],
        "words": found,
        "found": found_by(found[:10]),
        "card_keys": card_keys(),
        "computed": floor_reads.COMPUTED,
    }


def deck_names() -> List[str]:
    return [deck.name for deck in aqt.mw.col.decks.all_names_and_ids()]


def found_by(words: List[str]) -> Dict[str, List[int]]:
    queries = [f'"Front:{word}"' for word in words]
    return {
        "notes": [one for query in queries for one in aqt.mw.col.find_notes(query)],
        "cards": [one for query in queries for one in aqt.mw.col.find_cards(query)],
    }


def card_keys() -> List[str]:
    return [
        *floor_reads.STORED,
        "fieldOrder",
        "deckName",
        "modelName",
        "fields",
        "css",
        *floor_reads.COMPUTED,
    ]
