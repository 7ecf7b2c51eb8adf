"""A page of a long list."""

from typing import List, Optional, TypeVar

T = TypeVar("T")


def page(items: List[T], limit: Optional[int], offset: int) -> List[T]:
    """At most `limit` of the items, after the first `offset`; all of these without a limit."""
    return items[offset:] if limit is None else items[offset : offset + limit]


def sorted_page(ids: List[T], limit: Optional[int], offset: int) -> List[T]:
    """As `page`, of ids in their order, so that page after page nothing is missed; unsorted if all are wanted."""
    if limit is None and not offset:
        return ids
    return page(sorted(ids), limit, offset)  # type: ignore[type-var]
