"""Everything that a collection holds, to tell whether it is still the same."""

from __future__ import annotations

from typing import Any, Dict, List

from tests.real_anki import RealAnki

TABLES = (
    "notes",
    "cards",
    "revlog",
    "decks",
    "notetypes",
    "fields",
    "templates",
    "tags",
    "config",
    "deck_config",
    "graves",
    "col",
)
# When a row was changed last and whether it was sent: undoing sets them anew.
STAMPS = ("mod", "usn", "mtime_secs", "mtime", "ls")

HOUR = b"rollover".hex().upper()
CODE = """
result = {}
for table in tables:
    # Not "pragma ...": Anki takes all that is no "select" for a change, and drops its undo list.
    columns = col.db.list("select name from pragma_table_info(?)", table)
    kept = [f"hex({name})" for name in columns if name not in left_out]
    result[table] = sorted(col.db.all(f"select {', '.join(kept)} from {table}"))
"""


def contents(anki: RealAnki, stamps: bool = False) -> Dict[str, List[Any]]:
    """All rows of all tables; `stamps` counts a row as another when it was merely touched.

    Without the hour at which a day begins: 2.1.50 writes it down when it first needs it.
    """
    left_out = [] if stamps else list(STAMPS)
    found = dict(anki.execute(CODE, tables=TABLES, left_out=left_out))
    return {**found, "config": [row for row in found["config"] if row[0] != HOUR]}
