"""A preview of the cards of one note."""

from typing import Any, Callable, List, Optional

from anki.cards import Card
from aqt.browser.previewer import MultiCardPreviewer
from aqt.main import AnkiQt


class NotePreview(MultiCardPreviewer):  # type: ignore[misc]  # Anki's class is not typed here
    """Anki's preview window, for the cards of the note that `cards` gives."""

    def __init__(
        self, parent: Any, mw: AnkiQt, cards: Callable[[], List[Card]], on_close: Callable[[], None]
    ) -> None:
        super().__init__(parent, mw, on_close)
        self._cards = cards
        self._place = 0
        self._shown_id = 0

    def cards(self) -> List[Card]:
        return self._cards()

    def card(self) -> Optional[Card]:
        cards = self.cards()
        self._place = min(self._place, max(0, len(cards) - 1))
        return cards[self._place] if cards else None

    def card_changed(self) -> bool:
        card = self.card()
        found = 0 if card is None else card.id
        changed = found != self._shown_id
        self._shown_id = found
        return changed

    def note_changed(self) -> None:
        """Another note, or another text. Anki's own would miss a second change within one second."""
        self._last_state = None
        self.render_card()

    def _render_scheduled(self) -> None:
        super()._render_scheduled()
        self._updateButtons()

    def _on_replay_audio(self) -> None:
        if self.card() is not None:
            super()._on_replay_audio()

    def _on_prev_card(self) -> None:
        self._go_to(self._place - 1)

    def _on_next_card(self) -> None:
        self._go_to(self._place + 1)

    def _go_to(self, place: int) -> None:
        if 0 <= place < len(self.cards()):
            self._place = place
            self.render_card()

    def _should_enable_prev(self) -> bool:
        return super()._should_enable_prev() or self._place > 0

    def _should_enable_next(self) -> bool:
        return super()._should_enable_next() or self._place + 1 < len(self.cards())
