"""The mails of this feature: what they say, in the language of who gets them."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portico.members.links import link_of
from portico.members.models import Invitation
from portico.service_email.look.content import HIDDEN, Action, Content, Context, MailTemplate
from portico.workspaces.permissions import Role

Links = Mapping[str, str]


def _invitation(context: Context, links: Links) -> Content:
    facts = {
        "workspace": context["workspace"],
        "who": context["who"],
        "role": Role(context["role"]).label,
    }
    if context["who"]:
        sentence = _("%(who)s invites you to %(workspace)s, as %(role)s.") % facts
    else:
        sentence = _("You are invited to %(workspace)s, as %(role)s.") % facts
    until = datetime.fromisoformat(context["expires_at"]).astimezone(
        zoneinfo.ZoneInfo(context["time_zone"])
    )
    shown = f"{date_format(until, 'DATETIME_FORMAT')} ({context['time_zone']})"
    return Content(
        subject=_("Invitation to %(workspace)s") % facts,
        heading=_("You are invited to %(workspace)s") % facts,
        paragraphs=(
            sentence,
            _(
                "The link below shows the invitation. There you make an account, or sign in if you "
                "have one."
            ),
        ),
        quote=context["message"],
        action=Action(title=_("See the invitation"), url=links["accept"]),
        notes=(
            _("The link works once, until %(until)s.") % {"until": shown},
            _("If you did not expect this, do nothing: nobody becomes a member without the link."),
        ),
    )


def _accept_link(context: Context) -> str:
    """The link, made now; one that leads nowhere where the invitation is gone."""
    invitation = (
        Invitation.objects.select_related("workspace")
        .filter(id=UUID(context["invitation"]))
        .first()
    )
    return link_of(invitation) if invitation else HIDDEN


def _membership_changed(context: Context, _links: Links) -> Content:
    facts = {"workspace": context["workspace"], "role": Role(context["role"]).label}
    if context["what"] == "blocked":
        return Content(
            subject=_("Your access to %(workspace)s is blocked") % facts,
            heading=_("Your access to %(workspace)s is blocked") % facts,
            paragraphs=(
                _(
                    "An admin of %(workspace)s blocked your membership. Your sessions and API "
                    "tokens there have ended."
                )
                % facts,
            ),
            notes=(_("If you think that is a mistake, ask an admin of %(workspace)s.") % facts,),
        )
    if context["what"] == "unblocked":
        return Content(
            subject=_("You have access to %(workspace)s again") % facts,
            heading=_("You have access to %(workspace)s again") % facts,
            paragraphs=(
                _(
                    "An admin of %(workspace)s let you in again. Sign in to go on; API tokens have "
                    "to be made anew."
                )
                % facts,
            ),
        )
    return Content(
        subject=_("Your role in %(workspace)s has changed") % facts,
        heading=_("Your role in %(workspace)s has changed") % facts,
        paragraphs=(_("You are %(role)s now. What you may do has changed with it.") % facts,),
        notes=(_("If you think that is a mistake, ask an admin of %(workspace)s.") % facts,),
    )


def _membership_removed(context: Context, _links: Links) -> Content:
    facts = {"workspace": context["workspace"]}
    return Content(
        subject=_("You are no longer a member of %(workspace)s") % facts,
        heading=_("You are no longer a member of %(workspace)s") % facts,
        paragraphs=(
            _(
                "An admin of %(workspace)s ended your membership. Your sessions and API tokens "
                "there have ended. Your account stays, with its other workspaces."
            )
            % facts,
        ),
        notes=(_("If you think that is a mistake, ask an admin of %(workspace)s.") % facts,),
    )


TEMPLATES = (
    MailTemplate(
        name="invitation",
        title=gettext_lazy("Invitation"),
        compose=_invitation,
        links={"accept": _accept_link},
        sample={
            "invitation": "00000000-0000-0000-0000-000000000000",
            "workspace": "Acme Pay",
            "role": "developer",
            "who": "Ada Admin",
            "message": "Welcome to the team.\nThe first release is due in March.",
            "expires_at": "2026-11-25T08:00:00+00:00",
            "time_zone": "Asia/Singapore",
        },
    ),
    MailTemplate(
        name="membership_changed",
        title=gettext_lazy("Membership changed"),
        compose=_membership_changed,
        sample={"what": "role_changed", "workspace": "Acme Pay", "role": "operator"},
    ),
    MailTemplate(
        name="membership_removed",
        title=gettext_lazy("Membership ended"),
        compose=_membership_removed,
        sample={"workspace": "Acme Pay"},
    ),
)
