"""The address and port to listen on."""

from typing import List, Optional, Tuple

from aqt.qt import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
    qconnect,
)

from ...config import setting_of
from ...setting_kinds import ADDRESS, UnusableError
from ...web.addresses import is_loopback
from .. import words
from .controls import Controls, from_environment
from .head import caption
from .parts import ToneLabel, button, ems, label

ADDRESS_SETTING = "webBindAddress"
PORT_SETTING = "webBindPort"
LOOPBACK = setting_of(ADDRESS_SETTING).default
EVERYWHERE = "0.0.0.0"


class AddressPage(QWidget):  # type: ignore[misc]  # Qt's classes are not typed here
    """Fields that take effect together; until then they say what would come of them."""

    def __init__(self, controls: Controls) -> None:
        super().__init__()
        self.controls = controls
        self.shown: Optional[Tuple[str, int]] = None
        self.fixed = ToneLabel("warning")
        self.loopback = QRadioButton(words.THIS_COMPUTER)
        self.everywhere = QRadioButton(words.WHOLE_NETWORK)
        self.one = QRadioButton(words.ONE_ADDRESS)
        self.choices = QButtonGroup(self)
        self.address = QLineEdit()
        self.address.setPlaceholderText(words.ONE_ADDRESS_EXAMPLE)
        self.address.setAccessibleName(words.ONE_ADDRESS_NAME)
        self.port = QSpinBox()
        self.port.setRange(0, 65535)
        self.port.setSpecialValueText(words.PORT_ANY)
        self.problem = ToneLabel("bad")
        self.warning = ToneLabel("warning", words.NETWORK_WARNING)
        self.note = ToneLabel("dim")
        self.note.setWordWrap(False)
        self.use = button(words.USE_ADDRESS, self.apply)
        self.arrange()
        self.connect_all()

    def arrange(self) -> None:
        layout = QVBoxLayout(self)
        margin = ems(self, 2)
        layout.setContentsMargins(margin, margin, margin, margin)
        layout.setSpacing(10)
        layout.addWidget(self.fixed)
        layout.addWidget(label(words.ADDRESS_MEANING))
        for choice in (self.loopback, self.everywhere, self.one):
            self.choices.addButton(choice)
            layout.addWidget(choice)
        self.indent = ems(self, 4)
        layout.addLayout(self.row(self.address, indent=self.indent))
        layout.addWidget(self.problem)
        layout.addLayout(self.row(caption(words.PORT, self.port), self.port))
        layout.addWidget(ToneLabel("dim", words.PORT_NOTE))
        layout.addWidget(self.warning)
        layout.addLayout(self.row(self.use, self.note))
        layout.addStretch(1)

    def row(self, *widgets: QWidget, indent: int = 0) -> QHBoxLayout:
        found = QHBoxLayout()
        found.setContentsMargins(indent, 0, 0, 0)
        for widget in widgets:
            found.addWidget(widget)
        found.addStretch(1)
        return found

    def connect_all(self) -> None:
        self.address.setMinimumWidth(ems(self, 34))
        self.port.setMinimumWidth(ems(self, 16))
        for choice in (self.loopback, self.everywhere, self.one):
            qconnect(choice.toggled, lambda _: self.judge())
        qconnect(self.one.clicked, lambda _=False: self.address.setFocus())
        qconnect(self.address.textChanged, lambda _: self.judge())
        qconnect(self.address.returnPressed, self.apply)
        qconnect(self.port.valueChanged, lambda _: self.judge())

    def wanted(self) -> Optional[str]:
        """The address that is chosen; None as long as it is none."""
        if self.loopback.isChecked():
            return str(LOOPBACK)
        if self.everywhere.isChecked():
            return EVERYWHERE
        try:
            return str(ADDRESS.check(self.address.text(), lambda _: None))
        except UnusableError:
            return None

    def judge(self) -> None:
        """Says what would come of the fields as they are."""
        address, settings = self.wanted(), self.controls.settings
        self.address.setEnabled(self.one.isChecked())
        typed = bool(self.address.text().strip())
        beyond = address is not None and not is_loopback(address)
        problems: List[str] = []
        if address is None and typed:
            problems.append(words.NOT_AN_ADDRESS)
        if beyond and not settings.keys.closed:
            problems.append(words.KEY_FIRST)
        self.problem.setText("\n".join(problems))
        self.problem.setVisible(bool(problems))
        self.warning.setVisible(beyond)
        same = (address, self.port.value()) == (settings.bind_address, settings.bind_port)
        in_use = same and bool(self.controls.state().addresses)
        self.note.setText(words.ADDRESS_IN_USE if in_use else "")
        self.use.setEnabled(address is not None and not problems and not same)

    def apply(self) -> None:
        self.port.interpretText()
        if self.use.isEnabled():
            self.controls.change({ADDRESS_SETTING: self.wanted(), PORT_SETTING: self.port.value()})

    def refresh(self) -> None:
        """Follows the settings; what is half typed stays as long as these do not change."""
        settings = self.controls.settings
        now = (settings.bind_address, settings.bind_port)
        if now != self.shown:
            self.shown = now
            self.take_over(*now)
        variables = [
            each for each in map(from_environment, (ADDRESS_SETTING, PORT_SETTING)) if each
        ]
        texts = [words.FROM_ENVIRONMENT.format(variable=each) for each in variables]
        self.fixed.setText("\n".join(texts))
        self.fixed.setVisible(bool(texts))
        self.judge()

    def take_over(self, address: str, port: int) -> None:
        choice = {LOOPBACK: self.loopback, EVERYWHERE: self.everywhere}.get(address, self.one)
        choice.setChecked(True)
        self.address.setText(address if choice is self.one else "")
        self.port.setValue(port)
