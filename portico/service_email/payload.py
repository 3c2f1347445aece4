from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from portico.basic_settings.payloads import Payload, checked
from portico.branding.payload import FileId
from portico.egress.rules import check_host
from portico.service_email.rules.mail_addresses import check_mail_address
from portico.service_email.rules.texts import (
    check_contact_url,
    check_nickname,
    check_selector,
    check_username,
)
from portico.service_email.rules.token_access import (
    check_client_id,
    check_scope,
    check_token_url,
)
from portico.service_email.smtp.server import Security, SignInWith

MailAddress = Annotated[str, checked(check_mail_address)]


def check_server_host(host: str) -> str:
    """The host of a mail server, "" for none."""
    return check_host(host) if host else host


class ServiceEmail(Payload):
    """From where and as whom service mail is sent, and what every mail shows.

    No host: the platform's own mailer sends. `password`, `client_secret` and `refresh_token` are
    ids of kept secrets.
    """

    account: MailAddress = Field(
        "", description="The address that mail is sent from; needed where `host` is set."
    )
    nickname: Annotated[str, checked(check_nickname)] = Field(
        "", description="What recipients read before the address. At most 100 characters."
    )
    username: Annotated[str, checked(check_username)] = Field(
        "", description="Whom to sign in as; empty: the account."
    )
    password: UUID | None = None
    host: Annotated[str, checked(check_server_host)] = Field(
        "", description="The mail server. Empty: the platform's own mailer sends."
    )
    port: int = Field(587, description="One of the ports that the operator allows.")
    security: Security = Field(
        Security.STARTTLS,
        description="`ssl`: TLS from the first byte, usual on port 465. `starttls`: TLS from "
        "STARTTLS on, usual on 587, 2525 and 25. `none`: no TLS.",
    )
    sign_in_with: SignInWith = Field(
        SignInWith.PASSWORD,
        description="`password`, or `oauth2`: access tokens of `token_url` (XOAUTH2).",
    )
    token_url: Annotated[str, checked(check_token_url)] = Field(
        "", description="Where access tokens are had, an https address."
    )
    client_id: Annotated[str, checked(check_client_id)] = Field(
        "", description="The id of the application that asks for access tokens."
    )
    scope: Annotated[str, checked(check_scope)] = Field(
        "", description="The rights to ask for, separated by spaces; empty: as the provider says."
    )
    client_secret: UUID | None = None
    refresh_token: UUID | None = None
    reply_to: MailAddress = Field("", description="Where answers go; empty: to the account.")
    logo: FileId = Field(
        None, description="The id of a file uploaded as `email_logo`; null: the workspace's logo."
    )
    contact_url: Annotated[str, checked(check_contact_url)] = Field(
        "", description="Where readers find help: http(s), or mailto: and one address."
    )
    dkim_selector: Annotated[str, checked(check_selector)] = Field(
        "", description="The name before `._domainkey` in the DNS, so that DKIM can be checked."
    )

    @property
    def login(self) -> str:
        """Whom one signs in as."""
        return self.username or self.account

    @property
    def uses_tokens(self) -> bool:
        """Whether one signs in with access tokens."""
        return bool(self.host) and self.sign_in_with is SignInWith.OAUTH2
