"""The mail of this feature: what it says, in the language of who gets it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portico.service_email.look.content import Action, Content, Context, MailTemplate
from portico.service_email.mails import moment
from portico.targets.notices import KeyEvent


def _target_key(context: Context, links: Mapping[str, str]) -> Content:  # noqa: ARG001
    facts = {name: context[name] for name in ("workspace", "app", "key", "who")}
    event = KeyEvent(context["event"])
    if event is KeyEvent.MADE:
        subject = _("A Production key of %(app)s was made") % facts
        advice = _("If nobody of you meant to do this, revoke the key.")
        sentence = _(
            "Whoever has the new key can act as the app “%(app)s” in Production of %(workspace)s."
        )
    elif event is KeyEvent.ROTATED:
        subject = _("A Production key of %(app)s was rotated") % facts
        advice = _("If nobody of you meant to do this, revoke the new key.")
        sentence = _("A new key took the place of “%(key)s” of the app “%(app)s”.")
    else:
        subject = _("A Production key of %(app)s was revoked") % facts
        advice = _(
            "If nobody of you meant to do this, look into the audit log, and make a new key for "
            "the builds that need one."
        )
        sentence = _("Nothing works with the key “%(key)s” of the app “%(app)s” any more.")
    rows = [
        (_("Workspace"), context["workspace"]),
        (_("Key"), f"{context['key']} ({context['hint']}…)"),
        (_("Changed by"), context["who"] or _("The platform")),
        (_("Changed at"), moment(context["at"], context["time_zone"])),
    ]
    if event is KeyEvent.ROTATED:
        until = moment(context["until"], context["time_zone"])
        rows.append((_("The old key ends"), until))
    return Content(
        subject=subject,
        heading=subject,
        paragraphs=(sentence % facts, advice),
        facts=tuple(rows),
        action=Action(_("See the keys"), context["url"]),
    )


TARGET_KEY = MailTemplate(
    name="target_key",
    title=gettext_lazy("Production key made, rotated or revoked"),
    compose=_target_key,
    sample={
        "event": "rotated",
        "workspace": "Acme Pay",
        "app": "Acme Pay for Android",
        "key": "Build server",
        "hint": "pk_prod_7Gh2",
        "until": "2026-11-30T10:00:00+00:00",
        "who": "Ada Lovelace",
        "at": "2026-11-23T10:00:00+00:00",
        "time_zone": "Europe/Berlin",
        "url": "https://acme.example.com/console/apps/01939f2a-0000-7000-8000-000000000000/",
    },
)

TEMPLATES = (TARGET_KEY,)
"""To be registered by `portico.config`."""
