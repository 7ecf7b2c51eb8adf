"""What a program does with the generated Python client; test_python_client.py checks its types and runs it."""

import json
import sys
from http import HTTPStatus
from typing import List, Tuple, TypeVar, Union

from anki_connect_client import AuthenticatedClient, Client
from anki_connect_client.api.decks import create_deck, deck_names
from anki_connect_client.api.notes import add_note, find_notes, notes_info
from anki_connect_client.models import (
    AddNoteBody,
    CreateDeckBody,
    FindNotesBody,
    Note,
    NoteFields,
    NotesInfoBody,
    Problem,
)
from anki_connect_client.types import Response

T = TypeVar("T")


def wanted(response: Response[Union[Problem, T]]) -> T:
    """The result of an action that has to succeed."""
    assert response.status_code == HTTPStatus.OK
    assert response.parsed is not None
    assert not isinstance(response.parsed, Problem), response.parsed.detail
    return response.parsed


def failure(response: Response[Union[Problem, T]]) -> Tuple[int, str]:
    """The status and the text of an action that has to fail."""
    assert isinstance(response.parsed, Problem)
    assert response.parsed.status == response.status_code
    return response.parsed.status, response.parsed.detail


def gato(deck: str) -> AddNoteBody:
    fields = NoteFields.from_dict({"Front": "gato", "Back": "cat"})
    return AddNoteBody(
        note=Note(deck_name=deck, model_name="Basic", fields=fields, tags=["animals"])
    )


def main(url: str, key: str) -> None:
    client = AuthenticatedClient(base_url=url, token=key)
    before = wanted(deck_names.sync_detailed(client=client))
    deck_id: int = wanted(
        create_deck.sync_detailed(client=client, body=CreateDeckBody(deck="Spanish"))
    )
    note_id: int = wanted(add_note.sync_detailed(client=client, body=gato("Spanish")))
    found: List[int] = wanted(
        find_notes.sync_detailed(client=client, body=FindNotesBody(query="deck:Spanish"))
    )
    [note] = wanted(notes_info.sync_detailed(client=client, body=NotesInfoBody(notes=[*found])))
    assert note.fields
    seen = {
        "decksBefore": before,
        "deckId": deck_id,
        "noteId": note_id,
        "found": found,
        "front": note.fields["Front"].value,
        "tags": note.tags,
        "cards": note.cards,
        "duplicate": failure(add_note.sync_detailed(client=client, body=gato("Spanish"))),
        "noDeck": failure(add_note.sync_detailed(client=client, body=gato("Spanisch"))),
        "noKey": failure(deck_names.sync_detailed(client=Client(base_url=url))),
    }
    print(json.dumps(seen))


if __name__ == "__main__":
    main(*sys.argv[1:])
