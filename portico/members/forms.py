from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portico.accounts.forms import language_choices
from portico.accounts.models import Person
from portico.members.models import InvitationState
from portico.members.queries import InvitationFilters, MemberFilters, MemberState
from portico.members.rules import LONGEST_MESSAGE
from portico.ui.forms import Choice
from portico.workspaces.permissions import Role

ROLE_MEANINGS = {
    Role.ADMIN: _("Does everything: settings, members, mail, audit log, mini programs, releases."),
    Role.REVIEWER: _("Approves or rejects release requests. Sees all mini programs."),
    Role.DEVELOPER: _("Makes mini programs and uploads versions of those assigned to them."),
    Role.OPERATOR: _("Watches the mini programs and releases that are assigned to them."),
    Role.INSPECTOR: _("Sees all mini programs, and can take a live one away at once."),
}
MEMBER_STATES = {
    MemberState.ACTIVE.value: _("Active"),
    MemberState.BLOCKED.value: _("Blocked"),
    MemberState.CLOSED.value: _("Account closed"),
    "unverified": _("Address not verified"),
    "no_two_factor": _("Without two-factor"),
}
OTHER_STATES = {"unverified", "no_two_factor"}
INVITATION_STATES = {
    InvitationState.OPEN.value: pgettext_lazy("of an invitation", "Open"),
    InvitationState.EXPIRED.value: _("Expired"),
    InvitationState.ACCEPTED.value: pgettext_lazy("of an invitation", "Accepted"),
    InvitationState.WITHDRAWN.value: _("Withdrawn"),
}


def role_choices() -> list[tuple[str, Choice]]:
    """The five roles, each with what it may do."""
    return [(role.value, Choice(str(role.label), ROLE_MEANINGS[role])) for role in Role]


class MemberFilterForm(forms.Form):
    """Which members to list."""

    q = forms.CharField(required=False, max_length=200)
    role = forms.ChoiceField(
        label=_("Role"), required=False, choices=lambda: [("", _("Any role")), *Role.choices]
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=lambda: [("", _("Any state")), *MEMBER_STATES.items()],
    )

    def filters(self) -> MemberFilters:
        """What was asked for; where that makes no sense, nothing in particular."""
        asked = _valid(self)
        state = asked.get("state", "")
        return MemberFilters(
            words=asked.get("q", ""),
            role=asked.get("role", ""),
            state="" if state in OTHER_STATES else state,
            verified=False if state == "unverified" else None,
            two_factor=False if state == "no_two_factor" else None,
        )


class InvitationFilterForm(forms.Form):
    """Which invitations to list."""

    q = forms.CharField(required=False, max_length=200)
    role = forms.ChoiceField(
        label=_("Role"), required=False, choices=lambda: [("", _("Any role")), *Role.choices]
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=lambda: [("", _("Any state")), *INVITATION_STATES.items()],
    )

    def filters(self) -> InvitationFilters:
        """What was asked for; where that makes no sense, nothing in particular."""
        asked = _valid(self)
        return InvitationFilters(
            words=asked.get("q", ""), role=asked.get("role", ""), state=asked.get("state", "")
        )


class InviteForm(forms.Form):
    """Whom to invite, and as what."""

    emails = forms.CharField(
        label=_("Email addresses"),
        max_length=20_000,
        widget=forms.Textarea(
            attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false", "data-width": "wide"}
        ),
        help_text=_(
            "Up to 50, set apart by commas, semicolons, spaces or lines. “Ada Lovelace "
            "<ada@example.com>” is fine, too."
        ),
    )
    role = forms.ChoiceField(
        label=_("Role"),
        widget=forms.RadioSelect(),
        choices=role_choices,
        initial=Role.DEVELOPER.value,
    )
    message = forms.CharField(
        label=_("Message"),
        required=False,
        # The service counts after it has made line breaks one character, as browsers count.
        widget=forms.Textarea(
            attrs={"rows": 4, "data-counter": True, "maxlength": str(LONGEST_MESSAGE)}
        ),
        help_text=_("Plain text; it is part of the mail."),
    )
    language = forms.ChoiceField(
        label=_("Language of the mail"),
        required=False,
        choices=lambda: language_choices(_("Their own, or the workspace's")),
    )


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect(), choices=role_choices)
    sure = forms.BooleanField(
        label=_("I know that I lose the rights of an admin, and cannot get them back by myself."),
        required=False,
        widget=forms.CheckboxInput(attrs={"data-look": "check"}),
    )

    def __init__(self, *args: Any, asks: bool, **kwargs: Any) -> None:
        """`asks`: it is an admin's own role, and giving it up takes a second word."""
        super().__init__(*args, **kwargs)
        if not asks:
            del self.fields["sure"]

    def clean(self) -> dict[str, Any]:
        """Ask for the second word."""
        cleaned = super().clean() or {}
        gives_up = cleaned.get("role", Role.ADMIN) != Role.ADMIN
        if "sure" in self.fields and gives_up and not cleaned.get("sure"):
            self.add_error("sure", _("Please confirm this: you are about to change your own role."))
        return cleaned


class SignUpForm(forms.Form):
    """An account for who was invited."""

    email = forms.EmailField(
        label=_("Email address"),
        disabled=True,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters, not only digits, and none that many people use."),
    )

    def clean(self) -> dict[str, Any]:
        """Hold the password to the validators, with name and address in mind."""
        cleaned = super().clean() or {}
        if "password" in cleaned:
            person = Person(email=self.initial["email"], name=cleaned.get("name", ""))
            try:
                validate_password(cleaned["password"], person)
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned


def _valid(form: forms.Form) -> dict[str, str]:
    form.is_valid()
    return form.cleaned_data
