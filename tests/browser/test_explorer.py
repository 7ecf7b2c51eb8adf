"""The explorer in a real Chromium, before a real Anki."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from typing import Any, Dict, Iterator, List

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.anki.permission_page import PRESS, seen, until
from tests.browser.explorer_page import Open, Watched
from tests.conftest import AnkiFactory
from tests.real_anki import RealAnki

LOAD_MILLISECONDS = 200
PHONE = {"width": 390, "height": 844}
SMALLEST_PHONE = {"width": 320, "height": 640}
SCHEMES = ("light", "dark")


@pytest.fixture
def explorer(browser: Browser) -> Iterator[Open]:
    """Opens the explorer of an Anki; takes the options of a browser context."""
    opened: List[Watched] = []

    def open_one(anki: RealAnki, **options: Any) -> Watched:
        wished = {"viewport": {"width": 1280, "height": 860}, **options}
        page = browser.new_context(**wished).new_page()
        page.set_default_timeout(10_000)
        found = Watched(page, anki.url)
        opened.append(found)
        page.goto(anki.url + "/")
        page.locator("#list a").first.wait_for()
        return found

    yield open_one
    for each in opened:
        each.page.context.close()


@pytest.fixture
def quiet_explorer(explorer: Open, anki: RealAnki) -> Iterator[Watched]:
    """The explorer of an Anki at rest; fails if its page complained, or asked anybody else for anything."""
    found = explorer(anki)
    found.wait_for_state("Ready")
    yield found
    assert (found.complaints, found.elsewhere) == ([], [])


# --- What is seen first ---------------------------------------------------------------------------


def test_what_is_seen_first(quiet_explorer: Watched, anki: RealAnki) -> None:
    page = quiet_explorer.page
    assert page.locator("h1").inner_text() == "AnkiConnect v.6"
    assert page.locator("#advice").is_hidden()
    names = anki.request("apiReflect", scopes=["actions"])["actions"]
    assert sorted(page.locator("#list a").all_inner_texts()) == names
    assert anki.request("getVersion")["anki"] in page.locator("#versions").inner_text()


def test_it_is_there_at_once(explorer: Open, anki: RealAnki) -> None:
    page = explorer(anki).page
    times = []
    for _ in range(8):
        page.reload()
        page.locator("#list a").first.wait_for()
        entry = "performance.getEntriesByType('navigation')[0].loadEventEnd"
        page.wait_for_function(f"{entry} > 0")
        times.append(page.evaluate(entry))
    assert min(times) < LOAD_MILLISECONDS, times


def test_nothing_else_runs_in_the_page(explorer: Open, anki: RealAnki) -> None:
    found = explorer(anki)
    ran = """() => {
      const script = document.createElement("script");
      try { script.textContent = "window.ran = true"; } catch { return "refused"; }
      document.body.append(script);
      return window.ran === undefined ? "refused" : "ran";
    }"""
    assert found.page.evaluate(ran) == "refused"
    image = "() => new Promise((done) => { const image = new Image(); image.onerror = () => done('refused');"
    image += " image.onload = () => done('loaded'); image.src = 'http://localhost:1/x.png'; })"
    assert found.page.evaluate(image) == "refused"
    assert any("Content Security Policy" in text for text in found.complaints)


# --- Actions --------------------------------------------------------------------------------------


def test_every_action_has_a_form_that_fits(quiet_explorer: Watched) -> None:
    page = quiet_explorer.page
    for name in page.locator("#list a").all_inner_texts():
        page.evaluate("name => { location.hash = name; }", name)
        page.wait_for_function(
            "name => document.querySelector('main h2').textContent === name", arg=name
        )
        asked = json.loads(shlex.split(page.locator("#sample").text_content() or "")[3])
        assert (asked["action"], asked["version"]) == (name, 6)
        assert "[object" not in page.locator("main").inner_text()
        for words in page.locator("main .kind").all_inner_texts():
            assert "undefined" not in words


def test_an_action_without_parameters(quiet_explorer: Watched) -> None:
    quiet_explorer.show("deckNamesAndIds")
    assert quiet_explorer.sent() == {"result": {"Default": 1}, "error": None}
    assert "Done in" in quiet_explorer.page.locator(".what[role=status]").inner_text()


def test_a_note_is_added_by_its_form(quiet_explorer: Watched, anki: RealAnki) -> None:
    page = quiet_explorer.show("addNote")
    page.get_by_label("deckName").first.fill("Default")
    page.get_by_label("modelName").fill("Basic")
    page.get_by_label("fields: name").fill("Front")
    page.get_by_label("fields: value").fill("it's “ready”")
    page.get_by_label("tags").fill("a1\nanimals")
    reply = quiet_explorer.sent()
    assert reply["error"] is None
    [note] = anki.request("notesInfo", notes=[reply["result"]])
    assert note["fields"]["Front"]["value"] == "it's “ready”"
    assert note["tags"] == ["a1", "animals"]


def test_a_failure_is_shown(quiet_explorer: Watched) -> None:
    page = quiet_explorer.show("modelFieldNames")
    page.get_by_label("modelName").fill("<b>nope</b>")
    assert quiet_explorer.sent()["error"] == "model was not found: <b>nope</b>"
    assert "Failed in" in page.locator(".what.bad").inner_text()


def test_what_cannot_be_sent_is_said_at_the_field(quiet_explorer: Watched, anki: RealAnki) -> None:
    page = quiet_explorer.show("deckNameFromId")
    page.get_by_role("button", name="Send").click()
    assert page.locator(".wrong").inner_text() == "An id is a whole number."
    assert page.get_by_label("deckId").get_attribute("aria-invalid") == "true"
    assert page.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true"
    page.get_by_label("deckId").fill("1")
    assert quiet_explorer.sent()["result"] == "Default"


def test_what_deletes_asks_first(quiet_explorer: Watched, anki: RealAnki) -> None:
    anki.request("createDeck", deck="Spanish")
    page = quiet_explorer.show("deleteDecks")
    page.get_by_label("decks").fill("Spanish")
    page.get_by_label("cardsToo").check()
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Send").click()
    assert "Spanish" in anki.request("deckNames")
    page.once("dialog", lambda dialog: dialog.accept())
    assert quiet_explorer.sent()["error"] is None
    assert "Spanish" not in anki.request("deckNames")


FORMS: Dict[str, Any] = {
    "setDueDate": ({"cards": "1 2\n3", "days": "3-7"}, {"cards": [1, 2, 3], "days": "3-7"}),
    "setEaseFactors": (
        {"cards": "1", "easeFactors": "2500"},
        {"cards": [1], "easeFactors": [2500]},
    ),
    "findCards": ({"query": "deck:a b", "limit": "5"}, {"query": "deck:a b", "limit": 5}),
    "createModel": (
        {"modelName": "Verbs", "inOrderFields": "A\nB c", "Front": "{{A}}", "Back": "x"},
        {
            "modelName": "Verbs",
            "inOrderFields": ["A", "B c"],
            "cardTemplates": [{"Front": "{{A}}", "Back": "x"}],
        },
    ),
}


@pytest.mark.parametrize("action", FORMS)
def test_forms_make_the_request(quiet_explorer: Watched, action: str) -> None:
    filled, params = FORMS[action]
    page = quiet_explorer.show(action)
    for label, text in filled.items():
        page.get_by_label(label, exact=True).fill(text)
    asked = json.loads(shlex.split(quiet_explorer.sample("curl"))[3])
    assert asked == {"action": action, "version": 6, "params": params}


def test_objects_can_be_written_as_json(quiet_explorer: Watched) -> None:
    page = quiet_explorer.show("addNote")
    page.get_by_label("modelName").fill("Basic")
    page.get_by_role("button", name="note as JSON").click()
    area = page.locator("textarea.raw")
    assert json.loads(area.input_value())["modelName"] == "Basic"
    area.fill("{")
    page.get_by_role("button", name="Send").click()
    assert "This is not JSON" in page.locator(".wrong").inner_text()
    area.fill('{"x": [1]}')
    asked = json.loads(shlex.split(quiet_explorer.sample("curl"))[3])
    assert asked["params"] == {"note": {"x": [1]}}


# --- Samples --------------------------------------------------------------------------------------

AWKWARD = 'it\'s \\ "quoted" $HOME あ'


def output(words: Any, text: str) -> str:
    run = subprocess.run(words, input=text, capture_output=True, text=True, encoding="utf-8")
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_samples_do_what_they_show(quiet_explorer: Watched, anki: RealAnki) -> None:
    anki.request("createDeck", deck=AWKWARD)
    page = quiet_explorer.show("getDeckStats")
    page.get_by_label("decks").fill(f"{AWKWARD}\nDefault")
    shown = quiet_explorer.sent()
    assert len(shown["result"]) == 2
    assert json.loads(output(["sh"], quiet_explorer.sample("curl"))) == shown
    found = output([sys.executable, "-X", "utf8", "-"], quiet_explorer.sample("Python"))
    assert "あ" in found
    script = quiet_explorer.sample("JavaScript").replace("console.log(result)", "return result")
    assert page.evaluate(f"async () => {{ {script} }}") == shown["result"]


def test_a_sample_is_copied(explorer: Open, anki: RealAnki) -> None:
    found = explorer(anki, permissions=["clipboard-read", "clipboard-write"])
    page = found.show("version")
    text = found.sample("Python")
    page.locator("section[aria-label='The request']").get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == text


# --- By keyboard ----------------------------------------------------------------------------------


def test_everything_goes_by_keyboard(quiet_explorer: Watched) -> None:
    page = quiet_explorer.page
    page.keyboard.press("/")
    page.keyboard.type("decknamesand")
    assert page.locator("#list a").all_inner_texts() == ["deckNamesAndIds"]
    assert page.locator("#found").inner_text() == "1 action found"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator("main h2", has_text="deckNamesAndIds").wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Send"
    page.keyboard.press("Control+Enter")
    page.locator(".what.good").wait_for()
    page.get_by_role("tab", name="curl").focus()
    page.keyboard.press("ArrowRight")
    assert "import json" in (page.locator("#sample").text_content() or "")


# --- What to do if something is wrong -------------------------------------------------------------


def test_a_key_is_asked_for(explorer: Open, fresh_anki: AnkiFactory) -> None:
    anki = fresh_anki(config={"apiKey": "s3cret-s3cret-s3cret"})
    found = explorer(anki)
    found.wait_for_state("API key needed")
    assert "Tools > AnkiConnect" in found.advice
    found.page.get_by_label("API key").fill("wrong")
    found.page.get_by_role("button", name="Use").click()
    found.wait_for_state("Wrong API key")
    found.page.get_by_label("API key").fill("s3cret-s3cret-s3cret")
    found.page.get_by_role("button", name="Use").click()
    found.wait_for_state("Ready")
    found.show("deckNames")
    assert found.sent()["result"] == ["Default"]
    assert "s3cret" not in found.sample("curl")
    found.page.reload()
    found.wait_for_state("Ready")


def test_permission_can_be_asked_for(explorer: Open, fresh_anki: AnkiFactory) -> None:
    anki = fresh_anki(config={"webCorsOriginList": []})
    found = explorer(anki)
    found.wait_for_state("This page may not use Anki")
    assert "webCorsOriginList" in found.advice
    assert anki.url in found.advice
    found.page.get_by_role("button", name="Ask Anki for permission").click()
    until(lambda: seen(anki) == [anki.url])
    anki.execute(PRESS, decision="allow")
    found.wait_for_state("Ready")


def test_without_a_profile(explorer: Open, fresh_anki: AnkiFactory) -> None:
    anki = fresh_anki(profiles=("One", "Two"), open_profile=None)
    found = explorer(anki)
    found.wait_for_state("No profile is open")
    assert "Choose a profile" in found.advice
    found.show("deckNames")
    assert found.sent()["error"] == "collection is not available"
    assert anki.request("loadProfile", name="Two") is True
    found.wait_for_state("Ready")


def test_an_anki_that_is_gone_and_one_that_is_busy(explorer: Open, fresh_anki: AnkiFactory) -> None:
    anki = fresh_anki()
    found = explorer(anki)
    found.wait_for_state("Ready")
    anki.execute("mw.progress.start()")
    found.wait_for_state("Busy")
    anki.execute("mw.progress.finish()")
    found.wait_for_state("Ready")
    anki.kill()
    found.wait_for_state("No answer from Anki")
    assert "Start it" in found.advice


# --- For everybody --------------------------------------------------------------------------------


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_it_is_accessible(explorer: Open, anki: RealAnki, scheme: str, viewport: Any) -> None:
    options = {"viewport": viewport} if viewport else {}
    found = explorer(anki, color_scheme=scheme, **options)
    for action in ("", "addNote", "cardsInfo", "deleteNotes", "multi"):
        page = found.show(action)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        problems = Axe().run(page).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in problems] == []


@pytest.mark.parametrize("action", ["", "addNote", "createModel", "cardsInfo", "answerCards"])
def test_nothing_sticks_out_on_a_phone(explorer: Open, anki: RealAnki, action: str) -> None:
    page = explorer(anki, viewport=SMALLEST_PHONE).show(action)
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALLEST_PHONE["width"]


def test_on_a_phone_one_goes_from_the_list_to_an_action_and_back(
    explorer: Open, anki: RealAnki
) -> None:
    page = explorer(anki, viewport=PHONE).page
    page.get_by_role("link", name="deckNames", exact=True).click()
    page.locator("main h2", has_text="deckNames").wait_for()
    assert page.locator("#list").is_hidden()
    page.get_by_role("link", name="All actions").click()
    assert page.locator("#list").is_visible()
