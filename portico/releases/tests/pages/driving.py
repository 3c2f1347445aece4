"""Driving releases through their pages."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.test import Client

from conftest import Cast
from portico.miniprograms.models import MiniProgram
from portico.releases.models import Release
from portico.targets.models import ReleaseTarget
from tests.make import make_app, make_program, make_release


@dataclass(frozen=True)
class Place:
    """A mini program that the developer is Admin of, and an app's Production and Sandbox."""

    program: MiniProgram
    production: ReleaseTarget
    sandbox: ReleaseTarget


def make_place(cast: Cast) -> Place:
    """A place to release to."""
    program = make_program(cast.acme, "com.acme.rail", name="Rail", admin=cast.developer)
    production, sandbox = make_app(cast.acme, "wallet").targets.order_by("environment")
    return Place(program, production, sandbox)


def in_grayscale(place: Place, *, share: int = 0, stable: bool = True) -> Release:
    """A release in grayscale release, by default beside one that everybody has."""
    if stable:
        make_release(place.program, place.production, status="full_release")
    return make_release(place.program, place.production, status="grayscale_release", share=share)


def fire(
    browser: Client, release: Release, event: str, *, based_on: int = 0, **sent: str
) -> HttpResponse:
    """Send the form of an event, as the page had it that shows the release as it is passed."""
    seen = based_on or release.revision
    return browser.post(  # type: ignore[return-value]
        address(release.id, event), {"based_on": str(seen), **sent}
    )


def address(release_id: UUID, event: str = "") -> str:
    """A release's page, or that of an event."""
    return f"/console/releases/{release_id}/{f'{event}/' if event else ''}"


def status_of(release: Release) -> tuple[str, int]:
    """Where a release is now, and its share."""
    release.refresh_from_db()
    return release.status, release.share
