"""The notes that were opened in the edit window, and the place among them."""

from __future__ import annotations

from typing import List, Optional

import pytest

from plugin.gui.history import History


def opened(*note_ids: int) -> History:
    history = History()
    for note_id in note_ids:
        history.open(note_id)
    return history


def test_nothing_was_opened() -> None:
    assert History().current is None
    assert not History().can_step(-1)
    assert not History().can_step(1)


@pytest.mark.parametrize(
    ("note_ids", "kept"),
    [([1, 2, 3], [1, 2, 3]), ([1, 1], [1]), ([1, 2, 1], [2, 1]), ([1, 2, 3, 2], [1, 3, 2])],
)
def test_each_note_is_there_once_in_the_order_of_opening(
    note_ids: List[int], kept: List[int]
) -> None:
    history = opened(*note_ids)
    assert history.ids == kept
    assert history.current == kept[-1]


def test_steps_end_at_both_ends() -> None:
    history = opened(1, 2)
    history.step(1)
    assert history.current == 2
    history.step(-1)
    history.step(-1)
    assert history.current == 1
    assert history.can_step(1)
    assert not history.can_step(-1)


def test_a_note_opened_from_the_middle_goes_to_the_end() -> None:
    history = opened(1, 2, 3)
    history.step(-1)
    history.open(4)
    assert history.ids == [1, 2, 3, 4]
    assert history.current == 4


def test_opening_the_current_note_changes_nothing() -> None:
    history = opened(1, 2, 3)
    history.step(-1)
    history.open(2)
    assert (history.ids, history.current) == ([1, 2, 3], 2)


@pytest.mark.parametrize(
    ("place", "existing", "ids", "current"),
    [
        (1, {1, 2, 3}, [1, 2, 3], 2),
        (1, {1, 3}, [1, 3], 3),
        (2, {1, 2}, [1, 2], 2),
        (2, {3}, [3], 3),
        (0, {2, 3}, [2, 3], 2),
        (1, set(), [], None),
        (2, {1, 3}, [1, 3], 3),
    ],
)
def test_forgetting(place: int, existing: set, ids: List[int], current: Optional[int]) -> None:
    history = opened(1, 2, 3)
    history.place = place
    history.keep(existing)
    assert (history.ids, history.current) == (ids, current)
