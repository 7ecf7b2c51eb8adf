"""Writes of every kind, and how to see after a crash that they are there."""

from __future__ import annotations

import base64
from typing import Any, Callable, Dict, NamedTuple, Tuple

from tests.real_anki import RealAnki

Params = Dict[str, Any]
# From the ids of the furnished collection and a number that is used once, to the request's parameters.
Ask = Callable[[Dict[str, Any], int], Params]
# Whether it is there; gets the ids, the number, and the reply's result.
Seen = Callable[[RealAnki, Dict[str, Any], int, Any], bool]


class Write(NamedTuple):
    """A kind of write."""

    action: str
    ask: Ask
    seen: Seen


def note(number: int) -> Params:
    fields = {"Front": f"front {number}", "Back": "back"}
    return {"deckName": "Default", "modelName": "Basic", "fields": fields, "tags": ["new"]}


def furnish(anki: RealAnki, number: int) -> Dict[str, Any]:
    """Notes and cards to be changed, in place of those there are; each write takes other ones, by its number."""
    anki.request("deleteNotes", notes=anki.request("findNotes", query=""))
    notes = anki.request("addNotes", notes=[note(-1 - each) for each, _ in enumerate(WRITES)])
    cards = anki.request("findCards", query="deck:Default")
    config = anki.request("getDeckConfig", deck="Default")
    return {"round": number, "notes": notes, "cards": cards, "config": config}


def has(action: str, good: Callable[[Any, int], bool], **params: Any) -> Seen:
    """Asks a reading action; `$note` and `$card` in its parameters are the write's own."""

    def seen(anki: RealAnki, ids: Dict[str, Any], number: int, result: Any) -> bool:
        own = {"$note": ids["notes"][number], "$card": ids["cards"][number], "$result": result}
        filled = {name: filled_in(value, own) for name, value in params.items()}
        return good(anki.request(action, **filled), number)

    return seen


def filled_in(value: Any, own: Dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [filled_in(one, own) for one in value]
    return own.get(value, value) if isinstance(value, str) else value


def of_note(**params: Any) -> Ask:
    return lambda ids, number: {"notes": [ids["notes"][number]], **params}


def of_card(**params: Any) -> Ask:
    return lambda ids, number: {"cards": [ids["cards"][number]], **params}


def model_name(ids: Dict[str, Any]) -> str:
    return f"Model {ids['round']}"


def model(ids: Dict[str, Any], number: int) -> Params:
    template = {"Front": "{{A}}", "Back": "{{B}}"}
    return {"modelName": model_name(ids), "inOrderFields": ["A", "B"], "cardTemplates": [template]}


def changed_config(ids: Dict[str, Any], number: int) -> Params:
    config = dict(ids["config"], maxTaken=100 + number)
    return {"config": config}


def media(ids: Dict[str, Any], number: int) -> Params:
    return {
        "filename": f"_{number}.bin",
        "data": base64.b64encode(bytes(range(256)) * 400).decode(),
    }


WRITES: Tuple[Write, ...] = (
    Write("addNote", lambda ids, n: {"note": note(n)},
          has("notesInfo", lambda found, n: found[0]["fields"]["Front"]["value"] == f"front {n}", notes=["$result"])),
    Write("addNotes", lambda ids, n: {"notes": [note(1000 + n), note(2000 + n)]},
          lambda anki, ids, n, made: len(anki.request("notesInfo", notes=made)[1]["fields"]) == 2),
    Write("updateNoteFields", lambda ids, n: {"note": {"id": ids["notes"][n], "fields": {"Back": f"new {n}"}}},
          has("notesInfo", lambda found, n: found[0]["fields"]["Back"]["value"] == f"new {n}", notes=["$note"])),
    Write("updateNote", lambda ids, n: {"note": {"id": ids["notes"][n], "fields": {"Back": f"u{n}"}, "tags": ["u"]}},
          has("notesInfo", lambda found, n: found[0]["tags"] == ["u"], notes=["$note"])),
    Write("addTags", of_note(tags="added"), has("getNoteTags", lambda found, n: "added" in found, note="$note")),
    Write("removeTags", of_note(tags="new"), has("getNoteTags", lambda found, n: "new" not in found, note="$note")),
    Write("createDeck", lambda ids, n: {"deck": f"Made {n}::Below"},
          has("deckNames", lambda found, n: f"Made {n}::Below" in found)),
    Write("changeDeck", of_card(deck="Moved"),
          has("cardsInfo", lambda found, n: found[0]["deckName"] == "Moved", cards=["$card"])),
    Write("storeMediaFile", media,
          lambda anki, ids, n, name: anki.request("retrieveMediaFile", filename=name) == media(ids, n)["data"]),
    Write("suspend", of_card(), has("areSuspended", lambda found, n: found == [True], cards=["$card"])),
    Write("answerCards", lambda ids, n: {"answers": [{"cardId": ids["cards"][n], "ease": 4}]},
          has("getReviewsOfCards", lambda found, n: len(next(iter(found.values()))) == 1, cards=["$card"])),
    Write("setEaseFactors", of_card(easeFactors=[1990]),
          has("getEaseFactors", lambda found, n: found == [1990], cards=["$card"])),
    Write("setDueDate", of_card(days="5"),
          has("cardsInfo", lambda found, n: found[0]["type"] == 2, cards=["$card"])),
    Write("createModel", model, lambda anki, ids, n, made: model_name(ids) in anki.request("modelNames")),
    Write("saveDeckConfig", changed_config,
          has("getDeckConfig", lambda found, n: found["maxTaken"] == 100 + n, deck="Default")),
    Write("cloneDeckConfigId", lambda ids, n: {"name": f"Options {n}"},
          lambda anki, ids, n, made: made in anki.evaluate("[each['id'] for each in col.decks.all_config()]")),
    Write("updateModelStyling", lambda ids, n: {"model": {"name": "Cloze", "css": f"/* {n} */"}},
          has("modelStyling", lambda found, n: found["css"] == f"/* {n} */", modelName="Cloze")),
    Write("deleteNotes", of_note(), has("notesInfo", lambda found, n: found == [{}], notes=["$note"])),
)  # fmt: skip
