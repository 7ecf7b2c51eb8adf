"""The .ankiaddon file is installed by Anki's own add-on manager, and works after a restart.

So it does over an older version of itself, and where the classic AnkiConnect was used before.
"""

from __future__ import annotations

import json
import pathlib
import shutil
import zipfile
from typing import Any, Dict, List, Optional

import pytest

from tests import classic
from tests.conftest import AnkiFactory
from tests.real_anki import RealAnki
from tools import package
from tools.launch import ADDON_SOURCE, free_port

INSTALL = """
found = mw.addonManager.install(path)
result = [type(found).__name__, getattr(found, "errmsg", None), mw.addonManager.allAddons()]
"""
CLASSIC = "2055492159"
# What somebody may have set there.
KEY = "an old and secret key"
PAGE = "https://reader.example"
PEST = "https://pest.example"
SERVES = "bool(ankiconnect) and bool(ankiconnect.addon.server_status().addresses)"


def install(anki: RealAnki, folder: pathlib.Path) -> Any:
    return anki.execute(INSTALL, path=str(package.build(folder)))


def meta_of(anki: RealAnki, folder: str = package.PACKAGE) -> pathlib.Path:
    return anki.base / "addons21" / folder / "meta.json"


def saved(anki: RealAnki) -> Any:
    """Our configuration on disk; None if there is none."""
    return json.loads(meta_of(anki).read_text(encoding="utf-8")).get("config")


def set_port(anki: RealAnki) -> None:
    """Any free port, so that this Anki does not disturb one that runs on this machine."""
    told = json.loads(meta_of(anki).read_text(encoding="utf-8"))
    told["config"] = anki.config
    meta_of(anki).write_text(json.dumps(told), encoding="utf-8")


def put_classic(anki: RealAnki, config: Optional[Dict[str, Any]]) -> None:
    """The classic add-on as it lies in its folder; its code is not needed, as it is switched off."""
    folder = meta_of(anki, CLASSIC).parent
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "config.json").write_text(json.dumps(classic.DEFAULTS))
    told = {"name": "AnkiConnect", "mod": 1708900000, "disabled": False}
    told.update({} if config is None else {"config": config})
    meta_of(anki, CLASSIC).write_text(json.dumps(told))


def used_before(port: int) -> Dict[str, Any]:
    """A configuration as the classic add-on writes it: its own of an earlier time are in it too."""
    return {
        "apiKey": KEY,
        "apiLogPath": None,
        "apiPollInterval": 25,
        "apiVersion": 6,
        "ignoreOriginList": [PEST],
        "webBacklog": 5,
        "webBindAddress": "127.0.0.1",
        "webBindPort": port,
        "webCorsOrigin": None,
        "webCorsOriginList": ["http://localhost", PAGE],
        "webTimeout": 30000,
    }


def start_again(anki: RealAnki) -> None:
    anki.close()
    anki.start()
    anki.wait_for(SERVES)


def status(anki: RealAnki, origin: str) -> int:
    body = json.dumps({"action": "deckNames", "version": 6, "key": KEY}).encode()
    return anki.http("POST", "/", body, {"Origin": origin}).status


def test_installed_package_answers_after_a_restart(
    fresh_anki: AnkiFactory, tmp_path: pathlib.Path
) -> None:
    anki = fresh_anki(addon=False)
    kind, error, addons = install(anki, tmp_path)
    assert (kind, error) == ("InstallOk", None)
    assert package.PACKAGE in addons
    set_port(anki)
    start_again(anki)
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
    put_classic(anki, None)
    install(anki, tmp_path)
    assert anki.evaluate("mw.addonManager.isEnabled(package)", package=CLASSIC) is False
    assert anki.evaluate("mw.addonManager.isEnabled('ankiconnect')") is True


# --- The classic add-on's settings ----------------------------------------------------------------


def test_what_was_set_in_the_classic_add_on_holds_on(
    fresh_anki: AnkiFactory, tmp_path: pathlib.Path
) -> None:
    anki = fresh_anki(addon=False)
    port = free_port()
    put_classic(anki, used_before(port))
    install(anki, tmp_path)
    start_again(anki)
    assert anki.port == port
    refused = anki.raw({"action": "deckNames", "version": 6})
    assert refused["error"] == "valid api key must be provided"
    anki.config["apiKey"] = KEY
    assert anki.request("deckNames") == ["Default"]
    assert (status(anki, PAGE), status(anki, PEST)) == (200, 403)
    asked = json.dumps({"action": "requestPermission", "version": 6}).encode()
    reply = anki.http("POST", "/", asked, {"Origin": PEST}).json()
    assert reply["result"] == {"permission": "denied"}
    assert saved(anki) == {
        "apiKey": KEY,
        "ignoreOriginList": [PEST],
        "webBindPort": port,
        "webCorsOriginList": ["http://localhost", PAGE],
        "webTimeout": 30000,
    }


def test_the_user_is_told_once_and_without_the_key(
    fresh_anki: AnkiFactory, tmp_path: pathlib.Path
) -> None:
    anki = fresh_anki(addon=False)
    put_classic(anki, used_before(free_port()))
    install(anki, tmp_path)
    start_again(anki)
    [note] = anki.evaluate("ankiconnect.addon.state().notes")
    for name in ("apiKey", "ignoreOriginList", "webBindPort", "webCorsOriginList", "webTimeout"):
        assert name in note
    assert KEY not in note
    assert anki.evaluate("ankiconnect.addon.state().troubles") == []
    start_again(anki)
    assert anki.evaluate("ankiconnect.addon.state().notes") == []


def test_it_happens_at_the_first_start_only(
    fresh_anki: AnkiFactory, tmp_path: pathlib.Path
) -> None:
    anki = fresh_anki(addon=False)
    before = used_before(free_port())
    put_classic(anki, before)
    install(anki, tmp_path)
    start_again(anki)
    anki.execute("ankiconnect.addon.change({'apiKey': None})")
    anki.forget_port()
    start_again(anki)
    assert anki.request("deckNames") == ["Default"], "no key is wanted any more"


def test_own_settings_win(fresh_anki: AnkiFactory, tmp_path: pathlib.Path) -> None:
    anki = fresh_anki(addon=False)
    put_classic(anki, used_before(free_port()))
    install(anki, tmp_path)
    set_port(anki)
    start_again(anki)
    assert saved(anki) == anki.config
    assert anki.request("deckNames") == ["Default"]
    assert anki.evaluate("ankiconnect.addon.state().notes") == []


def test_the_environment_wins(fresh_anki: AnkiFactory, tmp_path: pathlib.Path) -> None:
    port = free_port()
    environ = {"ANKICONNECT_BIND_PORT": str(port), "ANKICONNECT_API_KEY": "of the environment"}
    anki = fresh_anki(addon=False, environ=environ)
    put_classic(anki, used_before(free_port()))
    install(anki, tmp_path)
    start_again(anki)
    assert anki.port == port
    anki.config["apiKey"] = "of the environment"
    assert anki.request("deckNames") == ["Default"]


@pytest.mark.parametrize("config", [classic.DEFAULTS, ["odd"]], ids=["defaults", "odd"])
def test_where_nothing_was_set_there_is_nothing_to_take_over(
    config: Any, fresh_anki: AnkiFactory, tmp_path: pathlib.Path
) -> None:
    environ = {"ANKICONNECT_BIND_PORT": str(free_port())}
    anki = fresh_anki(addon=False, environ=environ)
    put_classic(anki, config)
    install(anki, tmp_path)
    start_again(anki)
    assert anki.evaluate("ankiconnect.addon.state().notes") == []
    assert saved(anki) == {}, "so that it is not looked for again"


def test_a_profile_without_the_classic_add_on(
    fresh_anki: AnkiFactory, tmp_path: pathlib.Path
) -> None:
    anki = fresh_anki(addon=False, environ={"ANKICONNECT_BIND_PORT": str(free_port())})
    install(anki, tmp_path)
    start_again(anki)
    assert saved(anki) is None


def test_unpacked_into_the_classic_add_ons_folder(
    fresh_anki: AnkiFactory, tmp_path: pathlib.Path
) -> None:
    anki = fresh_anki(addon=False)
    port = free_port()
    put_classic(anki, used_before(port))
    with zipfile.ZipFile(package.build(tmp_path)) as built:
        built.extractall(meta_of(anki, CLASSIC).parent)
    anki.close()
    anki.start()
    anki.wait_for(f"'{CLASSIC}' in __import__('sys').modules")
    addon = f"__import__('sys').modules['{CLASSIC}'].addon"
    anki.wait_for(f"bool({addon}.server_status().addresses)")
    assert anki.evaluate(f"[a[1] for a in {addon}.server_status().addresses][0]") == port
    assert anki.evaluate(f"{addon}.settings.api_key") == KEY


# --- An older version of ourselves ----------------------------------------------------------------


def test_an_update_keeps_the_settings(fresh_anki: AnkiFactory, tmp_path: pathlib.Path) -> None:
    older = tmp_path / "older"
    shutil.copytree(ADDON_SOURCE, older, ignore=shutil.ignore_patterns(*package.LEFT_OUT))
    (older / "version.py").write_text('VERSION = "0.0.1"\n')
    anki = fresh_anki(addon=False)
    anki.execute(INSTALL, path=str(package.build(tmp_path / "old", older)))
    set_port(anki)
    start_again(anki)
    assert anki.request("getVersion")["ankiConnect"] == "0.0.1"
    anki.execute("ankiconnect.addon.change({'apiKey': key, 'webHostList': ['anki.lan']})", key=KEY)
    kind, error, _ = install(anki, tmp_path)
    assert (kind, error) == ("InstallOk", None)
    start_again(anki)
    anki.config["apiKey"] = KEY
    assert anki.request("getVersion")["ankiConnect"] == package.version()
    kept = {"webBindPort": 0, "apiKey": KEY, "webHostList": ["anki.lan"]}
    assert {name: saved(anki)[name] for name in kept} == kept


# --- What is in it --------------------------------------------------------------------------------


def test_anki_reads_every_word_of_the_manifest(
    fresh_anki: AnkiFactory, tmp_path: pathlib.Path
) -> None:
    anki = fresh_anki(addon=False)
    read, known = anki.execute(
        """
        import zipfile
        with zipfile.ZipFile(path) as built:
            manifest = mw.addonManager.readManifestFile(built)
        result = [manifest, list(mw.addonManager._manifest_schema["properties"])]
        """,
        path=str(package.build(tmp_path)),
    )
    assert read == package.manifest(package.version(), package.timestamp())
    assert set(read) <= set(known)


def test_every_module_in_it_is_used(fresh_anki: AnkiFactory, tmp_path: pathlib.Path) -> None:
    anki = fresh_anki(addon=False)
    install(anki, tmp_path)
    set_port(anki)
    start_again(anki)
    anki.execute("ankiconnect.addon.windows.open()")
    loaded = anki.evaluate(
        "[n for n in __import__('sys').modules if n.split('.')[0] == 'ankiconnect']"
    )
    with zipfile.ZipFile(package.build(tmp_path)) as built:
        modules = [module_of(name) for name in built.namelist() if name.endswith(".py")]
    assert sorted(set(modules) - set(loaded)) == []


def module_of(name: str) -> str:
    parts: List[str] = [package.PACKAGE, *name[: -len(".py")].split("/")]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
