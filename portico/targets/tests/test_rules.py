"""What a code and a name of an app may be."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portico.kernel.errors import Invalid
from portico.targets.rules import check_code, check_name, check_overlap


@pytest.mark.parametrize("code", ["a", "7", "pay-android", "com.example.pay_2", "a" * 60])
def test_codes_that_are_taken(code: str) -> None:
    assert check_code(f" {code} ") == code


@pytest.mark.parametrize(
    ("code", "because"),
    [
        ("", "unusable_app_code"),
        ("Pay", "unusable_app_code"),
        ("-pay", "unusable_app_code"),
        ("pay.", "unusable_app_code"),
        ("pay app", "unusable_app_code"),
        ("päy", "unusable_app_code"),
        ("pay\n", ""),  # what a form adds around it does not count
        ("pay\x00", "unusable_app_code"),
        ("a" * 61, "unusable_app_code"),
        ("01939f2a-0000-7000-8000-000000000000", "app_code_like_an_id"),
        ("01939f2a000070008000000000000000", "app_code_like_an_id"),
    ],
)
def test_codes_that_are_refused_say_why(code: str, because: str) -> None:
    found = ""
    try:
        check_code(code)
    except Invalid as error:
        found = error.code

    assert found == because


@pytest.mark.parametrize("name", ["", "   ", "!!!", "a" * 101, "a\u202eb", "a\x00b"])
def test_names_that_are_refused(name: str) -> None:
    with pytest.raises(Invalid):
        check_name(name)


def test_a_name_is_kept_on_one_line() -> None:
    assert check_name("  Acme\n Pay ") == "Acme Pay"


@pytest.mark.parametrize("hours", [-1, 721])
def test_an_overlap_has_bounds(hours: int) -> None:
    with pytest.raises(Invalid) as refused:
        check_overlap(timedelta(hours=hours))

    assert refused.value.code == "key_overlap_refused"
    assert "720" in str(refused.value)
