"""The settings section *Service Email Preference*."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portico.audit.services import Actor
from portico.basic_settings.secret_fields import SecretField
from portico.basic_settings.sections import Section
from portico.branding.rules import Purpose
from portico.branding.showing import shown_picture
from portico.files.models import StoredFile
from portico.secrets.services import Binding
from portico.service_email.checks import check_values
from portico.service_email.filling import in_form
from portico.service_email.forms import ServiceEmailForm
from portico.service_email.going_live import follow, secrets_in_use
from portico.service_email.payload import ServiceEmail
from portico.service_email.rules.modes import MODE_NAMES
from portico.service_email.rules.texts import check_password
from portico.service_email.rules.together import PasswordHasNoUse, PasswordMustBeTypedAgain
from portico.service_email.rules.token_access import (
    TokenSecretHasNoUse,
    TokenSecretMustBeTypedAgain,
    check_token_secret,
)
from portico.service_email.server_parts import ServerPart
from portico.service_email.showing import effective_of, extras_of, hints_of
from portico.ui.values import Fact, Mask
from portico.workspaces.models import Workspace

RARE = frozenset({"port", "security", "username", "password", "scope", "reply_to", "dkim_selector"})


def _token_secret(what: str) -> SecretField:
    return SecretField(
        check=check_token_secret,
        must_be_typed_again=TokenSecretMustBeTypedAgain,
        has_no_use=TokenSecretHasNoUse,
        description=f"{what}, bound to `token_url`, `client_id`, `host`, `port`, `username` and a "
        "`security` no weaker: where one of these changes it must be given again.",
    )


class ServiceEmailSection(Section[ServiceEmail]):
    """The workspace's own mail server, and what its mails show."""

    name = "service-email"
    title = _("Service Email Preference")
    about = _("The address, the server and the look of the mail that this workspace sends.")
    surfaces = (_("Service emails"), _("Help menu"), _("Error pages"))
    schema = ServiceEmail
    form = ServiceEmailForm
    values_template = "service_email/section/values.html"
    fields_template = "service_email/section/fields.html"
    beside_template = "service_email/section/beside.html"
    below_template = "service_email/section/below.html"
    styles = ("service_email/section.css",)
    scripts = ("service_email/fill.js",)
    saved = _("%(section)s is saved.")
    sensitive = True
    uploads: ClassVar[Mapping[str, str]] = {"logo": Purpose.EMAIL_LOGO.value}
    secrets: ClassVar[Mapping[str, SecretField]] = {
        "password": SecretField(
            check=check_password,
            must_be_typed_again=PasswordMustBeTypedAgain,
            has_no_use=PasswordHasNoUse,
            description="The password of the user name, bound to `host`, `port`, `username` and a "
            "`security` no weaker: where one of these changes it must be given again.",
        ),
        "client_secret": _token_secret("The secret of the application"),
        "refresh_token": _token_secret("What new access tokens are asked for with"),
    }

    def initial(self, workspace: Workspace, payload: ServiceEmail) -> dict[str, Any]:  # noqa: ARG002
        """The values as the form's fields hold them; of secrets only whether there is one."""
        values = payload.model_dump(exclude={"security", "port", "logo", *self.secrets})
        return {
            **values,
            "sign_in_with": payload.sign_in_with.value,
            **in_form({"port": payload.port, "security": payload.security.value}),
            "logo_id": payload.logo or "",
            **{f"has_{field}": getattr(payload, field) is not None for field in self.secrets},
        }

    def binding(self, payload: ServiceEmail, field: str) -> Binding | None:
        """Host, port, user name, and protection no weaker; without a server, no use.

        A password has none where one signs in with access tokens, and the other way round.
        """
        part = ServerPart.of(payload)
        if part is None or (field == "password") == payload.uses_tokens:
            return None
        return part.binding

    def secrets_in_use(self, workspace: Workspace) -> frozenset[UUID]:
        """Those of the server that mail goes through, be it the saved one or not."""
        return secrets_in_use(workspace)

    def check(self, workspace: Workspace, payload: ServiceEmail, *, at: datetime) -> None:  # noqa: ARG002
        """Refuse what cannot be used here, and what does not fit together."""
        has = {field for field in self.secrets if getattr(payload, field) is not None}
        check_values(workspace, payload, has=has)

    def prepare(self, workspace: Workspace, payload: ServiceEmail, *, at: datetime) -> None:
        """The same for a draft."""
        self.check(workspace, payload, at=at)

    def published(
        self, workspace: Workspace, payload: ServiceEmail, *, by: Actor, at: datetime
    ) -> None:
        """Take the server into use where nothing more is needed for it."""
        follow(workspace, payload, by=by, at=at)

    def files(self, workspace: Workspace, payload: ServiceEmail) -> frozenset[str]:  # noqa: ARG002
        """The email logo."""
        return frozenset({payload.logo} if payload.logo else ())

    def effective(
        self,
        workspace: Workspace,
        payload: ServiceEmail,
        *,
        at: datetime,  # noqa: ARG002
    ) -> dict[str, Any] | None:
        """Which server sends now, and whether another one that is saved waits for its test."""
        return effective_of(workspace, payload)

    def facts(
        self,
        workspace: Workspace,  # noqa: ARG002
        payload: ServiceEmail,
        *,
        at: datetime,  # noqa: ARG002
        files: Mapping[str, StoredFile],
    ) -> dict[str, Fact]:
        """All values, the password masked; of those that most leave empty, only what is set."""
        has_host, password = bool(payload.host), payload.password
        signs_in = password or payload.uses_tokens
        own_name = payload.username or (gettext("The email account") if signs_in else "")
        found = {
            "account": Fact(gettext("Email account"), payload.account),
            "nickname": Fact(gettext("Nickname"), payload.nickname),
            "host": Fact(
                gettext("SMTP host"), payload.host or gettext("The platform's own mailer")
            ),
            "port": Fact(gettext("Port"), payload.port if has_host else None),
            "security": Fact(
                gettext("Protection"), gettext(MODE_NAMES[payload.security]) if has_host else None
            ),
            "username": Fact(gettext("User name"), own_name),
            **self._sign_in(payload, has_host=has_host),
            "reply_to": Fact(gettext("Reply-to address"), payload.reply_to),
            "logo": Fact(
                gettext("Email logo"),
                shown_picture(files, payload.logo) or gettext("The workspace's logo"),
            ),
            "contact_url": Fact(gettext("Contact URL"), payload.contact_url),
            "dkim_selector": Fact(gettext("DKIM selector"), payload.dkim_selector),
        }
        return {name: fact for name, fact in found.items() if fact.value or name not in RARE}

    def _sign_in(self, payload: ServiceEmail, *, has_host: bool) -> dict[str, Fact]:
        if not payload.uses_tokens:
            mask = Mask(payload.password is not None) if has_host else None
            return {"password": Fact(gettext("Password"), mask)}
        return {
            "sign_in_with": Fact(gettext("Sign-in"), gettext("OAuth 2.0 (XOAUTH2)")),
            "token_url": Fact(gettext("Token address"), payload.token_url),
            "client_id": Fact(gettext("Client id"), payload.client_id),
            "scope": Fact(gettext("Scope"), payload.scope),
            "client_secret": Fact(
                gettext("Client secret"), Mask(payload.client_secret is not None)
            ),
            "refresh_token": Fact(
                gettext("Refresh token"), Mask(payload.refresh_token is not None)
            ),
        }

    def hints(
        self,
        workspace: Workspace,  # noqa: ARG002
        payload: ServiceEmail,
        *,
        at: datetime,  # noqa: ARG002
    ) -> tuple[str, ...]:
        """What is allowed and may still go wrong."""
        return hints_of(payload)

    def extras(
        self,
        workspace: Workspace,
        payload: ServiceEmail,
        *,
        at: datetime,  # noqa: ARG002
    ) -> dict[str, Any]:
        """What the card's and the form's templates draw."""
        return extras_of(workspace, payload)


section = ServiceEmailSection()
