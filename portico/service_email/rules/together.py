"""What the values must be together, for mail to go through the server that they name."""

from __future__ import annotations

from portico.kernel.errors import Invalid, gettext_noop


class AccountNeeded(Invalid):
    code = "account_needed"
    sentence = gettext_noop(
        "Write the address that mail is sent from. A server is set, and mail needs a sender."
    )


class HostNeeded(Invalid):
    code = "host_needed"
    sentence = gettext_noop(
        "Name the server that sends for this account, for example smtp.example.com. Without a "
        "server of its own, a workspace's mail comes from the platform's address: then leave the "
        "account empty, too."
    )


class HostNeededForSignIn(Invalid):
    code = "host_needed_for_sign_in"
    sentence = gettext_noop(
        "Name the server that this user name and password are for, or leave them empty."
    )


class PasswordNeeded(Invalid):
    code = "password_needed"
    sentence = gettext_noop(
        "Type the password of this user name. To send without signing in, leave both empty."
    )


class PasswordHasNoUse(Invalid):
    code = "password_has_no_use"
    sentence = gettext_noop(
        "The password has no use with these values: no SMTP host is named, or the sign-in is with "
        "OAuth 2.0. Name the host, choose the password for the sign-in, or leave it empty."
    )


class PasswordMustBeTypedAgain(Invalid):
    code = "password_must_be_typed_again"
    sentence = gettext_noop(
        "Type the password again. The stored one was given for one server, and is sent to no "
        "other: with another host, port or user name, or weaker protection, it has to be typed."
    )


def check_together(
    *, host: str, account: str, username: str, has_password: bool
) -> dict[str, Invalid]:
    """What is wrong with the values as a whole, by field."""
    errors: dict[str, Invalid] = {}
    if host and not account:
        errors["account"] = AccountNeeded()
    if account and not host:
        errors["host"] = HostNeeded()
    elif username and not host:
        errors["host"] = HostNeededForSignIn()
    if host and username and not has_password:
        errors["password"] = PasswordNeeded()
    return errors
