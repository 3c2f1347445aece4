"""What is said about who answers over HTTPS."""

from __future__ import annotations

from typing import Final

from portico.domains.checking.visits import Kind, Visit
from portico.kernel.errors import gettext_noop

SERVED: Final = gettext_noop(
    "This workspace answers at https://%(domain)s, with a certificate that browsers accept for "
    "%(days)s more days."
)
FEW_DAYS: Final = gettext_noop(
    "The certificate ends in %(days)s days and should have been renewed by now. Whoever looks "
    "after certificates should find out why it was not."
)
UNTESTED: Final = gettext_noop(
    "%(addresses)s could not be tested from here: there is no way to it from this machine."
)
ROUTE_FIRST: Final = gettext_noop("%(domain)s leads to no address yet, so nobody can be asked.")
PORT_CLOSED: Final = gettext_noop(
    "Not tested: port %(port)s is not open for outgoing calls of this installation "
    "(PORTICO_CALL_PORTS)."
)
NOT_ALLOWED: Final = gettext_noop(
    "%(domain)s leads to addresses only that this installation does not call, so it could not be "
    "tested who answers there. Visitors from the internet cannot reach private addresses either."
)
NO_WAY: Final = gettext_noop("There is no way from this machine to the addresses of %(domain)s.")
NOT_YET: Final = gettext_noop(
    "https://%(domain)s is not served by this workspace yet. That is as it should be: a "
    "certificate is made, and the name answered for, once ownership is proven."
)
NOT_PASSED_ON_YET: Final = gettext_noop(
    "https://%(domain)s is not answered by this workspace yet. That is as it should be: it answers "
    "for the name once ownership is proven."
)
ELSE_RIGHT: Final = gettext_noop("At %(addresses)s everything is right.")
CERTIFICATE: Final = gettext_noop("Certificate for %(names)s, issued by %(issuer)s.")
VALID_UNTIL: Final = gettext_noop("It is valid until %(ends)s; days left: %(days)s.")
MARKER_RIGHT: Final = gettext_noop("This workspace answered.")

_MEANINGS: Final = {
    Kind.OTHER_WORKSPACE: gettext_noop(
        "Another workspace of this installation answers at %(domain)s."
    ),
    Kind.REDIRECT: gettext_noop(
        "%(address)s answers https://%(domain)s%(path)s by leading on to %(location)s (HTTP "
        "%(status)s). This workspace itself has to answer there."
    ),
    Kind.OTHER_SITE: gettext_noop(
        "Somebody else answers at %(domain)s (%(address)s): HTTP %(status)s, %(page)s."
    ),
    Kind.NO_TLS: gettext_noop(
        "%(address)s accepts connections, but shows no certificate for %(domain)s."
    ),
    Kind.BROKEN: gettext_noop("What %(address)s answers is not HTTP, or has no end."),
    Kind.CLOSED: gettext_noop("Nobody answers on port %(port)s of %(address)s."),
}
_OF_CERTIFICATES: Final = {
    "expired": gettext_noop("The certificate of %(domain)s expired on %(ends)s."),
    "not_yet_valid": gettext_noop("The certificate of %(domain)s is not valid yet."),
    "self_signed": gettext_noop(
        "The certificate of %(domain)s is signed by itself; browsers do not accept it."
    ),
    "unknown_issuer": gettext_noop(
        "The certificate of %(domain)s comes from an authority that is not known here, or the "
        "certificates in between are missing."
    ),
    "wrong_name": gettext_noop(
        "%(address)s shows a certificate for %(names)s, not for %(domain)s. It is another site's."
    ),
    "refused": gettext_noop("The certificate of %(domain)s is not accepted."),
}
_OURS: Final = gettext_noop(
    "Whoever runs this installation should look at the program that makes certificates (Caddy): "
    "why did it make none for %(domain)s?"
)
_BALANCERS: Final = gettext_noop(
    "Give your load balancer a certificate for %(domain)s, with those in between, of an authority "
    "that browsers know."
)
_ADVICE: Final = {
    Kind.OTHER_WORKSPACE: gettext_noop(
        "Check that requests arrive with the host name %(domain)s, unchanged (the header Host)."
    ),
    Kind.REDIRECT: gettext_noop(
        "Remove the redirect on your side, at least for %(path)s, or have the name lead to "
        "%(target)s directly."
    ),
    Kind.OTHER_SITE: gettext_noop(
        "Check where %(domain)s leads: all of its addresses have to be those of this installation."
    ),
    Kind.NO_TLS: _OURS,
    Kind.BROKEN: gettext_noop("Check what runs on port %(port)s of %(address)s."),
    Kind.CLOSED: gettext_noop(
        "Check that a server runs at %(address)s, and that no firewall closes port %(port)s."
    ),
}
_BEHIND_BALANCER: Final = {
    Kind.OTHER_SITE: gettext_noop(
        "Have your load balancer pass requests for %(domain)s on to %(target)s, with the host name "
        "unchanged (the header Host), and have its address named in PORTICO_TRUSTED_PROXIES."
    ),
    Kind.OTHER_WORKSPACE: gettext_noop(
        "Have your load balancer leave the host name %(domain)s as it is (the header Host)."
    ),
    Kind.NO_TLS: _BALANCERS,
}
# How pages name themselves that nobody made yet.
_DEFAULTS: Final = (
    ("welcome to nginx", gettext_noop("It is the page that nginx shows when nothing is set up.")),
    ("apache2", gettext_noop("It is the page that Apache shows when nothing is set up.")),
    ("iis windows", gettext_noop("It is the page that IIS shows when nothing is set up.")),
    ("parked", gettext_noop("It is a parking page of whoever registered the domain.")),
    ("for sale", gettext_noop("It is a parking page of whoever registered the domain.")),
    ("coming soon", gettext_noop("It is a page that announces another site.")),
    ("elb", gettext_noop("It is a load balancer that has no rule for the name.")),
    ("backend", gettext_noop("It is a load balancer that has no rule for the name.")),
    ("service unavailable", gettext_noop("It is a load balancer without a server behind it.")),
    ("bad gateway", gettext_noop("It is a load balancer without a server behind it.")),
)


def of(visit: Visit, *, behind_balancer: bool) -> tuple[str, str]:
    """What happened, and what to do."""
    if visit.kind is Kind.CERTIFICATE:
        meaning = _OF_CERTIFICATES.get(visit.code, _OF_CERTIFICATES["refused"])
        if visit.code == "wrong_name" and not behind_balancer:
            return meaning, _ADVICE[Kind.OTHER_SITE]
        return meaning, _BALANCERS if behind_balancer else _OURS
    table = {**_ADVICE, **_BEHIND_BALANCER} if behind_balancer else _ADVICE
    return _MEANINGS[visit.kind], table[visit.kind]


def default_page(page: str) -> str:
    """What is known about a page by its name; empty: nothing."""
    return next((text for name, text in _DEFAULTS if name in page.lower()), "")
