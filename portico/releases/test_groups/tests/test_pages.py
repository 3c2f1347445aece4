"""The pages about groups of testers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from portico.audit.services import PLATFORM
from portico.miniprograms.services import archive_program
from portico.releases.models import TestGroup
from portico.releases.test_groups.tests.conftest import Stage, make_group
from tests.make import AT

Browse = Callable[..., Client]
OURS = "/console/test-groups/"


@pytest.fixture
def admin(stage: Stage, browse: Browse) -> Client:
    return browse(stage.cast.acme, stage.cast.admin)


@pytest.fixture
def developer(stage: Stage, browse: Browse) -> Client:
    return browse(stage.cast.acme, stage.cast.developer)


def of(stage: Stage) -> str:
    return f"/console/programs/{stage.program.app_id}/test-groups/"


def test_a_group_is_made_from_text_and_a_file(admin: Client) -> None:
    sent = {
        "name": "Branch staff",
        "note": "",
        "user_ids": "u-1\nu-2\n",
        "file": SimpleUploadedFile("staff.csv", b"user_id;branch\nu-2;Bern\nu-3;Basel\n"),
    }

    answer = admin.post(f"{OURS}new/", sent, follow=True)

    group = TestGroup.objects.get()
    assert group.user_ids == ["u-1", "u-2", "u-3"]
    assert answer.redirect_chain == [(f"{OURS}{group.id}/", 302)]
    assert "“Branch staff” has 3 testers. 1 line named somebody a second time." in answer.text


def test_bad_lines_are_named_and_all_that_was_given_stays_in_the_form(admin: Client) -> None:
    sent = {
        "name": "Branch staff",
        "user_ids": "u-1\ntwo words",
        "file": SimpleUploadedFile("staff.csv", b"u-3,Ada\n"),
    }

    answer = admin.post(f"{OURS}new/", sent)

    assert answer.status_code == 422
    assert "Line 2: “two words” cannot be a user id." in answer.text
    assert "Line 3: There are 2 columns." in answer.text
    assert "u-1\ntwo words\nu-3,Ada</textarea>" in answer.text
    assert 'value="Branch staff"' in answer.text
    assert not TestGroup.objects.exists()


def test_a_name_that_is_taken_and_an_id_that_is_none_are_both_said(
    stage: Stage, admin: Client
) -> None:
    make_group(stage.of_acme, "Branch staff")

    answer = admin.post(f"{OURS}new/", {"name": "Branch staff", "user_ids": "u-1\ntwo words"})

    assert answer.status_code == 422
    assert "There is a group “Branch staff” here already." in answer.text
    assert "Line 2: “two words” cannot be a user id." in answer.text


def test_a_stale_edit_is_refused_with_what_differs_and_saved_on_a_second_try(
    stage: Stage, admin: Client
) -> None:
    group = make_group(stage.of_acme, "Branch staff", "u-1", "u-2")
    edit = f"{OURS}{group.id}/edit/"
    assert 'name="based_on" value="1"' in admin.get(edit).text
    admin.post(edit, {"name": "Branches", "user_ids": "u-1\nu-5", "based_on": 1})

    mine = {"name": "Branch staff", "note": "Bern", "user_ids": "u-1\nu-2\nu-3", "based_on": 1}
    stale = admin.post(edit, mine)

    assert stale.status_code == 409
    assert "Somebody changed this test group since you opened it" in stale.text
    assert "u-1\nu-2\nu-3</textarea>" in stale.text
    assert 'name="based_on" value="2"' in stale.text
    group.refresh_from_db()
    assert group.user_ids == ["u-1", "u-5"]

    assert admin.post(edit, mine | {"based_on": 2}).status_code == 302
    group.refresh_from_db()
    assert (group.name, group.note, group.user_ids) == (
        "Branch staff",
        "Bern",
        ["u-1", "u-2", "u-3"],
    )


def test_removing_asks_once_and_says_that_pilots_keep_their_testers(
    stage: Stage, admin: Client
) -> None:
    group = make_group(stage.of_acme, "Branch staff", "u-1", "u-2")

    page = admin.get(f"{OURS}{group.id}/").text
    assert "Remove the test group “Branch staff”?" in page
    assert "2 testers are in it. Pilots that picked it keep their testers" in page

    gone = admin.post(f"{OURS}{group.id}/remove/", follow=True)
    assert "The group “Branch staff” is removed." in gone.text
    assert not TestGroup.objects.exists()


def test_a_developer_of_a_program_sees_its_groups_and_the_workspaces_and_changes_neither(
    stage: Stage, developer: Client
) -> None:
    ours, its = make_group(stage.of_acme, "Branches"), make_group(stage.of_program, "Its own")

    for place, group in ((OURS, ours), (of(stage), its)):
        page = developer.get(place)
        assert (page.status_code, group.name in page.text) == (200, True)
        assert f"{place}new/" not in page.text
        assert "Remove" not in developer.get(f"{place}{group.id}/").text
        assert developer.get(f"{place}new/").status_code == 403
        assert developer.post(f"{place}{group.id}/remove/").status_code == 403
    assert TestGroup.objects.count() == 2


def test_a_program_has_a_tab_for_them_and_an_archived_one_no_buttons(
    stage: Stage, admin: Client
) -> None:
    group = make_group(stage.of_program, "Its own")
    assert f'href="{of(stage)}new/"' in admin.get(of(stage)).text
    archive_program(stage.program, by=PLATFORM, at=AT)

    page = admin.get(of(stage)).text

    assert f'href="{of(stage)}"' in page
    assert f'href="{of(stage)}new/"' not in page
    refused = admin.post(f"{of(stage)}{group.id}/remove/", follow=True)
    assert "is archived. Restore it first." in refused.text


def test_a_group_is_not_reached_through_another_keeper(stage: Stage, admin: Client) -> None:
    ours, its = make_group(stage.of_acme, "Branches"), make_group(stage.of_program, "Its own")

    assert admin.get(f"{of(stage)}{ours.id}/").status_code == 404
    assert admin.post(f"{OURS}{its.id}/remove/").status_code == 404


def test_the_list_takes_as_many_queries_for_many_groups_as_for_one(
    stage: Stage, admin: Client, django_assert_max_num_queries: Callable[..., object]
) -> None:
    make_group(stage.of_program, "0")
    admin.get(of(stage))
    with django_assert_max_num_queries(100) as few:  # type: ignore[attr-defined]
        admin.get(of(stage))
    for number in range(1, 25):
        make_group(stage.of_program, f"{number:02}", *(f"u-{n}" for n in range(50)))

    with django_assert_max_num_queries(100) as many:  # type: ignore[attr-defined]
        page = admin.get(of(stage))

    assert len(many) <= len(few)
    assert "after=19" in page.text
