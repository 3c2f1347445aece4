"""What can go wrong on the way, before anybody explains it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portico.service_email.smtp.replies import Reply

Fact = str | int | float | bool | None


class Condition(StrEnum):
    """What was met in the place of what was hoped for."""

    REPLY = "reply"  # an answer that says no, or not yet
    UNEXPECTED = "unexpected"  # an answer that does not fit what was asked
    NONSENSE = "nonsense"  # not SMTP
    ENDLESS = "endless"  # more lines, or longer ones, than a reply has
    SILENT = "silent"  # nothing within the limit
    SLOW = "slow"  # something, but no whole answer within the limit
    CLOSED = "closed"
    RESET = "reset"
    IDLE_CLOSED = "idle_closed"  # closed between two mails
    WHOLE_TIME_OVER = "whole_time_over"
    CANCELED = "canceled"

    HOST_UNUSABLE = "host_unusable"
    NAME_NOT_FOUND = "name_not_found"
    NO_ADDRESS = "no_address"
    LOOKUP_TIMED_OUT = "lookup_timed_out"
    LOOKUP_FAILED = "lookup_failed"
    ADDRESS_REFUSED = "address_refused"
    PORT_REFUSED = "port_refused"
    CONNECTION_REFUSED = "connection_refused"
    CONNECT_TIMED_OUT = "connect_timed_out"
    UNREACHABLE = "unreachable"
    NO_SOURCE_LEFT = "no_source_left"
    SOURCE_OF_OTHER_KIND = "source_of_other_kind"
    SOURCE_NOT_HERE = "source_not_here"
    PROXY_AWAY = "proxy_away"
    PROXY_REFUSED = "proxy_refused"

    HELLO_REFUSED = "hello_refused"
    TLS_EXPECTED = "tls_expected"  # it waits for TLS where we speak plainly
    PLAIN_ANSWER = "plain_answer"  # it speaks plainly where TLS was begun
    STARTTLS_MISSING = "starttls_missing"
    STARTTLS_REFUSED = "starttls_refused"
    STARTTLS_TALKED_OVER = "starttls_talked_over"  # unprotected bytes after the switch
    TLS_TOO_OLD = "tls_too_old"
    TLS_FAILED = "tls_failed"
    TRUST_UNREADABLE = "trust_unreadable"  # our own list of authorities
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_NOT_YET_VALID = "certificate_not_yet_valid"
    CERTIFICATE_SELF_SIGNED = "certificate_self_signed"
    CERTIFICATE_UNKNOWN_ISSUER = "certificate_unknown_issuer"
    CERTIFICATE_WRONG_NAME = "certificate_wrong_name"
    CERTIFICATE_REFUSED = "certificate_refused"

    SIGN_IN_MISSING = "sign_in_missing"  # no AUTH offered
    MECHANISM_MISSING = "mechanism_missing"  # none that we speak
    TOKEN_UNREACHABLE = "token_unreachable"  # where access tokens come from
    TOKEN_REFUSED = "token_refused"  # the refresh token is worth nothing (any more)
    TOKEN_CLIENT_REFUSED = "token_client_refused"
    TOKEN_SCOPE_REFUSED = "token_scope_refused"
    TOKEN_TROUBLE = "token_trouble"  # another answer that says no
    TOKEN_LATER = "token_later"
    TOKEN_NONSENSE = "token_nonsense"
    SIZE_KNOWN = "size_known"
    SMTPUTF8_MISSING = "smtputf8_missing"
    EIGHT_BIT_MISSING = "eight_bit_missing"
    ADDRESS_UNUSABLE = "address_unusable"
    ANSWER_MISSING = "answer_missing"  # the message is sent, and the connection is gone
    ANSWER_LATE = "answer_late"


class Trouble(Exception):
    """Raised inside this package; `Connection` makes a `Failure` of it.

    `facts` are what the sentences of the explanation can name.
    """

    def __init__(self, condition: Condition, *, reply: Reply | None = None, **facts: Fact) -> None:
        self.condition = condition
        self.reply = reply
        self.facts: dict[str, Fact] = facts
        super().__init__(condition.value)
