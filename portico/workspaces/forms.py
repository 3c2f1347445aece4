from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portico.accounts.forms import time_zone_choices
from portico.kernel.permissions import Permission
from portico.workspaces.models import Membership

PERMISSION_TITLES = {
    Permission.CONSOLE: _("See the console"),
    Permission.ACCOUNT: _("Read my account and manage my tokens"),
    Permission.SETTINGS_READ: _("Read settings"),
    Permission.SETTINGS_CHANGE: _("Change settings and upload files"),
    Permission.AUDIT_READ: _("Read the audit log"),
    Permission.MAIL_READ: _("Read the mail log"),
    Permission.MAIL_CHANGE: _("Send mail again and say how long the log is kept"),
    Permission.MEMBERS_READ: _("See members and invitations"),
    Permission.MEMBERS_CHANGE: _("Invite people and change members"),
    Permission.WEBHOOKS_READ: _("See webhooks and their deliveries"),
    Permission.WEBHOOKS_CHANGE: _("Change webhooks, test and redeliver"),
    Permission.APPS_READ: _("See apps, their release targets and keys"),
    Permission.APPS_CHANGE: _("Change apps, make and revoke their keys"),
    Permission.PROGRAMS_READ: _("See mini programs"),
    Permission.PROGRAMS_CREATE: _("Make mini programs"),
    Permission.PROGRAMS_CHANGE: _("Change mini programs, their testers and members"),
    Permission.VERSIONS_UPLOAD: _("Upload and preview versions"),
    Permission.CHECKS_CHANGE: _("Change external reviewers"),
    Permission.RELEASES_READ: _("See releases and requests"),
    Permission.RELEASES_ACT: _("Make releases and act on them"),
    Permission.REQUESTS_DECIDE: _("Approve and reject requests"),
    Permission.RELEASES_REMOVE: _("Remove live mini programs"),
    Permission.TEST_GROUPS_CHANGE: _("Change groups of testers"),
    Permission.DELIVERY_EXPLAIN: _("Ask which version a user gets, and why"),
}


class WorkspaceForm(forms.Form):
    """The Workspace area of the settings."""

    name = forms.CharField(label=_("Name"), max_length=100)
    default_language = forms.ChoiceField(
        label=_("Default language"),
        choices=lambda: settings.LANGUAGES,
        help_text=_("For visitors whose browser asks for none that we have."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=time_zone_choices,
        help_text=_("Decides, for example, when a new year begins in the copyright notice."),
    )
    based_on = forms.IntegerField(widget=forms.HiddenInput)


class TokenForm(forms.Form):
    """A new API token: what it is for, what it may do, how long it lasts."""

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("What it is for, for example “CI pipeline”.")
    )
    permissions = forms.MultipleChoiceField(
        label=_("What it may do"), widget=forms.CheckboxSelectMultiple
    )
    days = forms.TypedChoiceField(
        label=_("Lasts"),
        coerce=int,
        initial=90,
        choices=[(7, _("7 days")), (30, _("30 days")), (90, _("90 days")), (365, _("1 year"))],
    )

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["permissions"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - declared above
        field.choices = [
            (permission.value, PERMISSION_TITLES[permission])
            for permission in Permission
            if member.may(permission)
        ]
