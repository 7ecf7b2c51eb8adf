"""Decks: names, sub-decks, options, counts."""

import json
from typing import Any, Dict, Iterator, List, Mapping, Sequence, TypedDict, Union

from anki.cards import CardId
from anki.collection import Collection
from anki.decks import DeckConfigId, DeckDict, DeckId, DeckTreeNode

from ..collection import deck_options
from ..collection.decks import NewDeck
from ..collection.edit import Edit
from ..collection.lookups import Lookups
from ..collection.stored_ids import fitting
from ..errors import BadParams, NotFound, Refused
from ..registry import Scope, action, in_large_collections, more_than
from ..shapes import NonEmptyText, read_id


@action(Scope.READ)
def deck_names(col: Collection) -> List[str]:
    """Lists every deck, sub-decks as `Parent::Child`, filtered decks included.

    Returns: full deck names, sorted as Anki shows them.
    """
    return [deck.name for deck in col.decks.all_names_and_ids()]


@action(Scope.READ)
def deck_names_and_ids(col: Collection) -> Dict[str, DeckId]:
    """Lists the same decks as `deckNames` with their ids.

    Returns: object deck name to deck id.
    """
    return {deck.name: deck.id for deck in col.decks.all_names_and_ids()}


@action(Scope.WRITE, undo="Create Deck")
def create_deck(edit: Edit, deck: NonEmptyText) -> DeckId:
    """Creates an empty deck and any missing parents.

    An existing deck of that name (ignoring case) is left as it is. Anki trims blanks around the name, and calls an
    empty level `blank`.

    Args:
        deck: full deck name; `::` separates levels

    Returns: id of the new or the already existing deck.

    Errors:
        deck should be a non-empty string: <value>
        Filtered decks can not have child decks.
    """
    wanted = NewDeck(edit.col, deck)
    if wanted.id is not None:
        return wanted.id
    wanted.check()
    with edit.step():
        return wanted.create(edit)


def names_by_id(col: Collection) -> Dict[int, str]:
    return {deck.id: deck.name for deck in col.decks.all_names_and_ids()}


@action(Scope.READ, long=more_than(2000, "cards"))
def get_decks(col: Collection, cards: List[CardId]) -> Dict[str, List[CardId]]:
    """Groups cards by the deck they are in now. A card in a filtered deck is listed there.

    Args:
        cards: card ids; unknown ones are left out

    Returns: object deck name to those of the cards that lie in it, in request order.
    """
    rows = col.db.all(
        "select id, did from cards where id in (select value from json_each(?))",
        json.dumps(list(dict.fromkeys(cards))),
    )
    decks = dict(rows)
    names = names_by_id(col)
    found: Dict[str, List[CardId]] = {}
    for card_id in cards:
        if decks.get(card_id) in names:
            found.setdefault(names[decks[card_id]], []).append(card_id)
    return found


@action(Scope.WRITE, undo="Change Deck")
def change_deck(edit: Edit, cards: List[CardId], deck: NonEmptyText) -> None:
    """Moves cards to a deck, which is created when missing. Cards inside a filtered deck leave it first.

    Args:
        cards: card ids; unknown ones are ignored; without any the deck is created all the same
        deck: name of the target deck; case is ignored

    Returns: null.

    Errors:
        deck should be a non-empty string: <value>
        Cards can't be manually moved into a filtered deck.
        Filtered decks can not have child decks.
    """
    col = edit.col
    wanted = NewDeck(col, deck)
    target = wanted.id
    if wanted.is_filtered:
        raise Refused("Cards can't be manually moved into a filtered deck.")
    if target is None:
        wanted.check()
    moving = fitting(col, "cards", cards, "did is not ?", target)
    if target is not None and not moving:
        return
    with edit.step():
        if target is None:
            target = wanted.create(edit)
        if moving:
            col.set_deck(moving, target)


@action(Scope.DELETE, undo="Delete Decks")
def delete_decks(edit: Edit, decks: List[str], cards_too: bool = False) -> None:
    """Deletes decks with their sub-decks and all cards in them; notes left without cards go too.

    `Default` cannot vanish: Anki empties and keeps it.

    Args:
        decks: deck names, exact spelling; others are skipped
        cardsToo: must be true, because Anki cannot keep the cards

    Returns: null.

    Errors:
        Since Anki 2.1.28 it's not possible to delete decks without deleting cards as well
        decks should be a list: <value>
    """
    if not cards_too:
        raise Refused(
            "Since Anki 2.1.28 it's not possible to delete decks without deleting cards as well"
        )
    ids = {deck.name: DeckId(deck.id) for deck in edit.col.decks.all_names_and_ids()}
    wanted = [ids[name] for name in dict.fromkeys(decks) if name in ids]
    if not wanted:
        return
    with edit.step():
        edit.col.decks.remove(wanted)


@action(Scope.READ)
def get_deck_config(col: Collection, deck: str) -> Union[bool, Dict[str, Any]]:
    """Returns the options group that a deck uses, in Anki's older JSON form; its keys vary with Anki's version.

    A filtered deck has no group and returns its own object.

    Args:
        deck: deck name; case is ignored

    Returns: the options group, or false when there is no such deck.
    """
    found = Lookups(col).deck_id(deck)
    return False if found is None else dict(col.decks.config_dict_for_deck_id(found))


def translate_config(arguments: Mapping[str, Any], _supplies: Mapping[str, Any]) -> Dict[str, Any]:
    """Replaces `config` by what Anki makes of it."""
    config = arguments["config"]
    if "id" not in config:
        raise BadParams("missing required property 'id'")
    group_id = read_id(config["id"], "config.id")
    return {"config": deck_options.translate({**config, "id": group_id})}


@action(Scope.WRITE, undo="Update Deck Options", prepare=translate_config)
def save_deck_config(edit: Edit, config: Dict[str, Any]) -> bool:
    """Replaces an options group as Anki's options window does. `mod` and `usn` are set by Anki.

    Args:
        config: complete object as returned by `getDeckConfig`; its `id` selects the group

    Returns: true when stored; false when no group has that id, when something is left out that the group has, or
        when Anki rejects the object. The group stays as it is then.

    Errors:
        missing required property 'id'
        config.id should be an id (a whole number): <value>
    """
    assert isinstance(config, deck_options.Translated), "see translate_config"
    groups = deck_options.Groups(edit.col)
    group = groups.by_id.get(config.given["id"])
    if group is None or config.group is None:
        return False
    if not deck_options.is_complete(config.given, edit.col.decks.get_config(group.id) or {}):
        return False
    changed = deck_options.replacement(group, config.group, config.given["name"])
    if changed is not None:
        with edit.step():
            groups.save([changed])
    return True


@action(Scope.WRITE, undo="Change Deck Options")
def set_deck_config_id(edit: Edit, decks: List[str], config_id: DeckConfigId) -> bool:
    """Assigns an options group to decks.

    Args:
        decks: deck names; case is ignored
        configId: id of the options group

    Returns: true when every deck uses the group now; false when a deck or the group does not exist, or when a deck
        is a filtered one, which has no group. Nothing changes then.
    """
    col = edit.col
    lookups = Lookups(col)
    ids = [lookups.deck_id(name) for name in dict.fromkeys(decks)]
    known = {deck["id"]: deck for deck in col.decks.all()}
    if any(deck_id is None or "conf" not in known[deck_id] for deck_id in ids):
        return False
    if not any(group["id"] == config_id for group in col.decks.all_config()):
        return False
    assign(edit, [known[deck_id] for deck_id in dict.fromkeys(ids) if deck_id], config_id)
    return True


def assign(edit: Edit, decks: Sequence[DeckDict], config_id: int) -> None:
    moving = [deck for deck in decks if int(deck["conf"]) != config_id]
    if not moving:
        return
    with edit.step():
        for deck in moving:
            edit.done(edit.col.decks.update_dict({**deck, "conf": config_id}))


@action(Scope.WRITE, undo="Add Deck Options")
def clone_deck_config_id(
    edit: Edit,
    name: NonEmptyText,
    clone_from: DeckConfigId = deck_options.DEFAULT_GROUP,
) -> Union[bool, DeckConfigId]:
    """Copies an options group.

    Args:
        name: name of the new group; names need not be unique
        cloneFrom: id of the group to copy; 1 is the default group

    Returns: id of the new group, or false when `cloneFrom` does not exist.
    """
    groups = deck_options.Groups(edit.col)
    if clone_from not in groups.by_id:
        return False
    with edit.step():
        groups.save([deck_options.copy_of(groups.by_id[clone_from], name)])
    [new] = set(deck_options.Groups(edit.col).by_id) - set(groups.by_id)
    return DeckConfigId(new)


@action(Scope.DELETE, undo="Remove Deck Options")
def remove_deck_config_id(edit: Edit, config_id: DeckConfigId) -> bool:
    """Removes an options group; decks that used it fall back to the default group.

    Anki marks the collection for a full sync: the next sync asks which side is to be kept.

    Args:
        configId: id of the group to remove

    Returns: true when removed; false for group 1 (the default) and for unknown ids.
    """
    groups = deck_options.Groups(edit.col)
    if config_id == deck_options.DEFAULT_GROUP or config_id not in groups.by_id:
        return False
    using = [deck for deck in edit.col.decks.all() if str(deck.get("conf")) == str(config_id)]
    with edit.step():
        for deck in using:
            changed = {**deck, "conf": deck_options.DEFAULT_GROUP}
            edit.done(edit.col.decks.update_dict(changed))
        deck_options.Groups(edit.col).save([], removed=[config_id])
    return True


class DeckStats(TypedDict):
    deck_id: DeckId
    name: str
    new_count: int
    learn_count: int
    review_count: int
    total_in_deck: int


@action(Scope.READ, long=in_large_collections)
def get_deck_stats(col: Collection, decks: List[str]) -> Dict[str, DeckStats]:
    """Counts cards as Anki's deck list does.

    The three counts include sub-decks and respect today's limits; `total_in_deck` counts the deck's own cards only.
    `name` is the full deck name.

    Args:
        decks: deck names; case is ignored, unknown names are left out

    Returns: object keyed by deck id (as text): `{deck_id, name, new_count, learn_count, review_count,
        total_in_deck}`.

    Errors:
        decks should be a list: <value>
    """
    lookups = Lookups(col)
    names = names_by_id(col)
    counts = {node.deck_id: node for node in nodes(col.sched.deck_due_tree())} if decks else {}
    found: Dict[str, DeckStats] = {}
    for deck_id in map(lookups.deck_id, decks):
        if deck_id is not None:
            # Anki's tree leaves an empty Default out.
            node = counts.get(deck_id, DeckTreeNode())
            found[str(deck_id)] = deck_stats(deck_id, names[deck_id], node)
    return found


def nodes(tree: DeckTreeNode) -> Iterator[DeckTreeNode]:
    yield tree
    for child in tree.children:
        yield from nodes(child)


def deck_stats(deck_id: DeckId, name: str, node: DeckTreeNode) -> DeckStats:
    return {
        "deck_id": deck_id,
        "name": name,
        "new_count": node.new_count,
        "learn_count": node.learn_count,
        "review_count": node.review_count,
        "total_in_deck": node.total_in_deck,
    }


@action(Scope.READ)
def deck_name_from_id(col: Collection, deck_id: DeckId) -> str:
    """Looks up a deck's name.

    Args:
        deckId: deck id

    Returns: full deck name.

    Errors:
        deck was not found: <id>

    Since: classic AnkiConnect, 2023
    """
    name = names_by_id(col).get(deck_id)
    if name is None:
        raise NotFound(f"deck was not found: {deck_id}")
    return name
