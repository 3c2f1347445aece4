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
from portico.branding.showing import shown_picture
from portico.files.models import StoredFile
from portico.secrets.services import Binding
from portico.service_email.checks import check_values
from portico.service_email.filling import in_form
from portico.service_email.forms import ServiceEmailForm
from portico.service_email.going_live import follow, secret_in_use
from portico.service_email.payload import ServiceEmail
from portico.service_email.rules.modes import MODE_NAMES
from portico.service_email.rules.texts import check_password
from portico.service_email.rules.together import PasswordHasNoUse, PasswordMustBeTypedAgain
from portico.service_email.server_parts import ServerPart
from portico.service_email.showing import effective_of, extras_of, hints_of
from portico.ui.values import Fact, Mask
from portico.workspaces.models import Workspace

RARE = frozenset({"port", "security", "username", "password", "reply_to", "dkim_selector"})


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
    secrets: ClassVar[Mapping[str, SecretField]] = {
        "password": SecretField(
            check=check_password,
            must_be_typed_again=PasswordMustBeTypedAgain,
            has_no_use=PasswordHasNoUse,
            description="The password of the user name, bound to `host`, `port`, `username` and a "
            "`security` no weaker: where one of these changes it must be given again.",
        )
    }

    def initial(self, workspace: Workspace, payload: ServiceEmail) -> dict[str, Any]:  # noqa: ARG002
        """The values as the form's fields hold them; of the password only whether there is one."""
        values = payload.model_dump(exclude={"password", "security", "port", "logo"})
        return {
            **values,
            **in_form({"port": payload.port, "security": payload.security.value}),
            "logo_id": payload.logo or "",
            "has_password": payload.password is not None,
        }

    def binding(self, payload: ServiceEmail, field: str) -> Binding | None:  # noqa: ARG002
        """Host, port, user name, and protection no weaker; without a server, no use."""
        part = ServerPart.of(payload)
        return part.binding if part else None

    def secrets_in_use(self, workspace: Workspace) -> frozenset[UUID]:
        """The password of the server that mail goes through, be it the saved one or not."""
        return secret_in_use(workspace)

    def check(self, workspace: Workspace, payload: ServiceEmail, *, at: datetime) -> None:  # noqa: ARG002
        """Refuse what cannot be used here, and what does not fit together."""
        check_values(workspace, payload, has_password=payload.password is not None)

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
        own_name = payload.username or (gettext("The email account") if password else "")
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
            "password": Fact(gettext("Password"), Mask(password is not None) if has_host else None),
            "reply_to": Fact(gettext("Reply-to address"), payload.reply_to),
            "logo": Fact(
                gettext("Email logo"),
                shown_picture(files, payload.logo) or gettext("The workspace's logo"),
            ),
            "contact_url": Fact(gettext("Contact URL"), payload.contact_url),
            "dkim_selector": Fact(gettext("DKIM selector"), payload.dkim_selector),
        }
        return {name: fact for name, fact in found.items() if fact.value or name not in RARE}

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
