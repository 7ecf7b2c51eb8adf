"""Requests that write."""

from __future__ import annotations

import base64
import random
from typing import Any, Dict, List, Sequence

from tools.workloads import Workload, number, request

ONE_BY_ONE = 20
FILES = {
    "100 kB": 100_000,
    "5 MB": 5_000_000,
    "50 MB": 50_000_000,
    "100 MB of base64": 75_000_000,
}
# Three sizes show whether the time grows with the size and no faster.
AMOUNTS = (1000, 3000, 10_000)
# Milliseconds within which the largest requests are quick enough, whatever the floor takes.
ENOUGH_FOR_10_000 = 3000.0
ENOUGH_FOR_100_MB = 2000.0


def writes(sample: Dict[str, Any], files: List[str], amounts: Sequence[int]) -> List[Workload]:
    """`files`: which sizes of media files; `amounts`: how many notes are added in one request."""
    return [
        *one_by_one(sample),
        *(adding(sample, amount) for amount in amounts),
        *in_bulk(sample),
        *(storing(size) for size in files),
    ]


def adding(sample: Dict[str, Any], amount: int) -> Workload:
    asked = request("addNotes", notes=new_notes(sample, amount, "bulk"))
    return Workload(
        f"addNotes {number(asked['params']['notes'])}",
        "writes",
        [asked],
        1.5,
        0.0,
        enough=ENOUGH_FOR_10_000 if amount == AMOUNTS[-1] else 0.0,
        refreshes=True,
    )


def one_by_one(sample: Dict[str, Any]) -> List[Workload]:
    new = [request("addNote", note=note) for note in new_notes(sample, ONE_BY_ONE, "one")]
    updating = [
        request("updateNoteFields", note={"id": one, "fields": {"Back": f"changed {one}"}})
        for one in sample["notes"][:ONE_BY_ONE]
    ]
    decks = [request("createDeck", deck=f"{sample['deck']}::new {n}") for n in range(ONE_BY_ONE)]
    return [
        Workload(f"{action}, one by one", "writes", requests, 0.0, 3.0, each=True)
        for action, requests in (
            ("addNote", new),
            ("updateNoteFields", updating),
            ("createDeck", decks),
        )
    ]


def in_bulk(sample: Dict[str, Any]) -> List[Workload]:
    notes, cards = sample["notes"], sample["cards"][:2000]
    less, answered = notes[:1000], sample["reviewed"][:200]
    suspending = request("suspend", cards=cards)
    answers = [{"cardId": card, "ease": 3} for card in answered]

    def row(name: str, asked: Dict[str, Any], factor: float, **more: Any) -> Workload:
        return Workload(name, "writes", [asked], factor, 0.0, refreshes=True, **more)

    return [
        row(f"addTags {number(notes)}", request("addTags", notes=notes, tags="new::tag"), 1.3),
        row(
            f"removeTags {number(notes)}",
            request("removeTags", notes=notes, tags=" ".join(sample["tags"])),
            1.3,
        ),
        row(
            f"changeDeck {number(cards)}",
            request("changeDeck", cards=cards, deck=sample["other_deck"]),
            1.3,
        ),
        row(f"suspend {number(cards)}", suspending, 1.3),
        row(
            f"unsuspend {number(cards)}",
            request("unsuspend", cards=cards),
            1.3,
            before=[suspending],
        ),
        row(f"deleteNotes {number(less)}", request("deleteNotes", notes=less), 1.3),
        row(f"answerCards {number(answered)}", request("answerCards", answers=answers), 1.2),
    ]


def new_notes(sample: Dict[str, Any], amount: int, mark: str) -> List[Dict[str, Any]]:
    return [
        {
            "deckName": sample["deck"],
            "modelName": "Word",
            "fields": {
                "Front": f"新しい語{mark}{index}",
                "Back": "a new word " * 5,
                "Sentence": f"<b>{'日本語の文' * 9}</b>",
                "Definition": "<div>" + "what it means " * 20 + "</div>",
            },
            "tags": ["new", "level::1"],
        }
        for index in range(amount)
    ]


def storing(size: str) -> Workload:
    """Content that does not compress, as sound and pictures do not."""
    content = base64.b64encode(random.Random(1).randbytes(FILES[size])).decode("ascii")
    count = ONE_BY_ONE if FILES[size] < 10**6 else 1
    return Workload(
        f"storeMediaFile {size}",
        "writes",
        [
            request("storeMediaFile", filename=f"bench{index}.bin", data=content)
            for index in range(count)
        ],
        1.3 if size in ("5 MB", "50 MB") else 1.5,
        0.5 if count > 1 else 0.0,
        each=True,
        enough=ENOUGH_FOR_100_MB if size.startswith("100 MB") else 0.0,
    )
