"""What codes are, against the vectors of the standards."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from portico.accounts.second_factor import app_codes, recovery_codes

SEED = base64.b32encode(b"12345678901234567890").decode()
AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


# RFC 6238, appendix B, the last six of the eight digits given there.
@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)

    assert app_codes.code_at(SEED, app_codes.step_at(at)) == code
    assert app_codes.step_of(SEED, code, at=at) == seconds // 30


def test_a_code_is_known_one_step_early_and_late_and_no_further() -> None:
    now = app_codes.step_at(AT)

    known = [
        steps
        for steps in range(-3, 4)
        if app_codes.step_of(SEED, app_codes.code_at(SEED, now + steps), at=AT) is not None
    ]

    assert known == [-1, 0, 1]


def test_seeds_are_long_and_never_the_same() -> None:
    seeds = {app_codes.new_seed() for _number in range(50)}

    assert len(seeds) == 50
    assert {len(base64.b32decode(seed)) for seed in seeds} == {20}
    assert len({recovery_codes.new_seed() for _number in range(50)}) == 50


def test_recovery_codes_are_ten_and_all_different_and_stay_the_same() -> None:
    codes = recovery_codes.codes_of("a seed")

    assert len(set(codes)) == 10
    assert codes == recovery_codes.codes_of("a seed")
    assert not set(codes) & set(recovery_codes.codes_of("another seed"))
    assert all(len(code) == 11 and code[5] == "-" for code in codes)
    assert not set("".join(codes)) & set("ilo1")


def test_a_used_recovery_code_is_none() -> None:
    codes = recovery_codes.codes_of("a seed")

    assert recovery_codes.number_of("a seed", codes[3].upper(), used=0b0111) == 3
    assert recovery_codes.number_of("a seed", codes[3], used=0b1000) is None
    assert recovery_codes.number_of("a seed", "", used=0) is None
    assert recovery_codes.number_of("a seed", codes[3][:-1], used=0) is None
