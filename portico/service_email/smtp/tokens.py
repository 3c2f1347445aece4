"""Access tokens in the place of a password (OAuth 2.0, RFC 6749): asked for before signing in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import quote, quote_plus, urlencode, urlsplit

from portico.egress.calls import Answer, CallTrouble, Limits, call
from portico.egress.configuration import Egress
from portico.service_email.smtp.limits import Patience
from portico.service_email.smtp.masks import Mask, one_line
from portico.service_email.smtp.server import TokenAccess
from portico.service_email.smtp.troubles import Condition, Trouble
from portico.service_email.smtp.watching import watched

# RFC 6750, 2.1; some are JSON Web Tokens of several thousand characters.
TOKEN = re.compile(r"[A-Za-z0-9._~+/=|:-]{1,12000}")
# RFC 6749, A.17, without the space, which nobody could enter again; as long as one may be entered.
REFRESH_TOKEN = re.compile(r"[\x21-\x7e]{1,8000}")
LARGEST_ANSWER = 64 * 1024
USUAL_LIFE = 3600  # seconds, where an answer does not say (RFC 6749, 5.1: it should)
_ERRORS = {
    "invalid_grant": Condition.TOKEN_REFUSED,
    "interaction_required": Condition.TOKEN_REFUSED,
    "invalid_client": Condition.TOKEN_CLIENT_REFUSED,
    "unauthorized_client": Condition.TOKEN_CLIENT_REFUSED,
    "invalid_scope": Condition.TOKEN_SCOPE_REFUSED,
    "temporarily_unavailable": Condition.TOKEN_LATER,
}


@dataclass(frozen=True)
class Token:
    """An access token, and for how many seconds it is good. `refresh_token`: the one to use from
    now on, where another one came with it, else empty."""

    text: str = field(repr=False)
    seconds: int
    refresh_token: str = field(default="", repr=False)


Fetch = Callable[[TokenAccess], Token]


class Tokens(Protocol):
    """Where tokens are kept between two sign-ins."""

    def token(self, access: TokenAccess, fetch: Fetch, wait: Callable[[], None]) -> str:
        """A token: a kept one, or else a fetched one, with the refresh token that is good now.

        `wait` passes a moment, where somebody else is asking; it raises when time is up.
        """

    def refused(self, access: TokenAccess) -> None:
        """A mail server did not take the token: it is not used again."""

    def late(self, access: TokenAccess, token: Token) -> None:
        """A token came after whoever wanted it had left. Called from a thread of its own."""


class _Fresh:
    """Keeps none."""

    def token(self, access: TokenAccess, fetch: Fetch, wait: Callable[[], None]) -> str:  # noqa: ARG002
        return fetch(access).text

    def refused(self, access: TokenAccess) -> None:
        pass

    def late(self, access: TokenAccess, token: Token) -> None:
        pass


FRESH: Tokens = _Fresh()


def fetch(
    access: TokenAccess, *, egress: Egress, patience: Patience, late: Callable[[Token], None]
) -> Token:
    """A new access token, through the guarded client. Raises Trouble.

    `late` is given a token that came after time was up, or the wish was canceled: a new refresh
    token may have come with it, and the old one be worth nothing.
    """
    limits = Limits(
        connect=patience.limits.connect,
        read=patience.limits.reply,
        whole=max(0.1, patience.left(patience.limits.whole)),
        most_read=LARGEST_ANSWER,
    )

    def ask() -> Token:
        try:
            answer = call(
                "POST",
                access.url,
                egress=egress,
                headers={
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Accept": "application/json",
                },
                body=urlencode(_question(access)).encode(),
                limits=limits,
            )
        except CallTrouble as trouble:
            endpoint, reason = endpoint_of(access), str(trouble)
            raise Trouble(Condition.TOKEN_UNREACHABLE, endpoint=endpoint, reason=reason) from None
        return _token(answer, access)

    return watched(ask, patience, name="token", late=late)


def endpoint_of(access: TokenAccess) -> str:
    """The host that tokens come from."""
    return urlsplit(access.url).hostname or ""


def _question(access: TokenAccess) -> dict[str, str]:
    asked = {"client_id": access.client_id}
    if access.refresh_token:
        asked |= {"grant_type": "refresh_token", "refresh_token": access.refresh_token}
    else:
        asked |= {"grant_type": "client_credentials"}
    if access.client_secret:
        asked["client_secret"] = access.client_secret
    if access.scope:
        asked["scope"] = access.scope
    return asked


def _token(answer: Answer, access: TokenAccess) -> Token:
    said, endpoint = _json(answer) or {}, endpoint_of(access)
    text = said.get("access_token")
    if answer.status == 200 and isinstance(text, str) and TOKEN.fullmatch(text):
        renewed = said.get("refresh_token")
        usable = isinstance(renewed, str) and REFRESH_TOKEN.fullmatch(renewed)
        return Token(text, _seconds(said.get("expires_in")), str(renewed) if usable else "")
    if answer.status == 429 or answer.status >= 500:
        raise Trouble(Condition.TOKEN_LATER, endpoint=endpoint, status=answer.status)
    error = said.get("error")
    if answer.status == 200 or not isinstance(error, str):
        raise Trouble(Condition.TOKEN_NONSENSE, endpoint=endpoint, status=answer.status)
    mask = _mask(access)
    # Masked before it is cut: half a secret would not be recognized any more.
    words = [mask.text(one_line(error))[:60]]
    if isinstance(more := said.get("error_description"), str):
        words.append(mask.text(one_line(more))[:300])
    raise Trouble(
        _ERRORS.get(error, Condition.TOKEN_TROUBLE),
        endpoint=endpoint,
        status=answer.status,
        error=": ".join(part for part in words if part),
    )


def _mask(access: TokenAccess) -> Mask:
    """Hides what was sent, also as it was written in the request."""
    secrets = [one for one in (access.client_secret, access.refresh_token) if one]
    return Mask("", *secrets, *map(quote_plus, secrets), *(quote(one, safe="") for one in secrets))


def _json(answer: Answer) -> dict[str, object] | None:
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _seconds(life: object) -> int:
    """Some endpoints write the number as text."""
    try:
        seconds = int(life) if isinstance(life, int | float | str) else USUAL_LIFE
    except (ValueError, OverflowError):
        return USUAL_LIFE
    return min(max(seconds, 0), 24 * 3600)
