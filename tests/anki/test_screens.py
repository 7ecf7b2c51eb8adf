"""When Anki's windows are drawn anew after changes: soon, seldom, and not while somebody has the collection."""

from __future__ import annotations

import pytest

from tests.real_anki import RealAnki

DRAWN = """
from ankiconnect.gui.screens import Drawing
times = []
drawing = Drawing(mw, lambda: times.append(time.monotonic()) or True, 1000)
ends = time.monotonic() + seconds
while time.monotonic() < ends:
    drawing.soon()
    wait(0.02)
result = [times[0] - ends + seconds, [later - earlier for earlier, later in zip(times, times[1:])]]
"""


def test_what_is_drawn_again_and_again_is_drawn_after_ever_longer_pauses(anki: RealAnki) -> None:
    first, pauses = anki.execute("import time\n" + DRAWN, seconds=4.0)
    assert first < 0.4
    assert len(pauses) in (3, 4)
    assert pauses[0] == pytest.approx(0.5, abs=0.3)
    assert pauses[1:3] == pytest.approx([1.0, 1.0], abs=0.3)


def test_drawing_that_is_not_possible_yet_is_tried_again(anki: RealAnki) -> None:
    assert (
        anki.execute(
            """
        from ankiconnect.gui.screens import Drawing
        tries = []
        drawing = Drawing(mw, lambda: tries.append(1) or len(tries) > 2, 1000)
        drawing.soon()
        wait_until(lambda: not drawing.timer.isActive())
        result = len(tries)
        """
        )
        == 3
    )


HELD_BACK = """
screens = ankiconnect.addon.performer.screens
kept["held"], kept["usual"] = [True], screens.is_held
screens.is_held = lambda: kept["held"][0]
kept["drawn"], kept["draw"] = [], screens.windows.draw
screens.windows.draw = lambda: not screens.is_held() and (kept["drawn"].append(1) or True)
screens.windows.soon()
"""


def test_what_is_late_is_drawn_as_soon_as_nobody_has_the_collection(anki: RealAnki) -> None:
    anki.execute(HELD_BACK)
    try:
        anki.wait_for("ankiconnect.addon.performer.screens.are_late")
        assert anki.evaluate("kept['drawn']") == []
        # The next write ends, and before anything else has its turn the windows are drawn.
        anki.execute("kept['held'][0] = False; screens = ankiconnect.addon.performer.screens")
        anki.execute("ankiconnect.addon.performer.screens.windows.timer.stop()")
        anki.request("createDeck", deck="Late")
        assert anki.evaluate("kept['drawn']") == [1]
        assert not anki.evaluate("ankiconnect.addon.performer.screens.are_late")
    finally:
        anki.execute(
            "screens = ankiconnect.addon.performer.screens\n"
            "screens.is_held, screens.windows.draw = kept['usual'], kept['draw']"
        )
