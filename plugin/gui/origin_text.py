"""An origin as people may safely read it."""

from aqt.qt import (
    QFrame,
    QPalette,
    QSizePolicy,
    Qt,
    QTextCharFormat,
    QTextCursor,
    QTextEdit,
    QTextOption,
)

from ..web.addresses import parse_origin
from . import words

# Anki's style changes the frame when the window is shown, too late to be asked.
WIDEST_FRAME = 4


def visible(text: str) -> str:
    """Plain ASCII: letters that look alike, marks of direction and controls all show as what they are."""
    return text.encode("unicode_escape").decode("ascii")


class OriginText(QTextEdit):  # type: ignore[misc]  # Qt's classes are not typed here
    """The whole origin, its host in bold: never as markup, never cut, so that its end cannot hide."""

    def __init__(self, origin: str, width: int) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setAcceptRichText(False)
        self.setTabChangesFocus(True)
        self.setAccessibleName(words.ORIGIN_NAME)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.write(visible(origin))
        self.fit(width)

    def write(self, origin: str) -> None:
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAnywhere)
        option.setTextDirection(Qt.LayoutDirection.LeftToRight)
        self.document().setDefaultTextOption(option)
        self.document().setDocumentMargin(8)
        parsed = parse_origin(origin)
        host = parsed.host if parsed else origin
        before, _, after = origin.partition(host) if host else (origin, "", "")
        cursor = QTextCursor(self.document())
        for text, bold in ((before, False), (host, True), (after, False)):
            cursor.insertText(text, self.looks(bold=bold))
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def looks(self, *, bold: bool) -> QTextCharFormat:
        found = QTextCharFormat()
        font = self.font()
        font.setBold(bold)
        font.setPointSizeF(font.pointSizeF() * 1.1)
        found.setFont(font)
        if not bold:
            muted = self.palette().brush(QPalette.ColorRole.PlaceholderText)
            found.setForeground(muted)
        return found

    def fit(self, width: int) -> None:
        frame = 2 * max(self.frameWidth(), WIDEST_FRAME)
        self.document().setTextWidth(width - frame)
        self.setFixedSize(width, int(self.document().size().height()) + frame)
