"""Taking a request back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from conftest import Cast
from portico.approvals.models import RequestStatus
from portico.kernel.errors import NotFound
from portico.releases import services
from portico.releases.deciding.tests.asking import asked_for, by, offline_asked
from portico.releases.models import Release
from tests.make import AT

Browse = Callable[..., Client]


def withdraw(client: Client, request_id: object, reason: str = "") -> int:
    sent = {"reason": reason}
    return client.post(f"/console/approvals/{request_id}/withdraw/", sent).status_code


def test_whoever_asked_takes_it_back_and_says_why(cast: Cast, browse: Browse) -> None:
    asked = asked_for(cast)
    developer = browse(cast.acme, cast.developer)

    assert withdraw(developer, asked.id, "Wrong build") == 302

    asked.refresh_from_db()
    assert asked.status == RequestStatus.WITHDRAWN
    assert Release.objects.get(id=asked.release).status == "new_version_created"
    page = developer.get(f"/console/approvals/{asked.id}/").content.decode()
    assert "The request is withdrawn." in page
    assert "Wrong build" in page


def test_so_does_who_drives_releases_there_and_an_offline_request_goes_as_well(
    cast: Cast, browse: Browse
) -> None:
    admin = browse(cast.acme, cast.admin)

    for asked in (asked_for(cast), offline_asked(cast)):
        assert withdraw(admin, asked.id) == 302
        asked.refresh_from_db()
        assert asked.status == RequestStatus.WITHDRAWN
        assert asked.closed_by_id == cast.admin.person_id


def test_what_was_taken_back_already_says_so(cast: Cast, browse: Browse) -> None:
    asked = asked_for(cast)
    developer = browse(cast.acme, cast.developer)
    assert withdraw(developer, asked.id) == 302

    assert withdraw(developer, asked.id) == 409


def test_neither_a_reviewer_nor_a_stranger_takes_it_back(cast: Cast, browse: Browse) -> None:
    asked = asked_for(cast)

    assert withdraw(browse(cast.acme, cast.reviewer), asked.id) == 403
    assert withdraw(browse(cast.acme, cast.inspector), asked.id) == 403
    assert withdraw(browse(cast.acme, cast.operator), asked.id) == 404
    assert withdraw(browse(cast.zenith, cast.outsider), asked.id) == 404
    asked.refresh_from_db()
    assert asked.status == RequestStatus.IN_REVIEW


def test_whoever_was_taken_off_the_program_sees_and_withdraws_their_request_no_more(
    cast: Cast, browse: Browse
) -> None:
    asked = asked_for(cast)
    asked.program.members.all().delete()

    developer = browse(cast.acme, cast.developer)

    assert developer.get(f"/console/approvals/{asked.id}/").status_code == 404
    assert asked.program.app_id not in developer.get("/console/approvals/own/").content.decode()
    assert withdraw(developer, asked.id) == 404
    with pytest.raises(NotFound):
        services.withdraw(Release.objects.get(id=asked.release), by=by(cast.developer), at=AT)
