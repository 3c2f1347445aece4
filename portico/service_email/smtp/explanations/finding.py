"""Looking the server up, and reaching it."""

from __future__ import annotations

from portico.kernel.errors import gettext_noop
from portico.service_email.smtp.explanations.table import Explanation
from portico.service_email.smtp.pairings import SUBMISSION, pairing, use_home, use_mode, use_pair
from portico.service_email.smtp.server import Security, Server
from portico.service_email.smtp.stages import Correction, StageName
from portico.service_email.smtp.troubles import Condition


def _another_port(server: Server) -> Correction | None:
    """Mail port 25 is closed to applications in many networks; other ports are easily mistyped."""
    if server.port == 25:
        return use_pair(SUBMISSION, Security.STARTTLS)
    return pairing(server.port, server.security) or use_home(server.port, server.security)


FINDING: tuple[Explanation, ...] = (
    Explanation(
        "host_unusable",
        gettext_noop("“%(host)s” is not the name of a host."),
        gettext_noop("Something else was entered in its place, such as a web address."),
        gettext_noop("Enter a name such as smtp.example.com, or an address."),
        conditions=(Condition.HOST_UNUSABLE,),
        permanent=True,
    ),
    Explanation(
        "name_not_found",
        gettext_noop("There is no host with the name %(host)s."),
        gettext_noop("The name is misspelled, or it is not entered in the DNS, or no longer."),
        gettext_noop("Compare the SMTP host with what your mail provider states."),
        conditions=(Condition.NAME_NOT_FOUND,),
    ),
    Explanation(
        "no_address",
        gettext_noop("The name %(host)s exists, but has no address."),
        gettext_noop("It is the name of a domain and not of its mail server."),
        gettext_noop(
            "Compare the SMTP host with what your mail provider states; it often begins with "
            "“smtp.” or “mail.”."
        ),
        conditions=(Condition.NO_ADDRESS,),
    ),
    Explanation(
        "lookup_timed_out",
        gettext_noop("No name server answered in time where %(host)s is."),
        gettext_noop("The domain's name servers, or this installation's own, do not respond."),
        gettext_noop(
            "Try again in a few minutes. If it stays so, the operator of this installation "
            "should check its name servers."
        ),
        conditions=(Condition.LOOKUP_TIMED_OUT,),
    ),
    Explanation(
        "lookup_failed",
        gettext_noop("The name servers could not say where %(host)s is."),
        gettext_noop("The domain's DNS is broken at present; a common reason is a bad signature."),
        gettext_noop("Try again later, and tell whoever runs the domain of the mail server."),
        conditions=(Condition.LOOKUP_FAILED,),
    ),
    Explanation(
        "address_refused",
        gettext_noop("%(host)s leads to %(addresses)s, to which Portico does not connect."),
        gettext_noop(
            "The address is not a public one. Such addresses are refused, so that nobody reaches "
            "through Portico into the network it runs in."
        ),
        gettext_noop(
            "Use a mail server with a public address, or ask the operator of this installation "
            "to allow this range."
        ),
        conditions=(Condition.ADDRESS_REFUSED,),
        permanent=True,
    ),
    Explanation(
        "port_refused",
        gettext_noop("Port %(port)s is not open for mail here."),
        gettext_noop("The operator of this installation opened these ports only: %(accepted)s."),
        gettext_noop("Use one of them, or ask the operator to open this one."),
        conditions=(Condition.PORT_REFUSED,),
        permanent=True,
        correct=lambda server: use_home(server.port, server.security),
    ),
    Explanation(
        "connection_refused",
        gettext_noop("%(host)s refused the connection to port %(port)s."),
        gettext_noop("No mail server listens on this port, or a firewall turns the call away."),
        gettext_noop(
            "Check host and port. If both are right, the server is down, or does not accept "
            "calls from this installation."
        ),
        conditions=(Condition.CONNECTION_REFUSED,),
        correct=_another_port,
    ),
    Explanation(
        "connect_timed_out",
        gettext_noop("%(host)s did not answer on port %(port)s within %(seconds)s seconds."),
        gettext_noop(
            "A firewall drops the calls: the server's, or that of the network Portico runs in. "
            "Many hosting providers close port 25."
        ),
        gettext_noop("Check host and port, and prefer port 587 or 465 to port 25."),
        conditions=(Condition.CONNECT_TIMED_OUT,),
        correct=_another_port,
    ),
    Explanation(
        "unreachable",
        gettext_noop("There is no way to %(host)s from here."),
        gettext_noop(
            "The network Portico runs in has no route to the address; for an IPv6 address that "
            "often means that this network has no IPv6."
        ),
        gettext_noop(
            "Check the host, and ask the operator of this installation whether calls to it are "
            "possible."
        ),
        conditions=(Condition.UNREACHABLE,),
    ),
    Explanation(
        "no_source_left",
        gettext_noop("No outbound address is left that this workspace's mail may leave from."),
        gettext_noop(
            "The operator of this installation does not offer the chosen outbound addresses any "
            "longer."
        ),
        gettext_noop(
            "Choose other outbound addresses, or none, under Domain Preference. Until then mail "
            "waits."
        ),
        conditions=(Condition.NO_SOURCE_LEFT,),
    ),
    Explanation(
        "source_of_other_kind",
        gettext_noop("No chosen outbound address can reach %(address)s."),
        gettext_noop("IPv4 addresses reach IPv4 only, and IPv6 addresses IPv6 only."),
        gettext_noop("Choose an outbound address of the other kind, too, under Domain Preference."),
        conditions=(Condition.SOURCE_OF_OTHER_KIND,),
    ),
    Explanation(
        "source_not_here",
        gettext_noop("The connection could not leave from %(source)s."),
        gettext_noop(
            "The machine that Portico runs on does not have the local address that belongs to it."
        ),
        gettext_noop(
            "Tell the operator of this installation, who has to mend PORTICO_EGRESS_IPS. Until "
            "then mail waits."
        ),
        conditions=(Condition.SOURCE_NOT_HERE,),
    ),
    Explanation(
        "proxy_away",
        gettext_noop("The proxy that connections from %(source)s go through cannot be reached."),
        gettext_noop("It is down, or its address has changed: %(reason)s."),
        gettext_noop(
            "Tell the operator of this installation, who runs it (PORTICO_EGRESS_IPS). Until then "
            "mail waits."
        ),
        conditions=(Condition.PROXY_AWAY,),
    ),
    Explanation(
        "proxy_refused",
        gettext_noop("The proxy did not lead to %(address)s: %(reason)s."),
        gettext_noop(
            "Connections from %(source)s go through a proxy, which does not allow this port, or "
            "does not reach the server."
        ),
        gettext_noop(
            "Check host and port. If both are right, ask the operator of this installation to "
            "allow port %(port)s in the proxy."
        ),
        conditions=(Condition.PROXY_REFUSED,),
    ),
    Explanation(
        "tls_expected",
        gettext_noop("The server waits for SSL/TLS, and was spoken to without it."),
        gettext_noop("Port %(port)s is protected from its first byte."),
        gettext_noop("Choose SSL/TLS as the mode of the connection."),
        conditions=(Condition.TLS_EXPECTED,),
        permanent=True,
        correct=lambda server: use_mode(server.port, Security.SSL),
    ),
    Explanation(
        "greeting_silent",
        gettext_noop(
            "The server accepted the connection and said nothing for %(seconds)s seconds."
        ),
        gettext_noop(
            "It is overloaded, it delays strangers, or what listens on port %(port)s is no mail "
            "server."
        ),
        gettext_noop("Check host and port, and try again in a few minutes."),
        conditions=(Condition.SILENT,),
        stages=(StageName.GREETING,),
        correct=lambda server: pairing(server.port, server.security),
    ),
    Explanation(
        "greeting_slow",
        gettext_noop(
            "The server began to greet and did not come to an end in %(seconds)s seconds."
        ),
        gettext_noop("It is overloaded, or slows strangers down on purpose."),
        gettext_noop("Try again in a few minutes. If it stays so, ask whoever runs the server."),
        conditions=(Condition.SLOW,),
        stages=(StageName.GREETING,),
    ),
    Explanation(
        "greeting_closed",
        gettext_noop("The server accepted the connection and closed it without a word."),
        gettext_noop(
            "It does not talk to this installation's address, it allows no more connections, or "
            "it expects another mode on port %(port)s."
        ),
        gettext_noop(
            "Check port and mode. If both are right, ask whoever runs the server to accept calls "
            "from this installation."
        ),
        conditions=(Condition.CLOSED, Condition.RESET),
        stages=(StageName.GREETING,),
        correct=lambda server: pairing(server.port, server.security),
    ),
    Explanation(
        "not_smtp",
        gettext_noop("What answers on port %(port)s of %(host)s is no mail server: “%(said)s”."),
        gettext_noop("Another service listens there."),
        gettext_noop("Compare host and port with what your mail provider states."),
        conditions=(Condition.NONSENSE,),
        stages=(StageName.GREETING,),
        correct=lambda server: use_home(server.port, server.security),
    ),
    Explanation(
        "server_busy",
        gettext_noop("The server is not available at the moment."),
        gettext_noop("It is busy, shutting down, or got too many connections from here."),
        gettext_noop("Wait a few minutes and try again."),
        reply="421",
        stages=(StageName.GREETING,),
        permanent=False,
    ),
    Explanation(
        "no_service",
        gettext_noop("The server refused to serve us before anything was asked."),
        gettext_noop(
            "It does not accept calls from this installation's address, often because the "
            "address is on a block list or belongs to no known sender."
        ),
        gettext_noop(
            "Use the host and port your provider states for sending, usually port 587, or ask "
            "it to accept the address of this installation."
        ),
        reply="5..",
        stages=(StageName.GREETING,),
    ),
    Explanation(
        "hello_refused",
        gettext_noop("The server did not accept how we introduced ourselves."),
        gettext_noop("It expects another host name (EHLO) of whoever calls."),
        gettext_noop("Show the server's answer to whoever runs it: %(reply)s"),
        conditions=(Condition.HELLO_REFUSED,),
    ),
    Explanation(
        "greeting_refused",
        gettext_noop("The server does not serve us now."),
        gettext_noop("It is busy, or does not trust the address of this installation yet."),
        gettext_noop("Try again later. If it stays so, show its answer to whoever runs it."),
        stages=(StageName.GREETING,),
    ),
)
