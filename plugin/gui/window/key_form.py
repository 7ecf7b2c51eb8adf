"""The form for the name and the rights of a key."""

from typing import Callable, Optional, Sequence

from aqt.qt import QHBoxLayout, QLineEdit, QWidget, qconnect

from ...keys import NamedKey
from ...rights import name_is_taken
from ...scopes import Scope, Scopes
from .. import words
from .head import caption
from .panel import Panel
from .parts import ToneLabel, button
from .rights_box import RightsBox

LONGEST_NAME = 60
AT_FIRST = frozenset({Scope.READ})


class KeyForm(Panel):
    """Objects in its own place to a name that will not do."""

    def __init__(self, save: Callable[[str, Scopes], None], leave: Callable[[], None]) -> None:
        self.done = save
        self.others: Sequence[NamedKey] = ()
        self.name = QLineEdit()
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setPlaceholderText(words.FORM_NAME_EXAMPLE)
        self.box = RightsBox()
        self.problem = ToneLabel("bad")
        self.save = button(words.FORM_MAKE, self.submit)
        self.cancel = button(words.CANCEL, leave)
        row = QWidget()
        fields = QHBoxLayout(row)
        fields.setContentsMargins(0, 0, 0, 0)
        fields.addWidget(caption(words.FORM_NAME, self.name))
        fields.addWidget(self.name, 1)
        middle = (row, self.box, self.problem)
        super().__init__("", "", (self.save, self.cancel), middle, leave)
        qconnect(self.name.returnPressed, self.submit)
        qconnect(self.name.textEdited, lambda _: self.problem.hide())

    def begin(self, key: Optional[NamedKey], keys: Sequence[NamedKey]) -> None:
        """Asks about a new key, or about one of those that there are."""
        self.others = [each for each in keys if each != key]
        name, scopes = ("", AT_FIRST) if key is None else (key.name, key.scopes)
        if key is None:
            self.title.say(words.FORM_TITLE)
        else:
            self.title.say(words.FORM_CHANGE_TITLE.format(name=name or words.NO_NAME))
        self.meaning.setText(words.FORM_MEANING if key is None else words.FORM_CHANGE_MEANING)
        self.save.setText(words.FORM_MAKE if key is None else words.FORM_SAVE)
        self.name.setText(name)
        self.box.begin(scopes)
        self.problem.hide()

    def submit(self) -> None:
        name, scopes = self.name.text().strip(), self.box.ticked()
        if not name:
            self.object_to(words.NAME_MISSING, self.name)
        elif name_is_taken(name, self.others):
            self.object_to(words.NAME_TAKEN, self.name)
        elif not scopes:
            self.object_to(words.NO_RIGHT_TICKED, self.box.sets)
        else:
            self.done(name, scopes)

    def object_to(self, text: str, where: QWidget) -> None:
        self.problem.setText(text)
        self.problem.show()
        where.setFocus()
