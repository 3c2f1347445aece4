"""Handing a mail over: the sender, the recipient, and what can come with each."""

from __future__ import annotations

from dataclasses import replace

from portico.kernel.errors import gettext_noop
from portico.service_email.smtp.explanations.table import Explanation
from portico.service_email.smtp.failures import FailureKind
from portico.service_email.smtp.server import Server
from portico.service_email.smtp.stages import StageName
from portico.service_email.smtp.troubles import Condition

_SENDER = (StageName.SENDER,)
_RECIPIENT = (StageName.RECIPIENT,)
_MESSAGE = (StageName.MESSAGE,)
_ALL = _SENDER + _RECIPIENT + _MESSAGE

_ANOTHER_SENDER = (
    r"sender address rejected: not owned|not (allowed|permitted|authori[sz]ed) to send as"
    r"|SendAsDenied|must be (the )?same as|not verified|sender .*(mismatch|not own)"
    r"|mail from must equal authorized user"
)
_TOO_MUCH = (
    r"rate limit|sending (rate|limit|quota)|too many (messages|mails|emails|requests|connections)"
    r"|quota exceeded for (the )?(day|hour)|daily .*(limit|quota)|throttl"
)
_FULL = r"(mailbox|inbox|quota|storage).{0,40}(full|exceed|over)|over ?quota|mailbox full"
_NO_SUCH_USER = (
    r"user unknown|unknown user|no such (user|recipient|mailbox)|does not exist|not found"
)


def _nobody_signs_in(server: Server) -> bool:
    return not server.username


_RATE_LIMITED = Explanation(
    "rate_limited",
    gettext_noop("The provider accepts no more mails from this account for now."),
    gettext_noop("A limit of the provider for a minute, an hour or a day is used up."),
    gettext_noop("Wait, or ask the provider for a higher limit. Queued mail is sent later."),
    stages=_ALL,
    text=_TOO_MUCH,
    kind=FailureKind.SERVER,
    permanent=False,
)
_NOT_THE_ACCOUNT = Explanation(
    "sender_not_the_account",
    gettext_noop("The server does not let this account send as %(account)s."),
    gettext_noop(
        "The email account differs from the user name that signs in, and may not be used by it "
        "or is not confirmed at the provider."
    ),
    gettext_noop(
        "Use the address that belongs to the user name as the email account, or let the provider "
        "permit this sender."
    ),
    stages=_ALL,
    enhanced=r"5\.7\.60",
    kind=FailureKind.SENDER,
)
_MAILBOX_FULL = Explanation(
    "mailbox_full",
    gettext_noop("The recipient's mailbox is full."),
    gettext_noop("The recipient has used up the space there is."),
    gettext_noop("Ask the recipient by another way to make room, then send the mail again."),
    stages=(*_RECIPIENT, *_MESSAGE),
    enhanced=r"[45]\.2\.2",
    kind=FailureKind.RECIPIENT,
)
_TOO_LARGE = Explanation(
    "message_too_large",
    gettext_noop("The mail is larger than the server accepts."),
    gettext_noop("A limit of the server; a large email logo is the usual reason."),
    gettext_noop("Use a smaller email logo, or ask whoever runs the server for a higher limit."),
    stages=_ALL,
    enhanced=r"5\.(3\.4|2\.3)",
    kind=FailureKind.MESSAGE,
)
_GREYLISTED = Explanation(
    "greylisted",
    gettext_noop("The server asks for patience: it takes the mail when it comes again later."),
    gettext_noop("It does not know this sender yet (greylisting), a usual guard against spam."),
    gettext_noop("Nothing needs to be done: mail is sent again by itself. Test in 15 minutes."),
    stages=_RECIPIENT,
    reply="45[01]",
    enhanced=r"4\.7\.\d+|4\.2\.0|",
    text=r"gr[ea]y.?list|try again|later|policy restrictions|temporar",
)
_UNKNOWN = Explanation(
    "recipient_unknown",
    gettext_noop("The server knows no such recipient."),
    gettext_noop("The address is misspelled, or the mailbox does not exist any more."),
    gettext_noop("Check the recipient's address."),
    stages=_RECIPIENT,
    enhanced=r"5\.1\.\d+",
)
_RELAY_DENIED = Explanation(
    "relay_denied",
    gettext_noop("The server does not pass mail on to the recipient's domain for us."),
    gettext_noop(
        "It passes mail on only for those who have signed in, or only from its own domains."
    ),
    gettext_noop(
        "Set user name and password, use the provider's port for sending (usually 587), and "
        "an email account of a domain that the server is responsible for."
    ),
    stages=_RECIPIENT,
    reply="5..",
    text=r"rela(y|ying)",
    kind=FailureKind.RECIPIENT,
)

HANDING_OVER: tuple[Explanation, ...] = (
    Explanation(
        "idle_closed",
        gettext_noop("The server has closed the connection, which was not used for a while."),
        gettext_noop("Servers do so to save room."),
        gettext_noop("Nothing needs to be done: the next mail opens a new connection."),
        conditions=(Condition.IDLE_CLOSED,),
        kind=FailureKind.SERVER,
        permanent=False,
    ),
    Explanation(
        "address_unusable",
        gettext_noop("“%(address)s” cannot be used as a mail address."),
        gettext_noop("It holds a space or another character that no address has, or no domain."),
        gettext_noop("Write it like name@example.com."),
        conditions=(Condition.ADDRESS_UNUSABLE,),
        permanent=True,
    ),
    Explanation(
        "smtputf8_missing",
        gettext_noop("The server takes headers in ASCII only, and this mail has others."),
        gettext_noop("It does not offer the extension for international mail (SMTPUTF8)."),
        gettext_noop(
            "Write addresses in the mail with letters from a to z, or use another server."
        ),
        conditions=(Condition.SMTPUTF8_MISSING,),
        stages=_MESSAGE,
        permanent=True,
    ),
    Explanation(
        "smtputf8_missing",
        gettext_noop("The server cannot take %(address)s: it knows no letters beyond ASCII there."),
        gettext_noop("It does not offer the extension for international addresses (SMTPUTF8)."),
        gettext_noop(
            "Use an address whose part before the @ has only letters from a to z, digits and "
            "signs, or a server that offers SMTPUTF8."
        ),
        conditions=(Condition.SMTPUTF8_MISSING,),
        permanent=True,
    ),
    Explanation(
        "eight_bit_missing",
        gettext_noop("The server takes mails in ASCII only, and this one holds other bytes."),
        gettext_noop("It does not offer the extension 8BITMIME, which nearly all servers have."),
        gettext_noop("Use another server, or tell whoever runs this one."),
        conditions=(Condition.EIGHT_BIT_MISSING,),
        kind=FailureKind.MESSAGE,
        permanent=True,
    ),
    Explanation(
        "message_too_large",
        gettext_noop("The mail has %(size)s bytes; the server accepts at most %(limit)s bytes."),
        gettext_noop("A limit of the server; a large email logo is the usual reason."),
        gettext_noop(
            "Use a smaller email logo, or ask whoever runs the server for a higher limit."
        ),
        conditions=(Condition.SIZE_KNOWN,),
        kind=FailureKind.MESSAGE,
        permanent=True,
    ),
    _RATE_LIMITED,
    replace(_RATE_LIMITED, text="", enhanced=r"[45]\.4\.5|4\.7\.28|4\.3\.2"),
    Explanation(
        "sign_in_required",
        gettext_noop("The server wants us to sign in before it takes mail."),
        gettext_noop("No user name is set, or the server did not count the sign-in."),
        gettext_noop("Enter user name and password of the mail account."),
        stages=_ALL,
        reply="530",
        kind=FailureKind.SERVER,
    ),
    _NOT_THE_ACCOUNT,
    replace(_NOT_THE_ACCOUNT, enhanced="", reply="5..", text=_ANOTHER_SENDER),
    replace(_NOT_THE_ACCOUNT, enhanced=r"5\.7\.1", stages=_SENDER),
    _TOO_LARGE,
    replace(
        _TOO_LARGE, enhanced="", text=r"\b(message|mail|size)\b.{0,40}(too (large|big)|exceed)"
    ),
    replace(_TOO_LARGE, enhanced="", reply="552", stages=_SENDER),
    _RELAY_DENIED,
    _MAILBOX_FULL,
    replace(_MAILBOX_FULL, enhanced="", text=_FULL),
    replace(_MAILBOX_FULL, enhanced="", reply="552", stages=_RECIPIENT),
    Explanation(
        "server_storage",
        gettext_noop("The server has no room for mail at the moment."),
        gettext_noop("Its disk is full, or it is overloaded."),
        gettext_noop("Try again later, and tell whoever runs the server."),
        stages=_ALL,
        reply="452",
        kind=FailureKind.SERVER,
        permanent=False,
    ),
    Explanation(
        "server_busy",
        gettext_noop("The server is not available at the moment."),
        gettext_noop("It is busy, shutting down, or got too many connections from here."),
        gettext_noop("Wait a few minutes and try again."),
        reply="421",
        kind=FailureKind.SERVER,
        permanent=False,
    ),
    Explanation(
        "sender_deferred",
        gettext_noop("The server does not accept mail from %(account)s for now."),
        gettext_noop("It cannot check the sender at the moment, or is overloaded."),
        gettext_noop("Try again later."),
        stages=_SENDER,
        reply="4..",
    ),
    Explanation(
        "sender_refused",
        gettext_noop("The server does not accept %(account)s as the sender."),
        gettext_noop(
            "The address does not exist there, its domain is unknown, or the account may not "
            "send as it."
        ),
        gettext_noop("Use an email account that exists on this server."),
        stages=_SENDER,
    ),
    _GREYLISTED,
    replace(_GREYLISTED, enhanced=r"4\.7\.1", text=""),
    Explanation(
        "recipient_deferred",
        gettext_noop("The server does not accept mail for this recipient for now."),
        gettext_noop("The recipient's mailbox or server is busy or out of reach."),
        gettext_noop("Try again later; mail is sent again by itself."),
        stages=_RECIPIENT,
        reply="4..",
    ),
    _UNKNOWN,
    replace(_UNKNOWN, enhanced="", reply="55.", text=_NO_SUCH_USER),
    replace(_RELAY_DENIED, text="", reply="55[04]", enhanced=r"5\.7\.1", when=_nobody_signs_in),
    Explanation(
        "recipient_refused",
        gettext_noop("The server does not accept mail for this recipient."),
        gettext_noop("The address is blocked there, or the server may not pass mail on to it."),
        gettext_noop("Show the server's answer to whoever runs it: %(reply)s"),
        stages=_RECIPIENT,
    ),
)
