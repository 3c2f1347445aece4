"""Servers that cannot be found or reached."""

from __future__ import annotations

import ipaddress

from portico.egress.configuration import OutboundAddress
from portico.service_email.smtp.failures import FailureKind
from portico.service_email.smtp.limits import Limits
from portico.service_email.smtp.server import Security
from portico.service_email.smtp.stages import StageName
from tests.hostile.smtp.cases import TO_587, Case
from tests.hostile.smtp.talks import Manners

STARTTLS = Security.STARTTLS
PUBLIC = ipaddress.ip_address("198.51.100.7")
RESOLVE, POLICY, CONNECT = StageName.RESOLVE, StageName.POLICY, StageName.CONNECT

FINDING: tuple[Case, ...] = (
    Case("name that is none", None, RESOLVE, "host_unusable", "smtp.example.com", host="a b"),
    Case("name that does not resolve", None, RESOLVE, "name_not_found", host="nowhere.test"),
    Case("name without an address", None, RESOLVE, "no_address", host="mailless.test"),
    Case(
        "name servers are silent",
        None,
        RESOLVE,
        "lookup_timed_out",
        host="silent.test",
        limits=Limits(connect=0.4, reply=20, whole=60),
    ),
    Case("name servers are broken", None, RESOLVE, "lookup_failed", host="broken.test"),
    Case(
        "resolves to a private address",
        None,
        POLICY,
        "address_refused",
        "10.1.2.3",
        host="private.test",
        permanent=True,
    ),
    Case(
        "resolves to the cloud's secrets",
        None,
        POLICY,
        "address_refused",
        "169.254.169.254",
        host="metadata.test",
    ),
    Case(
        "resolves to IPv6 that is not allowed",
        None,
        POLICY,
        "address_refused",
        "fd00::1",
        host="private-six.test",
    ),
    Case(
        "loopback in production",
        Manners(),
        POLICY,
        "address_refused",
        "machine that Portico",
        allowed=(),
    ),
    Case(
        "port that is not open for mail",
        Manners(),
        POLICY,
        "port_refused",
        "operator",
        open_port=False,
        corrects={"port": 25, "security": "none"},
    ),
    Case(
        "nobody listens",
        None,
        CONNECT,
        "connection_refused",
        "refused",
        mode=STARTTLS,
        host="deaf.test",
        corrects=TO_587,
    ),
    Case(
        "no way there",
        None,
        CONNECT,
        "unreachable",
        "no way",
        host="nowhere-to-go.test",
        allowed=(ipaddress.ip_network("255.255.255.255/32"),),
    ),
    Case(
        "outbound addresses that are all gone",
        Manners(),
        CONNECT,
        "no_source_left",
        "Domain Preference",
        sources=(),
        kind=FailureKind.SERVER,
        permanent=False,
    ),
    Case(
        "outbound address of IPv6 only",
        Manners(),
        CONNECT,
        "source_of_other_kind",
        "127.0.0.1",
        sources=(OutboundAddress(ipaddress.ip_address("2001:db8::7")),),
        kind=FailureKind.SERVER,
        permanent=False,
    ),
    Case(
        "outbound address that this machine does not have",
        Manners(),
        CONNECT,
        "source_not_here",
        "PORTICO_EGRESS_IPS",
        sources=(OutboundAddress(PUBLIC, local=ipaddress.ip_address("203.0.113.77")),),
        kind=FailureKind.SERVER,
        permanent=False,
    ),
    Case(
        "outbound proxy that is down",
        Manners(),
        CONNECT,
        "proxy_away",
        "198.51.100.7",
        sources=(OutboundAddress(PUBLIC, proxy="127.0.0.1:1"),),
        kind=FailureKind.SERVER,
        permanent=False,
    ),
)
