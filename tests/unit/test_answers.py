"""The user's answers hold while an environment variable overrules the configuration."""

from typing import Any, Dict

from plugin import config
from plugin.answers import Answers
from plugin.config import LOCALHOST, Settings

SITE = "https://site.example"
ALLOWED = "webCorsOriginList"
IGNORED = "ignoreOriginList"
OVERRULED = {"ANKICONNECT_CORS_ORIGIN_LIST": "https://set.example"}


def in_force(answers: Answers, raw: Dict[str, Any], environ: Dict[str, str]) -> Settings:
    settings, problems = config.read(raw, environ)
    assert problems == []
    return answers.in_force(settings, raw)


def test_an_answer_is_in_force_beside_the_variable() -> None:
    answers = Answers()
    answers.add(ALLOWED, SITE)
    settings = in_force(answers, {ALLOWED: [LOCALHOST, SITE]}, OVERRULED)
    assert settings.cors_origins == ("https://set.example", SITE)


def test_nothing_else_of_the_configuration_is() -> None:
    settings = in_force(Answers(), {ALLOWED: [LOCALHOST, SITE]}, OVERRULED)
    assert settings.cors_origins == ("https://set.example",)


def test_without_a_variable_it_changes_nothing() -> None:
    raw = {ALLOWED: [LOCALHOST, SITE]}
    answers = Answers()
    answers.add(ALLOWED, SITE)
    assert in_force(answers, raw, {}) == in_force(Answers(), raw, {})


def test_what_is_taken_out_of_the_configuration_is_over_for_good() -> None:
    answers = Answers()
    answers.add(ALLOWED, SITE)
    for raw in ({ALLOWED: [LOCALHOST]}, {ALLOWED: [LOCALHOST, SITE]}, {}):
        assert SITE not in in_force(answers, raw, OVERRULED).cors_origins


def test_a_list_that_cannot_be_used_holds_no_answer() -> None:
    answers = Answers()
    answers.add(ALLOWED, SITE)
    raw = {ALLOWED: SITE}
    settings, _ = config.read(raw, OVERRULED)
    assert answers.in_force(settings, raw).cors_origins == ("https://set.example",)


def test_ignored_origins_are_kept_just_so() -> None:
    answers = Answers()
    answers.add(IGNORED, SITE)
    environ = {"ANKICONNECT_IGNORE_ORIGIN_LIST": "null"}
    settings = in_force(answers, {IGNORED: [SITE]}, environ)
    assert settings.ignored_origins == ("null", SITE)
