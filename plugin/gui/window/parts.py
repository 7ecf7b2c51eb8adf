"""Small widgets that all pages use."""

import html
from typing import Callable, Dict, Optional, Sequence, Tuple

from aqt.qt import (
    QFontMetrics,
    QFrame,
    QLabel,
    QPainter,
    QPaintEvent,
    QPushButton,
    QScrollArea,
    QSize,
    QSizePolicy,
    QStyle,
    QStyleOption,
    Qt,
    QVBoxLayout,
    QWidget,
    qconnect,
)
from aqt.theme import theme_manager

from ... import compat

# For each tone the colour in light and in dark.
TONES: Dict[str, Tuple[str, str]] = {
    "good": ("#24844b", "#5cc98a"),
    "bad": ("#b3261e", "#ff9d94"),
    "dim": ("#5f6368", "#a3a7ad"),
}
# Text, ground and border.
BLOCKS: Dict[str, Tuple[Tuple[str, str, str], Tuple[str, str, str]]] = {
    "trouble": (("#7a1711", "#fdeceb", "#e6a8a3"), ("#ffc9c4", "#4a2a2a", "#7d4743")),
    "warning": (("#5c4400", "#fff6da", "#e3c46f"), ("#f3dfa6", "#41381f", "#756432")),
}


def night() -> int:
    return int(theme_manager.night_mode)


class ToneLabel(QLabel):  # type: ignore[misc]  # Qt's classes are not typed here
    """Plain text in a colour that suits the theme; with the name of a block, in a coloured box."""

    def __init__(self, tone: str = "", text: str = "") -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.tone = tone
        self.retone()

    def set_tone(self, tone: str) -> None:
        self.tone = tone
        self.retone()

    def retone(self) -> None:
        """Takes the colours of the theme that is on now."""
        if self.tone in BLOCKS:
            text, ground, border = BLOCKS[self.tone][night()]
            self.setStyleSheet(
                f"color: {text}; background: {ground}; border: 1px solid {border}; "
                "border-radius: 4px; padding: 6px 8px;"
            )
        elif self.tone:
            self.setStyleSheet(f"color: {TONES[self.tone][night()]};")


def label(text: str = "") -> QLabel:
    """Plain text that may take several lines."""
    return ToneLabel("", text)


def heading(text: str = "", larger: float = 1.0) -> QLabel:
    found = QLabel(text)
    found.setTextFormat(Qt.TextFormat.PlainText)
    font = found.font()
    font.setBold(True)
    font.setPointSizeF(font.pointSizeF() * larger)
    found.setFont(font)
    return found


class ElidedLabel(QLabel):  # type: ignore[misc]  # Qt's classes are not typed here
    """One line that gives way in its middle when there is no room; its tooltip holds the whole."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.say(text)

    def say(self, text: str) -> None:
        self.setText(text)
        # A tooltip that looks like markup would be taken for it.
        self.setToolTip(f"<qt>{html.escape(text)}</qt>")

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(ems(self, 8), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        option = QStyleOption()
        option.initFrom(self)
        painter = QPainter(self)
        style: QStyle = self.style()
        middle = Qt.TextElideMode.ElideMiddle
        text = QFontMetrics(self.font()).elidedText(self.text(), middle, self.width())
        flags = compat.flag_number(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        style.drawItemText(
            painter,
            self.rect(),
            flags,
            option.palette,
            self.isEnabled(),
            text,
            self.foregroundRole(),
        )


def ems(widget: QWidget, count: float) -> int:
    """A length that grows with the font."""
    return int(widget.fontMetrics().averageCharWidth() * count)


def button(text: str, pressed: Callable[[], object], name: str = "") -> QPushButton:
    """A push button. None is the default: Enter in a field belongs to that field."""
    found = QPushButton(text)
    found.setAutoDefault(False)
    if name:
        found.setAccessibleName(name)
    qconnect(found.clicked, lambda _=False: pressed())
    return found


def column(*widgets: QWidget, parent: Optional[QWidget] = None, margin: int = 0) -> QVBoxLayout:
    """Widgets below each other; room that is left stays below them."""
    found = QVBoxLayout(parent) if parent is not None else QVBoxLayout()
    found.setContentsMargins(margin, margin, margin, margin)
    for widget in widgets:
        found.addWidget(widget)
    return found


def scrolled(inside: QWidget) -> QScrollArea:
    """A frameless area of the page's own colour, in which a list can be scrolled."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidget(inside)
    for ground in (area.viewport(), inside):
        ground.setAutoFillBackground(False)
    return area


def follow_with_tab(widgets: Sequence[QWidget]) -> None:
    """Lets Tab go through them in this order; what is made later would come last of all."""
    for first, second in zip(widgets, widgets[1:]):
        QWidget.setTabOrder(first, second)
