from __future__ import annotations

from typing import Any

import pytest

from conftest import Cast
from portico.basic_settings.models import SettingsRevision
from portico.basic_settings.registry import section_named
from portico.basic_settings.services import save
from portico.kernel.clock import now
from portico.outbox.models import Delivery, Event
from portico.outbox.services import hear, listen, name_of
from portico.service_email.look.content import template_named
from portico.service_email.look.letterheads import letterhead_of
from portico.service_email.look.rendering import Rendered, render
from portico.service_email.models import Mail
from portico.service_email.notices import tell_admins_of_changed_settings
from portico.workspaces.models import Membership, Workspace
from portico.workspaces.permissions import Role
from tests.make import AT, actor, make_member, make_person

pytestmark = pytest.mark.django_db

PASSWORD = "Tr0ub4dor&3-mail"
VALUES: dict[str, Any] = {
    "account": "mail@acme.example.com",
    "nickname": "Acme Pay",
    "host": "smtp.example.com",
    "port": 587,
    "security": "starttls",
    "password": PASSWORD,
}


@pytest.fixture(autouse=True)
def _listening() -> None:
    listen("settings.changed", tell_admins_of_changed_settings)


def change(
    cast: Cast, name: str, values: dict[str, Any], *, based_on: int = 0, reason: str = ""
) -> SettingsRevision:
    """Save a section as acme's admin."""
    section = section_named(name)
    return save(
        cast.acme,
        section,
        values,
        based_on=based_on,
        by=actor(cast.admin),
        at=AT,
        reason=reason,
    )


def deliver(times: int = 1) -> None:
    """Let the listener hear of the newest change."""
    event = Event.objects.filter(name="settings.changed").latest("id")
    for _time in range(times):
        hear(event.id, name_of(tell_admins_of_changed_settings))


def read(mail: Mail, workspace: Workspace) -> Rendered:
    """A mail as its recipient reads it."""
    return render(
        template_named(mail.template),
        mail.context,
        letterhead_of(workspace, at=now()),
        language=mail.language,
    )


def another_admin(cast: Cast, email: str, *, language: str = "") -> Membership:
    member = make_member(cast.acme, Role.ADMIN, person=make_person(email))
    member.person.language = language
    member.person.save()
    return member


def test_all_admins_are_told_each_in_their_language(cast: Cast) -> None:
    another_admin(cast, "li@acme.example.com", language="zh-hans")

    change(cast, "service-email", VALUES, reason="Our own server")
    deliver()

    mails = {mail.recipient: mail for mail in Mail.objects.all()}
    assert set(mails) == {"admin@acme.example.com", "li@acme.example.com"}
    assert mails["admin@acme.example.com"].language == "en"
    assert mails["li@acme.example.com"].language == "zh-hans"
    assert {mail.workspace_id for mail in mails.values()} == {cast.acme.id}


def test_the_mail_says_who_changed_what_and_why(cast: Cast) -> None:
    change(cast, "service-email", VALUES)
    change(
        cast,
        "service-email",
        {**VALUES, "nickname": "Acme & Friends"},
        based_on=1,
        reason="We have friends now",
    )
    deliver()

    text = read(Mail.objects.latest("id"), cast.acme).text

    assert "Service Email Preference was changed" in text
    assert "Workspace Admin" in text
    assert "We have friends now" in text
    assert "Acme Pay → Acme & Friends" in text
    assert "smtp.example.com" not in text
    assert "http://acme.localhost:8000/settings/tenant/service-email/history/" in text


def test_no_secret_is_in_it(cast: Cast) -> None:
    revision = change(cast, "service-email", VALUES)
    deliver()

    mail = Mail.objects.get()
    rendered = read(mail, cast.acme)

    everything = f"{mail.context}{rendered.html}{rendered.text}{rendered.subject}"
    assert "Password" in rendered.text
    assert PASSWORD not in everything
    assert str(revision.payload["password"]) not in everything


def test_sections_that_are_not_sensitive_are_nobody_s_mail(cast: Cast) -> None:
    change(cast, "about-us", {"url": "https://example.com/"})
    deliver()

    assert not Mail.objects.exists()


def test_only_active_admins_of_this_workspace_are_told(cast: Cast) -> None:
    blocked = another_admin(cast, "blocked@acme.example.com")
    Membership.objects.filter(id=blocked.id).update(blocked_at=AT)
    closed = another_admin(cast, "closed@acme.example.com")
    closed.person.is_active = False
    closed.person.save()

    change(cast, "service-email", VALUES)
    deliver()

    assert [mail.recipient for mail in Mail.objects.all()] == ["admin@acme.example.com"]


def test_hearing_it_again_tells_nobody_again(cast: Cast) -> None:
    change(cast, "service-email", VALUES)

    deliver(times=3)

    assert Mail.objects.count() == 1
    assert Delivery.objects.filter(listener=name_of(tell_admins_of_changed_settings)).count() == 1


def test_hostile_names_do_no_harm(cast: Cast) -> None:
    person = cast.admin.person
    person.name = "Eve\r\nBcc: all@example.com <script>alert(1)</script>"
    person.save()

    change(cast, "service-email", VALUES, reason="<img src=x onerror=alert(1)>")
    deliver()

    rendered = read(Mail.objects.get(), cast.acme)
    assert "<script>" not in rendered.html
    assert "<img src=x" not in rendered.html
    assert "\n" not in rendered.subject
