"""Something to decide or to read, in the place of the page that led there."""

from typing import Callable, Optional, Sequence

from aqt.qt import QHBoxLayout, QKeyEvent, QPushButton, Qt, QVBoxLayout, QWidget

from .parts import ElidedLabel, heading, label


class Panel(QWidget):  # type: ignore[misc]  # Qt's classes are not typed here
    """One thing to read, and what can be done about it. Escape is the same as `leave`, if there is one."""

    def __init__(
        self,
        title: str,
        meaning: str,
        buttons: Sequence[QPushButton],
        middle: Sequence[QWidget] = (),
        leave: Optional[Callable[[], object]] = None,
    ) -> None:
        super().__init__()
        self.leave = leave
        self.title = ElidedLabel(title)
        self.title.setFont(heading(larger=1.15).font())
        self.meaning = label(meaning)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.title, self.meaning, *middle):
            layout.addWidget(widget)
        row = QHBoxLayout()
        for each in buttons:
            row.addWidget(each)
        row.addStretch(1)
        layout.addLayout(row)
        layout.addStretch(1)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        if event.key() == Qt.Key.Key_Escape and self.leave is not None:
            self.leave()
        else:
            super().keyPressEvent(event)
