from __future__ import annotations

from typing import List, Optional

import pytest

from plugin.collection.paging import page, sorted_page


@pytest.mark.parametrize(
    ("limit", "offset", "expected"),
    [
        (None, 0, [5, 3, 4, 1]),
        (2, 0, [5, 3]),
        (2, 1, [3, 4]),
        (None, 3, [1]),
        (0, 0, []),
        (9, 9, []),
    ],
)
def test_a_page(limit: Optional[int], offset: int, expected: List[int]) -> None:
    assert page([5, 3, 4, 1], limit, offset) == expected


def test_pages_of_a_search_fit_together() -> None:
    found = [5, 3, 4, 1]
    assert sorted_page(found, 2, 0) + sorted_page(found, 2, 2) == [1, 3, 4, 5]


def test_what_is_not_paged_keeps_ankis_order() -> None:
    assert sorted_page([5, 3, 4, 1], None, 0) == [5, 3, 4, 1]
