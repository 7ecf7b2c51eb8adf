"""The window in which the user decides whether an origin may use the API."""

from typing import Any, Dict, Iterator

from aqt.qt import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QIcon,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSize,
    QStyle,
    Qt,
    QTimer,
    QVBoxLayout,
    QWidget,
    qconnect,
)

from ..scopes import AS_A_PAGE, Scopes
from ..web.addresses import native_name, parse_origin
from ..web.guard import EXTENSION_SCHEMES
from ..web.permission import Decision, Question
from . import words
from .origin_text import OriginText, visible
from .rights_text import powers_of

# A page may pop the question up under a click that was meant for something else.
ALLOW_AFTER_MILLISECONDS = 700
LETTERS_A_LINE = 64
LARGEST_SHARE_OF_SCREEN = 0.85
BESIDE_THE_TEXT = 130  # picture, margins, scroll bar
# First strong isolate and its end: what a name is written in never turns the sentence around.
ISOLATED = "\u2068{}\u2069"


class PermissionWindow(QDialog):  # type: ignore[misc]  # Qt's classes are not typed here
    """Asks one question. It blocks nothing; closing it means No."""

    # Anki looks for this name: it closes such windows with the profile, where it would complain of others.
    silentlyClose = True  # noqa: N815

    def __init__(self, question: Question, icon: QIcon, scopes: Scopes = AS_A_PAGE) -> None:
        # Without a parent: hidden or minimised, Anki's main window would hide it too.
        super().__init__(None)
        self.question = question
        self.setWindowTitle(words.PERMISSION_TITLE)
        self.setWindowIcon(icon)
        self.setWindowModality(Qt.WindowModality.NonModal)
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
        self.setWindowFlag(Qt.WindowType.WindowContextHelpButtonHint, False)  # noqa: FBT003
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # Whoever types in Anki at this moment goes on typing there.
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.choices = Choices(self)
        self.content = content(question, icon, scopes, self.column_width())
        layout = QVBoxLayout(self)
        layout.setSpacing(16)
        layout.addWidget(scrollable(self.content))
        layout.addWidget(self.choices)
        layout.setContentsMargins(20, 20, 20, 16)
        self.order_focus()
        self.resize(self.sizeHint())

    def column_width(self) -> int:
        wanted: int = self.fontMetrics().averageCharWidth() * LETTERS_A_LINE
        screen = self.screen().availableGeometry().width() * LARGEST_SHARE_OF_SCREEN
        return min(wanted, int(screen) - BESIDE_THE_TEXT)

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """As large as what is to be read; on a small screen, the text can be scrolled."""
        margins = self.layout().contentsMargins()
        inner = self.content.sizeHint()
        width = max(inner.width(), self.choices.sizeHint().width())
        height = inner.height() + self.layout().spacing() + self.choices.sizeHint().height()
        most = int(self.screen().availableGeometry().height() * LARGEST_SHARE_OF_SCREEN)
        needed = height + margins.top() + margins.bottom()
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        return QSize(
            width + margins.left() + margins.right() + (bar if needed > most else 0),
            min(needed, most),
        )

    def order_focus(self) -> None:
        deny, allow, ignore = (
            self.choices.by_decision[each]
            for each in (Decision.DENY, Decision.ALLOW, Decision.IGNORE)
        )
        deny.setFocus()
        self.setTabOrder(deny, allow)
        self.setTabOrder(allow, ignore)
        self.setTabOrder(ignore, self.content.findChild(OriginText))

    def choose(self, decision: Decision) -> None:
        try:
            self.question.answer(decision)
        finally:
            super().reject()

    def reject(self) -> None:
        """Escape, and every way of closing the window."""
        self.choose(Decision.DENY)

    def showEvent(self, event: object) -> None:  # noqa: N802  # Qt's name
        super().showEvent(event)
        self.choices.accept_soon()


class Choices(QDialogButtonBox):  # type: ignore[misc]
    """The three answers. Deny is the one that Enter and Space give."""

    def __init__(self, window: PermissionWindow) -> None:
        super().__init__()
        roles = QDialogButtonBox.ButtonRole
        self.by_decision: Dict[Decision, QPushButton] = {
            Decision.ALLOW: self.addButton(words.ALLOW, roles.AcceptRole),
            Decision.DENY: self.addButton(words.DENY, roles.RejectRole),
            # Of this role is what stands apart, on the other side of the window.
            Decision.IGNORE: self.addButton(words.IGNORE, roles.ResetRole),
        }
        for decision, button in self.by_decision.items():
            button.setAutoDefault(decision is Decision.DENY)
            qconnect(button.clicked, lambda _=False, chosen=decision: window.choose(chosen))
        self.by_decision[Decision.IGNORE].setToolTip(words.IGNORE_HINT)
        self.by_decision[Decision.ALLOW].setEnabled(False)
        self.by_decision[Decision.DENY].setDefault(True)
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        qconnect(self.timer.timeout, self.accept_now)

    def accept_soon(self) -> None:
        self.timer.start(ALLOW_AFTER_MILLISECONDS)

    def accept_now(self) -> None:
        self.by_decision[Decision.ALLOW].setEnabled(True)


def content(question: Question, icon: QIcon, scopes: Scopes, width: int) -> QWidget:
    """Everything to be read, as tall as it has to be at that width."""
    found = QWidget()
    row = QHBoxLayout(found)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(18)
    row.setSizeConstraint(QLayout.SizeConstraint.SetMinimumSize)
    row.addWidget(picture(icon, 32), 0, Qt.AlignmentFlag.AlignTop)
    column = QVBoxLayout()
    column.setSpacing(12)
    for part in parts(question, scopes, width):
        column.addWidget(part)
    column.addStretch()
    row.addLayout(column)
    return found


def parts(question: Question, scopes: Scopes, width: int) -> Iterator[QWidget]:
    yield heading(question, width)
    yield OriginText(question.origin, width)
    native = native_name(question.origin)
    if native is not None:
        scripts = ", ".join(script.title() for script in native.scripts)
        name = ISOLATED.format(native.host)
        yield label(words.NATIVE_NAME.format(scripts=scripts, name=name), width)
    if question.names_nobody:
        yield warning(words.NAMES_NOBODY.format(origin=visible(question.origin)), width)
    if question.lets_in_neighbours:
        yield warning(words.LETS_IN_NEIGHBOURS, width)
    yield powers(scopes, width)
    yield label(words.PERMISSION_ADVICE, width)


def asks(question: Question) -> str:
    """The question, in words that fit who asks."""
    origin = parse_origin(question.origin)
    if origin is None or question.names_nobody:
        return words.ASKS_NOBODY
    if origin.scheme in EXTENSION_SCHEMES:
        return words.ASKS_EXTENSION
    return words.ASKS_WEBSITE if origin.scheme in ("http", "https") else words.ASKS_APP


def heading(question: Question, width: int) -> QLabel:
    found = label(asks(question), width, larger=1.25)
    font = found.font()
    font.setBold(True)
    found.setFont(font)
    fix(found, width)
    return found


def powers(scopes: Scopes, width: int) -> QWidget:
    found = QWidget()
    grid = QGridLayout(found)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setVerticalSpacing(4)
    grid.setHorizontalSpacing(8)
    grid.addWidget(label(words.PERMISSION_MEANING, width), 0, 0, 1, 2)
    bullet = found.fontMetrics().horizontalAdvance("•")
    for row, power in enumerate(powers_of(scopes), 1):
        grid.addWidget(label("•", bullet), row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(label(power, width - bullet - 8), row, 1)
    return found


def warning(text: str, width: int) -> QWidget:
    found = QFrame()
    found.setFrameShape(QFrame.Shape.StyledPanel)
    row = QHBoxLayout(found)
    row.setContentsMargins(12, 10, 12, 10)
    row.setSpacing(10)
    sign = found.style().standardIcon(QStyle.StandardPixmap.SP_MessageBoxWarning)
    row.addWidget(picture(sign, 24), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(label(text, width - 24 - 10 - 2 * 12 - 2 * found.frameWidth()))
    return found


def picture(icon: QIcon, size: int) -> QLabel:
    found = QLabel()
    found.setPixmap(icon.pixmap(QSize(size, size)))
    found.setFixedWidth(size)
    return found


def label(text: str, width: int, larger: float = 1.0) -> QLabel:
    found = QLabel(text)
    found.setWordWrap(True)
    found.setTextFormat(Qt.TextFormat.PlainText)
    if larger != 1.0:
        font = found.font()
        font.setPointSizeF(font.pointSizeF() * larger)
        found.setFont(font)
    fix(found, width)
    return found


def fix(found: QLabel, width: int) -> None:
    """Layouts ask a wrapped label too late how tall it is at their width."""
    found.setFixedWidth(width)
    found.setMinimumHeight(found.heightForWidth(width))


def scrollable(inner: QWidget) -> Any:
    found = QScrollArea()
    found.setFrameShape(QFrame.Shape.NoFrame)
    found.setWidgetResizable(True)
    found.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    found.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    found.setWidget(inner)
    # The window's own colour, not that of a list.
    found.viewport().setAutoFillBackground(False)
    inner.setAutoFillBackground(False)
    return found
