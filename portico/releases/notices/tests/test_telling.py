"""Who is told by mail of what happens to a release."""

from __future__ import annotations

import pytest

from conftest import Cast
from portico.miniprograms.models import MiniProgram, ProgramMember, ProgramRole
from portico.outbox.models import Event
from portico.releases import services
from portico.releases.acting import By
from portico.releases.models import Release
from portico.releases.notices.telling import LISTENS_TO, tell_of_release
from portico.releases.notices.topics import OUTCOMES, OWN, REVIEWS, STEPS
from portico.releases.rules.pipeline import Status
from portico.service_email.models import Mail
from portico.service_email.topics.services import choose
from portico.webhooks.catalog import EVENT_NAMES, event_named
from portico.workspaces.models import Membership
from portico.workspaces.permissions import Role
from tests.make import AT, actor, make_member, make_program, make_release

ALL = {REVIEWS.name, STEPS.name, OUTCOMES.name, OWN.name}


def by(member: Membership) -> By:
    return By(actor(member), member)


def told_of(name: str) -> set[str]:
    """Have the last event of this name heard; returns who was mailed because of it."""
    before = set(Mail.objects.values_list("id", flat=True))
    tell_of_release(Event.objects.filter(name=name).latest("created_at", "id"))
    mails = Mail.objects.exclude(id__in=before)
    assert {mail.template for mail in mails} <= {name.replace(".", "_")}
    return {mail.recipient for mail in mails}


@pytest.fixture
def program(cast: Cast) -> MiniProgram:
    """The developer is its Admin."""
    return make_program(cast.acme, admin=cast.developer)


@pytest.fixture
def release(cast: Cast, program: MiniProgram) -> Release:
    """In grayscale release, made by the workspace's admin."""
    return make_release(program, status=Status.GRAYSCALE, share=1_000, created_by=cast.admin)


def test_its_admins_and_whoever_made_it_are_told_of_a_step(cast: Cast, release: Release) -> None:
    services.pause(release, by=by(cast.admin), at=AT)

    assert told_of("release.paused") == {cast.developer.person.email, cast.admin.person.email}


def test_the_mail_names_program_version_target_and_who_did_it(cast: Cast, release: Release) -> None:
    services.cancel(release, reason="Crashes on start.", by=by(cast.admin), at=AT)

    told_of("release.canceled")

    context = Mail.objects.filter(template="release_canceled")[0].context
    assert context["program"] == release.program.name
    assert context["version"] == str(release.version)
    assert context["target"] == str(release.target)
    assert context["reason"] == "Crashes on start."
    assert context["who"] == cast.admin.person.name
    assert context["url"].endswith(f"/console/releases/{release.id}/")


def test_whoever_wants_no_mail_of_a_topic_gets_none(cast: Cast, release: Release) -> None:
    choose(cast.developer, ALL - {STEPS.name}, by=actor(cast.developer), at=AT)

    services.pause(release, by=by(cast.admin), at=AT)

    assert told_of("release.paused") == {cast.admin.person.email}


def test_whoever_wants_no_mail_of_their_own_steps_gets_none(cast: Cast, release: Release) -> None:
    choose(cast.admin, ALL - {OWN.name}, by=actor(cast.admin), at=AT)

    services.pause(release, by=by(cast.admin), at=AT)

    assert told_of("release.paused") == {cast.developer.person.email}


def test_somebody_taken_off_the_program_or_blocked_is_told_nothing(
    cast: Cast, program: MiniProgram
) -> None:
    # given one who asked for the release and was taken off, and an Admin of it who was blocked
    gone = make_member(cast.acme, Role.DEVELOPER)
    blocked = make_member(cast.acme, Role.DEVELOPER)
    ProgramMember.objects.create(program=program, membership=blocked, role=ProgramRole.ADMIN)
    Membership.objects.filter(id=blocked.id).update(blocked_at=AT)
    release = make_release(program, status=Status.GRAYSCALE, share=1_000, created_by=gone)

    services.pause(release, by=by(cast.admin), at=AT)

    assert told_of("release.paused") == {cast.developer.person.email}


def test_nobody_of_another_workspace_is_told(cast: Cast, release: Release) -> None:
    # given that whoever made the release is a member elsewhere, too
    make_member(cast.zenith, Role.ADMIN, person=cast.admin.person)

    services.pause(release, by=by(cast.developer), at=AT)

    told_of("release.paused")
    assert {mail.workspace_id for mail in Mail.objects.all()} == {cast.acme.id}


def test_all_admins_are_told_of_what_is_removed(cast: Cast, program: MiniProgram) -> None:
    live = make_release(program, status=Status.FULL)

    services.force_remove(program, live.target, reason="Fraud.", by=by(cast.inspector), at=AT)

    assert cast.admin.person.email in told_of("release.removed")


def test_whoever_asked_to_take_it_offline_is_told_what_became_of_it(
    cast: Cast, program: MiniProgram
) -> None:
    # given something live that the admin made, and a developer of it who wants it offline
    asker = make_member(cast.acme, Role.DEVELOPER)
    ProgramMember.objects.create(program=program, membership=asker, role=ProgramRole.ADMIN)
    live = make_release(program, status=Status.FULL, created_by=cast.admin)
    request = services.request_offline(program, live.target, reason="A leak", by=by(asker), at=AT)
    told_of("release.offline_requested")
    ProgramMember.objects.filter(membership=asker).update(role=ProgramRole.DEVELOPER)

    services.reject(request, reason="Mend it instead.", by=by(cast.reviewer), at=AT)

    assert asker.person.email in told_of("release.offline_rejected")
    who = {
        mail.template: mail.context["who"]
        for mail in Mail.objects.filter(recipient=asker.person.email)
    }
    assert who == {
        "release_offline_requested": asker.person.email,
        "release_offline_rejected": cast.reviewer.person.name,
    }


def test_a_scaling_to_everybody_is_told_once(cast: Cast, release: Release) -> None:
    services.scale(release, 100_000, by=by(cast.admin), at=AT)

    assert told_of("release.scaled") == set()
    assert told_of("release.fully_released")


def test_what_happens_is_a_webhook_and_a_mail_each() -> None:
    assert set(LISTENS_TO) == {name for name in EVENT_NAMES if name.startswith("release.")}


def test_what_is_published_is_what_webhooks_promise(cast: Cast, release: Release) -> None:
    services.pause(release, by=by(cast.admin), at=AT)

    event = Event.objects.get(name="release.paused")
    sent = event_named(event.name).schema.model_validate(event.payload).model_dump(mode="json")
    assert sent["event"] == "pause"
    assert (sent["from"], sent["to"]) == ("grayscale_release", "grayscale_release")
    assert sent["percentage"] == 1.0
