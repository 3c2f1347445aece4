"""Handing a mail over: the message itself."""

from __future__ import annotations

from dataclasses import replace

from portico.kernel.errors import gettext_noop
from portico.service_email.smtp.explanations.table import Explanation
from portico.service_email.smtp.stages import StageName
from portico.service_email.smtp.troubles import Condition

_MESSAGE = (StageName.MESSAGE,)
_SPAM = r"spam|unsolicited|content (rejected|refused|not accepted)|blocked.*content|virus|phish"

_CONTENT_REFUSED = Explanation(
    "content_refused",
    gettext_noop("The server took the content of the mail for unwanted and refused it."),
    gettext_noop("A filter against spam or viruses, or a missing SPF, DKIM or DMARC record."),
    gettext_noop(
        "Look at the checks of the sender's domain below, and at links and logo in the mail."
    ),
    stages=_MESSAGE,
    reply="5..",
    text=_SPAM,
)

MESSAGES: tuple[Explanation, ...] = (
    _CONTENT_REFUSED,
    replace(_CONTENT_REFUSED, text="", reply="55[04]", enhanced=r"5\.7\.\d+"),
    Explanation(
        "message_deferred",
        gettext_noop("The server did not take the mail now."),
        gettext_noop("It is overloaded, or wants to see the sender more often first."),
        gettext_noop("Try again later; mail is sent again by itself."),
        stages=_MESSAGE,
        reply="4..",
    ),
    Explanation(
        "message_refused",
        gettext_noop("The server refused the mail."),
        gettext_noop("Something in the mail or its sender does not suit its rules."),
        gettext_noop("Show the server's answer to whoever runs it: %(reply)s"),
        stages=_MESSAGE,
    ),
    Explanation(
        "answer_missing",
        gettext_noop("The connection broke after the whole mail was sent, before any answer."),
        gettext_noop("The server crashed or a firewall cut in. The mail may have arrived or not."),
        gettext_noop("Look whether it has arrived. A mail that is sent again may come twice."),
        conditions=(Condition.ANSWER_MISSING,),
    ),
    Explanation(
        "answer_late",
        gettext_noop("The whole mail was sent, and the server did not answer in time."),
        gettext_noop("It checks content slowly, or is overloaded. The mail may still arrive."),
        gettext_noop("Look whether it has arrived. A mail that is sent again may come twice."),
        conditions=(Condition.ANSWER_LATE,),
    ),
    Explanation(
        "message_cut",
        gettext_noop("The server hung up in the middle of the mail."),
        gettext_noop("It crashed, refuses mails of this size, or a filter in between cut in."),
        gettext_noop("Try again. If it stays so, ask whoever runs the server why."),
        conditions=(Condition.CLOSED, Condition.RESET),
        stages=_MESSAGE,
    ),
)
