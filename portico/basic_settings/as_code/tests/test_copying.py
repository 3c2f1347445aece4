"""The story: one workspace is set up with care, and another one is to look and work the same."""

from __future__ import annotations

import pytest

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.basic_settings.as_code.plans import CannotBeApplied, NeedsPlan, PlanIsOld, Standing
from portico.basic_settings.as_code.tests.samples import (
    ABOUT,
    MAIL,
    NOTICE,
    PASSWORD,
    Hand,
    carried,
    fill,
    number_of,
    part,
    save,
    sentences,
    upload_logo,
    values_of,
    written,
)
from portico.basic_settings.models import SettingsRevision
from portico.basic_settings.registry import all_sections
from portico.files.services import file_of, read
from portico.outbox.models import Event
from portico.secrets.services import reveal
from portico.service_email.payload import ServiceEmail
from portico.service_email.section import section as service_email


def set_up(cast: Cast) -> str:
    """Acme has its own mail server, a logo, an About Us page and a notice."""
    fill(cast.acme)
    logo = upload_logo(cast.acme)
    save(cast.acme, "branding", {"logo": logo, "brand_color": "#0b6e4f"})
    return logo


def test_one_workspaces_settings_are_copied_to_another_and_the_password_is_asked_for(
    cast: Cast,
) -> None:
    logo = set_up(cast)
    theirs = Hand(cast, cast.zenith)
    file = carried(cast.acme)

    plan = theirs.plan(file)

    assert plan.is_copy
    assert plan.source == "acme"
    assert part(plan, "about-us").standing is Standing.FIRST
    assert part(plan, "branding").standing is Standing.FIRST
    assert [found.name for found in plan.files] == ["Logo.png"]
    assert plan.secrets_wanted == ("service-email.password",)
    assert part(plan, "service-email").standing is Standing.REFUSED

    secrets = {"service-email.password": PASSWORD}
    done = theirs.apply(file, digest=plan.digest, secrets=secrets)

    assert done.is_pending
    assert values_of(cast.zenith, "about-us") == ABOUT
    assert values_of(cast.zenith, "copyright-notice")["text"] == NOTICE["text"]
    assert values_of(cast.zenith, "branding")["brand_color"] == "#0b6e4f"
    mine, here = file_of(cast.acme, logo), values_of(cast.zenith, "branding")["logo"]
    assert read(file_of(cast.zenith, here)) == read(mine)
    mail = values_of(cast.zenith, "service-email")
    assert {name: mail[name] for name in MAIL} == MAIL
    assert mail["password"] != values_of(cast.acme, "service-email")["password"]
    assert password_of(cast) == PASSWORD


def password_of(cast: Cast) -> str:
    """What Zenith's mail server would be told."""
    payload = ServiceEmail.model_validate(values_of(cast.zenith, "service-email"))
    binding = service_email.binding(payload, "password")
    assert payload.password is not None
    assert binding is not None
    return reveal(
        payload.password,
        workspace=cast.zenith,
        binding=binding.equal,
        at_least=binding.at_least,
    )


def test_applying_the_same_file_again_does_nothing(cast: Cast) -> None:
    set_up(cast)
    theirs, file = Hand(cast, cast.zenith), carried(cast.acme)
    theirs.carry_out(file, secrets={"service-email.password": PASSWORD})

    again = theirs.carry_out(file)

    assert not again.is_pending
    assert {one.standing for one in again.sections} == {Standing.UNCHANGED}
    assert again.files == ()
    assert number_of(cast.zenith, "branding") == 1


def test_a_copy_is_one_audit_entry_and_one_event_for_each_section(cast: Cast) -> None:
    set_up(cast)
    theirs, file = Hand(cast, cast.zenith), carried(cast.acme)
    secrets = {"service-email.password": PASSWORD}
    plan = theirs.plan(file, secrets=secrets)
    assert not AuditEntry.objects.filter(workspace_id=cast.zenith.id, action="settings.apply")

    theirs.apply(file, digest=plan.digest, reason="As agreed", secrets=secrets)

    entries = AuditEntry.objects.filter(workspace_id=cast.zenith.id, action="settings.apply")
    changed = {"about-us", "branding", "copyright-notice", "service-email"}
    assert {entry.subject_id for entry in entries} == changed
    assert {entry.reason for entry in entries} == {"As agreed"}
    events = Event.objects.filter(workspace_id=cast.zenith.id, name="settings.changed")
    assert {event.payload["section"] for event in events} == changed
    revisions = SettingsRevision.objects.filter(workspace=cast.zenith)
    assert {(revision.origin, revision.reason) for revision in revisions} == {
        ("apply", "As agreed")
    }
    assert PASSWORD not in repr([*entries.values(), *events.values(), *revisions.values()])


def test_revisions_of_another_workspace_are_not_taken_for_its_own(cast: Cast) -> None:
    for number in range(3):
        save(cast.zenith, "about-us", {"url": f"https://z.example/{number}"}, based_on=number)
    save(cast.acme, "about-us", ABOUT)

    plan = Hand(cast, cast.zenith).plan(carried(cast.acme))

    about = part(plan, "about-us")
    assert (about.standing, about.based_on, about.live) == (Standing.CHANGED, None, 3)


def test_a_workspace_of_the_same_name_elsewhere_is_another_one(cast: Cast) -> None:
    file = written(None, {"about-us": ABOUT}, revision=0)
    named = file.document
    elsewhere = type(named)("acme", "0192e4a0-0000-7000-8000-000000000000", named.sections)

    plan = Hand(cast, cast.acme).plan(type(file)(elsewhere, file.files, file.digest))

    assert plan.is_copy


def test_a_copy_is_applied_only_as_it_was_shown(cast: Cast) -> None:
    save(cast.acme, "about-us", ABOUT)
    theirs, file = Hand(cast, cast.zenith), carried(cast.acme)

    with pytest.raises(NeedsPlan):
        theirs.apply(file)
    plan = theirs.plan(file)
    save(cast.zenith, "copyright-notice", NOTICE)
    with pytest.raises(PlanIsOld) as refused:
        theirs.apply(file, digest=plan.digest)

    assert refused.value.plan.digest != plan.digest
    assert number_of(cast.zenith, "about-us") == 0


def test_without_the_password_nothing_of_the_copy_is_applied(cast: Cast) -> None:
    set_up(cast)
    theirs, file = Hand(cast, cast.zenith), carried(cast.acme)

    with pytest.raises(CannotBeApplied) as refused:
        theirs.carry_out(file)

    assert "service-email.password" in refused.value.errors
    assert {number_of(cast.zenith, section.name) for section in all_sections()} == {0}


def test_what_is_a_workspaces_own_stays(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(service_email), "own_fields", frozenset({"nickname"}))
    save(cast.acme, "service-email", {"nickname": "Acme", "contact_url": MAIL["contact_url"]})
    save(cast.zenith, "service-email", {"nickname": "Zenith"})
    theirs = Hand(cast, cast.zenith)

    plan = theirs.plan(carried(cast.acme))
    theirs.carry_out(carried(cast.acme))

    assert part(plan, "service-email").kept == ("nickname",)
    assert values_of(cast.zenith, "service-email")["nickname"] == "Zenith"
    assert values_of(cast.zenith, "service-email")["contact_url"] == MAIL["contact_url"]
    assert part(Hand(cast, cast.acme).plan(carried(cast.acme)), "service-email").kept == ()


def test_another_workspaces_file_is_not_to_be_had_by_its_hash_alone(cast: Cast) -> None:
    logo = upload_logo(cast.acme)

    plan = Hand(cast, cast.zenith).plan(written(cast.zenith, {"branding": {"logo": logo}}))

    assert "neither among the files" in sentences(plan)["branding.logo"]
