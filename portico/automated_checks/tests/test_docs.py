"""The guide's table of rules, its codes and its limits, held against the program."""

from __future__ import annotations

import re

import pytest

from portico.automated_checks.isolated.protocol import LIMITS, MOST_FINDINGS
from portico.automated_checks.plugins import GROUP
from portico.automated_checks.reviewers.answering import AnswerGiven
from portico.automated_checks.reviewers.rules import (
    DOWNLOAD_WITHIN,
    MOST_BYTES,
    MOST_REVIEWERS,
    AnsweredAlready,
    AnsweredTooLate,
    SignatureRefused,
    TimestampRefused,
)
from portico.automated_checks.reviewers.rules import MOST_FINDINGS as MOST_IN_ANSWER
from portico.automated_checks.rules.catalog import RULES
from portico.automated_checks.rules.subjects import MIB, MOST_TEXT, MOST_TEXT_IN_ALL
from portico.automated_checks.services import Verdict
from tests.docs import CHECKS, check_rules, part

GUIDE = CHECKS.read_text(encoding="utf-8")


def test_the_guide_shows_the_rules() -> None:
    assert part(GUIDE, "check rules") == check_rules(), "Run `make docs`."


def test_the_guide_explains_each_verdict() -> None:
    table = GUIDE.partition("| verdict |")[2].partition("\n\n")[0]

    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == {one.value for one in Verdict}


@pytest.mark.parametrize(
    "error", [SignatureRefused, TimestampRefused, AnsweredAlready, AnsweredTooLate]
)
def test_the_guide_names_what_an_answer_is_refused_with(error: type) -> None:
    assert f"`{error.code}`" in GUIDE  # type: ignore[attr-defined]


def test_the_guide_knows_the_limits() -> None:
    for said in (
        f"more than {MOST_TEXT // MIB} MiB of text",
        f"beyond {MOST_TEXT_IN_ALL // MIB} MiB in all",
        f"At most {MOST_FINDINGS:,} findings",
        f"{LIMITS.memory // MIB} MiB of memory, {LIMITS.cpu_seconds} seconds of computing",
        f"{LIMITS.wall_seconds:.0f} seconds in all",
        f"At most {MOST_IN_ANSWER}\nfindings and {MOST_BYTES // MIB} MiB",
        f"workspace can have {MOST_REVIEWERS}",
        f"for {DOWNLOAD_WITHIN.total_seconds() // 60:.0f} minutes",
        GROUP,
    ):
        assert said in GUIDE, said


def test_the_guide_shows_an_answer_that_is_taken() -> None:
    (answer,) = re.findall(r'```json\n(\{"review".*?)\n```', GUIDE, re.DOTALL)
    review = "0199b7e0-0000-7000-8000-000000000000"

    given = AnswerGiven.model_validate_json(answer.replace("0199…", review))

    assert [one.rule for one in given.findings] == ["weak-tls"]


def test_every_rule_says_what_to_do_and_has_a_name_that_lasts() -> None:
    for name, rule in RULES.items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
        assert rule.advice.endswith((".", "…).")), name
        assert len(rule.message) <= 120, name
    assert len(RULES) > 50
