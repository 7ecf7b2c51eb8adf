"""The window in which the user decides whether an origin may use the API."""

from typing import Dict, Optional

from aqt.qt import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPushButton,
    Qt,
    QVBoxLayout,
    QWidget,
    qconnect,
)

from ..web.permission import Decision, Question
from . import words


class PermissionWindow(QDialog):  # type: ignore[misc]  # Qt's classes are not typed here
    """Asks one question. It blocks nothing; closing it means No."""

    def __init__(self, parent: Optional[QWidget], question: Question) -> None:
        super().__init__(parent)
        self.question = question
        self.setWindowTitle(words.PERMISSION_TITLE)
        self.setWindowModality(Qt.WindowModality.NonModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(460)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addWidget(label(words.PERMISSION_QUESTION))
        layout.addWidget(origin_label(question.origin))
        layout.addWidget(label(words.PERMISSION_MEANING))
        layout.addWidget(label(words.PERMISSION_ADVICE))
        layout.addWidget(self.buttons())

    def buttons(self) -> QDialogButtonBox:
        box = QDialogButtonBox()
        roles = QDialogButtonBox.ButtonRole
        choices: Dict[Decision, QPushButton] = {
            Decision.ALLOW: box.addButton(words.ALLOW, roles.AcceptRole),
            Decision.DENY: box.addButton(words.DENY, roles.RejectRole),
            Decision.IGNORE: box.addButton(words.IGNORE, roles.DestructiveRole),
        }
        for decision, button in choices.items():
            button.setAutoDefault(decision is Decision.DENY)
            qconnect(button.clicked, lambda _=False, chosen=decision: self.choose(chosen))
        choices[Decision.DENY].setDefault(True)
        choices[Decision.DENY].setFocus()
        return box

    def choose(self, decision: Decision) -> None:
        self.question.answer(decision)
        self.close()

    def reject(self) -> None:
        """Escape and the window's own close button."""
        self.choose(Decision.DENY)

    def closeEvent(self, event: object) -> None:  # noqa: N802  # Qt's name
        self.question.answer(Decision.DENY)
        super().closeEvent(event)

    def show_to_user(self) -> None:
        """Brings the window to where the user, who is in the browser, can see it."""
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
        self.show()
        self.raise_()
        self.activateWindow()


def label(text: str) -> QLabel:
    found = QLabel(text)
    found.setWordWrap(True)
    found.setTextFormat(Qt.TextFormat.PlainText)
    return found


def origin_label(origin: str) -> QLabel:
    """The origin as plain text, broken anywhere when it is long, so that its end cannot hide."""
    found = label("\u200b".join(origin))
    font = found.font()
    font.setBold(True)
    found.setFont(font)
    found.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    found.setAccessibleName(origin)
    return found
