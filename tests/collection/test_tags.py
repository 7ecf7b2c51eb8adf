"""The tags of notes, on a bare collection."""

import unicodedata
from functools import partial
from typing import Any, Dict, List

import pytest
from anki.collection import Collection

from plugin.errors import ApiError, BadParams
from plugin.registry import ACTIONS
from tests.collection.note_calls import assert_nothing_done, assert_one_step, call, note, tags

NFD = unicodedata.normalize("NFD", "café")


def with_tags(col: Collection, given: Any) -> int:
    front = str(col.db.scalar("select count() from notes"))
    return int(call(col, "addNote", note=note(front, tags=given)))


# updateNoteTags and getNoteTags


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (["b", "a"], ["a", "b"]),
        (["b a", "a", "", " "], ["a", "b"]),
        ("b a\u3000c\td\ne", ["a", "b", "c", "d", "e"]),
        ("a,b;c", ["a,b;c"]),
        (["p::c", "p"], ["p", "p::c"]),
        ([NFD], ["café"]),
        ([], []),
        ("", []),
    ],
)
def test_all_tags_of_a_note_are_replaced(col: Collection, given: Any, found: List[str]) -> None:
    note_id = with_tags(col, ["old"])
    assert_one_step(col, "updateNoteTags", note=str(note_id), tags=given)
    assert call(col, "getNoteTags", note=str(note_id)) == found


def test_the_spelling_that_anki_knows_is_kept(col: Collection) -> None:
    note_id = with_tags(col, ["Animals"])
    for same in (["animals"], "ANIMALS Animals"):
        assert_nothing_done(col, partial(call, col, "updateNoteTags", note=note_id, tags=same))
    assert tags(col, with_tags(col, ["animals"])) == ["Animals"]


@pytest.mark.parametrize("bad", [None, 5, [5], {"a": 1}, True])
def test_tags_are_texts(col: Collection, bad: Any) -> None:
    with pytest.raises(BadParams, match=r"^Must provide tags as a list of strings$"):
        call(col, "updateNoteTags", note=7, tags=bad)


@pytest.mark.parametrize(("name", "more"), [("getNoteTags", {}), ("updateNoteTags", {"tags": []})])
def test_an_unknown_note_has_no_tags(col: Collection, name: str, more: Dict[str, Any]) -> None:
    with pytest.raises(ApiError, match=r"^Note was not found: 7$"):
        call(col, name, note="7", **more)


def test_a_new_note_has_none(col: Collection) -> None:
    assert call(col, "getNoteTags", note=with_tags(col, None)) == []


# addTags


@pytest.mark.parametrize("given", ["x y", ["x", "y"], ["x y"], " y\u3000x "])
def test_tags_are_added_to_known_notes(col: Collection, given: Any) -> None:
    one, two, other = (with_tags(col, ["x"]), with_tags(col, []), with_tags(col, []))
    assert_one_step(col, "addTags", notes=[one, str(two), 7, one], tags=given)
    assert [tags(col, each) for each in (one, two, other)] == [["x", "y"], ["x", "y"], []]


def test_comma_and_semicolon_belong_to_a_tag(col: Collection) -> None:
    note_id = with_tags(col, [])
    call(col, "addTags", notes=[note_id], tags="a,b c;d")
    assert tags(col, note_id) == ["a,b", "c;d"]


def test_adding_nothing_or_to_nobody_leaves_no_trace(col: Collection) -> None:
    note_id = with_tags(col, ["x", "p::c"])
    for notes, given in [([note_id], ""), ([note_id], []), ([], "y"), ([7], "y"), ([note_id], "X")]:
        assert_nothing_done(col, partial(call, col, "addTags", notes=notes, tags=given))
    assert call(col, "getTags") == ["p::c", "x"]


def test_a_parent_is_a_tag_of_its_own(col: Collection) -> None:
    note_id = with_tags(col, ["p::c"])
    call(col, "addTags", notes=[note_id], tags="p")
    assert tags(col, note_id) == ["p", "p::c"]


def test_add_false_removes(col: Collection) -> None:
    note_id = with_tags(col, ["x", "y"])
    assert_one_step(col, "addTags", notes=[note_id], tags="x", add=False)
    assert tags(col, note_id) == ["y"]
    call(col, "addTags", notes=[note_id], tags="z", add=None)
    assert tags(col, note_id) == ["y", "z"]


# removeTags


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ("a", ["ab", "p::c", "q"]),
        ("A Q", ["ab", "p::c"]),
        (["p", "q"], ["a", "ab"]),
        ("P::C", ["a", "ab", "q"]),
    ],
)
def test_tags_are_removed_with_their_sub_tags(col: Collection, given: Any, left: List[str]) -> None:
    note_id, other = with_tags(col, "a ab p::c q"), with_tags(col, "a p::c")
    assert_one_step(col, "removeTags", notes=[str(note_id), 7, note_id], tags=given)
    assert tags(col, note_id) == left
    assert tags(col, other) == ["a", "p::c"]


@pytest.mark.parametrize(
    "given", ["", [], "a*", "*", "a_c", "a.c", "c", "p::", "ab abcd", "(", "\\"]
)
def test_there_are_no_wildcards(col: Collection, given: Any) -> None:
    note_id = with_tags(col, "abc p::c")
    assert_nothing_done(col, lambda: call(col, "removeTags", notes=[note_id], tags=given))


@pytest.mark.parametrize("tag", ["a-b", "x&y", "q#r", "t~u", "a.b", "1+1", "[x]", "$1", "a|b", "é"])
def test_any_sign_may_be_in_a_tag(col: Collection, tag: str) -> None:
    note_id = with_tags(col, [tag, "stays"])
    assert_one_step(col, "removeTags", notes=[note_id], tags=unicodedata.normalize("NFD", tag))
    assert tags(col, note_id) == ["stays"]


# replaceTags and replaceTagsInAllNotes


@pytest.fixture
def three(col: Collection) -> List[int]:
    given = (["Animals", "x"], ["animals::fish"], ["ANIMALS"])
    found = [with_tags(col, one) for one in given]
    # Anki keeps one spelling.
    assert [tags(col, one) for one in found] == [["Animals", "x"], ["Animals::fish"], ["Animals"]]
    return found


@pytest.mark.parametrize(
    ("new", "first", "last"),
    [
        ("fauna", ["fauna", "x"], ["fauna"]),
        ("big fauna", ["big", "fauna", "x"], ["big", "fauna"]),
        ("", ["x"], []),
        (" ", ["x"], []),
        ("x", ["x"], ["x"]),
        ("$1\\0", ["$1\\0", "x"], ["$1\\0"]),
        ("animals::all", ["Animals::all", "x"], ["Animals::all"]),
        ("animals new", ["Animals", "new", "x"], ["Animals", "new"]),
    ],
)
def test_a_tag_is_replaced_where_it_is(
    col: Collection, three: List[int], new: str, first: List[str], last: List[str]
) -> None:
    params = {"tag_to_replace": "animals", "replace_with_tag": new}
    assert_one_step(col, "replaceTags", notes=[three[0], "7", str(three[1])], **params)
    assert [tags(col, each) for each in three] == [first, ["Animals::fish"], ["Animals"]]
    assert_one_step(col, "replaceTagsInAllNotes", **params)
    assert [tags(col, each) for each in three[1:]] == [["Animals::fish"], last]


@pytest.mark.parametrize(
    "old", ["nope", "a*", "a b", "animal", ".*", "fish", "a\x0bb", "a\tb", "("]
)
def test_a_tag_that_no_note_has_is_no_matter(col: Collection, three: List[int], old: str) -> None:
    params = {"tag_to_replace": old, "replace_with_tag": "y"}
    assert_nothing_done(col, lambda: call(col, "replaceTags", notes=three, **params))
    assert_nothing_done(col, lambda: call(col, "replaceTagsInAllNotes", **params))


@pytest.mark.parametrize("notes", [[], [7]])
def test_without_a_known_note_nothing_is_replaced(
    col: Collection, three: List[int], notes: List[int]
) -> None:
    params = {"tag_to_replace": "animals", "replace_with_tag": "y"}
    assert_nothing_done(col, lambda: call(col, "replaceTags", notes=notes, **params))


def test_a_tag_in_place_of_itself_leaves_no_step(col: Collection, three: List[int]) -> None:
    for new in ("animals", " ANIMALS "):
        params = {"tag_to_replace": "Animals", "replace_with_tag": new}
        assert_nothing_done(col, partial(call, col, "replaceTagsInAllNotes", **params))


@pytest.mark.parametrize("old", ["a.b", "é", "t~u", "a-b", "^$"])
def test_any_sign_may_be_in_the_tag_to_replace(col: Collection, old: str) -> None:
    note_id = with_tags(col, [old, "axb"])
    decomposed = unicodedata.normalize("NFD", f" {old} ")
    call(col, "replaceTagsInAllNotes", tag_to_replace=decomposed, replace_with_tag="new")
    assert tags(col, note_id) == ["axb", "new"]


@pytest.mark.parametrize("name", ["replaceTags", "replaceTagsInAllNotes"])
@pytest.mark.parametrize(("old", "shown"), [("", ""), (" ", " "), (5, "5"), (None, "null")])
def test_there_is_a_tag_to_replace(name: str, old: Any, shown: str) -> None:
    params = {"tag_to_replace": old, "replace_with_tag": "x"}
    if name == "replaceTags":
        params["notes"] = []
    with pytest.raises(BadParams) as refused:
        ACTIONS[name].bind(params)
    assert str(refused.value) == f"tag_to_replace should be a non-empty string: {shown}"


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("addTags", {"tags": "x"}),
        ("removeTags", {"tags": "x"}),
        ("replaceTags", {"tag_to_replace": "x", "replace_with_tag": "y"}),
    ],
)
def test_notes_are_a_list(name: str, more: Dict[str, Any]) -> None:
    with pytest.raises(BadParams, match=r"^notes should be a list: 12$"):
        ACTIONS[name].bind({"notes": "12", **more})


# getTags and clearUnusedTags


def test_tags_are_known_until_unused_ones_are_cleared(col: Collection) -> None:
    note_id = with_tags(col, ["b", "a", "p::c"])
    call(col, "updateNoteTags", note=note_id, tags=["a", "p::c"])
    assert call(col, "getTags") == ["a", "b", "p::c"]
    assert_one_step(col, "clearUnusedTags")
    assert call(col, "getTags") == ["a", "p::c"]
    assert_nothing_done(col, lambda: call(col, "clearUnusedTags"))


def test_an_empty_collection_has_no_tags(col: Collection) -> None:
    assert call(col, "getTags") == []
    assert_nothing_done(col, lambda: call(col, "clearUnusedTags"))
