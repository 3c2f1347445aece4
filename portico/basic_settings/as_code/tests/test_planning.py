from __future__ import annotations

import pytest

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.basic_settings import services
from portico.basic_settings.as_code.plans import Standing
from portico.basic_settings.as_code.showing import lines_of
from portico.basic_settings.as_code.tests.samples import (
    ABOUT,
    MAIL,
    NOTICE,
    Hand,
    carried,
    fill,
    number_of,
    numbers,
    part,
    save,
    sentences,
    upload_logo,
    written,
)
from portico.basic_settings.models import SettingsRevision
from portico.basic_settings.registry import section_named
from portico.outbox.models import Event
from portico.secrets.models import Secret
from tests.make import AT, actor


@pytest.fixture
def hand(cast: Cast) -> Hand:
    """Somebody at work in acme."""
    return Hand(cast, cast.acme)


def test_a_plan_says_what_is_new_changed_and_unchanged(cast: Cast, hand: Hand) -> None:
    save(cast.acme, "about-us", ABOUT)
    save(cast.acme, "branding", {"brand_color": "#0b6e4f"})

    plan = hand.plan(
        written(
            cast.acme,
            {
                "about-us": ABOUT,
                "branding": {"brand_color": "#8a1c7c"},
                "copyright-notice": NOTICE,
            },
        )
    )

    assert {one.section.name: one.standing for one in plan.sections} == {
        "about-us": Standing.UNCHANGED,
        "branding": Standing.CHANGED,
        "copyright-notice": Standing.FIRST,
    }
    assert plan.is_pending
    (change,) = part(plan, "branding").changes
    section = section_named("branding")
    before, after = (
        services.payload_of(section, services.revision_of(cast.acme, section, 1)),
        section.schema(brand_color="#8a1c7c"),
    )
    assert [change] == services.diff(cast.acme, section, before, after, at=AT)
    assert "    Brand color: #0b6e4f -> #8a1c7c" in list(lines_of(plan))


def test_a_plan_changes_nothing(cast: Cast, hand: Hand) -> None:
    fill(cast.acme)
    seen = (numbers(cast.acme), Event.objects.count(), AuditEntry.objects.count())
    secrets = Secret.objects.count()

    plan = hand.plan(
        written(
            cast.acme,
            {
                "about-us": {"url": ""},
                "branding": {"brand_color": "#8a1c7c"},
                "service-email": {**MAIL, "nickname": "New", "password": {"secret": "kept"}},
            },
        ),
        secrets={"service-email.password": "another"},
    )

    assert len([one for one in plan.sections if one.is_pending]) == 3
    assert (numbers(cast.acme), Event.objects.count(), AuditEntry.objects.count()) == seen
    assert Secret.objects.count() == secrets


def test_what_a_section_would_refuse_is_in_the_plan_with_its_line(cast: Cast, hand: Hand) -> None:
    file = written(
        cast.acme,
        {
            "branding": {"brand_color": "#ffff00"},
            "service-email": {"host": "smtp.example.com", "port": "many"},
            "about-us": {"url": "javascript:alert(1)"},
            "copyright-notice": NOTICE,
        },
    )

    plan = hand.plan(file)

    found = sentences(plan)
    assert set(found) == {"branding.brand_color", "service-email.port", "about-us.url"}
    assert found["branding.brand_color"].startswith("Line 7: ")
    assert part(plan, "copyright-notice").standing is Standing.FIRST
    assert plan.is_refused
    assert not plan.is_pending


def test_what_is_left_out_stays_as_it_is(cast: Cast, hand: Hand) -> None:
    fill(cast.acme)

    plan = hand.plan(written(cast.acme, {"service-email": {"nickname": "Acme"}, "about-us": {}}))

    assert [change.field for change in part(plan, "service-email").changes] == ["Nickname"]
    assert part(plan, "about-us").standing is Standing.UNCHANGED


def test_a_section_that_was_changed_since_is_refused_with_what_was_changed(
    cast: Cast, hand: Hand
) -> None:
    save(cast.acme, "about-us", ABOUT)
    file = written(cast.acme, {"about-us": {"url": "https://www.example.com/mine"}}, revision=1)
    section = section_named("about-us")
    services.save(
        cast.acme,
        section,
        {"url": "https://www.example.com/theirs"},
        based_on=1,
        by=actor(cast.admin),
        at=AT,
    )

    plan = hand.plan(file)

    about = part(plan, "about-us")
    assert (about.standing, about.based_on, about.live) == (Standing.STALE, 1, 2)
    (change,) = about.meanwhile
    assert "theirs" in str(change.after)
    assert sentences(plan)["about-us"].startswith("Line 5: Workspace Admin changed this")
    assert plan.is_stale


def test_a_section_that_came_to_say_the_same_is_not_in_the_way(cast: Cast, hand: Hand) -> None:
    save(cast.acme, "about-us", ABOUT)
    file = written(cast.acme, {"about-us": {"url": "https://www.example.com/new"}}, revision=1)
    save(cast.acme, "about-us", {"url": "https://www.example.com/new"}, based_on=1)

    assert part(hand.plan(file), "about-us").standing is Standing.UNCHANGED


def test_a_revision_that_there_never_was_is_refused(cast: Cast, hand: Hand) -> None:
    plan = hand.plan(written(cast.acme, {"about-us": ABOUT}, revision=7))

    assert part(plan, "about-us").standing is Standing.REFUSED
    assert "there never was one here" in sentences(plan)["about-us"]


def test_rebased_the_changes_of_both_are_kept(cast: Cast, hand: Hand) -> None:
    fill(cast.acme)
    file = written(cast.acme, {"service-email": {"nickname": "Mine"}}, revision=1)
    save(
        cast.acme,
        "service-email",
        {**MAIL, "contact_url": "https://www.example.com/theirs", "password": None},
        based_on=1,
    )

    assert part(hand.plan(file), "service-email").standing is Standing.STALE
    plan = hand.plan(file, rebase=True)
    hand.apply(file, rebase=True, digest=plan.digest)

    mail = part(plan, "service-email")
    assert mail.standing is Standing.CHANGED
    assert [change.field for change in mail.meanwhile] == ["Contact URL"]
    assert [change.field for change in mail.changes] == ["Nickname"]
    live = services.live(cast.acme, section_named("service-email")).payload
    assert (live.nickname, live.contact_url) == ("Mine", "https://www.example.com/theirs")


def test_a_field_that_both_changed_has_to_be_decided(cast: Cast, hand: Hand) -> None:
    save(cast.acme, "about-us", ABOUT)
    mine = {"url": "https://www.example.com/mine"}
    save(cast.acme, "about-us", {"url": "https://www.example.com/theirs"}, based_on=1)

    plan = hand.plan(written(cast.acme, {"about-us": mine}, revision=1), rebase=True)
    decided = hand.plan(written(cast.acme, {"about-us": mine}, revision=2))

    assert "“revision: 2”" in sentences(plan)["about-us.url"]
    assert part(decided, "about-us").standing is Standing.CHANGED


def test_live_values_that_a_stricter_rule_would_refuse_are_left_alone(
    cast: Cast, hand: Hand
) -> None:
    SettingsRevision.objects.create(
        workspace=cast.acme,
        section="about-us",
        number=1,
        based_on=0,
        payload={"url": "ftp://was.allowed/once"},
        created_at=AT,
    )
    with_pointer(cast)

    assert not hand.plan(carried(cast.acme)).is_refused


def with_pointer(cast: Cast) -> None:
    from portico.basic_settings.models import LiveSetting

    revision = SettingsRevision.objects.get(workspace=cast.acme, section="about-us")
    LiveSetting.objects.create(workspace=cast.acme, section="about-us", revision=revision)


def test_a_plan_is_named_by_the_file_and_what_it_is_laid_over(cast: Cast, hand: Hand) -> None:
    file = written(cast.acme, {"about-us": ABOUT})

    digest = hand.plan(file).digest

    assert hand.plan(file).digest == digest
    assert hand.plan(written(cast.acme, {"about-us": {"url": ""}})).digest != digest
    assert hand.plan(file, rebase=True).digest != digest
    assert Hand(cast, cast.zenith).plan(file).digest != digest
    save(cast.acme, "copyright-notice", NOTICE)
    assert hand.plan(file).digest == digest
    save(cast.acme, "about-us", {"url": "https://www.example.com/else"})
    assert hand.plan(file).digest != digest


def test_files_of_this_workspace_need_not_come_along(cast: Cast, hand: Hand) -> None:
    logo = upload_logo(cast.acme)

    plan = hand.plan(written(cast.acme, {"branding": {"logo": logo}}))

    assert part(plan, "branding").standing is Standing.FIRST
    assert plan.files == ()
    assert number_of(cast.acme, "branding") == 0
