"""Differences in Anki's library, apart from note types and packages."""

from functools import cache
from typing import Any, List, Sequence, Tuple, Type

import anki.errors
from anki.cards import Card
from anki.collection import Collection, OpChanges
from anki.consts import QUEUE_TYPE_REV
from anki.notes import Note

# As `_anki_number` counts: the newest Anki that the tests are run with.
NEWEST_KNOWN = 260999


def anki_errors() -> Tuple[Type[Exception], ...]:
    """The exceptions whose text Anki writes for people. (Up to 2.1.5x they have no common root.)"""
    if hasattr(anki.errors, "AnkiException"):
        return (anki.errors.AnkiException,)
    found = [value for value in vars(anki.errors).values() if isinstance(value, type)]
    return tuple(cls for cls in found if issubclass(cls, Exception))


def commit(col: Collection) -> None:
    """Puts what was written on disk. (2.1.50 to 2.1.5x keep a transaction open that Python has to end.)"""
    if hasattr(col.db, "last_begin_at"):
        col.save()


def all_changes() -> OpChanges:
    """Changes that make every view draw itself anew."""
    changes = OpChanges()
    for field in changes.DESCRIPTOR.fields:
        if field.name != "kind":
            setattr(changes, field.name, True)
    return changes


def merge_undo_entries(col: Collection, target: int) -> OpChanges:
    """Merges everything since `target` into one undo entry.

    An operation that Anki cannot undo has emptied the list; then all views are told to refresh.
    """
    try:
        return col.merge_undo_entries(target)
    except anki_errors():
        return all_changes()


def take_back(col: Collection, target: int) -> None:
    """Undoes everything since `target`, as far as Anki can undo it."""
    try:
        col.merge_undo_entries(target)
        col.undo()
    except anki_errors():
        return


def add_notes(col: Collection, notes: Sequence[Note], deck_ids: Sequence[int], done: Any) -> None:
    """Adds notes in one operation. (Before 2.1.55 Anki has only the one for a single note.)

    `done` is called after each operation of the long form.
    """
    if hasattr(col, "add_notes"):
        from anki.collection import AddNoteRequest

        col.add_notes([AddNoteRequest(note, deck_id) for note, deck_id in zip(notes, deck_ids)])
        return
    for note, deck_id in zip(notes, deck_ids):
        done(col.add_note(note, deck_id))


def answer_button_texts(col: Collection, card: Card) -> List[str]:
    """What Anki writes on the answer buttons of a card, without opening the reviewer.

    (The v2 scheduler, up to 23.10, answers for one button at a time; the backend call was renamed in 2.1.54.)
    """
    scheduler = col.sched
    if hasattr(scheduler, "describe_next_states"):
        backend = col._backend
        states_of = getattr(backend, "get_scheduling_states", None) or backend.get_next_card_states
        return list(scheduler.describe_next_states(states_of(card.id)))
    if card.odid and card.queue == QUEUE_TYPE_REV and not card.factor:
        return []  # studied early, without an ease: v2 has no answer, and raises a bare Exception
    buttons = range(1, scheduler.answerButtons(card) + 1)
    return [scheduler.nextIvlStr(card, button) for button in buttons]


def app_version() -> str:
    """Anki's version as it writes it itself, such as 2.1.50 or 26.09.3."""
    from anki.buildinfo import version

    return str(version)


def stored_media_name(name: str) -> str:
    """The spelling under which Anki stores a new media file. (26.05 and later write them in lower case.)"""
    return name.lower() if _anki_number() >= 260500 else name


@cache
def _anki_number() -> int:
    """Such as 50 or 260903. (Anki looks it up through its table of old names each time.)"""
    from anki.utils import point_version

    return int(point_version())


def keeps_custom_data(card: Card) -> bool:
    """Whether cards have custom data. (From 2.1.55 on.)"""
    return hasattr(card, "custom_data")


def answer_card(col: Collection, card_id: int, ease: int, milliseconds: int) -> None:
    """Answers a card, whatever its queue, as an operation that can be undone.

    The backend does it, for v2 collections of 2.1.50 to 23.09 too: answers of the v2 scheduler, which is Python,
    empty the undo list. (The call for the states was renamed in 2.1.54.)
    """
    from anki.scheduler.v3 import CardAnswer
    from anki.utils import int_time

    backend = col._backend
    states_of = getattr(backend, "get_scheduling_states", None) or backend.get_next_card_states
    states = states_of(card_id)
    names = ("again", "hard", "good", "easy")
    answer = CardAnswer(
        card_id=card_id,
        current_state=states.current,
        new_state=getattr(states, names[ease - 1]),
        rating=CardAnswer.Rating.Value(names[ease - 1].upper()),
        answered_at_millis=int_time(1000),
        milliseconds_taken=milliseconds,
    )
    backend.answer_card_raw(answer.SerializeToString())


def mark_modified(col: Collection) -> None:
    """Has the next sync look at what was written by SQL. (Up to 2.1.5x Anki notices by itself when it saves.)"""
    from anki.utils import int_time

    col.db.execute("update col set mod = ?", int_time(1000))


def add_deck(col: Collection, name: str) -> Any:
    """Adds a deck whose name is known to be free; the result holds its `id`. (2.1.50 knows decks as JSON only.)

    Anki's own `add_normal_deck_with_name` asks for the name first, by an exception that may hold up the main thread
    for 100 ms.
    """
    if not hasattr(col.decks, "new_deck"):
        from anki.utils import to_json_bytes

        legacy = {**col.decks.new_deck_legacy(filtered=False), "name": name}
        return col._backend.add_deck_legacy(to_json_bytes(legacy))
    deck = col.decks.new_deck()
    deck.name = name
    return col.decks.add_deck(deck)


def searches_are_known(col: Collection) -> bool:
    """Whether a search for a field's text compares as the Ankis do that we know, letter by letter.

    (From 23.10 on Anki can be set to ignore accents.)
    """
    from anki.collection import Config

    ignoring = getattr(Config.Bool, "IGNORE_ACCENTS_IN_SEARCH", None)
    ignores = ignoring is not None and col.get_config_bool(ignoring)
    return _anki_number() <= NEWEST_KNOWN and not ignores
