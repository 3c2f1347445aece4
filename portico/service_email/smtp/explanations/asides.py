"""What can happen anywhere on the way. The last rows fit whatever is left."""

from __future__ import annotations

from portico.kernel.errors import gettext_noop
from portico.service_email.smtp.explanations.table import Explanation
from portico.service_email.smtp.troubles import Condition

ASIDES: tuple[Explanation, ...] = (
    Explanation(
        "canceled",
        gettext_noop("The test was stopped."),
        gettext_noop("Somebody stopped it."),
        gettext_noop("Start it again when you like."),
        conditions=(Condition.CANCELED,),
    ),
    Explanation(
        "time_over",
        gettext_noop("The whole time of %(seconds)s seconds was used up."),
        gettext_noop("The server answers, but takes very long for every step."),
        gettext_noop("Try again in a few minutes. If it stays so, ask whoever runs the server."),
        conditions=(Condition.WHOLE_TIME_OVER,),
    ),
    Explanation(
        "reply_late",
        gettext_noop("The server did not answer within %(seconds)s seconds."),
        gettext_noop("It is overloaded, or something between here and there holds it up."),
        gettext_noop("Try again in a few minutes."),
        conditions=(Condition.SILENT, Condition.SLOW),
    ),
    Explanation(
        "reply_endless",
        gettext_noop("The server's answer had no end, so the connection was closed."),
        gettext_noop("It is broken, or what listens there is no mail server."),
        gettext_noop("Check host and port, and tell whoever runs the server."),
        conditions=(Condition.ENDLESS,),
    ),
    Explanation(
        "not_smtp",
        gettext_noop("The server said something that is no SMTP: “%(said)s”."),
        gettext_noop("It is broken, or something between here and there meddles with the talk."),
        gettext_noop("Show this to whoever runs the server."),
        conditions=(Condition.NONSENSE,),
    ),
    Explanation(
        "closed",
        gettext_noop("The server hung up without saying why."),
        gettext_noop("It has crashed, allows no more connections, or a firewall cut in."),
        gettext_noop("Try again in a few minutes. If it stays so, ask whoever runs the server."),
        conditions=(Condition.CLOSED, Condition.RESET),
    ),
    Explanation(
        "unexpected_reply",
        gettext_noop("The server gave an answer that does not fit the question: %(reply)s"),
        gettext_noop("It is broken, or answers another question than the one asked."),
        gettext_noop("Show this to whoever runs the server."),
        conditions=tuple(Condition),
    ),
)
