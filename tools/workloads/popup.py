"""What a dictionary asks while its pop-up opens: can this word be added, and what is there already?"""

from __future__ import annotations

from typing import Any, Dict, List

from tools.workloads import Workload, multi, request

FOUND = 3


def popup(sample: Dict[str, Any]) -> List[Workload]:
    root = sample["deck"].partition("::")[0]
    detail = request("canAddNotesWithErrorDetail", notes=candidates(sample, 40, sample["deck"]))
    plain = request("canAddNotes", notes=candidates(sample, 40, root, children=True))
    found = sample["found"]
    return [
        Workload("canAddNotesWithErrorDetail 40", "pop-up", [detail], 3.0, 0.5),
        Workload("canAddNotes 40, deck root with children", "pop-up", [plain], 3.0, 0.5),
        Workload("multi of 10 findNotes", "pop-up", [searches(sample, 10)], 1.1, 0.5),
        Workload(
            "whole pop-up: 10 entries in 2 formats",
            "pop-up",
            [
                request("canAddNotesWithErrorDetail", notes=candidates(sample, 20, root)),
                searches(sample, FOUND),
                request("notesInfo", notes=found["notes"][:FOUND]),
            ],
            1.3,
            1.0,
        ),
        Workload(
            "look-up: 40 candidates, 10 findNotes, notesInfo, cardsInfo",
            "pop-up",
            [
                detail,
                searches(sample, 10),
                request("notesInfo", notes=found["notes"]),
                request("cardsInfo", cards=found["cards"]),
            ],
            1.2,
            1.0,
        ),
    ]


def searches(sample: Dict[str, Any], amount: int) -> Dict[str, Any]:
    words = sample["words"][:amount]
    return multi(*(request("findNotes", query=f'"Front:{word}"') for word in words))


def candidates(
    sample: Dict[str, Any], amount: int, deck: str, *, children: bool = False
) -> List[Dict[str, Any]]:
    """Every other word is in the collection."""
    words = [word for old in sample["words"] for word in (old, f"{old}未知")][:amount]
    scope = {"deckName": deck, "checkChildren": children}
    return [
        {
            "deckName": deck,
            "modelName": "Word",
            "fields": {"Front": word, "Back": "a meaning", "Sentence": "文", "Definition": "text"},
            "tags": ["yomitan"],
            "options": {
                "allowDuplicate": False,
                "duplicateScope": "deck",
                "duplicateScopeOptions": scope,
            },
        }
        for word in words
    ]
