"""Whom outgoing calls trust."""

from __future__ import annotations

import ssl

from portico.egress.configuration import Egress


def tls_context(egress: Egress) -> ssl.SSLContext:
    """A client's context: the certificate must come from an authority that the system or the
    operator trusts, and bear the host's name. TLS 1.2 or newer.

    Pass the host itself as `server_hostname`, not the address that was connected to. Making one
    reads files; keep it for a batch of calls.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if egress.ca_file is not None:
        context.load_verify_locations(cafile=egress.ca_file)
    return context
