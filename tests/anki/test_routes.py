"""What a real Anki shows by path: its state at all times, descriptions, the page, actions with honest statuses."""

from __future__ import annotations

import json
import threading
import time
from typing import Any, Tuple

import jsonschema
import pytest
from openapi_spec_validator import validate

from plugin import openapi
from plugin.health import ANKI_OPERATION, ANKI_SILENT
from tests.conftest import AnkiFactory
from tests.real_anki import HttpReply, RealAnki

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def health(anki: RealAnki) -> Any:
    got = anki.http("GET", "/health")
    assert got.status == 200
    told = got.json()
    jsonschema.validate(told, openapi.HEALTH)
    return told


def call(anki: RealAnki, name: str, **params: Any) -> HttpReply:
    return anki.http("POST", f"/actions/{name}", json.dumps(params).encode())


def failure(got: HttpReply) -> Tuple[int, str]:
    told = got.json()
    assert (got.headers["content-type"], told["status"]) == ("application/problem+json", got.status)
    return got.status, told["detail"]


# --- Health ---------------------------------------------------------------------------------------


def test_health_of_an_anki_at_rest(anki: RealAnki) -> None:
    told = health(anki)
    versions = told.pop("versions")
    assert told == {
        "ready": True,
        "profileOpen": True,
        "collectionOpen": True,
        "dialogOpen": False,
        "busy": None,
    }
    asked = anki.request("getVersion")
    assert (versions["anki"], versions["ankiConnect"]) == (asked["anki"], asked["ankiConnect"])


def test_health_while_ankis_main_thread_is_held_up(anki: RealAnki) -> None:
    health(anki)
    sleeper = threading.Thread(target=anki.execute, args=("import time; time.sleep(2)",))
    sleeper.start()
    time.sleep(0.3)
    began = time.monotonic()
    told = health(anki)
    assert time.monotonic() - began < 1
    assert sleeper.is_alive()
    assert (told["ready"], told["busy"]["with"]) == (False, ANKI_SILENT)
    sleeper.join()
    assert health(anki)["ready"]


def test_health_during_an_operation_of_ankis_own(anki: RealAnki) -> None:
    anki.execute("mw.progress.start()")
    try:
        told = health(anki)
    finally:
        anki.execute("mw.progress.finish()")
    assert (told["ready"], told["collectionOpen"]) == (False, True)
    assert told["busy"]["with"] == ANKI_OPERATION
    anki.wait_for("not mw.progress.busy()")
    assert health(anki)["ready"]


def test_health_with_a_dialog_open(anki: RealAnki) -> None:
    anki.execute("from aqt.qt import QDialog; mw.our_dialog = QDialog(mw); mw.our_dialog.open()")
    told = health(anki)
    anki.execute("mw.our_dialog.close(); del mw.our_dialog")
    assert (told["ready"], told["dialogOpen"]) == (True, True)
    assert not health(anki)["dialogOpen"]


def test_health_without_a_profile(fresh_anki: AnkiFactory) -> None:
    anki = fresh_anki(profiles=("One", "Two"), open_profile=None)
    told = health(anki)
    assert (told["ready"], told["profileOpen"], told["collectionOpen"]) == (False, False, False)
    assert failure(call(anki, "deckNames")) == (503, "collection is not available")
    assert anki.request("loadProfile", name="Two") is True
    assert health(anki)["ready"]


# --- Descriptions ---------------------------------------------------------------------------------


def test_the_openapi_document_is_valid_and_whole(anki: RealAnki) -> None:
    got = anki.http("GET", "/openapi.json")
    assert (got.status, got.headers["content-type"]) == (200, "application/json")
    document = got.json()
    validate(document)
    names = anki.request("apiReflect", scopes=["actions"])["actions"]
    paths = [path for path in document["paths"] if path.startswith("/actions/")]
    assert paths == [f"/actions/{name}" for name in names]
    for name in names:
        described = document["paths"][f"/actions/{name}"]["post"]
        assert described["summary"]
        assert described["responses"]["200"]["description"]
    explained = {tag["name"] for tag in document["tags"] if tag.get("description")}
    assert explained == {tag["name"] for tag in document["tags"]}


def test_the_schema_of_requests(anki: RealAnki) -> None:
    schema = anki.http("GET", "/schema.json").json()
    jsonschema.Draft202012Validator.check_schema(schema)
    check = jsonschema.Draft202012Validator(schema)
    note = {"deckName": "Default", "modelName": "Basic", "fields": {"Front": "x"}}
    assert check.is_valid({"action": "addNote", "version": 6, "params": {"note": note}})
    assert not check.is_valid({"action": "addNote", "version": 6, "params": {"note": {}}})


# --- Actions by path ------------------------------------------------------------------------------


def test_an_action_by_path(anki: RealAnki) -> None:
    note = {"deckName": "Default", "modelName": "Basic", "fields": {"Front": "x", "Back": "y"}}
    got = call(anki, "addNote", note=note)
    assert got.status == 200
    assert call(anki, "findNotes", query="deck:Default").json() == [got.json()]
    assert failure(call(anki, "addNote", note=note)) == (
        409,
        "cannot create note because it is a duplicate",
    )


def test_what_is_not_there_is_404(anki: RealAnki) -> None:
    note = {"deckName": "Nowhere", "modelName": "Basic", "fields": {"Front": "x"}}
    assert failure(call(anki, "addNote", note=note)) == (404, "deck was not found: Nowhere")
    assert failure(call(anki, "nope")) == (404, "unsupported action")


def test_what_makes_no_sense_is_400(anki: RealAnki) -> None:
    assert failure(call(anki, "cardsInfo", cards=5)) == (400, "cards should be a list: 5")


def test_the_key_by_path(fresh_anki: AnkiFactory) -> None:
    anki = fresh_anki(config={"apiKey": "s3cret-s3cret-s3cret"})
    assert failure(call(anki, "deckNames"))[0] == 401
    bearer = {"Authorization": "Bearer s3cret-s3cret-s3cret"}
    assert anki.http("POST", "/actions/deckNames", b"", bearer).json() == ["Default"]
    assert call(anki, "deckNames", key="s3cret-s3cret-s3cret").json() == ["Default"]
    assert health(anki)["ready"], "it needs no key"


# --- The page -------------------------------------------------------------------------------------


def test_browsers_and_others(anki: RealAnki) -> None:
    page = anki.http("GET", "/", headers=BROWSER)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert b"AnkiConnect v.6" in page.body
    assert anki.http("GET", "/").json() == {"apiVersion": "AnkiConnect v.6"}


@pytest.mark.parametrize("path", ["/", "/health", "/openapi.json", "/schema.json"])
def test_foreign_pages_see_nothing(anki: RealAnki, path: str) -> None:
    sent = {**BROWSER, "Origin": "https://evil.example"}
    assert anki.http("GET", path, headers=sent).status == 403
