"""Signing in with an access token (OAuth 2.0)."""

from __future__ import annotations

from portico.kernel.errors import gettext_noop
from portico.service_email.smtp.explanations.table import Explanation
from portico.service_email.smtp.server import Server
from portico.service_email.smtp.stages import StageName
from portico.service_email.smtp.troubles import Condition

_HERE = (StageName.SIGN_IN,)


def _with_token(server: Server) -> bool:
    return server.tokens is not None


TOKENS: tuple[Explanation, ...] = (
    Explanation(
        "xoauth2_missing",
        gettext_noop("The server offers no sign-in with an access token: %(mechanisms)s."),
        gettext_noop("It does not speak XOAUTH2, or only on another port."),
        gettext_noop("Check host and port, or sign in with a password."),
        conditions=(Condition.MECHANISM_MISSING,),
        when=_with_token,
        permanent=True,
    ),
    Explanation(
        "token_unreachable",
        gettext_noop("No access token could be asked for at %(endpoint)s."),
        gettext_noop("The address is wrong, or its server cannot be reached: %(reason)s"),
        gettext_noop("Check the token address. If it is right, try again in a minute."),
        conditions=(Condition.TOKEN_UNREACHABLE,),
        permanent=False,
    ),
    Explanation(
        "refresh_token_refused",
        gettext_noop("%(endpoint)s refused the refresh token: %(error)s."),
        gettext_noop(
            "It has expired, was withdrawn (often by a changed password or a new policy), or "
            "belongs to another application."
        ),
        gettext_noop(
            "Sign in once more with the application and enter the new refresh token. Tokens that "
            "end each few days belong to an application that is still in testing."
        ),
        conditions=(Condition.TOKEN_REFUSED,),
        permanent=True,
    ),
    Explanation(
        "token_client_refused",
        gettext_noop("%(endpoint)s does not accept the application: %(error)s."),
        gettext_noop("The client id or the client secret is wrong, or the secret has expired."),
        gettext_noop(
            "Copy both from the application's registration. A secret is its value, not its id; "
            "make a new one if it has expired."
        ),
        conditions=(Condition.TOKEN_CLIENT_REFUSED,),
        permanent=True,
    ),
    Explanation(
        "token_scope_refused",
        gettext_noop("%(endpoint)s does not give the right that was asked for: %(error)s."),
        gettext_noop("The application has not been given the right to send mail by SMTP."),
        gettext_noop(
            "Add the right in the application's registration and have an administrator consent. "
            "Microsoft 365: SMTP.Send. Google: https://mail.google.com/."
        ),
        conditions=(Condition.TOKEN_SCOPE_REFUSED,),
        permanent=True,
    ),
    Explanation(
        "token_later",
        gettext_noop("%(endpoint)s gives no access token now (status %(status)s)."),
        gettext_noop("It is overloaded, or was asked too often."),
        gettext_noop("Wait a few minutes and try again."),
        conditions=(Condition.TOKEN_LATER,),
        permanent=False,
    ),
    Explanation(
        "token_answer_unreadable",
        gettext_noop("What %(endpoint)s answered holds no access token (status %(status)s)."),
        gettext_noop("The address is not that of a token endpoint, or something stands between."),
        gettext_noop(
            "Copy the token address from the provider's documentation; it often ends in /token."
        ),
        conditions=(Condition.TOKEN_NONSENSE,),
        permanent=True,
    ),
    Explanation(
        "token_refused",
        gettext_noop("%(endpoint)s gave no access token: %(error)s."),
        gettext_noop("Something about the application or the request is not as it expects."),
        gettext_noop("Show this answer to whoever registered the application."),
        conditions=(Condition.TOKEN_TROUBLE,),
        permanent=True,
    ),
)

TOKEN_NOT_ACCEPTED = Explanation(
    "token_not_accepted",
    gettext_noop("The mail server did not accept the access token of %(username)s."),
    gettext_noop(
        "The token is for another mailbox, or lacks the right to send by SMTP, or the mailbox may "
        "not use SMTP."
    ),
    gettext_noop(
        "Check that the user name is the mailbox that was signed in with, and that the scope "
        "names SMTP. Microsoft 365 also wants “Authenticated SMTP” allowed for the mailbox."
    ),
    stages=_HERE,
    reply="53[05]",
    when=_with_token,
)
