"""Everything a collection holds, for comparing before and after."""

from typing import Any, Dict

from anki.collection import Collection

TABLES = (
    "notes",
    "cards",
    "revlog",
    "decks",
    "deck_config",
    "notetypes",
    "fields",
    "templates",
    "config",
    "tags",
    "graves",
)
# Undoing is a change of its own, so these move on.
STAMPS = ("mod", "mtime_secs", "usn")


def whole_state(col: Collection) -> Dict[str, Any]:
    """All rows of all tables, without the marks of when they were modified."""
    col.sched.deck_due_tree()  # Anki stores when a day begins as soon as it is first asked, outside any step
    found = {}
    for table in TABLES:
        # A select, because Anki takes any other statement for a change and empties the undo list.
        columns = col.db.list("select name from pragma_table_info(?)", table)
        kept = ", ".join(f"[{column}]" for column in columns if column not in STAMPS)
        found[table] = sorted(map(repr, col.db.all(f"select {kept} from {table}")))
    return found
