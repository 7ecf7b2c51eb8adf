"""The actions, one file a category. Importing this package fills the registry.

A module that does not load in this Anki takes only its own actions with it.
"""

import anki.collection  # noqa: F401 - before its parts, which import each other in a circle

from .. import lacking

__all__ = [
    "adding",
    "cards",
    "decks",
    "graphical",
    "media",
    "miscellaneous",
    "model_changes",
    "model_fields",
    "models",
    "note_changes",
    "notes",
    "reviewing",
    "scheduling",
    "statistics",
    "tags",
]

lacking.load(__name__, __all__)
lacking.check_needs()
