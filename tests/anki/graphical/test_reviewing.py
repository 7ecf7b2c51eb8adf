"""The card under review, told and answered."""

from __future__ import annotations

import pytest

from tests.anki.graphical.screen import page_shows, refused, seen, wait_for_page
from tests.given import prepare_in
from tests.real_anki import RealAnki

NOT_REVIEWING = "Gui review is not currently active."
TYPING = """
model = col.models.by_name("Basic")
model["tmpls"][0]["qfmt"] = "{{Front}}{{type:Back}}"
model["tmpls"][0]["afmt"] = "{{Front}}<hr id=answer>{{type:Back}}"
col.models.update_dict(model)
"""
PLAYER = """
from aqt.sound import Player, av_player


class Notebook(Player):
    '''Plays nothing, and notes what it was given.'''

    def rank_for_tag(self, tag):
        return 1000

    def play(self, tag, on_done):
        kept["played"].append(tag.filename)
        on_done()

    def stop(self):
        pass


kept["played"] = []
kept["player"] = Notebook()
av_player.players.insert(0, kept["player"])
"""


def test_no_review_is_running(anki: RealAnki) -> None:
    prepare_in(anki)
    for action in ("guiDeckBrowser", "guiDeckOverview"):
        anki.request(action, **({"name": "Spanish"} if action == "guiDeckOverview" else {}))
        assert anki.request("guiReviewActive") is False
        refused(anki, "guiCurrentCard", NOT_REVIEWING)
        for quiet in ("guiStartCardTimer", "guiShowQuestion", "guiShowAnswer", "guiPlayAudio"):
            assert anki.request(quiet) is False
        assert anki.request("guiAnswerCard", ease=3) is False


def test_current_card(anki: RealAnki) -> None:
    ids = prepare_in(anki)
    anki.request("guiDeckReview", name="Spanish::Verbs")
    card = anki.request("guiCurrentCard")
    [info] = anki.request("cardsInfo", cards=[ids["card.hablar1"]])
    assert card["cardId"] == ids["card.hablar1"]
    for same in ("fields", "fieldOrder", "question", "answer", "css", "modelName", "deckName"):
        assert card[same] == info[same]
    assert card["buttons"] == anki.evaluate("[b[0] for b in mw.reviewer._answerButtonList()]")
    assert card["nextReviews"] == info["nextReviews"]
    assert len(card["nextReviews"]) == len(card["buttons"])
    assert card["template"] == "Card 1"
    assert not set("".join(card["nextReviews"])) & set("\u2068\u2069")


def test_a_whole_review(anki: RealAnki) -> None:
    ids = prepare_in(anki)
    anki.request("guiDeckReview", name="Spanish::Verbs")
    assert anki.request("guiAnswerCard", ease=3) is False
    assert anki.request("guiShowAnswer") is True
    assert anki.evaluate("mw.reviewer.state") == "answer"
    wait_for_page(anki, "to speak")
    assert anki.request("guiShowAnswer") is True
    for wrong in (0, 5, -1, None, True, 2.5, "x", "", [3], {"a": 1}):
        assert anki.request("guiAnswerCard", ease=wrong) is False, wrong
    assert anki.request("guiAnswerCard", ease="4") is True
    assert anki.evaluate("col.get_card(c).reps", c=ids["card.hablar1"]) == 1
    ease = "col.db.scalar('select ease from revlog where cid = ?', c)"
    assert anki.evaluate(ease, c=ids["card.hablar1"]) == 4
    # The next one, or none.
    if anki.request("guiReviewActive"):
        assert anki.request("guiCurrentCard")["cardId"] == ids["card.hablar2"]
    else:
        refused(anki, "guiCurrentCard", NOT_REVIEWING)


def test_the_next_card_is_there_when_the_reply_is(anki: RealAnki) -> None:
    prepare_in(anki)
    for number in range(5):
        fields = {"Front": f"q{number}", "Back": ""}
        note = {"deckName": "Default", "modelName": "Basic", "fields": fields}
        anki.request("addNote", note=note)
    anki.request("guiDeckReview", name="Default")
    for number in range(5):
        assert anki.request("guiCurrentCard")["fields"]["Front"]["value"] == f"q{number}"
        assert anki.request("guiShowAnswer") is True
        assert anki.request("guiAnswerCard", ease=4) is True


def test_question_and_answer(anki: RealAnki) -> None:
    prepare_in(anki)
    anki.request("guiDeckReview", name="Spanish::Verbs")
    anki.request("guiShowAnswer")
    assert anki.request("guiShowQuestion") is True
    assert anki.evaluate("mw.reviewer.state") == "question"
    anki.execute("wait(0.3)")
    assert page_shows(anki, "hablar")
    assert not page_shows(anki, "to speak")


def test_what_was_typed_into_the_card_counts(anki: RealAnki) -> None:
    prepare_in(anki)
    anki.execute(TYPING)
    anki.request("guiDeckReview", name="Spanish")
    front = anki.request("guiCurrentCard")["fields"]["Front"]["value"]
    wait_for_page(anki, front)
    seen(anki, "run(aqt.mw.web, \"document.getElementById('typeans').value = 'bird'\")")
    assert anki.request("guiShowAnswer") is True
    assert anki.evaluate("mw.reviewer.typedAnswer") == "bird"


def test_timer(anki: RealAnki) -> None:
    prepare_in(anki)
    anki.request("guiDeckReview", name="Spanish")
    anki.execute("wait(1.2)")
    assert anki.evaluate("mw.reviewer.card.time_taken()") >= 1000
    assert anki.request("guiStartCardTimer") is True
    assert anki.evaluate("mw.reviewer.card.time_taken()") < 1000


def test_sound_of_the_side_that_is_shown(anki: RealAnki) -> None:
    prepare_in(anki)
    anki.execute(PLAYER)
    anki.execute(
        """
        note = col.get_note(col.find_notes("hablar")[0])
        note.fields = ["hablar[sound:q.mp3]", "to speak[sound:a.mp3]"]
        col.update_note(note)
        """
    )
    anki.request("guiDeckReview", name="Spanish::Verbs")
    for side, name in (("guiShowQuestion", "q.mp3"), ("guiShowAnswer", "a.mp3")):
        anki.request(side)
        anki.execute("wait(0.3); kept['played'].clear()")
        assert anki.request("guiPlayAudio") is True
        anki.wait_for("kept['played']")
        assert anki.evaluate("kept['played'][-1]") == name
    anki.execute("from aqt.sound import av_player; av_player.players.remove(kept.pop('player'))")


def test_a_change_behind_the_reviewer_is_told_at_once(anki: RealAnki) -> None:
    ids = prepare_in(anki)
    anki.request("guiDeckReview", name="Spanish::Verbs")
    new = {"id": ids["note.hablar"], "fields": {"Front": "decir"}}
    anki.request("updateNoteFields", note=new)
    card = anki.request("guiCurrentCard")
    assert card["fields"]["Front"]["value"] == "decir"
    assert "decir" in card["question"]
    anki.request("suspend", cards=[ids["card.hablar1"]])
    assert anki.request("guiCurrentCard")["cardId"] == ids["card.hablar2"]
    anki.request("deleteNotes", notes=[ids["note.hablar"]])
    assert anki.request("guiReviewActive") is False
    refused(anki, "guiCurrentCard", NOT_REVIEWING)


@pytest.mark.parametrize("asked", ["guiStartCardTimer", "guiShowQuestion"])
def test_a_deleted_card_is_no_review(anki: RealAnki, asked: str) -> None:
    ids = prepare_in(anki)
    anki.request("guiDeckReview", name="Spanish::Verbs")
    anki.request("deleteNotes", notes=[ids["note.hablar"]])
    assert anki.request(asked) is False
