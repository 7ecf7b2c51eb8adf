"""docs/security.md says what the code does."""

from __future__ import annotations

import pathlib
import re
from typing import List

import pytest

import plugin.actions
from plugin.config import SETTINGS
from plugin.registry import ACTIONS
from plugin.scopes import DEFAULTS, EVERYTHING, Scope, in_words

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "security.md"
TEXT = PAGE.read_text(encoding="utf-8")


def rows(heading: str) -> List[List[str]]:
    """The cells of the table that begins with this column."""
    table = TEXT.partition(f"\n| {heading} |")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in row.strip("| ").split("|")] for row in table.split("\n")[2:]]


def test_the_table_of_callers_is_complete() -> None:
    assert [row[2].strip("`") for row in rows("caller")] == list(DEFAULTS)


@pytest.mark.parametrize("row", rows("caller"), ids=lambda row: row[2])
def test_what_a_caller_may_do_is_as_the_page_says(row: List[str]) -> None:
    assert row[3] == in_words(DEFAULTS[row[2].strip("`")])


def test_every_scope_is_explained_and_has_actions() -> None:
    assert plugin.actions.__all__
    assert ", ".join(row[0] for row in rows("scope")) == in_words(EVERYTHING)
    assert {action.scope for action in ACTIONS.values()} == set(Scope)


def test_the_settings_that_it_names_exist() -> None:
    named = set(re.findall(r"`([a-z]+(?:[A-Z][a-zA-Z]*)+)`", TEXT)) - set(ACTIONS) - set(DEFAULTS)
    assert named <= {setting.key for setting in SETTINGS}
    assert {"callerScopes", "apiKeys", "webHostList", "webCorsOriginList"} <= named
