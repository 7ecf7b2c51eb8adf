"""The actions, one file a category. Importing this package fills the registry."""

from . import cards, decks, graphical, media, miscellaneous, models, notes

__all__ = ["cards", "decks", "graphical", "media", "miscellaneous", "models", "notes"]
