"""The .ankiaddon file is installed by Anki's own add-on manager, and works after a restart."""

from __future__ import annotations

import json
import pathlib
from typing import Any

from tests.conftest import AnkiFactory
from tests.real_anki import RealAnki
from tools import package

INSTALL = """
found = mw.addonManager.install(path)
result = [type(found).__name__, getattr(found, "errmsg", None), mw.addonManager.allAddons()]
"""
CLASSIC = "2055492159"


def install(anki: RealAnki, folder: pathlib.Path) -> Any:
    return anki.execute(INSTALL, path=str(package.build(folder)))


def set_port(anki: RealAnki) -> None:
    """Any free port, so that this Anki does not disturb one that runs on this machine."""
    meta = anki.base / "addons21" / package.PACKAGE / "meta.json"
    told = json.loads(meta.read_text(encoding="utf-8"))
    told["config"] = anki.config
    meta.write_text(json.dumps(told), encoding="utf-8")


def test_installed_package_answers_after_a_restart(
    fresh_anki: AnkiFactory, tmp_path: pathlib.Path
) -> None:
    anki = fresh_anki(addon=False)
    kind, error, addons = install(anki, tmp_path)
    assert (kind, error) == ("InstallOk", None)
    assert package.PACKAGE in addons
    anki.close()
    set_port(anki)
    anki.start()
    anki.wait_for("bool(ankiconnect) and bool(ankiconnect.addon.server_status().addresses)")
    assert anki.request("version") == 6
    assert anki.request("deckNames") == ["Default"]


def test_anki_knows_what_the_manifest_says(fresh_anki: AnkiFactory, tmp_path: pathlib.Path) -> None:
    anki = fresh_anki(addon=False)
    install(anki, tmp_path)
    meta = anki.execute(
        """
        meta = mw.addonManager.addon_meta("ankiconnect")
        result = [meta.human_name(), meta.human_version, meta.compatible(), meta.enabled]
        """
    )
    assert meta == ["AnkiConnect", package.version(), True, True]


def test_the_classic_add_on_is_switched_off(
    fresh_anki: AnkiFactory, tmp_path: pathlib.Path
) -> None:
    anki = fresh_anki(addon=False)
    classic = anki.base / "addons21" / CLASSIC
    classic.mkdir()
    (classic / "__init__.py").write_text("")
    install(anki, tmp_path)
    assert anki.evaluate("mw.addonManager.isEnabled(package)", package=CLASSIC) is False
    assert anki.evaluate("mw.addonManager.isEnabled('ankiconnect')") is True
