"""The form of Service Email Preference."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portico.branding.picture_form import (
    LOGO_TYPES,
    PictureForm,
    picture_field,
    picture_id_field,
)
from portico.branding.rules import Purpose
from portico.service_email.demo_server import demo_values
from portico.service_email.filling import FILLABLE, in_form, of_provider
from portico.service_email.rules.modes import following_mode, usual_pair
from portico.service_email.rules.providers import (
    PROVIDERS,
    provider_named,
    provider_of,
)
from portico.service_email.showing import PairProposal, proposal_for
from portico.service_email.smtp.pairings import USUAL
from portico.service_email.smtp.server import Security, SignInWith
from portico.ui.forms import Choice

PLAIN_PORT, TLS_PORT = 25, 587
TEXTS = (
    "account",
    "nickname",
    "username",
    "host",
    "reply_to",
    "contact_url",
    "dkim_selector",
    "token_url",
    "client_id",
    "scope",
)
SECRETS = ("password", "client_secret", "refresh_token")


class ServiceEmailForm(PictureForm):
    """Sender, server, and what every mail shows.

    One toggle says whether the connection is protected; how, follows the port unless somebody
    chose under *Advanced*.
    """

    advanced: tuple[str, ...] = (
        "username",
        "security",
        "reply_to",
        "dkim_selector",
        "remove_password",
    )
    token_fields: tuple[str, ...] = (
        "sign_in_with",
        "token_url",
        "client_id",
        "client_secret",
        "remove_client_secret",
        "refresh_token",
        "remove_refresh_token",
        "scope",
    )
    fills: tuple[str, ...] = ("provider", "pair", "values", "demo")
    picture_fields: ClassVar[Mapping[str, Purpose]] = {"logo": Purpose.EMAIL_LOGO}

    account = forms.CharField(
        label=_("Email account"),
        required=False,
        max_length=400,
        help_text=_("The address that mail is sent from, such as service@example.com."),
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off"}),
    )
    nickname = forms.CharField(
        label=_("Nickname"),
        required=False,
        help_text=_("What recipients read as the sender. Empty: the workspace's name."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": 100}),
    )
    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    provider = forms.ChoiceField(
        label=_("Known provider"),
        required=False,
        choices=[("", _("Choose one to fill in")), *(
            (provider.key, provider.name) for provider in PROVIDERS
        )],
    )  # fmt: skip
    host = forms.CharField(
        label=_("SMTP host"),
        required=False,
        help_text=_("Empty: the platform's own mailer sends."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    port = forms.IntegerField(
        label=_("Port"),
        required=False,
        min_value=1,
        max_value=65535,
        widget=forms.NumberInput(attrs={"data-width": "short"}),
    )
    ssl = forms.BooleanField(
        label=_("Enable SSL connection"),
        required=False,
        help_text=_("On port 465 from the first byte, on others by STARTTLS."),
    )
    logo = picture_field(
        _("Email logo"),
        _(
            "PNG, JPEG, WebP or SVG; up to 256 KiB; at least 64 pixels high; from square to 8:1. "
            "Empty: the workspace's logo."
        ),
        LOGO_TYPES,
    )
    contact_url = forms.CharField(
        label=_("Contact URL"),
        required=False,
        max_length=4096,
        help_text=_("https://… or mailto:…; in every mail, the help menu and on error pages."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    username = forms.CharField(
        label=_("User name"),
        required=False,
        help_text=_("Whom to sign in as. Empty: the email account."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    security = forms.ChoiceField(
        label=_("How the connection is protected"),
        required=False,
        choices=[
            ("", Choice(_("As the port says"), _("465: SSL/TLS. All others: STARTTLS."))),
            ("starttls", Choice(_("STARTTLS"), _("Begins open and switches to TLS."))),
            ("ssl", Choice(_("SSL/TLS"), _("TLS from the first byte."))),
        ],
        widget=forms.RadioSelect,
    )
    reply_to = forms.CharField(
        label=_("Reply-to address"),
        required=False,
        max_length=400,
        help_text=_("Where answers go. Empty: to the email account."),
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off"}),
    )
    dkim_selector = forms.CharField(
        label=_("DKIM selector"),
        required=False,
        help_text=_("The name before “._domainkey” in the DNS; the test checks it."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    remove_password = forms.BooleanField(
        label=_("Remove the password"),
        required=False,
        help_text=_("Mail is then sent without signing in."),
        widget=forms.CheckboxInput(attrs={"data-look": "check"}),
    )
    sign_in_with = forms.ChoiceField(
        label=_("Sign in with"),
        required=False,
        choices=[
            ("password", Choice(_("Password"), _("The user name and its password."))),
            ("oauth2", Choice(_("OAuth 2.0"), _("Access tokens (XOAUTH2); no password."))),
        ],
        widget=forms.RadioSelect,
    )
    token_url = forms.CharField(
        label=_("Token address"),
        required=False,
        max_length=4096,
        help_text=_("Where access tokens are had; https://…, often ending in /token."),
        widget=forms.TextInput(
            attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    client_id = forms.CharField(
        label=_("Client id"),
        required=False,
        help_text=_("The id of the application that you registered with the provider."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    client_secret = forms.CharField(
        label=_("Client secret"),
        required=False,
        help_text=_("Empty for an application that has none."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    remove_client_secret = forms.BooleanField(
        label=_("Remove the client secret"),
        required=False,
        widget=forms.CheckboxInput(attrs={"data-look": "check"}),
    )
    refresh_token = forms.CharField(
        label=_("Refresh token"),
        required=False,
        help_text=_("Empty: the application sends by itself, with its secret alone."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    remove_refresh_token = forms.BooleanField(
        label=_("Remove the refresh token"),
        required=False,
        help_text=_("The application then sends by itself, with its secret alone."),
        widget=forms.CheckboxInput(attrs={"data-look": "check"}),
    )
    scope = forms.CharField(
        label=_("Scope"),
        required=False,
        help_text=_("The rights to ask for. Empty: those of the refresh token."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    logo_id = picture_id_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_password = bool(self.initial.get("has_password"))
        if self.has_password:
            self.fields["password"].help_text = _(
                "Empty: the stored one stays. It has to be typed again where host, port or user "
                "name change, or the protection becomes weaker."
            )
            self.fields["password"].widget.attrs["placeholder"] = "••••••••"
        else:
            del self.fields["remove_password"]
        self._say_what_is_stored()
        if self.initial.get("is_demo") and self.offers_demo:
            # This one password is public, and printing it is what the button is for.
            cast("forms.PasswordInput", self.fields["password"].widget).render_value = True

    def _say_what_is_stored(self) -> None:
        for name in ("client_secret", "refresh_token"):
            if self.initial.get(f"has_{name}"):
                self.fields[name].help_text = _(
                    "Empty: the stored one stays. It has to be entered again for another token "
                    "address, client id, host, port or user name."
                )
                self.fields[name].widget.attrs["placeholder"] = "••••••••"
            else:
                del self.fields[f"remove_{name}"]

    def filled(self, action: str, given: Mapping[str, str]) -> dict[str, Any]:
        """A provider's values, the usual pair of port and mode, the demo's server, or values that
        are named, such as a correction that a test proposed."""
        if action == "provider":
            provider = provider_named(given.get("provider", ""))
            return {} if provider is None else of_provider(provider)
        if action == "pair":
            pair = usual_pair(self._port(), self._security())
            return {} if pair is None else in_form({"port": pair[0], "security": pair[1]})
        if action == "demo":
            return self._demo()
        return in_form({name: given[name] for name in FILLABLE if name in given})

    def secrets_to_type(self) -> tuple[str, ...]:
        """The password, or what access tokens are asked for with."""
        by_token = self._sign_in_with() == SignInWith.OAUTH2
        return ("refresh_token", "client_secret") if by_token else ("password",)

    def typed_for(self) -> dict[str, str]:
        """Host, port, user name, mode and token endpoint as they stand in the form."""
        user = self["username"].value() or self["account"].value() or ""
        return {
            "host": str(self["host"].value() or "").strip().lower(),
            "port": str(self._port()),
            "username": str(user).strip(),
            "security": self._security().value,
            "sign_in_with": self._sign_in_with(),
            "token_url": str(self["token_url"].value() or "").strip(),
            "client_id": str(self["client_id"].value() or "").strip(),
        }

    def values(self) -> dict[str, Any]:
        """The payload's fields, without those that the form refused."""
        given = self.cleaned_data
        port, security = given.get("port"), self._security()
        if port is None and not given.get("host"):
            # Without a server, port and protection mean nothing; they stay as nobody set them.
            port, security = TLS_PORT, Security.STARTTLS
        elif port is None:
            port = TLS_PORT if given.get("ssl") else PLAIN_PORT
        return {
            **{name: given.get(name, "") for name in TEXTS},
            **{name: self._secret(name) for name in SECRETS},
            "sign_in_with": self._sign_in_with(),
            "port": port,
            "security": security.value,
            "logo": given.get("logo_id") or None,
        }

    def _secret(self, name: str) -> str | None:
        """What was typed; "" to have none any more; None: the one that is stored."""
        typed: str | None = self.cleaned_data.get(name) or None
        return "" if typed is None and self.cleaned_data.get(f"remove_{name}") else typed

    @property
    def provider_hints(self) -> tuple[tuple[str, str, str], ...]:
        """Key, name and hint of every provider, for the page to show the chosen one's."""
        return tuple((one.key, one.name, str(_(one.hint))) for one in PROVIDERS)

    @property
    def shown_provider(self) -> str:
        """The key of the provider whose hint is shown: the chosen one, or the one recognized."""
        host, account = str(self["host"].value() or ""), str(self["account"].value() or "")
        found = provider_of(host=host.strip(), account=account.strip())
        return str(self["provider"].value() or (found.key if found else ""))

    @property
    def fills_by_provider(self) -> str:
        """What choosing a provider puts into the fields, as JSON for the page's script."""
        return json.dumps({one.key: of_provider(one) for one in PROVIDERS})

    @property
    def proposal(self) -> PairProposal | None:
        """What to propose for the port and mode that stand in the form."""
        return proposal_for(self._port(), self._security()) if self["host"].value() else None

    @property
    def proposals(self) -> str:
        """What to propose for any pair, as JSON for the page's script."""
        return json.dumps(
            {
                f"{port} {mode.value}": {"sentence": found.sentence, "button": found.button}
                for port in USUAL
                for mode in Security
                if (found := proposal_for(port, mode))
            }
        )

    @property
    def look_open(self) -> bool:
        """Whether what every mail shows wants attention."""
        return bool(self["logo"].errors or self["contact_url"].errors)

    @property
    def advanced_open(self) -> bool:
        """Whether something under *Advanced* wants attention."""
        return any(self[name].errors for name in self.advanced if name in self.fields)

    @property
    def tokens_open(self) -> bool:
        """Whether signing in with access tokens is chosen, or wants attention."""
        wanted = any(self[name].errors for name in self.token_fields if name in self.fields)
        return wanted or self._sign_in_with() == SignInWith.OAUTH2

    @property
    def offers_demo(self) -> bool:
        """Whether this is a demo with a mail server of its own."""
        return bool(settings.PORTICO_DEMO_MAIL_PORT)

    def _port(self) -> int:
        """The port as it stands in the form, or what an empty or unreadable one means.

        The field reads it: “587.0” is a port to it, and must not be another one here, where it says
        what a password was typed for.
        """
        bound = self["port"]
        try:
            port: int | None = bound.field.clean(bound.value())
        except ValidationError:
            port = None
        return port or (TLS_PORT if self["ssl"].value() else PLAIN_PORT)

    def _security(self) -> Security:
        if not self["ssl"].value():
            return Security.NONE
        chosen = str(self["security"].value() or "")
        is_mode = chosen in {Security.STARTTLS.value, Security.SSL.value}
        return Security(chosen) if is_mode else following_mode(self._port())

    def _sign_in_with(self) -> str:
        chosen = str(self["sign_in_with"].value() or "")
        return chosen if chosen in set(SignInWith) else SignInWith.PASSWORD.value

    def _demo(self) -> dict[str, Any]:
        if not self.offers_demo:
            return {}
        values = demo_values(self.workspace, settings.PORTICO_DEMO_MAIL_PORT)
        return {**in_form(values), "provider": "", "is_demo": True}
