"""Which of many ids belong to something that is stored, and fits."""

import json
from typing import Any, List, Sequence, TypeVar

from anki.collection import Collection

Id = TypeVar("Id", bound=int)


def fitting(
    col: Collection, table: str, ids: Sequence[Id], condition: str = "1", *values: Any
) -> List[Id]:
    """Those ids, in the given order and each once, whose row in a table meets a condition.

    `table` and `condition` are SQL, and never come from a client. Mostly all ids fit: to read those that do not takes a
    fourth of the time that reading the others takes.
    """
    unique = list(dict.fromkeys(ids))
    misfits = set(
        col.db.list(
            f"select value from json_each(?) left join {table} on {table}.id = value"
            f" where {table}.id is null or ({condition}) is not true",
            json.dumps(unique),
            *values,
        )
    )
    return [one for one in unique if one not in misfits] if misfits else unique
