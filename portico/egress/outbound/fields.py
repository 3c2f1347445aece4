"""The fields of the section's form: which addresses, and how long ahead a change is announced."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portico.egress.services import (
    MOST_NOTICE,
    announced_choice,
    choice_in_force,
    egress,
)
from portico.workspaces.models import Workspace

IPS, NOTICE = "outbound_ips", "outbound_notice_days"


def ips_field() -> forms.MultipleChoiceField:
    """Boxes for the addresses; `offer` fills in which."""
    return forms.MultipleChoiceField(
        label=gettext_lazy("Outbound IP"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Webhooks, link checks and service mail leave from these public addresses only, so "
            "that your partners can let them in. None: from any address of this platform."
        ),
    )


def notice_field() -> forms.IntegerField:
    """How many days ahead a change of the addresses is announced."""
    return forms.IntegerField(
        label=gettext_lazy("Announce this many days ahead"),
        required=False,
        min_value=0,
        max_value=MOST_NOTICE,
        initial=0,
        widget=forms.NumberInput(attrs={"data-width": "short"}),
        help_text=gettext_lazy(
            "0 to 30. Until then the present addresses stay in use. The public list shows both, "
            "so that your partners have time to change their firewalls."
        ),
    )


def offer(form: forms.Form, workspace: Workspace, *, at: datetime) -> None:
    """Let the form choose among what the operator offers, and what is chosen already.

    Where nothing is offered or chosen, both fields go, and `nothing_offered()` says why.
    """
    found = choices(workspace, at=at)
    if not found:
        form.fields.pop(IPS, None)
        form.fields.pop(NOTICE, None)
        return
    cast("forms.MultipleChoiceField", form.fields[IPS]).choices = found


def choices(workspace: Workspace, *, at: datetime) -> list[tuple[str, str]]:
    """What can be chosen, as value and label; empty: the operator offers nothing."""
    offered = [str(one.public) for one in egress().outbound]
    chosen = announced_choice(workspace, at=at) or choice_in_force(workspace, at=at)
    gone = [one for one in (chosen.addresses if chosen else []) if one not in offered]
    return [(one, one) for one in offered] + [
        (one, _("%(address)s (no longer offered by the operator)") % {"address": one})
        for one in gone
    ]


def nothing_offered() -> str:
    """Why there is nothing to choose, and who can change it."""
    return _(
        "No outbound addresses are configured: calls leave from any address of this platform. The "
        "operator of this platform can offer addresses with PORTICO_EGRESS_IPS."
    )
