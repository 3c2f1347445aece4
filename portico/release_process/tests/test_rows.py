"""Rows of the form: added, removed, kept with their errors, with and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from conftest import Cast
from portico.basic_settings.services import live
from portico.release_process.forms import ReleaseProcessForm
from portico.release_process.names import flat, nested
from portico.release_process.payload import ReleaseProcess
from portico.release_process.section import section
from portico.release_process.tests.forms import EDIT, sent
from tests.make import AT

Browse = Callable[..., Client]


def value_of(page: str, name: str) -> str:
    """What stands in a field."""
    tag = re.search(rf'<input[^>]*name="{re.escape(name)}"[^>]*>', page)
    assert tag is not None, name
    found = re.search(r'value="([^"]*)"', tag[0])
    return found[1] if found else ""


def test_a_row_is_added_at_the_end_and_nothing_is_saved(cast: Cast, browse: Browse) -> None:
    admin = browse(cast.acme, cast.admin)

    page = admin.post(
        EDIT, sent(action="add:production.windows", production__approvals="many")
    ).text

    assert value_of(page, "production.windows") == "1"
    assert value_of(page, "production.windows.0.start") == "09:00"
    assert value_of(page, "production.approvals") == "many"  # what was typed stays
    assert page.count("Fill this in") == 0
    assert live(cast.acme, section).number == 0


def test_a_row_is_removed_and_those_below_it_move_up(cast: Cast, browse: Browse) -> None:
    page = browse(cast.acme, cast.admin).post(EDIT, sent(action="remove:production.ramp:1")).text

    shares = [value_of(page, f"production.ramp.{row}.percentage") for row in range(4)]
    assert shares == ["1", "20", "50", "100"]
    assert value_of(page, "production.ramp") == "4"
    assert page.count('name="production.ramp.4.percentage"') == 0


def test_advanced_is_open_where_a_row_was_added_or_something_is_wrong(
    cast: Cast, browse: Browse
) -> None:
    admin = browse(cast.acme, cast.admin)

    untouched = admin.get(EDIT).text
    added = admin.post(EDIT, sent(action="add:production.freezes")).text
    wrong = admin.post(EDIT, sent(sandbox__approvals=0)).text

    assert untouched.count('<details class="advanced" open>') == 0
    assert added.count('<details class="advanced" open>') == 1
    assert wrong.count('<details class="advanced" open>') == 1


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        (
            {"production__ramp__1__percentage": "0.5"},
            "production.ramp.1.percentage",
            "0.5 % is not more than the step before it, 1 %.",
        ),
        (
            {"production__ramp__1__percentage": "half"},
            "production.ramp.1.percentage",
            "Enter a number.",
        ),
        (
            {"production__approvals": "7"},
            "production.approvals",
            "7 is not accepted here. Give a whole number from 0 to 5.",
        ),
        (
            {
                "production__freezes": "1",
                "production__freezes__0__start": "2026-12-24T00:00",
                "production__freezes__0__end": "2026-12-20T00:00",
            },
            "production.freezes.0.end",
            "The freeze has to end after it starts, which is 2026-12-24 00:00.",
        ),
    ],
)
def test_a_wrong_value_stays_with_its_error_beside_it(
    cast: Cast, browse: Browse, changes: dict[str, Any], field: str, sentence: str
) -> None:
    answer = browse(cast.acme, cast.admin).post(EDIT, sent(**changes))

    assert answer.status_code == 422
    assert value_of(answer.text, field) == changes[field.replace(".", "__")]
    beside = answer.text.split(f'id="id_{field}_error"')[1].split("</div>")[0]
    assert sentence in beside


def test_a_window_without_days_is_refused(cast: Cast, browse: Browse) -> None:
    answer = browse(cast.acme, cast.admin).post(
        EDIT,
        sent(
            production__windows=1,
            production__windows__0__start="09:00",
            production__windows__0__end="17:00",
        ),
    )

    assert answer.status_code == 422
    assert "Choose at least one day of the week." in answer.text


def test_a_count_of_rows_that_is_no_number_or_far_too_large_is_borne(
    cast: Cast, browse: Browse
) -> None:
    admin = browse(cast.acme, cast.admin)

    assert admin.post(EDIT, sent(production__windows="x")).status_code == 422
    assert admin.post(EDIT, sent(production__windows="9" * 30)).status_code == 422
    assert admin.post(EDIT, sent(production__windows="-3")).status_code == 302


def test_the_form_gives_back_the_values_it_was_opened_with(cast: Cast) -> None:
    process = ReleaseProcess.model_validate(
        {
            "production": {
                "windows": [{"days": ["sunday", "monday"], "start": "22:00", "end": "04:00"}],
                "freezes": [{"start": "2026-12-20T18:00", "end": "2027-01-04T09:00"}],
            },
            "sandbox": {"review": True, "pilot_testing": True},
        }
    )
    form = ReleaseProcessForm(flat(process), initial=flat(process), workspace=cast.acme, at=AT)

    assert form.is_valid(), form.errors
    assert ReleaseProcess.model_validate(form.values()) == process
    assert ReleaseProcess.model_validate(nested(flat(process))) == process
