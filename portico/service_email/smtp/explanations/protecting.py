"""Going over to TLS."""

from __future__ import annotations

from portico.kernel.errors import gettext_noop
from portico.service_email.smtp.explanations.table import Explanation
from portico.service_email.smtp.pairings import IMPLICIT_TLS, pairing, use_mode, use_pair
from portico.service_email.smtp.server import Security
from portico.service_email.smtp.stages import StageName
from portico.service_email.smtp.troubles import Condition

PROTECTING: tuple[Explanation, ...] = (
    Explanation(
        "plain_answer",
        gettext_noop("The server does not speak SSL/TLS from the start on port %(port)s."),
        gettext_noop("It begins without protection and switches later. It said: “%(said)s”."),
        gettext_noop("Choose STARTTLS as the mode, or the port for SSL/TLS, usually 465."),
        conditions=(Condition.PLAIN_ANSWER,),
        permanent=True,
        when=lambda server: server.security is Security.SSL,
        correct=lambda server: use_mode(server.port, Security.STARTTLS),
    ),
    Explanation(
        "starttls_broken",
        gettext_noop("The server agreed to switch to TLS and went on without it."),
        gettext_noop("It is broken, or something between here and there meddles with the talk."),
        gettext_noop("Try SSL/TLS on port 465, and tell whoever runs the server."),
        conditions=(Condition.PLAIN_ANSWER, Condition.STARTTLS_TALKED_OVER),
        permanent=True,
        correct=lambda _server: use_pair(IMPLICIT_TLS, Security.SSL),
    ),
    Explanation(
        "starttls_missing",
        gettext_noop("The server does not offer STARTTLS on port %(port)s."),
        gettext_noop(
            "Protection is set up on another port only, or something between here and the server "
            "removes the offer."
        ),
        gettext_noop(
            "Use SSL/TLS on port 465 if the provider has it. The mail is not sent without "
            "protection unless you choose that yourself."
        ),
        conditions=(Condition.STARTTLS_MISSING,),
        permanent=True,
        correct=lambda _server: use_pair(IMPLICIT_TLS, Security.SSL),
    ),
    Explanation(
        "starttls_unavailable",
        gettext_noop("The server offers STARTTLS and cannot do it now."),
        gettext_noop("Its certificate or key is missing, or it is overloaded."),
        gettext_noop("Try again later, and tell whoever runs the server: %(reply)s"),
        conditions=(Condition.STARTTLS_REFUSED,),
    ),
    Explanation(
        "trust_unreadable",
        gettext_noop("Portico cannot read its own list of trusted authorities: %(reason)s."),
        gettext_noop("The file with the operator's certificate authorities is missing or damaged."),
        gettext_noop("Tell the operator of this installation. The mail server is not to blame."),
        conditions=(Condition.TRUST_UNREADABLE,),
    ),
    Explanation(
        "certificate_expired",
        gettext_noop("The server's certificate ended on %(ends)s."),
        gettext_noop("Nobody has renewed it; or the clock of this installation is wrong."),
        gettext_noop("Ask whoever runs the mail server to renew its certificate."),
        conditions=(Condition.CERTIFICATE_EXPIRED,),
    ),
    Explanation(
        "certificate_not_yet_valid",
        gettext_noop("The server's certificate is valid only from %(starts)s on."),
        gettext_noop("It was put in place too early, or the clock of this installation is wrong."),
        gettext_noop("Ask whoever runs the mail server, or the operator, to set the clock right."),
        conditions=(Condition.CERTIFICATE_NOT_YET_VALID,),
    ),
    Explanation(
        "certificate_self_signed",
        gettext_noop("The server made its certificate itself; nobody vouches for it."),
        gettext_noop("It was set up without a certificate of an authority, or it is an impostor."),
        gettext_noop(
            "Install a certificate of a public authority on the mail server. An authority of "
            "your own can be trusted by the operator of this installation."
        ),
        conditions=(Condition.CERTIFICATE_SELF_SIGNED,),
        permanent=True,
    ),
    Explanation(
        "certificate_unknown_issuer",
        gettext_noop("The certificate comes from %(issuer)s, which is not trusted here."),
        gettext_noop(
            "The server uses an authority of its own, or it does not send the certificates in "
            "between."
        ),
        gettext_noop(
            "Let the mail server send its whole chain. An authority of your own can be trusted "
            "by the operator of this installation."
        ),
        conditions=(Condition.CERTIFICATE_UNKNOWN_ISSUER,),
        permanent=True,
    ),
    Explanation(
        "certificate_wrong_name",
        gettext_noop("The certificate is not for %(host)s but for: %(names)s."),
        gettext_noop("The SMTP host is written differently from how the server calls itself."),
        gettext_noop("Enter the host under one of the names in the certificate, if it is yours."),
        conditions=(Condition.CERTIFICATE_WRONG_NAME,),
        permanent=True,
    ),
    Explanation(
        "certificate_refused",
        gettext_noop("The server's certificate cannot be accepted: %(reason)s."),
        gettext_noop("It is damaged, revoked, too weak, or not meant for servers."),
        gettext_noop("Ask whoever runs the mail server to replace its certificate."),
        conditions=(Condition.CERTIFICATE_REFUSED,),
        permanent=True,
    ),
    Explanation(
        "tls_too_old",
        gettext_noop("The server speaks only versions of TLS that are no longer safe."),
        gettext_noop("Its software is old or set up so; TLS 1.2 or newer is needed."),
        gettext_noop("Ask whoever runs the mail server to allow TLS 1.2 or TLS 1.3."),
        conditions=(Condition.TLS_TOO_OLD,),
        permanent=True,
    ),
    Explanation(
        "tls_failed",
        gettext_noop("Server and Portico could not agree on protection: %(reason)s."),
        gettext_noop("The server's TLS is set up in an unusual way, or is broken."),
        gettext_noop("Show this to whoever runs the mail server."),
        conditions=(Condition.TLS_FAILED,),
    ),
    Explanation(
        "tls_silent",
        gettext_noop("The server did not finish the TLS handshake within %(seconds)s seconds."),
        gettext_noop("It is overloaded, or expects no SSL/TLS on port %(port)s."),
        gettext_noop("Check port and mode, and try again in a few minutes."),
        conditions=(Condition.SILENT, Condition.SLOW),
        stages=(StageName.TLS,),
        correct=lambda server: pairing(server.port, server.security),
    ),
    Explanation(
        "tls_closed",
        gettext_noop("The server hung up during the TLS handshake."),
        gettext_noop("It expects no SSL/TLS on port %(port)s, or its TLS is broken."),
        gettext_noop("Check port and mode. If both are right, tell whoever runs the server."),
        conditions=(Condition.CLOSED, Condition.RESET),
        stages=(StageName.TLS,),
        correct=lambda server: pairing(server.port, server.security),
    ),
)
