"""The demo's outbound addresses: two of loopback, and its own echo, so that *Verify* is real."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from portico.config.env import Env
from portico.egress.local_addresses import is_here

ADDRESSES = ("127.0.0.11", "127.0.0.12")
EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - what a server listens on


def environment(env: Env) -> Mapping[str, str]:
    """What web server and worker must know; what the operator has set stays as it is.

    Nothing on systems where only 127.0.0.1 is loopback.
    """
    known: dict[str, str] = {}
    if not env.egress_ips and all(is_here(ipaddress.ip_address(one)) for one in ADDRESSES):
        known["PORTICO_EGRESS_IPS"] = ",".join(ADDRESSES)
    if not env.egress_echo_url:
        host = "127.0.0.1" if env.bind in EVERYWHERE else env.bind
        host = f"[{host}]" if ":" in host else host
        known["PORTICO_EGRESS_ECHO_URL"] = f"http://{host}:{env.port}/.well-known/portico-echo"
    return known
