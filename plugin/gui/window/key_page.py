"""The keys: make, show once, copy, change, remove."""

from dataclasses import replace
from typing import Optional, Tuple

from aqt.qt import (
    QApplication,
    QFont,
    QFontDatabase,
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
    qconnect,
)
from aqt.utils import tooltip

from ...config import NO_KEY_FITS
from ...keys import KeyRing, NamedKey, digest, new_key
from ...rights import stored_keys, usable_keys
from ...scopes import Scopes
from .. import words
from .controls import Controls
from .head import COPIED_MILLISECONDS, caption
from .key_form import KeyForm
from .key_overview import NAMED, ONE, KeyActions, KeyOverview
from .panel import Panel
from .parts import ToneLabel, button, ems

SAFE_LENGTH = 20


class KeyPage(QWidget):  # type: ignore[misc]  # Qt's classes are not typed here
    """Asks in its own place instead of in boxes; what is not answered changes nothing."""

    def __init__(self, controls: Controls) -> None:
        super().__init__()
        self.controls = controls
        self.seen: KeyRing = controls.settings.keys
        self.subject: Optional[NamedKey] = None
        """The named key that a question is about; None: the one for all, or a new one."""
        self.standing = self.make_standing()
        self.form = KeyForm(self.save_named, self.end)
        self.ready = self.make_ready()
        self.replacing = self.make_replacing()
        self.typing = self.make_typing()
        self.removing = self.make_removing()
        self.stack = QStackedWidget()
        panels = (self.form, self.ready, self.replacing, self.typing, self.removing)
        for panel in (self.standing, *panels):
            self.stack.addWidget(panel)
        layout = QVBoxLayout(self)
        margin = ems(self, 2)
        layout.setContentsMargins(margin, margin, margin, margin)
        layout.addWidget(self.stack, 1)

    # The panels

    def make_standing(self) -> KeyOverview:
        return KeyOverview(
            KeyActions(
                make=self.make_or_ask,
                type=self.begin_typing,
                remove=self.ask_removal,
                add_named=self.begin_form,
                change_named=self.begin_form,
                remove_named=self.ask_removal,
            )
        )

    def make_ready(self) -> Panel:
        self.shown = QLineEdit()
        self.shown.setReadOnly(True)
        self.shown.setFont(self.letters())
        self.shown.setAccessibleName(words.KEY_FIELD_NAME)
        self.copy = button(words.COPY_KEY, self.copy_key)
        self.copied = button(words.KEY_COPIED, self.end)
        buttons = (self.copy, self.copied)
        return Panel(words.KEY_READY, words.KEY_READY_MEANING, buttons, (self.shown,))

    def make_replacing(self) -> Panel:
        self.replace = button(words.REPLACE_YES, self.make_key)
        self.keep_old = button(words.KEEP_KEY, self.end)
        buttons = (self.replace, self.keep_old)
        return Panel(words.REPLACE_QUESTION, words.REPLACE_MEANING, buttons, leave=self.end)

    def make_typing(self) -> Panel:
        self.typed = QLineEdit()
        self.typed.setFont(self.letters())
        qconnect(self.typed.textChanged, lambda _: self.judge_typed())
        qconnect(self.typed.returnPressed, self.save_typed)
        row = QWidget()
        fields = QHBoxLayout(row)
        fields.setContentsMargins(0, 0, 0, 0)
        fields.addWidget(caption(words.TYPE_FIELD, self.typed))
        fields.addWidget(self.typed, 1)
        self.short = ToneLabel("dim", words.TYPE_SHORT)
        self.save = button(words.TYPE_SAVE, self.save_typed)
        self.cancel = button(words.CANCEL, self.end)
        buttons = (self.save, self.cancel)
        middle = (row, self.short)
        return Panel(words.TYPE_QUESTION, words.TYPE_MEANING, buttons, middle, self.end)

    def make_removing(self) -> Panel:
        self.removed = button(words.REMOVE_YES, self.remove_key)
        self.keep = button(words.KEEP_KEY, self.end)
        return Panel("", "", (self.removed, self.keep), leave=self.end)

    def letters(self) -> QFont:
        """A font in which 0 and O, l and I differ, as large as the text around it."""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(self.font().pointSizeF())
        return font

    # What people do

    def make_or_ask(self) -> None:
        if self.seen.master not in (None, NO_KEY_FITS):
            self.turn_to(self.replacing, self.keep_old)
        else:
            self.make_key()

    def make_key(self) -> None:
        key = new_key()
        self.change(key)
        self.show_once(key, words.KEY_READY, words.KEY_READY_MEANING)

    def show_once(self, key: str, title: str, meaning: str) -> None:
        self.ready.title.say(title)
        self.ready.meaning.setText(meaning)
        self.shown.setText(key)
        self.shown.setCursorPosition(0)
        self.turn_to(self.ready, self.copy)

    def copy_key(self) -> None:
        QApplication.clipboard().setText(self.shown.text())
        tooltip(words.COPIED, period=COPIED_MILLISECONDS, parent=self.window())

    def begin_typing(self) -> None:
        self.judge_typed()
        self.turn_to(self.typing, self.typed)

    def judge_typed(self) -> None:
        text = self.typed.text().strip()
        self.save.setEnabled(bool(text))
        self.short.set_tone("bad" if 0 < len(text) < SAFE_LENGTH else "dim")

    def save_typed(self) -> None:
        key = self.typed.text().strip()
        if key:
            self.change(key)
            self.end()

    def begin_form(self, key: Optional[NamedKey] = None) -> None:
        """For a new named key, or to change what one is called and may do."""
        self.subject = key
        self.form.begin(key, self.named())
        self.turn_to(self.form, self.form.name)

    def save_named(self, name: str, scopes: Scopes) -> None:
        before = self.subject
        if before is None:
            key = new_key()
            self.change_named((*self.named(), NamedKey(name, digest(key), scopes)))
            title = words.NAMED_READY.format(name=name)
            self.show_once(key, title, words.NAMED_READY_MEANING)
        else:
            after = replace(before, name=name, scopes=scopes)
            self.change_named(tuple(after if one == before else one for one in self.named()))
            self.end()

    def ask_removal(self, key: Optional[NamedKey] = None) -> None:
        self.subject = key
        title = words.REMOVE_QUESTION
        if key is not None:
            title = words.REMOVE_NAMED_QUESTION.format(name=key.name or words.NO_NAME)
        self.removing.title.say(title)
        self.removing.meaning.setText(self.meaning_of_removal())
        self.turn_to(self.removing, self.keep)

    def meaning_of_removal(self) -> str:
        settings = self.controls.settings
        left = KeyRing(None, self.seen.named)
        if self.subject is not None:
            left = KeyRing(self.seen.master, self.all_but_subject())
        if left.closed:
            return words.REMOVE_MEANING_OTHERS
        if settings.loopback_only:
            return words.REMOVE_MEANING
        return words.REMOVE_MEANING_NETWORK.format(address=settings.bind_address)

    def remove_key(self) -> None:
        if self.subject is None:
            self.change(None)
        else:
            self.change_named(self.all_but_subject())
        self.end()

    def named(self) -> Tuple[NamedKey, ...]:
        return usable_keys(self.controls.settings)

    def all_but_subject(self) -> Tuple[NamedKey, ...]:
        return tuple(key for key in self.named() if key != self.subject)

    def change(self, key: Optional[str]) -> None:
        self.controls.change({ONE: key})

    def change_named(self, keys: Tuple[NamedKey, ...]) -> None:
        self.controls.change({NAMED: stored_keys(keys)})

    def end(self) -> None:
        """Back to how things stand; no key stays in the window."""
        self.subject = None
        self.shown.clear()
        self.typed.clear()
        self.turn_to(self.standing, self.standing.make)

    def turn_to(self, panel: QWidget, first: QWidget) -> None:
        self.stack.setCurrentWidget(panel)
        first.setFocus()

    # How things stand

    def refresh(self) -> None:
        keys = self.controls.settings.keys
        if keys != self.seen:
            self.seen = keys
            self.subject = None
            self.shown.clear()
            self.typed.clear()
            self.stack.setCurrentWidget(self.standing)
        self.standing.refresh(self.controls.settings)
