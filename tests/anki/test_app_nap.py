"""App Nap in a running Anki: whether Anki has a switch for it, and that it follows our server.

The switch itself works on macOS only; here an object with the same two methods stands in for it.
"""

from __future__ import annotations

import sys

from tests.anki.window_desk import MODULE, see
from tests.conftest import AnkiFactory
from tests.real_anki import RealAnki

STAND_IN = """
import sys
package = sys.modules[type(ankiconnect.addon).__module__].__package__
app_nap = sys.modules[package + ".app_nap"]
calls = mw.calls_of_app_nap = []

class Switch:
    def disable_appnap(self):
        calls.append("disable")
    def enable_appnap(self):
        calls.append("enable")

ankiconnect.addon.app_nap = app_nap.AppNap(Switch())
ankiconnect.addon.show()
"""
CALLS = "mw.calls_of_app_nap"


def test_only_macos_has_the_switch(anki: RealAnki) -> None:
    found = anki.execute(
        "import sys; package = sys.modules[type(ankiconnect.addon).__module__].__package__\n"
        "result = sys.modules[package + '.compat'].app_nap_switch() is not None"
    )
    assert found is False or sys.platform == "darwin"


def test_the_switch_follows_the_server(fresh_anki: AnkiFactory) -> None:
    anki = fresh_anki()
    anki.execute(STAND_IN)
    assert anki.evaluate(CALLS) == ["disable"]
    anki.execute("ankiconnect.addon.pause(True)")
    anki.wait_for(f"{CALLS} == ['disable', 'enable']")
    anki.execute("ankiconnect.addon.pause(False)")
    anki.wait_for(f"{CALLS} == ['disable', 'enable', 'disable']")
    anki.execute("ankiconnect.addon.stop()")
    assert anki.evaluate(CALLS) == ["disable", "enable", "disable", "enable"]


def test_the_window_gives_the_command(desk: RealAnki) -> None:
    desk.execute("kept['asked'] = ankiconnect.addon.app_nap.to_be_forbidden")
    desk.execute("ankiconnect.addon.app_nap.to_be_forbidden = lambda: True")
    desk.execute("ankiconnect.addon.show()")
    [note] = desk.evaluate("ankiconnect.addon.state().notes")
    assert "defaults write net.ankiweb.dtop NSAppSleepDisabled -bool true" in note
    see(desk, note)
    assert desk.evaluate("ankiconnect.addon.state().troubles") == []
    desk.execute("ankiconnect.addon.app_nap.to_be_forbidden = kept.pop('asked')")
    desk.execute("ankiconnect.addon.show()")
    assert note not in desk.evaluate(f"{MODULE}.texts()")
