"""Ticks for what somebody may do, and a choice of sets that suit most."""

from typing import Dict, NamedTuple, Optional, Tuple

from aqt.qt import QCheckBox, QComboBox, QHBoxLayout, QVBoxLayout, QWidget, qconnect

from ...scopes import AS_A_PAGE, EVERYTHING, NOTHING, Scope, Scopes
from .. import words
from ..rights_text import ordered
from .head import caption
from .parts import ems


class Set(NamedTuple):
    """An entry of the choice. Without scopes, it leaves the ticks as they are."""

    text: str
    scopes: Optional[Scopes]
    usual: bool = False


SETS: Tuple[Set, ...] = (
    Set(words.RIGHTS_READING, frozenset({Scope.READ})),
    Set(words.RIGHTS_EDITING, frozenset({Scope.READ, Scope.WRITE})),
    Set(words.RIGHTS_AS_A_PAGE, AS_A_PAGE),
    Set(words.RIGHTS_EVERYTHING, EVERYTHING),
    Set(words.RIGHTS_TICKED, None),
)


class RightsBox(QWidget):  # type: ignore[misc]  # Qt's classes are not typed here
    """A set chosen above puts the ticks; ticks that are changed show above which set they are."""

    def __init__(self) -> None:
        super().__init__()
        self.sets = QComboBox()
        self.listed: Tuple[Set, ...] = SETS
        self.ticks: Dict[Scope, QCheckBox] = {
            scope: QCheckBox(words.RIGHTS_EXPLAINED[scope.value]) for scope in ordered(EVERYTHING)
        }
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        row = QHBoxLayout()
        row.addWidget(caption(words.RIGHTS_FIELD, self.sets))
        row.addWidget(self.sets)
        row.addStretch(1)
        layout.addLayout(row)
        layout.addSpacing(4)
        for tick in self.ticks.values():
            inset = QHBoxLayout()
            inset.setContentsMargins(ems(self, 2), 0, 0, 0)
            inset.addWidget(tick)
            layout.addLayout(inset)
            qconnect(tick.clicked, lambda _=False: self.name_ticks())
        qconnect(self.sets.activated, lambda _: self.put_ticks())

    def begin(self, scopes: Optional[Scopes], usual: Optional[Set] = None) -> None:
        """Shows these; None: what is usual for whoever it is."""
        self.listed = (*([] if usual is None else [usual]), *SETS)
        self.sets.clear()
        self.sets.addItems([each.text for each in self.listed])
        if scopes is None:
            self.sets.setCurrentIndex(0)
            self.put_ticks()
        else:
            self.tick(scopes)
            self.name_ticks()

    def put_ticks(self) -> None:
        scopes = self.listed[self.sets.currentIndex()].scopes
        if scopes is not None:
            self.tick(scopes)

    def tick(self, scopes: Scopes) -> None:
        for scope, tick in self.ticks.items():
            tick.setChecked(scope in scopes)

    def name_ticks(self) -> None:
        """Names the set that is ticked. It is never the usual one: that may come to be another."""
        ticked = self.ticked()
        fitting = [each for each in self.listed if not each.usual and each.scopes == ticked]
        self.sets.setCurrentIndex(self.listed.index((fitting or [self.listed[-1]])[0]))

    def ticked(self) -> Scopes:
        return NOTHING.union(scope for scope, tick in self.ticks.items() if tick.isChecked())

    def chosen(self) -> Optional[Scopes]:
        """What is ticked; None for what is usual."""
        return None if self.listed[self.sets.currentIndex()].usual else self.ticked()
