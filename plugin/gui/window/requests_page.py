"""The last requests, while they happen."""

import html
import time
from typing import Any, List, Tuple

from aqt.qt import (
    QAbstractItemView,
    QAbstractTableModel,
    QColor,
    QHBoxLayout,
    QHeaderView,
    QModelIndex,
    QStackedWidget,
    Qt,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ... import compat
from ...recent import Asked, Outcome
from .. import words
from .controls import Controls
from .parts import TONES, ToneLabel, button, ems, heading, night

HEADS = (words.TIME, words.CLIENT, words.ACTION, words.OUTCOME, words.MILLISECONDS)
OUTCOMES = {
    Outcome.DONE: words.OUTCOME_DONE,
    Outcome.FAILED: words.OUTCOME_FAILED,
    Outcome.WRONG_KEY: words.OUTCOME_WRONG_KEY,
    Outcome.UNKNOWN_ACTION: words.OUTCOME_UNKNOWN_ACTION,
    Outcome.NO_COLLECTION: words.OUTCOME_NO_COLLECTION,
    Outcome.NO_RIGHT: words.OUTCOME_NO_RIGHT,
}
OUTCOME_COLUMN, NUMBER_COLUMN = 3, 4
Role = Qt.ItemDataRole


def cells(asked: Asked) -> Tuple[str, ...]:
    """What a row shows."""
    return (
        time.strftime("%H:%M:%S", time.localtime(asked.time)),
        asked.client or words.A_PROGRAM,
        asked.action or words.NO_ACTION,
        OUTCOMES[asked.outcome],
        "<1" if asked.milliseconds < 1 else f"{asked.milliseconds:.0f}",
    )


class RequestsModel(QAbstractTableModel):  # type: ignore[misc]  # Qt's classes are not typed here
    """The rows, the newest on top."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: List[Asked] = []

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(HEADS)

    def headerData(self, section: int, orientation: Any, role: int = 0) -> Any:  # noqa: N802
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Role.TextAlignmentRole:
            return alignment(section)
        # Cells keep some pixels to their left that heads do not have.
        return f" {HEADS[section]}" if role == Role.DisplayRole else None

    def data(self, index: QModelIndex, role: int = 0) -> Any:
        asked, place = self.rows[index.row()], index.column()
        if role == Role.DisplayRole:
            return cells(asked)[place]
        if role == Role.ToolTipRole:
            return html.escape(cells(asked)[place])
        if role == Role.TextAlignmentRole:
            return alignment(place)
        failed = asked.outcome is not Outcome.DONE
        if role == Role.ForegroundRole and failed and place == OUTCOME_COLUMN:
            return QColor(TONES["bad"][night()])
        return None

    def take_over(self, rows: List[Asked]) -> int:
        """Shows these rows; returns how many came on top of those that are still shown."""
        newest = self.rows[0].number if self.rows else 0
        new = sum(1 for asked in rows if asked.number > newest)
        if new == len(rows) or not rows:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
            return 0
        if new:
            self.beginInsertRows(QModelIndex(), 0, new - 1)
            self.rows = rows[:new] + self.rows
            self.endInsertRows()
        if len(self.rows) > len(rows):
            self.beginRemoveRows(QModelIndex(), len(rows), len(self.rows) - 1)
            self.rows = rows
            self.endRemoveRows()
        return new


def alignment(place: int) -> int:
    side = Qt.AlignmentFlag.AlignRight if place == NUMBER_COLUMN else Qt.AlignmentFlag.AlignLeft
    return compat.flag_number(side | Qt.AlignmentFlag.AlignVCenter)


class RequestsPage(QWidget):  # type: ignore[misc]  # Qt's classes are not typed here
    """A table, or a word about why it is empty."""

    def __init__(self, controls: Controls) -> None:
        super().__init__()
        self.controls = controls
        self.model = RequestsModel(self)
        self.table = self.make_table()
        self.stack = QStackedWidget()
        self.stack.addWidget(empty(words.NO_REQUESTS, words.NO_REQUESTS_MEANING))
        self.stack.addWidget(self.table)
        self.clear = button(words.CLEAR, self.forget)
        feet = QHBoxLayout()
        feet.addWidget(ToneLabel("dim", words.REQUESTS_NOTE), 1)
        feet.addWidget(self.clear)
        layout = QVBoxLayout(self)
        layout.addWidget(self.stack, 1)
        layout.addLayout(feet)

    def make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setAccessibleName(words.REQUESTS_NAME)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.setAlternatingRowColors(True)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(int(table.fontMetrics().height() * 1.7))
        head = table.horizontalHeader()
        head.setHighlightSections(False)
        head.setStretchLastSection(False)
        for place, width in enumerate((13, 30, 26, 20, 8)):
            table.setColumnWidth(place, ems(self, width))
        head.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        return table

    def refresh(self) -> None:
        bar = self.table.verticalScrollBar()
        at = bar.value()
        new = self.model.take_over(self.controls.recent.requests())
        if at:
            bar.setValue(at + new)  # who reads older rows goes on reading them
        self.stack.setCurrentIndex(1 if self.model.rows else 0)
        self.clear.setEnabled(bool(self.model.rows))

    def forget(self) -> None:
        self.controls.recent.forget_requests()
        self.refresh()


def empty(title: str, meaning: str) -> QWidget:
    """What stands where there is nothing yet."""
    found = QWidget()
    texts = (heading(title), ToneLabel("dim", meaning))
    layout = QVBoxLayout(found)
    layout.addStretch(1)
    for text in texts:
        text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(text)
    layout.addStretch(2)
    return found
