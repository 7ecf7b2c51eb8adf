"""Fixtures for the tests in a real Anki."""

from __future__ import annotations

from typing import Iterator

import pytest

from tests.anki.window_desk import CONFIG, MODULE, RESET, hands
from tests.real_anki import RealAnki


@pytest.fixture(scope="module")
def window_anki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealAnki]:
    anki = RealAnki(tmp_path_factory.mktemp("window"), config=CONFIG).start()
    try:
        yield anki
        anki.close()
    finally:
        anki.kill()


@pytest.fixture
def desk(window_anki: RealAnki) -> Iterator[RealAnki]:
    """An Anki whose settings are the first ones, with the window open."""
    window_anki.execute(RESET, config=CONFIG)
    window_anki.forget_port()
    hands(window_anki, "choose_in_menu()")
    window_anki.wait_for(f"{MODULE}.addon().windows.window is not None")
    yield window_anki
    window_anki.check_log()
