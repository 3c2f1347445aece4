"""The mail of this feature: what it says, in the language of who gets it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portico.service_email.look.content import Action, Content, Context, MailTemplate
from portico.service_email.mails import moment
from portico.webhooks.models import Stop


def _webhook_disabled(context: Context, links: Mapping[str, str]) -> Content:  # noqa: ARG001
    facts = {
        "workspace": context["workspace"],
        "endpoint": context["endpoint"] or context["address"],
        "failures": context["failures"],
    }
    if context["because"] == Stop.GONE:
        why = _(
            "The receiver answered 410 Gone. That means that it wants no more events, so none are "
            "sent to it any more."
        )
    else:
        why = (
            _(
                "Nothing could be delivered there for three days: %(failures)s attempts failed, "
                "one after the other. So none are made any more."
            )
            % facts
        )
    return Content(
        subject=_("A webhook of %(workspace)s was disabled") % facts,
        heading=_("The webhook “%(endpoint)s” was disabled") % facts,
        paragraphs=(
            why,
            _(
                "Events are held for it from now on, for 30 days. Once the receiver works again, "
                "send a test, enable the webhook, and decide whether what was held is sent."
            ),
        ),
        facts=(
            (_("Address"), context["address"]),
            (_("Failing since"), moment(context["since"], context["time_zone"])),
        ),
        action=Action(_("See what was answered"), context["url"]),
    )


WEBHOOK_DISABLED = MailTemplate(
    name="webhook_disabled",
    title=gettext_lazy("Webhook disabled"),
    compose=_webhook_disabled,
    sample={
        "workspace": "Acme Pay",
        "endpoint": "Ledger",
        "address": "https://hooks.acme.example.com/portico",
        "because": "failing",
        "since": "2026-11-19T08:00:00+00:00",
        "failures": 14,
        "time_zone": "Europe/Berlin",
        "url": "https://acme.example.com/console/webhooks/01939f2a-0000-7000-8000-000000000000/",
    },
)

TEMPLATES = (WEBHOOK_DISABLED,)
"""To be registered by `portico.config`."""
