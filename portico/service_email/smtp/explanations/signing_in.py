"""Signing in."""

from __future__ import annotations

from dataclasses import replace

from portico.kernel.errors import gettext_noop
from portico.service_email.smtp.explanations.table import Explanation
from portico.service_email.smtp.explanations.tokens import TOKEN_NOT_ACCEPTED, TOKENS
from portico.service_email.smtp.failures import FailureKind
from portico.service_email.smtp.pairings import use_mode
from portico.service_email.smtp.server import Security
from portico.service_email.smtp.stages import StageName
from portico.service_email.smtp.troubles import Condition

_HERE = (StageName.SIGN_IN,)
_DISABLED = r"SmtpClientAuthentication is disabled|blocked by .*(policy|security defaults)"
_STARTTLS_FIRST = r"must issue a STARTTLS|STARTTLS (is )?(first|required)|encryption (is )?required"

_SMTP_AUTH_DISABLED = Explanation(
    "smtp_auth_disabled",
    gettext_noop("Microsoft 365 does not allow this account to sign in over SMTP."),
    gettext_noop(
        "SMTP AUTH is switched off for the mailbox or the whole organization, or a policy "
        "(security defaults, conditional access) forbids it."
    ),
    gettext_noop(
        "An administrator of Microsoft 365 can allow “Authenticated SMTP” for this mailbox; "
        "security defaults must permit it too."
    ),
    stages=_HERE,
    enhanced=r"5\.7\.(139|57)",
)

_APP_PASSWORD = Explanation(
    "app_password_needed",
    gettext_noop("The provider does not accept the account's own password here."),
    gettext_noop("The account has two-step verification; programs need an app password."),
    gettext_noop(
        "Make an app password in the account's security settings (for Gmail: Google Account, "
        "Security, App passwords) and enter it as the password."
    ),
    stages=_HERE,
    text=r"application.specific|app.(specific.)?password|authorization code|InvalidSecondFactor",
)

_ENCRYPTION = Explanation(
    "encryption_required",
    gettext_noop("The server accepts a password only over a protected connection."),
    gettext_noop("The connection is not protected."),
    gettext_noop("Choose STARTTLS or SSL/TLS as the mode of the connection."),
    stages=(StageName.SIGN_IN, StageName.SENDER, StageName.RECIPIENT),
    reply="538",
    kind=FailureKind.SERVER,
    correct=lambda server: use_mode(server.port, Security.STARTTLS),
)

SIGNING_IN: tuple[Explanation, ...] = (
    *TOKENS,
    Explanation(
        "sign_in_missing_unprotected",
        gettext_noop("The server offers no sign-in on this unprotected connection."),
        gettext_noop("Most servers offer it only once the connection is protected."),
        gettext_noop("Choose STARTTLS as the mode of the connection."),
        conditions=(Condition.SIGN_IN_MISSING,),
        permanent=True,
        when=lambda server: server.security is Security.NONE,
        correct=lambda server: use_mode(server.port, Security.STARTTLS),
    ),
    Explanation(
        "sign_in_missing",
        gettext_noop("The server offers no sign-in on port %(port)s."),
        gettext_noop("The port is meant for mail between servers, or sign-in is switched off."),
        gettext_noop(
            "Use the port for sending, usually 587 or 465. If the server needs no sign-in, leave "
            "the user name empty."
        ),
        conditions=(Condition.SIGN_IN_MISSING,),
        permanent=True,
    ),
    Explanation(
        "mechanism_unsupported",
        gettext_noop("The server offers no way to sign in with a password: %(mechanisms)s."),
        gettext_noop("It expects another method, such as OAuth, or has switched passwords off."),
        gettext_noop(
            "Ask the provider for an app password, or to allow SMTP sign-in with PLAIN or LOGIN."
        ),
        conditions=(Condition.MECHANISM_MISSING,),
        permanent=True,
    ),
    _SMTP_AUTH_DISABLED,
    replace(_SMTP_AUTH_DISABLED, enhanced="", text=_DISABLED),
    TOKEN_NOT_ACCEPTED,
    Explanation(
        "microsoft_password_refused",
        gettext_noop("Microsoft 365 refused the user name or the password."),
        gettext_noop(
            "The password is wrong, or the account has two-step verification and needs an app "
            "password, or SMTP AUTH is switched off for the mailbox."
        ),
        gettext_noop(
            "Enter the full address as the user name and type the password again. If both are "
            "right, an administrator should check “Authenticated SMTP” of this mailbox."
        ),
        stages=_HERE,
        reply="535",
        enhanced=r"5\.7\.3",
    ),
    _APP_PASSWORD,
    replace(_APP_PASSWORD, text="", reply="53[45]", enhanced=r"5\.7\.9"),
    Explanation(
        "gmail_password_refused",
        gettext_noop("Gmail refused the user name or the password."),
        gettext_noop(
            "Gmail accepts app passwords only, not the account's own password; or the app "
            "password was withdrawn."
        ),
        gettext_noop(
            "Make an app password (Google Account, Security, App passwords) and enter it as the "
            "password; the user name is the full address."
        ),
        stages=_HERE,
        reply="53[45]",
        text=r"BadCredentials|gsmtp|support\.google\.com",
    ),
    _ENCRYPTION,
    replace(_ENCRYPTION, reply="", text=_STARTTLS_FIRST),
    Explanation(
        "sign_in_temporary",
        gettext_noop("The server could not check the password now."),
        gettext_noop(
            "It is overloaded, has lost its list of users, or slows sign-ins down after too many."
        ),
        gettext_noop("Wait a few minutes and try again; the password may well be right."),
        stages=_HERE,
        reply="4..",
        permanent=False,
    ),
    Explanation(
        "password_refused",
        gettext_noop("The server refused the user name or the password."),
        gettext_noop(
            "One of them is mistyped or was changed, or the provider wants an app password or "
            "has not switched on sending by SMTP for this account."
        ),
        gettext_noop(
            "Type the password again. Check whether the user name is the full address, and "
            "whether the provider asks for an app password."
        ),
        stages=_HERE,
        reply="53[05]",
    ),
    Explanation(
        "sign_in_refused",
        gettext_noop("The server did not let us sign in."),
        gettext_noop("The account may not send by SMTP, or may not do so from here."),
        gettext_noop("Show the server's answer to your provider: %(reply)s"),
        stages=_HERE,
    ),
)
