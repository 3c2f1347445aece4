"""The mails of this feature: instructions for the DNS, and what became of a domain."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portico.service_email.look.content import Action, Content, Context, MailTemplate
from portico.service_email.mails import moment

Links = Mapping[str, str]


def _instructions(context: Context, links: Links) -> Content:  # noqa: ARG001 - it has none
    names = {name: context[name] for name in ("workspace", "domain", "who")}
    paragraphs = [
        _(
            "%(workspace)s wants to be reached at %(domain)s. For that, these records have to be "
            "entered in the DNS of the domain."
        )
        % names
    ]
    if context["tls_elsewhere"]:
        paragraphs.append(
            _(
                "The load balancer that answers at %(domain)s has to pass requests on with the "
                "host name as it came, and to set X-Forwarded-For and X-Forwarded-Proto."
            )
            % names
        )
    return Content(
        subject=_("Records for the DNS of %(domain)s") % names,
        heading=_("Records for the DNS of %(domain)s") % names,
        paragraphs=tuple(paragraphs),
        quote=context["note"],
        facts=tuple((f"{one['type']} {one['name']}", one["value"]) for one in context["records"]),
        notes=(
            _("The TXT record proves that the domain is yours. It has to stay where it is."),
            _(
                "%(who)s of %(workspace)s had this sent to you. Nothing happens to the domain "
                "unless you enter the records; if you know nothing of this, do nothing."
            )
            % names,
        ),
    )


def _facts(context: Context) -> tuple[tuple[str, str], ...]:
    facts = [
        (_("Domain"), context["domain"]),
        (_("Since"), moment(context["at"], context["time_zone"])),
    ]
    for title, name in ((_("What is wrong"), "meaning"), (_("What to do"), "advice")):
        sentence = context[name]
        if sentence["text"]:
            facts.append((title, _(sentence["text"]) % sentence["facts"]))
    return tuple(facts)


def _active(context: Context, links: Links) -> Content:  # noqa: ARG001
    return Content(
        subject=_("%(domain)s is in use now") % context,
        heading=_("%(domain)s is in use") % context,
        paragraphs=(
            _(
                "%(workspace)s is reached at %(domain)s from now on, and links in its mails lead "
                "there. The address that it had before keeps working."
            )
            % context,
        ),
        facts=_facts(context),
        action=Action(_("See the domain"), context["url"]),
    )


def _recovered(context: Context, links: Links) -> Content:  # noqa: ARG001
    return Content(
        subject=_("%(domain)s works again") % context,
        heading=_("%(domain)s works again") % context,
        paragraphs=(_("Everything that was wrong with %(domain)s is mended.") % context,),
        facts=_facts(context),
        action=Action(_("See the domain"), context["url"]),
    )


def _degraded(context: Context, links: Links) -> Content:  # noqa: ARG001
    return Content(
        subject=_("Something is wrong with %(domain)s") % context,
        heading=_("Something is wrong with %(domain)s") % context,
        paragraphs=(
            _(
                "Three checks in a row found that the domain of %(workspace)s does not work as it "
                "should. It stays in use for now. If it is not mended within 7 days, it is "
                "suspended: then nothing is served there any more."
            )
            % context,
        ),
        facts=_facts(context),
        action=Action(_("See the domain"), context["url"]),
        notes=(_("It is checked every hour. You are told when it works again."),),
    )


def _suspended(context: Context, links: Links) -> Content:  # noqa: ARG001
    return Content(
        subject=_("%(domain)s is suspended") % context,
        heading=_("%(domain)s is suspended") % context,
        paragraphs=(
            _(
                "%(domain)s was not mended in time. Nothing is served there any more, and links "
                "lead to the workspace's own address again."
            )
            % context,
        ),
        facts=_facts(context),
        action=Action(_("See the domain"), context["url"]),
        notes=(
            _(
                "No other workspace can have the name meanwhile. It is checked once a day, and at "
                "once if you ask for it."
            ),
        ),
    )


SAMPLE: dict[str, object] = {
    "workspace": "Acme Pay",
    "domain": "pay.acme.example.com",
    "at": datetime.fromisoformat("2026-11-22T08:00:00+00:00").isoformat(),
    "time_zone": "Europe/Berlin",
    "url": "https://acme.portico.example/settings/tenant/domain-preference/check/",
    "meaning": {"text": "", "facts": {}},
    "advice": {"text": "", "facts": {}},
}
BROKEN = SAMPLE | {
    "meaning": {
        "text": "%(domain)s does not exist.",
        "facts": {"domain": "pay.acme.example.com"},
    },
    "advice": {"text": "Enter the records again.", "facts": {}},
}

TEMPLATES = (
    MailTemplate(
        name="domain_instructions",
        title=gettext_lazy("Records for the DNS"),
        compose=_instructions,
        sample={
            "workspace": "Acme Pay",
            "domain": "pay.acme.example.com",
            "who": "Ada Admin",
            "note": "Please enter these before Friday.",
            "tls_elsewhere": False,
            "records": [
                {
                    "name": "_portico.pay.acme.example.com",
                    "type": "TXT",
                    "value": "portico-domain=0123456789abcdef0123456789abcdef",
                },
                {
                    "name": "pay.acme.example.com",
                    "type": "CNAME",
                    "value": "acme.portico.example",
                },
            ],
        },
    ),
    MailTemplate(
        name="domain_active",
        title=gettext_lazy("Domain in use"),
        compose=_active,
        sample=SAMPLE,
    ),
    MailTemplate(
        name="domain_recovered",
        title=gettext_lazy("Domain works again"),
        compose=_recovered,
        sample=SAMPLE,
    ),
    MailTemplate(
        name="domain_degraded",
        title=gettext_lazy("Domain does not work"),
        compose=_degraded,
        sample=BROKEN,
    ),
    MailTemplate(
        name="domain_suspended",
        title=gettext_lazy("Domain suspended"),
        compose=_suspended,
        sample=BROKEN,
    ),
)
"""To be registered by `portico.config`."""
