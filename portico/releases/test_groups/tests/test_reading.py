"""Lists of user ids as people write them."""

from __future__ import annotations

import pytest

from portico.releases.test_groups.rules import MOST, check_members, read_ids


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("u-1\n\n  u-2  \n", ("u-1", "u-2")),
        ("\ufeffuser_id\r\nu-1\r\nu-2", ("u-1", "u-2")),
        ("name,user id,branch\nAda,u-1,Bern\nBea,u-2,Basel", ("u-1", "u-2")),
        ("User_ID;Note\nu-1;says; a lot\nu-2", ("u-1", "u-2")),
        ('user_id,note\nu-1,"Lovelace, Ada"', ("u-1",)),
        ('"u-1"\nu-2,,', ("u-1", "u-2")),
        ("", ()),
    ],
)
def test_a_list_and_a_table_are_read(text: str, ids: tuple[str, ...]) -> None:
    read = read_ids(text)

    assert (read.ids, read.errors) == (ids, {})


def test_columns_without_headings_are_an_error_as_nobody_knows_which_is_meant() -> None:
    read = read_ids('u-1\n\nu-2,Ada\nu-3\n"u-4')

    assert read.ids == ("u-1", "u-2,Ada", "u-3", '"u-4')
    assert {line: error.code for line, error in read.errors.items()} == {
        2: "tester_columns_without_head",
        4: "testers_not_csv",
    }


def test_a_group_has_each_user_once_and_says_which_id_is_none() -> None:
    assert check_members([" u-1", "u-2", "u-1 "]) == (("u-1", "u-2"), {})

    _good, bad = check_members(["u-1", "two words", "x" * 129, ""])
    assert {number: error.code for number, error in bad.items()} == dict.fromkeys(
        (2, 3, 4), "user_id_refused"
    )


def test_a_group_has_1_to_1_000_testers() -> None:
    most = [f"u-{number}" for number in range(MOST)]

    assert check_members(most)[1] == {}
    assert check_members([*most, "u-0"])[1] == {}
    assert check_members([*most, "one-more"])[1][0].code == "too_many_in_test_group"
    assert check_members([])[1][0].code == "no_testers"
