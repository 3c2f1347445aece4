"""Where access tokens come from: what may be written, and what belongs together."""

from __future__ import annotations

import unicodedata
from typing import Final
from urllib.parse import urlsplit

from portico.about_us.rules import LANGUAGE, check_url
from portico.egress.rules import check_host
from portico.kernel.errors import Invalid, gettext_noop

MOST_IN_CLIENT_ID: Final = 300
MOST_IN_SCOPE: Final = 1000
MOST_IN_SECRET: Final = 8000


class UnusableTokenUrl(Invalid):
    code = "unusable_token_url"
    sentence = gettext_noop(
        "Write the whole address of the token endpoint, beginning with https://, for example "
        "https://login.example.com/oauth2/token. Secrets are sent there, so http:// is refused."
    )


class UnusableClientId(Invalid):
    code = "unusable_client_id"
    sentence = gettext_noop(
        "A client id has at most %(most)s characters, and no spaces. Copy it again from the "
        "application's registration."
    )


class UnusableScope(Invalid):
    code = "unusable_scope"
    sentence = gettext_noop(
        "Scopes are words with single spaces between them, at most %(most)s characters, for "
        "example https://outlook.office.com/SMTP.Send offline_access."
    )


class UnusableTokenSecret(Invalid):
    code = "unusable_token_secret"
    sentence = gettext_noop(
        "This has at most %(most)s characters, without spaces and line ends. Copy it again."
    )


class TokenUrlNeeded(Invalid):
    code = "token_url_needed"
    sentence = gettext_noop("Name the address at which access tokens are had, or use a password.")


class ClientIdNeeded(Invalid):
    code = "client_id_needed"
    sentence = gettext_noop("Write the client id of the application that sends the mail.")


class RefreshTokenNeeded(Invalid):
    code = "refresh_token_needed"
    sentence = gettext_noop(
        "Enter the refresh token that a sign-in with the application gave. An application that may "
        "send by itself needs a client secret in its place."
    )


class ProtectionNeeded(Invalid):
    code = "protection_needed_for_tokens"
    sentence = gettext_noop(
        "Access tokens go only over a protected connection: switch SSL on, or use a password."
    )


class TokenSecretHasNoUse(Invalid):
    code = "token_secret_has_no_use"
    sentence = gettext_noop(
        "This is for signing in with OAuth 2.0. Switch that on, or leave this empty."
    )


class TokenSecretMustBeTypedAgain(Invalid):
    code = "token_secret_must_be_typed_again"
    sentence = gettext_noop(
        "Enter it again. The stored one was given for one application and one mail server, and "
        "serves no other: with another token address, client id, host, port or user name, or "
        "weaker protection, it has to be entered."
    )


def check_token_url(url: str) -> str:
    """The address of a token endpoint, "" for none."""
    if not url:
        return url
    if not url.lower().startswith("https://") or LANGUAGE in url or "#" in url:
        raise UnusableTokenUrl
    check_host(urlsplit(check_url(url)).hostname or "")
    return url


def check_client_id(client_id: str) -> str:
    """An application's id at its provider, "" for none."""
    if len(client_id) > MOST_IN_CLIENT_ID or _has_gaps(client_id):
        raise UnusableClientId(most=MOST_IN_CLIENT_ID)
    return client_id


def check_scope(scope: str) -> str:
    """Scopes with single spaces between them, "" for none (RFC 6749, 3.3)."""
    scope = " ".join(scope.split())
    wrong = not scope.isascii() or not scope.isprintable() or set(scope) & set('"\\')
    if len(scope) > MOST_IN_SCOPE or wrong:
        raise UnusableScope(most=MOST_IN_SCOPE)
    return scope


def check_token_secret(secret: str) -> str:
    """A client secret or refresh token, without the space around it that copying adds."""
    secret = secret.strip()
    if len(secret) > MOST_IN_SECRET or _has_gaps(secret):
        raise UnusableTokenSecret(most=MOST_IN_SECRET)
    return secret


def check_access(
    *, token_url: str, client_id: str, has_secret: bool, protected: bool
) -> dict[str, Invalid]:
    """What is wrong with the values for signing in with a token, by field."""
    errors: dict[str, Invalid] = {}
    if not token_url:
        errors["token_url"] = TokenUrlNeeded()
    if not client_id:
        errors["client_id"] = ClientIdNeeded()
    if not has_secret:
        errors["refresh_token"] = RefreshTokenNeeded()
    if not protected:
        errors["sign_in_with"] = ProtectionNeeded()
    return errors


def _has_gaps(text: str) -> bool:
    return any(unicodedata.category(sign)[0] in "CZ" for sign in text)
