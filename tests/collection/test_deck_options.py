"""Options groups of decks: the actions, and the translation behind them."""

from __future__ import annotations

import copy
from typing import Any, Dict, List

import pytest

from plugin.actions.decks import (
    clone_deck_config_id,
    deck_names,
    get_deck_config,
    remove_deck_config_id,
    save_deck_config,
    set_deck_config_id,
    translate_config,
)
from plugin.collection import deck_options
from plugin.collection.edit import Edit
from plugin.errors import BadParams
from plugin.registry import ACTIONS
from tests.collection.deck_changes import add, filtered, leaves_no_trace, state, undone


def saved(edit: Edit, config: Dict[str, Any]) -> bool:
    return save_deck_config(edit, **translate_config({"config": config}, {}))


def group_ids(col: Any) -> List[int]:
    return sorted(group["id"] for group in col.decks.all_config())


def test_options_of_a_deck(col: Any) -> None:
    col.decks.id("Spanish")
    found = get_deck_config(col, deck="spanish")
    assert isinstance(found, dict)
    assert (found["id"], found["name"], found["dyn"]) == (1, "Default", False)
    assert found["new"]["perDay"] == 20
    assert get_deck_config(col, deck="missing") is False
    assert "missing" not in deck_names(col)
    deck_id = filtered(col)
    own = get_deck_config(col, deck="Filtered")
    assert isinstance(own, dict)
    assert (own["id"], own["dyn"]) == (deck_id, 1)


def test_saving_options_changes_what_was_changed(col: Any) -> None:
    before = state(col)
    config: Any = get_deck_config(col, deck="Default")
    wanted = copy.deepcopy(config)
    wanted["name"] = "Mine"
    wanted["new"].update(perDay=33, delays=[1, 10.5])
    wanted["rev"]["ease4"] = 1.37
    wanted["lapse"]["mult"] = 0.25
    edit = Edit(col)
    assert saved(edit, wanted) is True
    found: Any = get_deck_config(col, deck="Default")
    assert {**found, "mod": 0, "usn": 0} == {**wanted, "mod": 0, "usn": 0}
    assert found["usn"] == -1
    assert undone(col, edit) == before


def test_saving_the_same_options_leaves_no_trace(col: Any) -> None:
    config: Any = get_deck_config(col, deck="Default")
    edit = Edit(col)
    assert saved(edit, config) is True
    assert edit.changes is None


def test_the_history_survives_saving_options(col: Any) -> None:
    add(col, "one", "Default")
    config: Any = get_deck_config(col, deck="Default")
    config["new"]["perDay"] = 5
    assert saved(Edit(col), config)
    col.undo()
    assert col.undo_status().undo == "Add Note"


def test_an_id_may_be_text_and_counts_may_be_written_with_a_point(col: Any) -> None:
    config: Any = get_deck_config(col, deck="Default")
    config["id"] = "1"
    config["new"]["perDay"] = 21.0
    assert saved(Edit(col), config) is True
    found: Any = get_deck_config(col, deck="Default")
    assert found["new"]["perDay"] == 21


def without(config: Dict[str, Any], *path: str) -> Dict[str, Any]:
    found = copy.deepcopy(config)
    inner = found
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return found


def test_incomplete_and_wrong_options_are_rejected(col: Any) -> None:
    config: Any = get_deck_config(col, deck="Default")
    config["new"]["perDay"] = 5
    wrong = [
        {**config, "id": 99},
        {**config, "name": 5},
        {**config, "new": []},
        {**config, "new": {**config["new"], "perDay": "many"}},
        {**config, "rev": {**config["rev"], "perDay": -1}},
        {**config, "lapse": {**config["lapse"], "delays": ["1"]}},
        *(without(config, name) for name in config if name not in ("id", "dyn")),
        *(without(config, "new", name) for name in config["new"]),
        *(without(config, "rev", name) for name in config["rev"]),
        *(without(config, "lapse", name) for name in config["lapse"]),
    ]
    before = state(col)
    for bad in wrong:
        edit = Edit(col)
        assert saved(edit, bad) is False, bad
        assert edit.changes is None
    assert state(col) == before


def test_options_need_an_id(col: Any) -> None:
    config: Any = get_deck_config(col, deck="Default")
    with pytest.raises(BadParams, match=r"^missing required property 'id'$"):
        saved(Edit(col), without(config, "id"))
    with pytest.raises(BadParams, match=r"^config\.id should be an id \(a whole number\): one$"):
        saved(Edit(col), {**config, "id": "one"})


def test_cloning_copies_the_options(col: Any) -> None:
    config: Any = get_deck_config(col, deck="Default")
    config["new"]["perDay"] = 5
    saved(Edit(col), config)
    before = state(col)
    edit = Edit(col)
    new = clone_deck_config_id(edit, name="Intensive", clone_from=1)
    group: Any = col.decks.get_config(new)
    assert (group["name"], group["new"]["perDay"]) == ("Intensive", 5)
    assert group_ids(col) == [1, new]
    assert get_deck_config(col, deck="Default")["id"] == 1  # type: ignore[index]
    assert undone(col, edit) == before


def test_names_of_groups_need_not_be_unique(col: Any) -> None:
    first = clone_deck_config_id(Edit(col), name="Same")
    second = clone_deck_config_id(Edit(col), name="Same", clone_from=first)
    assert len({1, first, second}) == 3


def test_cloning_an_unknown_group(col: Any) -> None:
    edit = Edit(col)
    assert clone_deck_config_id(edit, name="Intensive", clone_from=99) is False
    assert edit.changes is None
    assert group_ids(col) == [1]
    assert ACTIONS["cloneDeckConfigId"].bind({"name": "x"}) == {"name": "x"}


def test_assigning_a_group(col: Any) -> None:
    new = clone_deck_config_id(Edit(col), name="Intensive")
    for name in ("a", "b"):
        col.decks.id(name)
    before = state(col)
    edit = Edit(col)
    assert set_deck_config_id(edit, decks=["A", "b", "a"], config_id=new) is True
    assert [get_deck_config(col, deck=name)["id"] for name in "ab"] == [new, new]  # type: ignore[index]
    again = Edit(col)
    assert set_deck_config_id(again, decks=["a"], config_id=new) is True
    assert again.changes is None
    assert undone(col, edit) == before


def test_a_group_is_assigned_to_all_or_none(col: Any) -> None:
    new = clone_deck_config_id(Edit(col), name="Intensive")
    col.decks.id("a")
    filtered(col)
    before = state(col)
    for decks, group in [(["a", "missing"], new), (["a"], 99), (["a", "Filtered"], new), ([], 99)]:
        edit = Edit(col)
        assert set_deck_config_id(edit, decks=decks, config_id=group) is False
        assert edit.changes is None
    assert set_deck_config_id(Edit(col), decks=[], config_id=new) is True
    assert state(col) == before


def test_removing_a_group(col: Any) -> None:
    new = clone_deck_config_id(Edit(col), name="Intensive")
    other = clone_deck_config_id(Edit(col), name="Other")
    for name in ("a", "b"):
        col.decks.id(name)
    set_deck_config_id(Edit(col), decks=["a"], config_id=new)
    set_deck_config_id(Edit(col), decks=["b", "Default"], config_id=other)
    before = state(col)
    edit = Edit(col)
    assert remove_deck_config_id(edit, config_id=new) is True
    assert group_ids(col) == [1, other]
    used = [get_deck_config(col, deck=name)["id"] for name in ("a", "b", "Default")]  # type: ignore[index]
    assert used == [1, other, other]
    assert undone(col, edit) == before


@pytest.mark.parametrize("group", [1, 99])
def test_the_default_group_stays(col: Any, group: int) -> None:
    before = state(col)
    edit = Edit(col)
    assert remove_deck_config_id(edit, config_id=group) is False
    assert edit.changes is None
    assert state(col) == before


# Translation


def fill_options(message: Any) -> None:
    """Puts something else than the default into every number, text and list of a message."""
    for field in message.DESCRIPTOR.fields:
        value = getattr(message, field.name)
        if field.name in ("other", "bury_interday_learning") or "limit" in field.name:
            continue
        if isinstance(value, bool):
            setattr(message, field.name, not value)
        elif isinstance(value, float):
            setattr(message, field.name, value / 2 + 0.4)
        elif isinstance(value, int) and field.enum_type is None:
            setattr(message, field.name, value + 1)
        elif field.name in ("learn_steps", "relearn_steps"):
            value[:] = [1.5, 12.25, 700.0]


def test_every_option_survives_reading_and_saving(col: Any) -> None:
    new = clone_deck_config_id(Edit(col), name="Full")
    groups = deck_options.Groups(col)
    group = copy.deepcopy(groups.by_id[new])
    fill_options(group.config)
    groups.save([group])
    col.decks.id("Spanish")
    set_deck_config_id(Edit(col), decks=["Spanish"], config_id=new)
    config: Any = get_deck_config(col, deck="Spanish")
    assert config["new"]["delays"] == [1.5, 12.25, 700.0]
    edit = Edit(col)
    assert saved(edit, config) is True
    assert edit.changes is None
    stored = deck_options.Groups(col).by_id[new].config
    config["name"] = "Renamed"
    assert saved(Edit(col), config) is True
    assert deck_options.Groups(col).by_id[new].config == stored


def test_saving_a_group_leaves_other_groups_and_decks_alone(col: Any) -> None:
    new = clone_deck_config_id(Edit(col), name="Intensive")
    other = clone_deck_config_id(Edit(col), name="Other")
    col.decks.id("Spanish")
    set_deck_config_id(Edit(col), decks=["Default"], config_id=other)
    decks = col.db.all("select id, common, kind from decks where id != 1 order by id")
    config: Any = {**col.decks.get_config(new)}
    config["new"]["perDay"] = 7
    before = {entry["id"]: entry for entry in col.decks.all_config()}
    assert saved(Edit(col), config) is True
    after = {entry["id"]: entry for entry in col.decks.all_config()}
    assert after[new]["new"]["perDay"] == 7
    assert [after[group] for group in (1, other)] == [before[group] for group in (1, other)]
    assert get_deck_config(col, deck="Default")["id"] == other  # type: ignore[index]
    assert col.db.all("select id, common, kind from decks where id != 1 order by id") == decks


@pytest.mark.parametrize("fsrs", [False, True])
def test_parameters_that_fsrs_cannot_work_with_are_rejected(col: Any, fsrs: bool) -> None:
    config: Any = get_deck_config(col, deck="Default")
    names = [name for name in config if name.startswith(("fsrsWeights", "fsrsParams"))]
    col.set_config("fsrs", fsrs)
    add(col, "one", "Default")
    before = state(col)
    for name in names:
        edit = Edit(col)
        if saved(edit, {**config, name: [1.0, 2.0, 3.0]}):
            # Anki 24.11 and 25.02 take these, and schedule as they do without any.
            assert name == "fsrsParams5"
            states = col._backend.get_scheduling_states(col.find_cards("")[0])
            assert all(col.sched.describe_next_states(states))
            col.undo()
        else:
            assert leaves_no_trace(edit, before)
        assert col.undo_status().undo == "Add Note"
    # 2.1.50 has no FSRS.
    assert bool(names) is hasattr(deck_options.Groups(col).state, "fsrs")
    assert saved(Edit(col), {**config, "name": "Mine"}) is True


def test_translating_needs_no_profile_and_leaves_nothing_behind(tmp_path: Any) -> None:
    import tempfile

    default = tempfile.tempdir
    tempfile.tempdir = str(tmp_path)
    try:
        translated = deck_options.translate({"id": 1, "name": "x"})
    finally:
        tempfile.tempdir = default
    assert translated.group is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        (20.0, 20),
        ({"a": [1.0, 1.5, {"b": 2.0}]}, {"a": [1, 1.5, {"b": 2}]}),
        ("1.0", "1.0"),
        (True, True),
        (None, None),
    ],
)
def test_whole_numbers(given: Any, plain: Any) -> None:
    found = deck_options.with_whole_numbers(given)
    assert (found, repr(found)) == (plain, repr(plain))


@pytest.mark.parametrize(
    ("given", "kept", "is_same"),
    [
        (1.3, 1.2999999523162842, True),
        (1.3, 1.31, False),
        ([1, 10], [1.0, 10.0], True),
        ([1, 10], [1.0], False),
        ({"a": 1}, {"a": 1, "b": 2}, True),
        ({"a": 1, "b": 2}, {"a": 1}, False),
        ("many", 20, False),
        (None, 0, False),
    ],
)
def test_what_anki_keeps(given: Any, kept: Any, is_same: bool) -> None:
    assert deck_options.same(given, kept) is is_same
