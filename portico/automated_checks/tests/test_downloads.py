"""The link by which a reviewer fetches a package: once, soon, and for its version alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import signing
from django.test import Client

from conftest import Cast
from portico.audit.services import PLATFORM
from portico.automated_checks.models import Review
from portico.automated_checks.reviewers import services
from portico.automated_checks.reviewers.downloads import SALT, take_package
from portico.automated_checks.reviewers.rules import DOWNLOAD_WITHIN, DownloadOver
from portico.automated_checks.services import check_again
from portico.automated_checks.tests.conftest import Asked, Clock, called, checked, make_tidy
from portico.kernel.clock import now
from portico.miniprograms.models import MiniProgram, Version
from portico.workspaces.models import Workspace
from tests.make import AT
from tests.peers.receiver import Reply


@pytest.fixture
def version(program: MiniProgram) -> Version:
    """The version that is asked about."""
    return make_tidy(program)


def link(lab: Asked, clock: Clock | None = None) -> str:
    """The token of the link in the reviewer's newest call."""
    called(lab, clock or Clock())
    url = urlsplit(lab.there.last.event["data"]["package_url"])
    return str(parse_qs(url.query)["token"][0])


def test_the_package_is_fetched_once(acme: Workspace, version: Version, lab: Asked) -> None:
    checked(version)
    token = link(lab)

    assert take_package(acme, lab.review.id, token, at=AT) == version

    with pytest.raises(DownloadOver):
        take_package(acme, lab.review.id, token, at=AT)


def test_a_link_ends(acme: Workspace, version: Version, lab: Asked) -> None:
    checked(version)
    token = link(lab)

    with pytest.raises(DownloadOver):
        take_package(acme, lab.review.id, token, at=AT + DOWNLOAD_WITHIN)


def test_a_later_call_ends_the_link_of_an_earlier_one(
    acme: Workspace, version: Version, lab: Asked
) -> None:
    checked(version)
    clock = Clock()
    lab.there.answers = [Reply(503)]
    first = link(lab, clock)
    clock.pass_(minutes=1)
    second = link(lab, clock)

    with pytest.raises(DownloadOver):
        take_package(acme, lab.review.id, first, at=clock())
    assert take_package(acme, lab.review.id, second, at=clock()) == version


def test_a_link_is_for_its_own_review_and_workspace(
    cast: Cast, program: MiniProgram, version: Version, lab: Asked
) -> None:
    checked(version)
    token, review = link(lab), lab.review
    other = make_tidy(program)
    checked(other)
    second = Review.objects.get(run__version=other)

    for workspace, review_id in ((cast.zenith, review.id), (cast.acme, second.id)):
        with pytest.raises(DownloadOver):
            take_package(workspace, review_id, token, at=AT)


@pytest.mark.parametrize(
    "token", ["", "a", "a:b:c", signing.dumps([1], salt=SALT)], ids=["", "a", "a:b:c", "signed"]
)
def test_a_made_up_link_opens_nothing(
    acme: Workspace, version: Version, lab: Asked, token: str
) -> None:
    checked(version)
    real = link(lab)

    for made_up in (token, real[:-1], signing.dumps(signing.loads(real, salt=SALT), salt="a")):
        with pytest.raises(DownloadOver):
            take_package(acme, lab.review.id, made_up, at=AT)


def test_nobody_fetches_what_nobody_waits_for(
    acme: Workspace, version: Version, lab: Asked
) -> None:
    checked(version)
    token, review = link(lab), lab.review
    services.disable_reviewer(acme, lab.reviewer.id, by=PLATFORM, at=AT)

    with pytest.raises(DownloadOver):
        take_package(acme, review.id, token, at=AT)

    check_again(version, by=PLATFORM, at=AT)
    with pytest.raises(DownloadOver):
        take_package(acme, review.id, token, at=AT)


def test_the_link_hands_out_the_package_over_http(
    cast: Cast, version: Version, lab: Asked, call: Callable[..., Client]
) -> None:
    checked(version)
    Review.objects.update(due_at=now(), deadline=now() + timedelta(hours=1))
    token = link(lab, Clock(now()))
    path = f"/api/v1/reviews/{lab.review.id}/package"
    client = call(cast.acme)

    elsewhere = call(cast.zenith).get(path, {"token": token})
    fetched = client.get(path, {"token": token})
    again = client.get(path, {"token": token})

    assert fetched.status_code == 200
    content = fetched.getvalue()
    assert len(content) == version.packed
    assert fetched.headers["Content-Type"] == "application/zip"
    assert (elsewhere.status_code, again.status_code) == (404, 404)
    assert again.json()["code"] == "download_over"
