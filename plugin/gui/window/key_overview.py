"""The keys that there are: one for all, and those of single programs."""

from typing import Callable, List, NamedTuple, Optional, Tuple

from aqt.qt import QHBoxLayout, Qt, QVBoxLayout, QWidget

from ...config import NO_KEY_FITS, NOBODYS_KEYS, Settings
from ...keys import NamedKey
from ...rights import usable_keys
from .. import words
from ..rights_text import in_short
from .controls import from_environment
from .parts import (
    ElidedLabel,
    ToneLabel,
    button,
    column,
    ems,
    follow_with_tab,
    heading,
    label,
    scrolled,
)

ONE, NAMED = "apiKey", "apiKeys"


class KeyActions(NamedTuple):
    """What can be done about keys."""

    make: Callable[[], None]
    type: Callable[[], None]
    remove: Callable[[], None]
    add_named: Callable[[], None]
    change_named: Callable[[NamedKey], None]
    remove_named: Callable[[NamedKey], None]


class KeyRow(QWidget):  # type: ignore[misc]  # Qt's classes are not typed here
    """A named key: what it is called, what it opens, and its buttons."""

    def __init__(self, key: NamedKey, actions: KeyActions, fixed: bool) -> None:
        super().__init__()
        name = key.name or words.NO_NAME
        self.change = self.make_button(words.NAMED_CHANGE, name, lambda: actions.change_named(key))
        self.remove = self.make_button(words.NAMED_REMOVE, name, lambda: actions.remove_named(key))
        rights = ToneLabel("dim", in_short(key.scopes))
        rights.setWordWrap(False)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(ems(self, 2), 0, 0, 0)
        layout.addWidget(ElidedLabel(name), 1)
        layout.addWidget(rights)
        for each in (self.change, self.remove):
            each.setEnabled(not fixed)
            layout.addWidget(each)

    def make_button(self, what: str, name: str, pressed: Callable[[], None]) -> QWidget:
        spoken = words.NAMED_ACTION_NAME.format(action=what.rstrip("…"), name=name)
        return button(what, pressed, spoken)


class KeyOverview(QWidget):  # type: ignore[misc]  # Qt's classes are not typed here
    """What stands on the page of keys as long as nothing is asked there."""

    def __init__(self, actions: KeyActions) -> None:
        super().__init__()
        self.actions = actions
        self.shown: Optional[Tuple[Tuple[NamedKey, ...], bool]] = None
        self.rows: List[KeyRow] = []
        self.title = heading(larger=1.15)
        self.meaning = label()
        self.fixed = ToneLabel("warning")
        self.one = label()
        self.make = button(words.MAKE_KEY, actions.make)
        self.type = button(words.TYPE_KEY, actions.type)
        self.remove = button(words.REMOVE_KEY, actions.remove)
        self.unusable = ToneLabel("bad", words.NAMED_UNUSABLE)
        self.add = button(words.NEW_NAMED_KEY, actions.add_named)
        self.arrange()

    def arrange(self) -> None:
        layout = column(self.title, self.meaning, self.fixed, parent=self)
        layout.setSpacing(12)
        for_all = column(heading(words.ONE_FOR_ALL), self.one)
        for_all.setSpacing(4)
        for_all.addLayout(row(self.make, self.type, self.remove))
        layout.addLayout(for_all)
        layout.addSpacing(8)
        named = column(heading(words.NAMED_KEYS), label(words.NAMED_KEYS_MEANING), self.unusable)
        named.setSpacing(4)
        named.addLayout(row(self.add))
        named.addWidget(self.make_list(), 1)
        layout.addLayout(named, 1)

    def make_list(self) -> QWidget:
        inside = QWidget()
        self.list = QVBoxLayout()
        self.list.setSpacing(2)
        groups = column(parent=inside)
        groups.addLayout(self.list)
        groups.addStretch(1)
        area = scrolled(inside)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its buttons are reached, and scroll it
        return area

    def refresh(self, settings: Settings) -> None:
        closed = settings.keys.closed
        self.title.setText(words.KEY_NEEDED if closed else words.NO_KEY)
        self.meaning.setText(words.KEY_NEEDED_MEANING if closed else words.NO_KEY_MEANING)
        self.show_one(settings.api_key)
        self.show_named(settings)
        variables = [found for found in map(from_environment, (ONE, NAMED)) if found]
        texts = [words.FROM_ENVIRONMENT.format(variable=each) for each in variables]
        self.fixed.setText("\n".join(texts))
        self.fixed.setVisible(bool(texts))

    def show_one(self, key: Optional[str]) -> None:
        unusable = key == NO_KEY_FITS
        if unusable:
            self.one.setText(words.LINES.format(words.KEY_UNUSABLE, words.KEY_UNUSABLE_MEANING))
        else:
            self.one.setText(words.KEY_SET if key else words.KEY_NOT_SET)
        self.make.setText(words.MAKE_NEW_KEY if key else words.MAKE_KEY)
        self.remove.setVisible(bool(key))
        for each in (self.make, self.type, self.remove):
            each.setEnabled(from_environment(ONE) is None)

    def show_named(self, settings: Settings) -> None:
        keys, fixed = usable_keys(settings), from_environment(NAMED) is not None
        self.unusable.setVisible(settings.named_keys == NOBODYS_KEYS)
        self.add.setEnabled(not fixed)
        if (keys, fixed) == self.shown:
            return
        self.shown = (keys, fixed)
        for old in self.rows:
            old.hide()
            self.list.removeWidget(old)
            old.deleteLater()
        self.rows = [KeyRow(key, self.actions, fixed) for key in keys]
        for new in self.rows:
            self.list.addWidget(new)
        of_rows = [each for new in self.rows for each in (new.change, new.remove)]
        follow_with_tab((self.make, self.type, self.remove, self.add, *of_rows))


def row(*widgets: QWidget) -> QHBoxLayout:
    found = QHBoxLayout()
    for widget in widgets:
        found.addWidget(widget)
    found.addStretch(1)
    return found
