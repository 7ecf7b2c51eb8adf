"""Which of many ids belong to something that is stored, and fits."""

import json
from typing import Any, List, Sequence, TypeVar

from anki.collection import Collection

Id = TypeVar("Id", bound=int)


def fitting(
    col: Collection, table: str, ids: Sequence[Id], condition: str = "1", *values: Any
) -> List[Id]:
    """Those ids, in the given order and each once, whose row in a table meets a condition.

    `table` and `condition` are SQL, and never come from a client. Mostly all ids fit, which counting tells in a
    fourth of the time that reading takes.
    """
    unique = list(dict.fromkeys(ids))
    asked = json.dumps(unique)
    number = col.db.scalar(
        f"select count() from json_each(?) cross join {table} on {table}.id = value"
        f" where {condition}",
        asked,
        *values,
    )
    if number in (0, len(unique)):
        return unique if number else []
    found = set(
        col.db.list(
            f"select id from {table} where id in (select value from json_each(?)) and {condition}",
            asked,
            *values,
        )
    )
    return [one for one in unique if one in found]
