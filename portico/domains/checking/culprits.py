"""Which of several checks that failed explains the others."""

from __future__ import annotations

from collections.abc import Sequence

from portico.domains.checking.reports import Check, CheckName

# What a CAA record can be the cause of; it does not close a port.
OF_CERTIFICATES = ("certificate", "no_tls", "served", "not_yet")


def culprit_of(checks: Sequence[Check]) -> CheckName | None:
    """The first that failed, in the order of the checks; None: nothing failed.

    A CAA record that forbids certificates explains a missing one, not a server that is away.
    """
    failed = [check for check in checks if check.ok is False]
    https = next((check for check in failed if check.name is CheckName.HTTPS), None)
    for check in failed:
        explains_https = https is None or https.code.startswith(OF_CERTIFICATES)
        if check.name is CheckName.CAA and not explains_https:
            continue
        return check.name
    return None
