"""The mails of this feature: what they say, in the language of who gets them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portico.releases.models import ReleaseStatus
from portico.releases.notices.words import WORDS
from portico.service_email.look.content import Action, Content, Context, MailTemplate
from portico.service_email.mails import moment

MOST_LISTED = 20


def template_of(event: str) -> str:
    """The name of the template of an event's mail."""
    return f"release_{event}"


def _happened(context: Context, links: Mapping[str, str], *, event: str) -> Content:  # noqa: ARG001
    facts = {name: context[name] for name in ("program", "version", "target", "percentage")}
    words = WORDS[event]
    subject = str(words.subject) % facts
    rows = [
        (_("Mini program"), f"{context['program']} ({context['app_id']})"),
        (_("Version"), context["version"]),
        (_("Release target"), context["target"]),
        (_("Status"), str(ReleaseStatus(context["status"]).label)),
        (_("Done by"), context["who"] or _("The platform")),
        (_("At"), moment(context["at"], context["time_zone"])),
    ]
    return Content(
        subject=subject,
        heading=subject,
        paragraphs=(str(words.means) % facts,),
        facts=tuple(rows),
        quote=context["reason"],
        action=Action(_("See the release"), context["url"]),
        notes=(_("Settings, Account, E-mails is where you choose which of these mails you get."),),
    )


def _waiting(context: Context, links: Mapping[str, str]) -> Content:  # noqa: ARG001
    requests = context["requests"]
    count = context["count"]
    heading = ngettext(
        "A request waits for your decision", "%(count)s requests wait for your decision", count
    ) % {"count": count}
    left_out = count - len(requests)
    more = (
        (ngettext("And %(count)s more.", "And %(count)s more.", left_out) % {"count": left_out},)
        if left_out
        else ()
    )
    return Content(
        subject=f"{heading} ({context['workspace']})",
        heading=heading,
        paragraphs=(_("They came in since the last mail of this kind."), *more),
        facts=tuple((one["title"], one["by"]) for one in requests),
        action=Action(_("See what waits for you"), context["url"]),
        notes=(_("Settings, Account, E-mails is where you choose which of these mails you get."),),
    )


_SAMPLE = {
    "workspace": "Acme Pay",
    "program": "Tips",
    "app_id": "com.example.tips",
    "version": "1.4.0 (14)",
    "target": "Acme Pay for Android, Production",
    "percentage": "20",
    "status": "grayscale_release",
    "who": "Ada Lovelace",
    "reason": "",
    "at": "2026-11-23T10:00:00+00:00",
    "time_zone": "Europe/Berlin",
    "url": "https://acme.example.com/console/releases/01939f2a-0000-7000-8000-000000000000/",
}
_REASON = {"reason": "Payments fail on older phones."}

TEMPLATES = (
    *(
        MailTemplate(
            name=template_of(event),
            title=words.title,
            compose=partial(_happened, event=event),
            sample=_SAMPLE | (_REASON if event in {"rejected", "canceled", "removed"} else {}),
        )
        for event, words in WORDS.items()
    ),
    MailTemplate(
        name="requests_waiting",
        title=gettext_lazy("Requests that wait for a decision"),
        compose=_waiting,
        sample={
            "workspace": "Acme Pay",
            "count": 22,
            "requests": [
                {"title": "Tips 1.4.0 (14)", "by": "Ada Lovelace"},
                {"title": "Tickets 2.0.0 (31)", "by": "Grace Hopper"},
            ],
            "url": "https://acme.example.com/console/approvals/",
        },
    ),
)
"""To be registered by `portico.config`."""
