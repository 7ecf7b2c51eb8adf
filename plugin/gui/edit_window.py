"""A window in which one note is edited, and the ones that were opened in it before."""

import json
from concurrent.futures import Future
from typing import Any, Callable, List, Optional

import aqt
from anki.cards import Card
from anki.collection import OpChanges
from anki.notes import NoteId
from aqt import gui_hooks
from aqt.editor import Editor, EditorMode
from aqt.main import AnkiQt
from aqt.qt import (
    QHBoxLayout,
    QKeySequence,
    QLabel,
    QMainWindow,
    QPushButton,
    QShortcut,
    Qt,
    QVBoxLayout,
    QWidget,
    qconnect,
)
from aqt.utils import restoreGeom, saveGeom, setWindowIcon

from .. import compat
from . import fronting, words
from .history import History
from .preview import NotePreview

# What Anki's dialog manager and its profile know the window by.
KIND = "AnkiConnectEditNote"
FIRST_SIZE = (640, 560)


def show(mw: AnkiQt, note_id: NoteId) -> "EditWindow":
    """Shows a note that exists, in the open window if there is one. What was typed there has been saved."""
    if KIND not in aqt.dialogs._dialogs:
        aqt.dialogs.register_dialog(KIND, EditWindow)
    window: EditWindow = aqt.dialogs.open(KIND, mw, note_id)
    fronting.bring_to_front(window)
    return window


class EditWindow(QMainWindow):  # type: ignore[misc]  # Qt's classes are not typed here
    """The window. It is made and reopened by Anki's dialog manager, which also closes it with the profile."""

    def __init__(self, mw: AnkiQt, note_id: NoteId) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.mw = mw
        self.history = History()
        self.preview: Optional[NotePreview] = None
        self.is_over = False
        self.is_closing = False
        self.setWindowTitle(words.EDIT_TITLE)
        setWindowIcon(self)
        self.setMinimumSize(380, 320)
        self.place = QLabel()
        self.place.setAccessibleName(words.EDIT_PLACE_NAME)
        area = QWidget()
        self.lay_out(area)
        self.editor = Editor(mw, area, self, editor_mode=EditorMode.EDIT_CURRENT)
        self.add_shortcuts()
        self.resize(*FIRST_SIZE)
        restoreGeom(self, KIND)
        gui_hooks.operation_did_execute.append(self.on_operation)
        self.reopen(mw, note_id)

    # What is in it

    def lay_out(self, area: QWidget) -> None:
        self.previous_button = self.button(
            words.EDIT_PREVIOUS, words.EDIT_PREVIOUS_TIP, "Alt+Left", lambda: self.step(-1)
        )
        self.next_button = self.button(
            words.EDIT_NEXT, words.EDIT_NEXT_TIP, "Alt+Right", lambda: self.step(1)
        )
        self.preview_button = self.button(
            words.EDIT_PREVIEW, words.EDIT_PREVIEW_TIP, "Ctrl+Shift+P", self.toggle_preview
        )
        self.preview_button.setCheckable(True)
        self.browse_button = self.button(
            words.EDIT_BROWSE, words.EDIT_BROWSE_TIP, "Ctrl+Shift+B", self.browse
        )
        bar = QHBoxLayout()
        bar.setContentsMargins(4, 6, 4, 6)
        bar.setSpacing(6)
        bar.addWidget(self.previous_button)
        bar.addWidget(self.next_button)
        bar.addSpacing(4)
        bar.addWidget(self.place)
        bar.addStretch()
        for widget in (self.preview_button, self.browse_button):
            bar.addWidget(widget)
        everything = QWidget()
        column = QVBoxLayout(everything)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(area, 1)
        self.setCentralWidget(everything)

    def button(self, text: str, tip: str, keys: str, clicked: Callable[[], None]) -> QPushButton:
        sequence = QKeySequence(keys)
        found = QPushButton(text)
        found.setShortcut(sequence)
        shown = sequence.toString(QKeySequence.SequenceFormat.NativeText)
        found.setToolTip(tip.format(keys=shown))
        qconnect(found.clicked, lambda _=False: clicked())
        return found

    def add_shortcuts(self) -> None:
        for keys in ("Ctrl+Return", "Ctrl+Enter", "Ctrl+W"):
            qconnect(QShortcut(QKeySequence(keys), self).activated, self.close)

    # Which note is shown

    def reopen(self, mw: AnkiQt, note_id: NoteId) -> None:
        """Shows a note; the name is the dialog manager's."""
        if note_id != self.history.current:
            self.history.open(note_id)
            self.load(focus_to=0)

    def step(self, by: int) -> None:
        def go() -> None:
            if not self.is_over:
                self.history.step(by)
                self.load(focus_to=0)

        self.editor.call_after_note_saved(go)

    def load(self, focus_to: Optional[int]) -> None:
        """Shows the current note as it is stored."""
        note = self.mw.col.get_note(NoteId(self.history.current or 0))
        cards = note.cards()
        self.editor.card = cards[0] if cards else None
        self.editor.set_note(note, focusTo=focus_to)
        self.show_place()
        self.refresh_preview()

    def show_place(self) -> None:
        count = len(self.history.ids)
        self.previous_button.setEnabled(self.history.can_step(-1))
        self.next_button.setEnabled(self.history.can_step(1))
        place = words.EDIT_PLACE.format(place=self.history.place + 1, count=count)
        self.place.setText(place if count > 1 else "")

    # What happens elsewhere

    def on_operation(self, changes: OpChanges, handler: Optional[object]) -> None:
        if not changes.note_text:
            return
        shown = self.history.current
        self.history.keep(self.existing())
        if self.history.current is None:
            self.end()
        elif self.history.current != shown:
            self.load(focus_to=None)
        elif handler is self.editor:
            self.refresh_preview()
        else:
            self.load(focus_to=self.editor.currentField)

    def existing(self) -> List[int]:
        """Those of the notes that are still there."""
        return list(
            self.mw.col.db.list(
                "select id from notes where id in (select value from json_each(?))",
                json.dumps(self.history.ids),
            )
        )

    # Preview and browser

    def cards(self) -> List[Card]:
        """The cards of the current note; it may be gone while a preview is still being drawn."""
        note_id = self.history.current
        if note_id is None or note_id not in self.existing():
            return []
        return list(self.mw.col.get_note(NoteId(note_id)).cards())

    def toggle_preview(self) -> None:
        self.preview_button.setChecked(self.preview is None)
        if self.preview is not None:
            self.preview.close()
        else:
            self.editor.call_after_note_saved(self.open_preview)

    def open_preview(self) -> None:
        if not self.is_over and self.preview is None:
            self.preview = NotePreview(self, self.mw, self.cards, self.preview_closed)
            self.preview.open()

    def preview_closed(self) -> None:
        self.preview = None
        if not self.is_over:
            self.preview_button.setChecked(False)

    def refresh_preview(self) -> None:
        if self.preview is not None:
            self.preview.note_changed()

    def browse(self) -> None:
        self.editor.call_after_note_saved(self.open_browser)

    def open_browser(self) -> None:
        browser = aqt.dialogs.open("Browser", self.mw)
        browser.search_for(f"nid:{','.join(map(str, self.history.ids))}")
        cards = self.cards()
        if cards:
            browser.table.select_single_card(cards[0].id)

    # Closing

    def keyPressEvent(self, event: Any) -> None:  # noqa: N802  # Qt's name
        """What reaches the window has not been used by the page, where Escape closes a list of tags."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: Any) -> None:  # noqa: N802  # Qt's name
        if self.is_over:
            event.accept()
            return
        event.ignore()
        self.closeWithCallback(lambda: None)

    def closeWithCallback(self, closed: Callable[[], None]) -> None:  # noqa: N802  # Anki's name
        """Closes when what was typed is stored; asked a second time, at once: the page may not answer."""

        def end() -> None:
            self.end()
            closed()

        if self.is_closing or self.is_over:
            end()
        else:
            self.is_closing = True
            self.editor.call_after_note_saved(lambda: self.when_stored(end))

    def when_stored(self, then: Callable[[], None]) -> None:
        """Waits for what the editor does in the background: the collection may be closed right after."""

        def look(_task: "Future[Any]") -> None:
            if compat.is_busy(self.mw):
                self.when_stored(then)
            else:
                then()

        col = self.mw.col
        self.mw.taskman.run_in_background(lambda: col.db.scalar("select 1"), look)

    def end(self) -> None:
        if self.is_over:
            return
        self.is_over = True
        gui_hooks.operation_did_execute.remove(self.on_operation)
        if self.preview is not None:
            self.preview.close()
        self.editor.cleanup()
        saveGeom(self, KIND)
        aqt.dialogs.markClosed(KIND)
        self.mw.deferred_delete_and_garbage_collect(self)
        self.close()
