"""Requests that read."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from tools.workloads import Workload, number, request

FULL_CARDS = "cardsInfo {}"


def reads(sample: Dict[str, Any]) -> List[Workload]:
    makers = (finding, details, columns, small, statistics, media)
    return [Workload(name, "reads", *rest) for make in makers for name, *rest in make(sample)]


Rows = List[Tuple[Any, ...]]


def finding(sample: Dict[str, Any]) -> Rows:
    notes = {
        "a deck": f'"deck:{sample["deck"]}"',
        "an exact field": f'"Front:{sample["words"][0]}"',
        "a tag": f'"tag:{sample["tag"]}"',
        "a word": sample["words"][1],
    }
    cards = {"a deck": notes["a deck"], "is:due": "is:due"}
    return [
        *(
            (f"findNotes by {what}", [request("findNotes", query=query)], 1.2, 0.3)
            for what, query in notes.items()
        ),
        *(
            (f"findCards by {what}", [request("findCards", query=query)], 1.2, 0.3)
            for what, query in cards.items()
        ),
    ]


def details(sample: Dict[str, Any]) -> Rows:
    notes, cards = sample["notes"], sample["cards"][:2000]
    full = FULL_CARDS.format(number(cards))
    stored = [key for key in sample["card_keys"] if key not in sample["computed"]]
    return [
        ("notesInfo 100", [request("notesInfo", notes=notes[:100])], 1.3, 0.3),
        (f"notesInfo {number(notes)}", [request("notesInfo", notes=notes)], 1.3, 0.3),
        ("cardsInfo 100", [request("cardsInfo", cards=cards[:100])], 1.3, 0.3),
        (full, [request("cardsInfo", cards=cards)], 1.3, 0.3),
        (
            f"{full}, keys without rendering",
            [request("cardsInfo", cards=cards, keys=stored)],
            0.1,
            0.0,
            False,
            full,
        ),
    ]


def columns(sample: Dict[str, Any]) -> Rows:
    notes, cards, some = sample["notes"], sample["cards"], sample["cards"][:1000]
    return [
        (f"notesModTime {number(notes)}", [request("notesModTime", notes=notes)], 1.3, 0.3),
        (f"cardsModTime {number(cards)}", [request("cardsModTime", cards=cards)], 1.3, 0.3),
        *(
            (f"{action} {number(some)}", [request(action, cards=some)], 1.5, 0.3)
            for action in ("getIntervals", "areDue", "areSuspended", "getEaseFactors")
        ),
    ]


def small(sample: Dict[str, Any]) -> Rows:
    return [
        (action, [request(action)], 1.0, 0.3)
        for action in ("deckNamesAndIds", "getTags", "modelNamesAndIds")
    ]


def statistics(sample: Dict[str, Any]) -> Rows:
    some = sample["cards"][:1000]
    return [
        ("getDeckStats, all decks", [request("getDeckStats", decks=sample["decks"])], 1.3, 0.3),
        (
            "cardReviews of a deck",
            [request("cardReviews", deck=sample["deck"], startID=0)],
            1.3,
            0.3,
        ),
        (
            f"getReviewsOfCards {number(some)}",
            [request("getReviewsOfCards", cards=some)],
            1.3,
            0.3,
        ),
        ("getNumCardsReviewedByDay", [request("getNumCardsReviewedByDay")], 1.3, 0.3),
    ]


def media(sample: Dict[str, Any]) -> Rows:
    return [
        ("getMediaFilesNames of 500", [request("getMediaFilesNames")], 1.0, 0.3),
        (
            "retrieveMediaFile 17 kB",
            [request("retrieveMediaFile", filename="sound7.mp3")],
            1.0,
            0.3,
        ),
    ]
