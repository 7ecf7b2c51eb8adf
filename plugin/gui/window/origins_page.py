"""Who is allowed, who is ignored, who was refused of late, and what each may do."""

import time
from typing import List, Optional

from aqt.qt import (
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
    qconnect,
)

from ... import config, origin_lists, rights
from ...config import Settings
from ...origin_lists import ALLOWED, IGNORED
from ...recent import Refused
from ...scopes import ANKI, DEFAULTS, EXTENSIONS, LOCAL_PAGES, Scopes
from ...setting_kinds import ANY_ORIGIN
from .. import words
from ..rights_text import in_short
from .controls import Controls, from_environment
from .head import caption
from .origin_rows import NOBODY, Line, OriginGroup
from .parts import ToneLabel, button, column, follow_with_tab, label, scrolled
from .rights_box import Set
from .rights_panel import RightsPanel

# Entries that stand for many: what these may do is told by kind.
OF_MANY = {
    config.LOCALHOST: words.MEANING_OF_LOCALHOST,
    ANY_ORIGIN: words.MEANING_OF_ALL_ALLOWED,
}
LET_IN_TOGETHER = (LOCAL_PAGES, EXTENSIONS, ANKI)


class OriginsPage(QStackedWidget):  # type: ignore[misc]  # Qt's classes are not typed here
    """The lists; in their place, while it is asked, what one of their lines may do."""

    def __init__(self, controls: Controls) -> None:
        super().__init__()
        self.controls = controls
        place, decide = controls.place, self.decide
        self.allowed = OriginGroup(
            words.ALLOWED, words.NONE_ALLOWED, (IGNORED, None), place, decide
        )
        self.neighbours = OriginGroup(words.NEIGHBOURS, "", (), place, decide)
        self.ignored = OriginGroup(
            words.IGNORED, words.NONE_IGNORED, (ALLOWED, None), place, decide
        )
        choices = (ALLOWED, IGNORED, None)
        self.refused = OriginGroup(
            words.REFUSED, words.NONE_REFUSED, choices, self.place_refused, decide
        )
        self.kinds = OriginGroup(words.KINDS_TITLE, "", (), place, decide)
        self.fixed = ToneLabel("warning")
        self.warning = ToneLabel("warning", words.ANY_PAGE_WARNING)
        self.problem = ToneLabel("bad")
        self.problem.hide()
        self.ordered: List[QWidget] = []
        self.lists = self.make_lists()
        self.rights = RightsPanel(self.grant, self.leave)
        self.addWidget(self.lists)
        self.addWidget(self.framed(self.rights))

    def make_lists(self) -> QWidget:
        found = QWidget()
        layout = QVBoxLayout(found)
        for widget in (label(words.ORIGINS_MEANING), self.fixed, self.warning):
            layout.addWidget(widget)
        self.area = self.make_list()
        layout.addWidget(self.area, 1)
        layout.addLayout(self.make_field())
        layout.addWidget(self.problem)
        return found

    def make_list(self) -> QScrollArea:
        inside = QWidget()
        inside.setObjectName("origins")
        self.groups = (self.allowed, self.neighbours, self.ignored, self.refused, self.kinds)
        groups = column(*self.groups, parent=inside, margin=4)
        groups.setSpacing(14)
        groups.addStretch(1)
        return scrolled(inside)

    def framed(self, panel: QWidget) -> QWidget:
        found = QWidget()
        layout = QVBoxLayout(found)
        margin = 2 * found.fontMetrics().averageCharWidth()
        layout.setContentsMargins(margin, margin, margin, margin)
        layout.addWidget(panel)
        return found

    def make_field(self) -> QHBoxLayout:
        self.field = QLineEdit()
        self.field.setPlaceholderText(words.ADD_ORIGIN_EXAMPLE)
        qconnect(self.field.textEdited, lambda _: self.problem.hide())
        self.add_allowed = button(words.ADD_ALLOW, lambda: self.add(ALLOWED))
        self.add_ignored = button(words.ADD_IGNORE, lambda: self.add(IGNORED))
        row = QHBoxLayout()
        row.addWidget(caption(words.ADD_ORIGIN, self.field))
        row.addWidget(self.field, 1)
        row.addWidget(self.add_allowed)
        row.addWidget(self.add_ignored)
        return row

    # What people do

    def add(self, key: str) -> None:
        origin = origin_lists.plain(self.field.text())
        if origin is None:
            self.object_to(words.NOT_AN_ORIGIN)
        elif key == ALLOWED and origin in NOBODY:
            self.object_to(words.NULL_NOT_ALLOWED)
        else:
            self.problem.hide()
            self.field.clear()
            self.controls.place(origin, key)

    def object_to(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.show()
        self.field.setFocus()

    def place_refused(self, origin: str, key: Optional[str]) -> None:
        self.controls.place(origin, key)
        self.refresh()

    def decide(self, who: str) -> None:
        """Asks what an origin, or a group of callers, may do."""
        settings = self.controls.settings
        name, usual = words.KINDS_IN_SENTENCES.get(who, who), usual_for(who, settings)
        self.rights.begin(who, name, settings.caller_scopes.get(who), usual)
        self.setCurrentIndex(1)
        self.rights.box.sets.setFocus()

    def grant(self, who: str, scopes: Optional[Scopes]) -> None:
        if scopes != self.rights.began:
            self.controls.grant(who, scopes)
        self.leave()

    def leave(self) -> None:
        """Back to the lists, to the line that was asked about."""
        self.setCurrentIndex(0)
        for group in (self.allowed, self.neighbours, self.kinds):
            if self.rights.who in group.rows:
                group.rows[self.rights.who].rights.setFocus()

    # How things stand

    def refresh(self) -> None:
        settings = self.controls.settings
        fixed = from_environment(rights.CALLERS) is not None
        self.allowed.show_lines(lines_allowed(settings), fixed)
        self.neighbours.show_lines(self.lines_let_in(settings), fixed)
        self.ignored.show_lines(lines_ignored(settings))
        self.refused.show_lines(self.lines_refused())
        self.kinds.show_lines(lines_of_kinds(settings), fixed)
        self.order_tabs()
        self.warning.setVisible(settings.any_origin)
        variables = map(from_environment, (ALLOWED, IGNORED, rights.CALLERS))
        texts = [words.FROM_ENVIRONMENT.format(variable=one) for one in variables if one]
        self.fixed.setText("\n".join(texts))
        self.fixed.setVisible(bool(texts))
        asked = self.rights
        if self.currentIndex() == 1 and settings.caller_scopes.get(asked.who) != asked.began:
            self.leave()  # it was decided elsewhere

    def order_tabs(self) -> None:
        buttons = [each for group in self.groups for each in group.buttons()]
        if buttons != self.ordered:
            self.ordered = buttons
            feet = (self.field, self.add_allowed, self.add_ignored)
            follow_with_tab((self.area, *buttons, *feet))

    def lines_let_in(self, settings: Settings) -> List[Line]:
        """Pages of this computer and extensions that are known by name. Who is shown keeps their place."""
        known = dict.fromkeys((*settings.caller_scopes, *self.controls.recent.neighbours()))
        present = [
            who for who in known if who not in DEFAULTS and rights.is_neighbour(who, settings)
        ]
        shown = [origin for origin in self.neighbours.rows if origin in present]
        new = [origin for origin in present if origin not in self.neighbours.rows]
        return [line_of(origin, settings) for origin in (*shown, *new)]

    def lines_refused(self) -> List[Line]:
        """Those that are undecided. Who is shown keeps their place, whoever knocks again."""
        undecided = {
            refused.origin: refused
            for refused in self.controls.recent.refusals()
            if self.controls.standing(refused.origin) is None
        }
        shown = [origin for origin in self.refused.rows if origin in undecided]
        new = [origin for origin in undecided if origin not in self.refused.rows]
        return [Line(origin, knocked(undecided[origin])) for origin in (*shown, *new)]


def lines_allowed(settings: Settings) -> List[Line]:
    return [
        Line(origin, below=OF_MANY[origin]) if origin in OF_MANY else line_of(origin, settings)
        for origin in settings.cors_origins
    ]


def line_of(origin: str, settings: Settings) -> Line:
    """An origin and what it may do."""
    remark = words.MEANING_OF_NULL if origin == "null" else ""
    may = in_short(rights.of_origin(origin, settings))
    return Line(origin, remark, below=may, decidable=True)


def lines_ignored(settings: Settings) -> List[Line]:
    remarks = {ANY_ORIGIN: words.MEANING_OF_ALL_IGNORED, "null": words.MEANING_OF_NULL}
    return [Line(origin, remarks.get(origin, "")) for origin in settings.ignored_origins]


def lines_of_kinds(settings: Settings) -> List[Line]:
    return [
        Line(kind, may_of_kind(kind, settings), words.KINDS[kind], decidable=True)
        for kind in DEFAULTS
    ]


def may_of_kind(kind: str, settings: Settings) -> str:
    if kind not in LET_IN_TOGETHER or config.LOCALHOST in settings.cors_origins:
        return in_short(rights.of_group(kind, settings))
    return words.LET_IN_AS_PAGES if settings.any_origin else words.NOT_LET_IN


def usual_for(who: str, settings: Settings) -> Set:
    """The entry that leaves the rights of an origin to those of its kind, and those of a kind to us."""
    if who in DEFAULTS:
        return Set(words.RIGHTS_USUAL, DEFAULTS[who], usual=True)
    group = rights.group_of_origin(who, settings)
    kind = words.KINDS_IN_SENTENCES.get(group or "", "")
    text = words.RIGHTS_USUAL_FOR.format(kind=kind)
    return Set(text, rights.of_its_kind(who, settings), usual=True)


def knocked(refused: Refused) -> str:
    last = time.strftime("%H:%M", time.localtime(refused.last))
    times = words.ONCE_REFUSED if refused.times == 1 else words.TIMES_REFUSED
    return times.format(times=refused.times, last=last)
