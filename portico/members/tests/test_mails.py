"""What people are written, and that the link is made no sooner than the mail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from conftest import Cast
from portico.members.links import link_of
from portico.members.mails import TEMPLATES
from portico.members.services import block, change_role, remove, resend, unblock
from portico.service_email.look.content import (
    HIDDEN,
    Content,
    MailTemplate,
    all_templates,
    template_named,
)
from portico.service_email.models import Mail
from portico.workspaces.permissions import Role
from tests.make import AT, actor, make_invitation


def written(mail: Mail, language: str = "en") -> Content:
    template = template_named(mail.template)
    links = {name: make(mail.context) for name, make in template.links.items()}
    with translation.override(language):
        return template.compose(mail.context, links)


def words(content: Content) -> str:
    return "\n".join([content.subject, content.heading, *content.paragraphs, *content.notes])


def test_the_templates_are_known() -> None:
    known = all_templates()

    assert all(template in known for template in TEMPLATES)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: str(one.name))
def test_each_template_can_be_written_from_its_sample(
    db: None, template: MailTemplate, language: str
) -> None:
    links = {name: make(template.sample) for name, make in template.links.items()}

    with translation.override(language):
        content = template.compose(template.sample, links)

    assert "Acme Pay" in content.subject
    assert set(links.values()) <= {HIDDEN}


def test_an_invitation_says_who_where_as_what_and_until_when(cast: Cast) -> None:
    cast.acme.time_zone = "Asia/Singapore"
    cast.acme.save()
    invitation = make_invitation(
        cast.acme, role=Role.REVIEWER, message="Hi\nthere", by=actor(cast.admin)
    )
    content = written(Mail.objects.get())

    assert content.subject == "Invitation to Acme Pay"
    assert "Workspace Admin invites you to Acme Pay, as Workspace Reviewer." in content.paragraphs
    assert content.quote == "Hi\nthere"
    assert "Nov. 25, 2026, 4 p.m. (Asia/Singapore)" in words(content)
    assert content.action is not None
    assert content.action.url == link_of(invitation)


def test_a_mail_that_is_written_late_has_the_newest_link(cast: Cast) -> None:
    invitation = make_invitation(cast.acme)
    first = Mail.objects.get()
    before = link_of(invitation)

    sent = resend(cast.acme, invitation.id, by=actor(cast.admin), at=AT + timedelta(hours=1))

    action = written(first).action
    assert action is not None
    assert action.url == link_of(sent) != before


def test_a_mail_about_an_invitation_that_is_gone_leads_nowhere(cast: Cast) -> None:
    invitation = make_invitation(cast.acme)
    mail = Mail.objects.get()
    invitation.delete()

    action = written(mail).action

    assert action is not None
    assert action.url == HIDDEN


def test_members_are_told_what_happened_to_them(cast: Cast) -> None:
    by, member = actor(cast.admin), cast.developer
    change_role(cast.acme, member.id, Role.OPERATOR, by=by, at=AT)
    block(cast.acme, member.id, by=by, at=AT)
    unblock(cast.acme, member.id, by=by, at=AT)
    remove(cast.acme, member.id, by=by, at=AT)

    mails = list(Mail.objects.order_by("id"))

    assert {mail.recipient for mail in mails} == {"developer@acme.example.com"}
    assert [written(mail).subject for mail in mails] == [
        "Your role in Acme Pay has changed",
        "Your access to Acme Pay is blocked",
        "You have access to Acme Pay again",
        "You are no longer a member of Acme Pay",
    ]
    assert "You are Workspace Operator now." in words(written(mails[0]))


def test_a_workspace_or_person_with_an_odd_name_makes_no_header_or_format(cast: Cast) -> None:
    cast.acme.name = "100%s %(who)s {x} <b>"
    cast.acme.save()
    make_invitation(cast.acme, by=actor(cast.admin))

    content = written(Mail.objects.get())

    assert content.subject == "Invitation to 100%s %(who)s {x} <b>"
