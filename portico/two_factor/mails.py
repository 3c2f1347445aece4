"""The mails to admins: what they say, in the language of who gets them."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portico.service_email.look.content import Action, Content, Context, MailTemplate
from portico.service_email.mails import moment
from portico.two_factor.words import said


def _policy_changed(context: Context, links: Mapping[str, str]) -> Content:  # noqa: ARG001
    facts = {"workspace": context["workspace"], "who": context["who"] or _("The platform")}
    told = [
        (_("Changed by"), facts["who"]),
        (_("When"), moment(context["at"], context["time_zone"])),
    ]
    for change in context["changes"]:
        title, before, after = said(change)
        told.append((title, f"{before} → {after}"))
    return Content(
        subject=_("The two-factor policy of %(workspace)s was changed") % facts,
        heading=_("The two-factor policy was changed"),
        paragraphs=(
            _(
                "%(who)s changed of whom %(workspace)s requires two-factor authentication. You are "
                "told because this matters to the security of the workspace, and you are one of "
                "its admins."
            )
            % facts,
        ),
        facts=tuple(told),
        action=Action(_("See the policy"), context["url"]),
        notes=(
            _(
                "If you did not expect this, ask %(who)s. If nobody can explain it, set the policy "
                "back, block the member who changed it, and have their password changed."
            )
            % facts,
        ),
    )


def _admin_recovered(context: Context, links: Mapping[str, str]) -> Content:  # noqa: ARG001
    facts = {"workspace": context["workspace"], "person": context["person"]}
    return Content(
        subject=_("%(person)s was recovered as an admin of %(workspace)s") % facts,
        heading=_("An admin was recovered"),
        paragraphs=(
            _(
                "Whoever operates the platform has made %(person)s an admin of %(workspace)s with "
                "a new password, on the command line. You are told because you are one of its "
                "admins."
            )
            % facts,
        ),
        facts=((_("When"), moment(context["at"], context["time_zone"])),),
        action=Action(_("See the members"), context["url"]),
        notes=(_("If you did not expect this, speak to whoever operates the platform, at once."),),
    )


TEMPLATES = (
    MailTemplate(
        name="two_factor_policy_changed",
        title=gettext_lazy("Two-factor policy changed"),
        compose=_policy_changed,
        sample={
            "workspace": "Acme Pay",
            "who": "Ada Admin",
            "at": "2026-11-22T08:00:00+00:00",
            "time_zone": "Europe/Berlin",
            "changes": [
                {"field": "two_factor_required", "before": "off", "after": "admins"},
                {"field": "grace_days", "before": "7", "after": "14"},
            ],
            "url": "https://acme.example.com/settings/tenant/two-factor/",
        },
    ),
    MailTemplate(
        name="admin_recovered",
        title=gettext_lazy("Admin recovered by the operator"),
        compose=_admin_recovered,
        sample={
            "workspace": "Acme Pay",
            "person": "Bea Admin (bea@acme.example.com)",
            "at": "2026-11-22T08:00:00+00:00",
            "time_zone": "Europe/Berlin",
            "url": "https://acme.example.com/console/members/",
        },
    ),
)
"""To be registered by `portico.config`."""
