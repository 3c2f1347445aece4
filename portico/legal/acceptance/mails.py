"""The mails about documents that members have to accept."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portico.legal.acceptance.gate import kind_title
from portico.service_email.look.content import Action, Content, Context, MailTemplate
from portico.service_email.mails import moment

Links = Mapping[str, str]


def _changed(context: Context, links: Links) -> Content:  # noqa: ARG001 - it has none
    when = moment(context["effective_at"], context["time_zone"])
    facts = {
        "document": kind_title(context["kind"]),
        "workspace": context["workspace"],
        "number": context["number"],
        "when": when,
    }
    if context["is_in_force"]:
        what_to_do = _(
            "It is in force. When you open %(workspace)s the next time, you are asked to read and "
            "accept it; before that, neither the console nor API tokens of yours work."
        )
        when_title = _("In force since")
    else:
        what_to_do = _(
            "It takes effect on %(when)s. From then on you have to accept it before the console "
            "and API tokens of yours work. You can read and accept it now."
        )
        when_title = _("Takes effect")
    return Content(
        subject=_("%(document)s of %(workspace)s: version %(number)s") % facts,
        heading=_("%(document)s: there is a new version") % facts,
        paragraphs=(
            _("%(workspace)s published version %(number)s of its %(document)s.") % facts,
            what_to_do % facts,
        ),
        facts=(
            (_("Document"), facts["document"]),
            (_("Version"), str(facts["number"])),
            (when_title, when),
            (_("To be read at"), context["document_url"]),
        ),
        action=Action(_("Read and accept"), context["accept_url"]),
        notes=(_("If you do not agree, you can decline there, or ask an admin first."),),
    )


def _withdrawn(context: Context, links: Links) -> Content:  # noqa: ARG001
    facts = {
        "document": kind_title(context["kind"]),
        "workspace": context["workspace"],
        "number": context["number"],
    }
    return Content(
        subject=_("%(document)s of %(workspace)s: version %(number)s is withdrawn") % facts,
        heading=_("%(document)s: the new version is withdrawn") % facts,
        paragraphs=(
            _(
                "%(workspace)s withdrew version %(number)s of its %(document)s before it took "
                "effect. You need not do anything; what counted before goes on to count."
            )
            % facts,
        ),
    )


_SAMPLE = {
    "workspace": "Acme Pay",
    "kind": "terms-of-service",
    "number": 2,
    "effective_at": "2026-12-01T00:00:00+00:00",
    "time_zone": "Europe/Berlin",
    "is_in_force": False,
    "document_url": "https://acme.example.com/legal/terms-of-service/2",
    "accept_url": "https://acme.example.com/legal/accept/",
}

TEMPLATES = (
    MailTemplate(
        name="legal_changed",
        title=gettext_lazy("Legal document changed"),
        compose=_changed,
        sample=_SAMPLE,
    ),
    MailTemplate(
        name="legal_withdrawn",
        title=gettext_lazy("Legal document withdrawn"),
        compose=_withdrawn,
        sample=_SAMPLE,
    ),
)
"""To be registered by `portico.config`."""
