"""What the tests of calls share."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

import pytest

from portico.egress.calls import Answer, CallTrouble, Limits, call
from portico.egress.configuration import LOOPBACK, Egress, OutboundAddress

LOCAL = Egress(allowed=LOOPBACK)
QUICK = Limits(connect=2.0, read=2.0, whole=4.0)


def source(public: str, *, local: str = "", proxy: str = "") -> OutboundAddress:
    """An outbound address."""
    return OutboundAddress(ip_address(public), ip_address(local) if local else None, proxy)


def leaving(*sources: OutboundAddress, egress: Egress = LOCAL) -> Egress:
    """What calls must leave from these addresses."""
    return replace(egress, outbound=sources, sources=sources)


def get(url: str, egress: Egress = LOCAL, *, limits: Limits = QUICK) -> Answer:
    """Call with GET."""
    return call("GET", url, egress=egress, limits=limits)


def trouble_with(url: str, egress: Egress = LOCAL, *, limits: Limits = QUICK) -> CallTrouble:
    """What a call that must not succeed ends in."""
    with pytest.raises(CallTrouble) as caught:
        get(url, egress, limits=limits)
    return caught.value
