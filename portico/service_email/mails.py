"""The mails that service e-mail sends on its own account: the test, and that settings changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portico.basic_settings.registry import section_named
from portico.kernel.errors import NotFound
from portico.service_email.look.content import Action, Content, Context, MailTemplate
from portico.workspaces.models import Workspace


def test_context(
    workspace: Workspace, *, by: str, host: str, port: int, at: datetime
) -> dict[str, object]:
    """The context of a test mail through a server; `by` is who asked for it, by name."""
    return {
        "workspace": workspace.name,
        "by": by,
        "server": f"{host}:{port}",
        "at": at.isoformat(),
        "time_zone": workspace.time_zone,
    }


def _test(context: Context, links: Mapping[str, str]) -> Content:  # noqa: ARG001 - it has none
    workspace = context["workspace"]
    return Content(
        subject=_("Test mail from %(workspace)s") % {"workspace": workspace},
        heading=_("Your mail server works"),
        paragraphs=(
            _(
                "This message went the way of every mail of %(workspace)s: the server took it for "
                "delivery to you, and here it is."
            )
            % {"workspace": workspace},
        ),
        facts=(
            (_("Workspace"), workspace),
            (_("Mail server"), context["server"]),
            (_("Asked for by"), context["by"]),
            (_("Sent at"), moment(context["at"], context["time_zone"])),
        ),
        notes=(
            _(
                "Look at it as your readers will: the sender's name, the logo, the contact "
                "address and the line at the foot come from the settings of the workspace."
            ),
            _(
                "If it arrived in the spam folder, look at what the test says of SPF, DKIM and "
                "DMARC."
            ),
        ),
    )


TEST = MailTemplate(
    name="test",
    title=gettext_lazy("Test mail"),
    compose=_test,
    sample={
        "workspace": "Acme Pay",
        "by": "Ada Admin",
        "server": "smtp.example.com:587",
        "at": "2026-11-22T08:00:00+00:00",
        "time_zone": "Europe/Berlin",
    },
)


def _settings_changed(context: Context, links: Mapping[str, str]) -> Content:  # noqa: ARG001
    names = {
        "section": section_title(context["section"]),
        "workspace": context["workspace"],
        "who": context["who"] or _("The platform"),
    }
    facts = [
        (_("Section"), names["section"]),
        (_("Changed by"), names["who"]),
        (_("When"), moment(context["at"], context["time_zone"])),
    ]
    if context["reason"]:
        facts.append((_("Reason"), context["reason"]))
    facts += [(change["field"], _change(change)) for change in context["changes"]]
    return Content(
        subject=_("%(section)s was changed in %(workspace)s") % names,
        heading=_("%(section)s was changed") % names,
        paragraphs=(
            _(
                "%(who)s changed %(section)s of %(workspace)s. You are told because this setting "
                "matters to the security of the workspace, and you are one of its admins."
            )
            % names,
        ),
        facts=tuple(facts),
        action=Action(_("See what changed"), context["url"]),
        notes=(
            _(
                "If you did not expect this, ask %(who)s. If nobody can explain it, restore the "
                "earlier revision from the history, block the member who made the change, and "
                "have their password changed."
            )
            % names,
        ),
    )


SETTINGS_CHANGED = MailTemplate(
    name="settings_changed",
    title=gettext_lazy("Settings changed"),
    compose=_settings_changed,
    sample={
        "workspace": "Acme Pay",
        "section": "service-email",
        "who": "Ada Admin",
        "at": "2026-11-22T08:00:00+00:00",
        "time_zone": "Europe/Berlin",
        "reason": "We moved to our own mail server.",
        "changes": [
            {"field": "SMTP host", "before": "smtp.gmail.com", "after": "mail.acme.example.com"},
            {"field": "Port", "before": "587", "after": "465"},
            {"field": "Password", "before": "", "after": ""},
        ],
        "url": "https://acme.example.com/settings/tenant/service-email/history/",
    },
)

TEMPLATES = (TEST, SETTINGS_CHANGED)
"""To be registered by `portico.config`."""


def moment(at: str, time_zone: str) -> str:
    """A time of a context, in the current language, as a clock in that time zone shows it."""
    local = datetime.fromisoformat(at).astimezone(ZoneInfo(time_zone))
    return f"{date_format(local, 'DATETIME_FORMAT')} {local.tzname() or ''}".strip()


def section_title(name: str) -> str:
    """What people call a section, in the current language; its name if it is no longer there."""
    try:
        return str(section_named(name).title)
    except NotFound:
        return name


def _change(change: Mapping[str, str]) -> str:
    """Without values: they are not for showing."""
    if not change["before"] and not change["after"]:
        return _("Changed")
    nothing = _("not set")
    return _("%(before)s → %(after)s") % {
        "before": change["before"] or nothing,
        "after": change["after"] or nothing,
    }
