"""The actions, one file a category. Importing this package fills the registry."""

import anki.collection  # noqa: F401 - before its parts, which import each other in a circle

from . import (
    adding,
    cards,
    decks,
    graphical,
    media,
    miscellaneous,
    model_changes,
    model_fields,
    models,
    note_changes,
    notes,
    reviewing,
    scheduling,
    statistics,
    tags,
)

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
