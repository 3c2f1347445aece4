"""How often a mail server may be tested, for how long, and to whom a test goes."""

from __future__ import annotations

from datetime import timedelta

from portico.kernel.errors import Conflict, Invalid, InvalidFields, TooOften, gettext_noop
from portico.service_email.rules.mail_addresses import check_mail_address

MOST_RUNS = 10
WITHIN = timedelta(minutes=10)
LOST_AFTER = timedelta(seconds=60)  # twice what a run may take
GIVEN_UP_AFTER = timedelta(minutes=10)  # of waiting for a worker
LATE_AFTER = timedelta(seconds=10)
KEPT_FOR = timedelta(days=30)


class NothingToTest(Conflict):
    code = "nothing_to_test"
    sentence = gettext_noop(
        "There is no mail server to test yet: the platform's own mailer sends the mail of this "
        "workspace. Fill in account, host and port, and the password if the server wants one."
    )


class TestGoesOn(Conflict):
    __test__ = False

    code = "test_goes_on"
    sentence = gettext_noop(
        "A test of this workspace's mail server is under way. Wait for its end, half a minute at "
        "the most, or cancel it."
    )


class TooManyTests(TooOften):
    code = "too_many_tests"
    sentence = gettext_noop(
        "The mail server was tested %(most)s times within %(minutes)s minutes, which is as often "
        "as it may be. Please wait a few minutes: many failed sign-ins lock some accounts."
    )


class NoRecipient(Invalid):
    code = "no_recipient"
    sentence = gettext_noop("Say to which address the test mail goes, for example your own.")


def check_recipient(address: str) -> str:
    """The address, if a test mail may be sent to it; raises `InvalidFields` for the field `to`."""
    try:
        if not address.strip():
            raise NoRecipient
        return check_mail_address(address.strip())
    except Invalid as error:
        raise InvalidFields({"to": error}) from None
