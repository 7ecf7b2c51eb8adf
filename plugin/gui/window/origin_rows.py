"""Lists of origins, or of kinds of callers, with buttons to each."""

from typing import Callable, Dict, List, NamedTuple, Optional, Sequence

from aqt.qt import QHBoxLayout, QVBoxLayout, QWidget

from ...origin_lists import ALLOWED, IGNORED
from .. import words
from .parts import ElidedLabel, ToneLabel, button, column, ems, heading

Place = Callable[[str, Optional[str]], None]
Decide = Callable[[str], None]
WHAT = {ALLOWED: words.ORIGIN_ALLOW, IGNORED: words.ORIGIN_IGNORE, None: words.ORIGIN_FORGET}
NOBODY = ("null", "file://")


class Line(NamedTuple):
    """One origin, or one kind of callers, and what is said about it."""

    who: str
    remark: str = ""
    name: str = ""
    """What it is called in the list, if not as itself."""
    below: str = ""
    decidable: bool = False
    """Whether its rights can be changed here."""


class OriginRow(QWidget):  # type: ignore[misc]  # Qt's classes are not typed here
    """One of them with its buttons."""

    def __init__(
        self, line: Line, choices: Sequence[Optional[str]], place: Place, decide: Decide
    ) -> None:
        super().__init__()
        self.name = ElidedLabel(line.name or line.who)
        self.below = ToneLabel("dim")
        self.remark = ToneLabel("dim")
        self.remark.setWordWrap(False)
        self.rights = self.make_rights(line, decide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(ems(self, 2), 0, 0, 0)
        texts = column(self.name, self.below)
        texts.setSpacing(0)
        layout.addLayout(texts, 1)
        layout.addWidget(self.remark)
        self.buttons = [self.rights]
        self.buttons += [self.make_button(line.who, choice, place) for choice in choices]
        for each in self.buttons:
            layout.addWidget(each)

    def make_rights(self, line: Line, decide: Decide) -> QWidget:
        what = words.ORIGIN_RIGHTS
        name = words.ORIGIN_ACTION_NAME.format(
            action=what.rstrip("…"), origin=line.name or line.who
        )
        found = button(what, lambda: decide(line.who), name)
        found.setMinimumWidth(self.width_of_buttons())
        return found

    def make_button(self, origin: str, choice: Optional[str], place: Place) -> QWidget:
        what = WHAT[choice]
        name = words.ORIGIN_ACTION_NAME.format(action=what, origin=origin)
        found = button(what, lambda: place(origin, choice), name)
        found.setMinimumWidth(self.width_of_buttons())
        if choice == ALLOWED and origin in NOBODY:
            found.setEnabled(False)
            found.setToolTip(words.NULL_NOT_ALLOWED)
        return found

    def width_of_buttons(self) -> int:
        texts = (*WHAT.values(), words.ORIGIN_RIGHTS)
        widest = max(self.fontMetrics().horizontalAdvance(text) for text in texts)
        return int(widest + ems(self, 5))

    def say(self, line: Line, fixed: bool) -> None:
        self.remark.setText(line.remark)
        self.below.setText(line.below)
        self.below.setVisible(bool(line.below))
        self.rights.setVisible(line.decidable)
        self.rights.setEnabled(not fixed)


class OriginGroup(QWidget):  # type: ignore[misc]  # Qt's classes are not typed here
    """A heading with rows below it. Rows that stay are kept, so that nothing moves under the pointer."""

    def __init__(
        self,
        title: str,
        nothing: str,
        choices: Sequence[Optional[str]],
        place: Place,
        decide: Decide,
    ) -> None:
        super().__init__()
        self.choices = choices
        self.place = place
        self.decide = decide
        self.rows: Dict[str, OriginRow] = {}
        self.nothing = ToneLabel("dim", nothing)
        self.nothing.setContentsMargins(ems(self, 2), 0, 0, 0)
        self.list = QVBoxLayout()
        self.list.setSpacing(4)
        layout = column(heading(title), self.nothing, parent=self)
        layout.setSpacing(4)
        layout.addLayout(self.list)

    def buttons(self) -> List[QWidget]:
        """In the order in which they are seen."""
        rows = [self.list.itemAt(place).widget() for place in range(self.list.count())]
        return [each for row in rows for each in row.buttons]

    def show_lines(self, lines: Sequence[Line], fixed: bool = False) -> None:
        """`fixed` means that rights are decided elsewhere. A group without a word for "none" hides when it is empty."""
        wanted = [line.who for line in lines]
        for who in [each for each in self.rows if each not in wanted]:
            row = self.rows.pop(who)
            row.hide()  # the focus goes to the next button
            self.list.removeWidget(row)
            row.deleteLater()
        for at, line in enumerate(lines):
            if line.who not in self.rows:
                row = OriginRow(line, self.choices, self.place, self.decide)
                self.rows[line.who] = row
                self.list.insertWidget(at, row)
            self.rows[line.who].say(line, fixed)
        self.nothing.setVisible(not lines)
        self.setVisible(bool(lines or self.nothing.text()))
