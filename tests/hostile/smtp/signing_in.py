"""Servers that do not let us sign in. Nearly all repeat the password, in every form."""

from __future__ import annotations

from portico.service_email.smtp.failures import FailureKind
from portico.service_email.smtp.server import Security
from portico.service_email.smtp.stages import StageName
from tests.hostile.smtp.cases import HURRY, PARROT, TO_STARTTLS, WHOLE, Case, echo
from tests.hostile.smtp.talks import Manners, Talk

NONE, STARTTLS, SSL = Security.NONE, Security.STARTTLS, Security.SSL
SIGN_IN, SERVER = StageName.SIGN_IN, FailureKind.SERVER


def refuses(reply: str, *, tls: Security = NONE, auth: str = "PLAIN LOGIN") -> Manners:
    """Hears the password, and says this and the password."""
    return Manners(tls=tls, auth=auth, replies={"AUTH": echo(reply + PARROT)})


def asks_for_ever(talk: Talk) -> None:
    while True:
        talk.say("334 {password}")
        talk.hear()


def hangs_up_with_the_password(talk: Talk) -> None:
    talk.check(talk.line)
    talk.hang_up()


def floods_with_the_password(talk: Talk) -> None:
    talk.check(talk.line)
    talk.flood(f"535-{talk.password}\r\n")


def says_the_password(talk: Talk) -> None:
    talk.check(talk.line)
    talk.say(talk.password)


def swallows(talk: Talk) -> None:
    talk.check(talk.line)
    talk.say_nothing()


def swallows_login(talk: Talk) -> None:
    talk.say("334 VXNlcm5hbWU6")
    talk.hear()
    talk.say_nothing()


GMAIL = "535-5.7.8 Username and Password not accepted. For more information, go to\n535 5.7.8  "

SIGNING_IN: tuple[Case, ...] = (
    Case(
        "no AUTH offered",
        Manners(tls=STARTTLS, auth=""),
        SIGN_IN,
        "sign_in_missing",
        "587 or 465",
        permanent=True,
    ),
    Case(
        "no AUTH offered without TLS",
        Manners(auth=""),
        SIGN_IN,
        "sign_in_missing_unprotected",
        "once the connection is protected",
        corrects=TO_STARTTLS,
    ),
    Case(
        "OAuth only",
        Manners(tls=SSL, auth="XOAUTH2 OAUTHBEARER"),
        SIGN_IN,
        "mechanism_unsupported",
        "XOAUTH2, OAUTHBEARER",
    ),
    Case(
        "offers ways and knows none",
        Manners(replies={"AUTH": "504 5.5.4 unrecognized"}),
        SIGN_IN,
        "mechanism_unsupported",
        "PLAIN, LOGIN",
    ),
    Case(
        "bad password 535 5.7.8",
        refuses("535 5.7.8 Error: authentication failed", tls=STARTTLS),
        SIGN_IN,
        "password_refused",
        "authentication failed",
        kind=SERVER,
        permanent=True,
    ),
    Case(
        "bad password with LOGIN",
        refuses("535 5.7.8 no", auth="LOGIN"),
        SIGN_IN,
        "password_refused",
    ),
    Case(
        "bad password, scattered over the reply",
        Manners(replies={"AUTH": echo("535-{armored}\n535-{plain}\n535 {scattered}")}),
        SIGN_IN,
        "password_refused",
    ),
    Case(
        "Gmail, own password",
        refuses(
            GMAIL + "https://support.google.com/mail/?p=BadCredentials a1-20020a05 - gsmtp",
            tls=STARTTLS,
        ),
        SIGN_IN,
        "gmail_password_refused",
        "App passwords",
    ),
    Case(
        "Gmail, 5.7.9",
        refuses(
            "534 5.7.9 Application-specific password required. For more"
            " information, go to https://support.google.com/mail/?p=InvalidSecondFactor",
            tls=SSL,
        ),
        SIGN_IN,
        "app_password_needed",
        "app password",
    ),
    Case("5.7.9 in few words", refuses("535 5.7.9 no"), SIGN_IN, "app_password_needed"),
    Case(
        "QQ wants an authorization code",
        refuses("535 Login Fail. Please enter your authorization code to login."),
        SIGN_IN,
        "app_password_needed",
    ),
    Case(
        "Office 365, 5.7.3",
        refuses("535 5.7.3 Authentication unsuccessful", auth="LOGIN"),
        SIGN_IN,
        "microsoft_password_refused",
        "Authenticated SMTP",
    ),
    Case(
        "Office 365, 5.7.139",
        refuses(
            "535 5.7.139 Authentication unsuccessful,"
            " SmtpClientAuthentication is disabled for the Tenant.",
            tls=STARTTLS,
            auth="LOGIN",
        ),
        SIGN_IN,
        "smtp_auth_disabled",
        "SMTP AUTH is switched off",
        permanent=True,
    ),
    Case(
        "Office 365, in words only",
        refuses("535 SmtpClientAuthentication is disabled"),
        SIGN_IN,
        "smtp_auth_disabled",
    ),
    Case(
        "538 encryption required",
        refuses("538 5.7.11 Encryption required"),
        SIGN_IN,
        "encryption_required",
        corrects=TO_STARTTLS,
    ),
    Case(
        "530 must issue STARTTLS",
        refuses("530 5.7.0 Must issue a STARTTLS command first"),
        SIGN_IN,
        "encryption_required",
        corrects=TO_STARTTLS,
    ),
    Case(
        "454 temporary",
        refuses("454 4.7.0 Temporary authentication failure"),
        SIGN_IN,
        "sign_in_temporary",
        permanent=False,
        kind=SERVER,
    ),
    Case("account may not", refuses("550 5.7.14 not for you"), SIGN_IN, "sign_in_refused"),
    Case("421 at sign-in", refuses("421 4.7.0 too many errors"), SIGN_IN, "sign_in_temporary"),
    Case("asks and asks", Manners(replies={"AUTH": asks_for_ever}), SIGN_IN, "unexpected_reply"),
    Case(
        "hangs up with the password",
        Manners(replies={"AUTH": hangs_up_with_the_password}),
        SIGN_IN,
        "closed",
    ),
    Case(
        "repeats the password for ever",
        Manners(replies={"AUTH": floods_with_the_password}),
        SIGN_IN,
        "reply_endless",
    ),
    Case(
        "says nothing to the password",
        Manners(replies={"AUTH": swallows}),
        SIGN_IN,
        "reply_late",
        limits=HURRY,
    ),
    Case(
        "says nothing to the user name",
        Manners(auth="LOGIN", replies={"AUTH": swallows_login}),
        SIGN_IN,
        "time_over",
        "2 seconds",
        limits=WHOLE,
    ),
    Case(
        "repeats the password instead of a reply",
        Manners(replies={"AUTH": says_the_password}),
        SIGN_IN,
        "not_smtp",
        "****",
    ),
)
