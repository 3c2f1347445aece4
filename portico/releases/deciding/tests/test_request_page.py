"""The page of one request."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import Cast
from portico.approvals.findings import key_of
from portico.approvals.models import RequestKind
from portico.approvals.tests.test_findings import found_in
from portico.release_process.policy import AutomatedReview
from portico.releases.deciding.tests.asking import (
    asked_for,
    asked_under,
    by,
    make_target,
    offline_asked,
)
from portico.releases.rules.pipeline import Status
from portico.releases.services import force_remove
from tests.make import AT, make_policy, make_program, make_release, make_version
from tests.packages import make_manifest, make_package

Browse = Callable[..., Client]


def url(request_id: object) -> str:
    return f"/console/approvals/{request_id}/"


def text_of(client: Client, request_id: object) -> str:
    response = client.get(url(request_id))
    assert response.status_code == 200, response.content.decode()
    return response.content.decode()


def test_it_shows_what_the_version_changes_against_the_live_one(cast: Cast, browse: Browse) -> None:
    program, target = make_program(cast.acme, admin=cast.developer), make_target(cast)
    first = make_release(
        program,
        target,
        status=Status.FULL,
        configuration={
            "server_domains": ["old.example.com"],
            "variables": {"API_URL": "https://a"},
        },
    )
    manifest = make_manifest(program.app_id, code=2, description="Sends money")
    package = make_package(program.app_id, manifest=manifest, files={"pay.js": "pay()"})
    version = make_version(program, package=package, manifest=manifest)
    asked = asked_for(cast, program=program, target=target, version=version, message="By Friday")

    page = text_of(browse(cast.acme, cast.reviewer), asked.id)

    assert f"Against version {first.version.name} (1), which is live there." in page
    for told in ("Sends money", "pay.js", "old.example.com", "Variable API_URL", "By Friday"):
        assert told in page
    assert "0 of 1" in page
    assert "goes to Pilot Testing" in page
    assert 'href="#decision"' in page


def test_a_first_release_says_that_nothing_is_live_there(cast: Cast, browse: Browse) -> None:
    page = text_of(browse(cast.acme, cast.reviewer), asked_for(cast).id)

    assert "No version is live there yet" in page


def test_findings_come_errors_first_and_can_be_marked_by_who_decides(
    cast: Cast, browse: Browse
) -> None:
    asked = asked_for(cast)
    (note,) = found_in(asked.version, "A small thing", severity="info")
    (error,) = found_in(asked.version, "A private key", severity="error")

    page = text_of(browse(cast.acme, cast.reviewer), asked.id)
    seen = text_of(browse(cast.acme, cast.developer), asked.id)

    assert page.index("A private key") < page.index("A small thing")
    assert f'value="{key_of(error)}"' in page
    assert f'value="{key_of(note)}"' in page
    assert "A private key" in seen
    assert 'name="findings"' not in seen
    assert "Your decision" not in seen


def test_blocking_checks_take_the_approve_button_away_and_say_why(
    cast: Cast, browse: Browse
) -> None:
    asked = asked_under(cast, make_policy(automated_review=AutomatedReview.BLOCKING))
    found_in(asked.version, "A private key", severity="error")

    page = text_of(browse(cast.acme, cast.reviewer), asked.id)

    assert "It cannot be approved yet" in page
    assert 'value="approve"' not in page
    assert 'value="reject"' in page


def test_ones_own_request_says_that_somebody_else_decides(cast: Cast, browse: Browse) -> None:
    page = text_of(browse(cast.acme, cast.admin), asked_for(cast, asker=cast.admin).id)

    assert "This is your own request." in page
    assert "Your decision" not in page
    assert "Withdraw the request" in page


def test_several_approvals_say_how_many_are_missing(cast: Cast, browse: Browse) -> None:
    asked = asked_under(cast, make_policy(approvals=3))

    page = text_of(browse(cast.acme, cast.reviewer), asked.id)

    assert "0 of 3" in page
    assert "It needs 2 more approvals after yours." in page


def test_an_offline_request_and_a_removal_have_a_page_of_the_same_kind(
    cast: Cast, browse: Browse
) -> None:
    offline = offline_asked(cast)
    program, target = make_program(cast.acme), make_target(cast)
    make_release(program, target, status=Status.FULL)
    force_remove(program, target, reason="It leaked", by=by(cast.inspector), at=AT)
    reviewer = browse(cast.acme, cast.reviewer)

    page = text_of(reviewer, offline.id)
    rows = reviewer.get("/console/approvals/all/?kind=removal").context["rows"]
    removal = text_of(reviewer, rows[0].asked.id)

    assert "taken offline at once" in page
    assert "What changes" not in page
    assert [row.asked.kind for row in rows] == [RequestKind.REMOVAL]
    assert "It leaked" in removal
    assert "Your decision" not in removal


def test_anothers_request_is_nothing_to_a_developer_nor_to_another_workspace(
    cast: Cast, browse: Browse
) -> None:
    asked = asked_for(cast, asker=cast.admin)

    assert browse(cast.acme, cast.developer).get(url(asked.id)).status_code == 404
    assert browse(cast.acme, cast.operator).get(url(asked.id)).status_code == 404
    assert browse(cast.zenith, cast.outsider).get(url(asked.id)).status_code == 404
    assert browse(cast.acme, cast.inspector).get(url(asked.id)).status_code == 200


def test_a_page_costs_the_same_with_few_and_with_many_findings_and_files(
    cast: Cast, browse: Browse
) -> None:
    program = make_program(cast.acme, admin=cast.developer)
    files = {f"pages/p{number}.txt": "x" for number in range(60)}
    many = make_version(program, package=make_package(program.app_id, files=files))
    small, large = asked_for(cast), asked_for(cast, program=program, version=many)
    found_in(small.version, "One")
    found_in(large.version, *(f"Finding {number}" for number in range(60)))
    reviewer = browse(cast.acme, cast.reviewer)
    for _time in range(2):  # until what is kept in memory is there
        reviewer.get(url(small.id))

    with CaptureQueriesContext(connection) as with_few:
        reviewer.get(url(small.id))
    with CaptureQueriesContext(connection) as with_many:
        response = reviewer.get(url(large.id))

    assert len(with_many) == len(with_few)
    page = response.content.decode()
    assert "10 more findings are not shown here." in page
    assert "1 to 20 of 65" in page
