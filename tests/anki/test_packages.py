"""exportPackage and importPackage in a real Anki."""

from __future__ import annotations

import pathlib
import time
import zipfile
from typing import Any, Dict, List

import pytest

from tests.anki.contents import contents
from tests.anki.test_profiles import in_background
from tests.real_anki import RealAnki, ReplyError

WINDOWS = "[w.objectName() for w in mw.app.topLevelWidgets() if w.isVisible() and w.isWindow()]"
UNDOES_IMPORTS = "hasattr(col, 'import_anki_package')"


def prepare(anki: RealAnki) -> List[int]:
    """A deck with a sub-deck, a reviewed card and a picture."""
    anki.request("storeMediaFile", filename="gato.txt", data="aG9sYQ==")
    anki.request("createDeck", deck="Spanish::Verbs")
    notes = []
    for deck, front in (("Spanish", "gato [sound:gato.txt]"), ("Spanish::Verbs", "hablar")):
        note = {"deckName": deck, "modelName": "Basic", "fields": {"Front": front, "Back": "b"}}
        notes.append(anki.request("addNote", note=note))
    anki.request("addNote", note={**note, "deckName": "Default", "fields": {"Front": "other"}})
    cards = anki.request("findCards", query="deck:Spanish")
    anki.request("answerCards", answers=[{"cardId": cards[0], "ease": 4}])
    return notes


def cards_of(anki: RealAnki, deck: str) -> List[Dict[str, Any]]:
    ids = anki.request("findCards", query=f"deck:{deck}")
    return list(anki.request("cardsInfo", cards=ids))


def without_spanish(anki: RealAnki) -> None:
    anki.request("deleteDecks", decks=["Spanish"], cardsToo=True)
    anki.request("deleteMediaFile", filename="gato.txt")
    assert cards_of(anki, "Spanish") == []


def wait_for_page(anki: RealAnki, text: str, there: bool = True) -> None:
    """Waits until the main window's page shows a text, or no longer shows it."""
    page = "from a_probe import windows; result = windows.run(mw.web, 'document.body.innerText')"
    ends = time.monotonic() + 5
    while (text in (shown := anki.execute(page) or "")) != there:
        assert time.monotonic() < ends, shown
        time.sleep(0.05)


@pytest.fixture
def package(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "spanish.apkg"


def test_there_and_back_with_scheduling(anki: RealAnki, package: pathlib.Path) -> None:
    prepare(anki)
    before = cards_of(anki, "Spanish")
    exported = contents(anki, stamps=True)
    path = str(package)
    assert anki.request("exportPackage", deck="spanish", path=path, includeSched=True) is True
    assert contents(anki, stamps=True) == exported
    assert cards_of(anki, "Spanish") == before
    without_spanish(anki)
    windows = anki.evaluate(WINDOWS)
    assert anki.request("importPackage", path=path) is True
    assert anki.evaluate(WINDOWS) == windows
    after = cards_of(anki, "Spanish")
    for name in (
        "cardId",
        "note",
        "deckName",
        "fields",
        "interval",
        "type",
        "queue",
        "factor",
        "reps",
    ):
        assert [card[name] for card in after] == [card[name] for card in before]
    assert anki.request("retrieveMediaFile", filename="gato.txt") == "aG9sYQ=="


def test_without_scheduling_cards_are_new(anki: RealAnki, package: pathlib.Path) -> None:
    prepare(anki)
    assert anki.request("exportPackage", deck="Spanish", path=str(package)) is True
    without_spanish(anki)
    anki.request("importPackage", path=str(package))
    cards = cards_of(anki, "Spanish")
    assert [card["deckName"] for card in cards] == ["Spanish", "Spanish::Verbs"]
    assert {(card["type"], card["reps"], card["interval"]) for card in cards} == {(0, 0, 0)}


def test_the_same_file_again_adds_nothing(anki: RealAnki, package: pathlib.Path) -> None:
    prepare(anki)
    anki.request("exportPackage", deck="Spanish", path=str(package), includeSched=True)
    before = anki.request("findNotes", query="")
    for _ in range(2):
        assert anki.request("importPackage", path=str(package)) is True
        assert anki.request("findNotes", query="") == before


def test_the_deck_list_shows_what_came(anki: RealAnki, package: pathlib.Path) -> None:
    prepare(anki)
    anki.request("exportPackage", deck="Spanish", path=str(package))
    without_spanish(anki)
    wait_for_page(anki, "Spanish", there=False)
    anki.request("importPackage", path=str(package))
    wait_for_page(anki, "Spanish")


def test_the_deck_list_shows_what_came_while_another_window_is_in_front(
    anki: RealAnki, package: pathlib.Path
) -> None:
    prepare(anki)
    anki.request("exportPackage", deck="Spanish", path=str(package))
    without_spanish(anki)
    wait_for_page(anki, "Spanish", there=False)
    anki.execute(
        "mw._in_front = aqt.qt.QWidget(); mw._in_front.show(); mw._in_front.activateWindow()"
    )
    try:
        anki.wait_for("mw.app.activeWindow() is mw._in_front")
        anki.request("importPackage", path=str(package))
        wait_for_page(anki, "Spanish")
    finally:
        anki.execute("mw._in_front.close(); del mw._in_front")


def test_an_import_is_one_undo_step(anki: RealAnki, package: pathlib.Path) -> None:
    prepare(anki)
    anki.request("exportPackage", deck="Spanish", path=str(package), includeSched=True)
    without_spanish(anki)
    before = contents(anki)
    anki.request("importPackage", path=str(package))
    if not anki.evaluate(UNDOES_IMPORTS):
        # What 2.1.50 cannot undo it does not offer to undo.
        assert anki.evaluate("col.undo_status().undo") == ""
        return
    assert "AnkiConnect: Import" in anki.evaluate("mw.form.actionUndo.text()")
    anki.execute("col.undo()")
    assert contents(anki) == before


def test_the_data_survive_a_restart(anki: RealAnki, package: pathlib.Path) -> None:
    prepare(anki)
    anki.request("exportPackage", deck="Spanish", path=str(package))
    without_spanish(anki)
    anki.request("importPackage", path=str(package))
    before = cards_of(anki, "Spanish")
    anki.restart()
    assert cards_of(anki, "Spanish") == before


def test_relative_paths_begin_in_the_media_folder(anki: RealAnki) -> None:
    prepare(anki)
    assert anki.request("exportPackage", deck="Spanish", path="_s.apkg") is True
    assert (pathlib.Path(anki.request("getMediaDirPath")) / "_s.apkg").is_file()
    without_spanish(anki)
    assert anki.request("importPackage", path="_s.apkg") is True
    assert len(cards_of(anki, "Spanish")) == 2


def test_an_existing_file_is_replaced(anki: RealAnki, package: pathlib.Path) -> None:
    prepare(anki)
    package.write_bytes(b"older")
    assert anki.request("exportPackage", deck="Spanish::Verbs", path=str(package)) is True
    assert zipfile.is_zipfile(package)
    assert [file.name for file in package.parent.glob("spanish*")] == ["spanish.apkg"]


def test_no_such_deck(anki: RealAnki, package: pathlib.Path) -> None:
    assert anki.request("exportPackage", deck="missing", path=str(package)) is False
    assert not package.exists()
    assert anki.request("deckNames") == ["Default"]


def test_a_package_is_called_one(anki: RealAnki, tmp_path: pathlib.Path) -> None:
    with pytest.raises(ReplyError, match=r"^path should end in \.apkg: "):
        anki.request("exportPackage", deck="Default", path=str(tmp_path / "deck.zip"))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(anki: RealAnki, tmp_path: pathlib.Path) -> None:
    path = tmp_path / "missing" / "deck.apkg"
    with pytest.raises(ReplyError, match="No such file or directory"):
        anki.request("exportPackage", deck="Default", path=str(path))


def refused(anki: RealAnki, path: pathlib.Path) -> str:
    """The error of an import that changes nothing and shows nothing."""
    anki.request("createDeck", deck="Before")
    before, windows = contents(anki, stamps=True), anki.evaluate(WINDOWS)
    with pytest.raises(ReplyError) as caught:
        anki.request("importPackage", path=str(path))
    assert contents(anki, stamps=True) == before
    assert anki.evaluate(WINDOWS) == windows
    assert anki.request("findNotes", query="") == []
    return str(caught.value)


def test_no_such_file(anki: RealAnki, tmp_path: pathlib.Path) -> None:
    path = tmp_path / "none.apkg"
    assert refused(anki, path) == (
        f"Failed to open '{path}': No such file or directory (os error 2)"
    )


def test_a_folder_is_no_package(anki: RealAnki, tmp_path: pathlib.Path) -> None:
    assert refused(anki, tmp_path)


@pytest.mark.parametrize("content", [b"", b"no package at all", b"PK\x03\x04 cut off"])
def test_a_file_that_is_no_archive(anki: RealAnki, package: pathlib.Path, content: bytes) -> None:
    package.write_bytes(content)
    assert refused(anki, package).startswith("invalid Zip archive")


@pytest.mark.parametrize("inside", ["other.txt", "collection.anki2", "collection.anki21"])
def test_an_archive_that_is_no_package(anki: RealAnki, package: pathlib.Path, inside: str) -> None:
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr(inside, b"nothing that Anki knows")
    assert refused(anki, package)


def test_a_file_that_was_cut_off(anki: RealAnki, package: pathlib.Path) -> None:
    prepare(anki)
    anki.request("exportPackage", deck="Spanish", path=str(package))
    anki.request("deleteNotes", notes=anki.request("findNotes", query=""))
    whole = package.read_bytes()
    package.write_bytes(whole[: len(whole) // 2])
    assert refused(anki, package).startswith("invalid Zip archive")


def test_several_at_once_come_one_after_the_other(anki: RealAnki, package: pathlib.Path) -> None:
    prepare(anki)
    anki.request("exportPackage", deck="Spanish", path=str(package))
    without_spanish(anki)
    sent = [in_background(anki, "importPackage", path=str(package)) for _ in range(4)]
    sent += [
        in_background(anki, "exportPackage", deck="Default", path=f"{package}.{n}.apkg")
        for n in range(2)
    ]
    sent += [in_background(anki, "findNotes", query="deck:Default") for _ in range(2)]
    for thread, _ in sent:
        thread.join()
    assert [found["error"] for _, found in sent] == [None] * len(sent)
    assert len(anki.request("findNotes", query="deck:Spanish")) == 2


def test_reloading_shows_what_was_changed_behind_ankis_back(anki: RealAnki) -> None:
    anki.request("createDeck", deck="Spanish")
    anki.execute(
        "col.db.execute(\"update decks set name = 'French' where name = 'Spanish'\")\n"
        "col.db.execute(\"update notetypes set name = 'Simple' where name = 'Basic'\")"
    )
    assert anki.request("reloadCollection") is None
    assert "Simple" in anki.request("modelNames")
    wait_for_page(anki, "French")
