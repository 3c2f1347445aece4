"""Mail providers that many use: how they are recognized, and what they want to be set.

Hosts and ports are those that these providers have long had; the test says whether they still do.
Where a host names a region, it is the most common one.
"""

from __future__ import annotations

from dataclasses import dataclass

from portico.kernel.errors import gettext_noop
from portico.service_email.smtp.server import Security


@dataclass(frozen=True)
class Provider:
    """A mail provider.

    `hosts` are recognized by their end; the first is what the form is filled with. `domains` are
    those of accounts that can only be this provider's; `free` says that anybody can have such an
    address. `username`: the one that all its customers write. `token_url` and `scope`: where
    access tokens for SMTP are had, and with which right. `hint` says what people miss most often.
    """

    key: str
    name: str
    hosts: tuple[str, ...]
    hint: str
    port: int = 587
    security: Security = Security.STARTTLS
    username: str = ""
    token_url: str = ""
    scope: str = ""
    domains: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()

    def is_at(self, host: str) -> bool:
        """Whether a host is one of this provider's."""
        return host in self.hosts or host.endswith(self.endings or ("\0",))


PROVIDERS: tuple[Provider, ...] = (
    Provider(
        "gmail",
        "Gmail",
        ("smtp.gmail.com", "smtp-relay.gmail.com"),
        gettext_noop(
            "Google takes an app password here, not the password of the account: turn on 2-Step "
            "Verification, then make one at myaccount.google.com/apppasswords. The account of a "
            "company may have them switched off by its administrator; then sign in with OAuth 2.0."
        ),
        token_url="https://oauth2.googleapis.com/token",  # noqa: S106 - an address
        scope="https://mail.google.com/",
        domains=("gmail.com", "googlemail.com"),
    ),
    Provider(
        "microsoft365",
        "Microsoft 365",
        ("smtp.office365.com", "smtp-mail.outlook.com"),
        gettext_noop(
            "Microsoft ends signing in with passwords in December 2026: sign in with OAuth 2.0. In "
            "the token address, write your tenant in the place of “common” if the application "
            "belongs to one. An administrator must allow “Authenticated SMTP” for this mailbox. "
            "The user name is the mailbox's full address."
        ),
        token_url="https://login.microsoftonline.com/common/oauth2/v2.0/token",  # noqa: S106
        scope="https://outlook.office.com/SMTP.Send offline_access",
        domains=("outlook.com", "hotmail.com", "live.com", "msn.com"),
        endings=(".onmicrosoft.com",),
    ),
    Provider(
        "ses",
        "Amazon SES",
        ("email-smtp.us-east-1.amazonaws.com",),
        gettext_noop(
            "Change us-east-1 to your region. User name and password are SMTP credentials, made "
            "in the SES console; an access key does not work. The account's domain must be a "
            "verified identity, and out of the sandbox."
        ),
        endings=(".amazonaws.com", ".amazonaws.com.cn"),
    ),
    Provider(
        "sendgrid",
        "SendGrid",
        ("smtp.sendgrid.net", "smtp.eu.sendgrid.net"),
        gettext_noop(
            "The user name is the word apikey, and the password is an API key with the right "
            "“Mail Send”. The account must be a verified sender or of an authenticated domain."
        ),
        username="apikey",
    ),
    Provider(
        "mailgun",
        "Mailgun",
        ("smtp.mailgun.org", "smtp.eu.mailgun.org"),
        gettext_noop(
            "The user name and password are SMTP credentials of your sending domain, such as "
            "postmaster@mg.example.com; an API key does not work. Domains in the EU use "
            "smtp.eu.mailgun.org."
        ),
    ),
    Provider(
        "postmark",
        "Postmark",
        ("smtp.postmarkapp.com", "smtp-broadcasts.postmarkapp.com"),
        gettext_noop(
            "User name and password are both the server's API token, or the access key and secret "
            "key of an SMTP token. The account must be a confirmed sender signature."
        ),
    ),
    Provider(
        "directmail",
        "Alibaba DirectMail",
        ("smtpdm.aliyun.com", "smtpdm-ap-southeast-1.aliyuncs.com"),
        gettext_noop(
            "The password is the SMTP password set for the sender address in the DirectMail "
            "console, not that of the Alibaba Cloud account. Regions outside China have hosts of "
            "their own, such as smtpdm-ap-southeast-1.aliyuncs.com. Port 25 is often blocked."
        ),
        port=465,
        security=Security.SSL,
    ),
)

# Anybody can have an address there: as a company's sender it looks like anybody's.
FREE_DOMAINS: frozenset[str] = frozenset(
    """
    126.com 163.com aliyun.com aol.com foxmail.com gmail.com gmx.at gmx.ch gmx.de gmx.net
    googlemail.com hotmail.com icloud.com live.com mail.com mail.ru me.com msn.com outlook.com
    proton.me protonmail.com qq.com sina.com sohu.com web.de yahoo.com yandex.com yandex.ru
    yeah.net zoho.com
    """.split()
)


def provider_named(key: str) -> Provider | None:
    """The provider with this key."""
    return next((provider for provider in PROVIDERS if provider.key == key), None)


def provider_of(*, host: str, account: str = "") -> Provider | None:
    """The provider that a host or else an account's domain belongs to; None for all others."""
    name, domain = host.lower().rstrip("."), account.rpartition("@")[2].lower()
    for provider in PROVIDERS:
        if name and provider.is_at(name):
            return provider
    if name:
        return None
    return next((one for one in PROVIDERS if domain and domain in one.domains), None)
