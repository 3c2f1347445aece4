"""Ports and modes that go together."""

from __future__ import annotations

import pytest

from portico.service_email.smtp.failures import said
from portico.service_email.smtp.pairings import pairing, use_home
from portico.service_email.smtp.server import Security


@pytest.mark.parametrize(
    ("port", "security", "proposed"),
    [
        (465, Security.SSL, None),
        (465, Security.STARTTLS, "ssl"),
        (465, Security.NONE, "ssl"),
        (587, Security.STARTTLS, None),
        (587, Security.SSL, "starttls"),
        (587, Security.NONE, "starttls"),
        (2525, Security.STARTTLS, None),
        (2525, Security.NONE, None),
        (2525, Security.SSL, "starttls"),
        (25, Security.NONE, None),
        (25, Security.STARTTLS, None),
        (25, Security.SSL, "starttls"),
        (1025, Security.SSL, None),
        (1025, Security.NONE, None),
    ],
)
def test_what_is_proposed_for_a_port(port: int, security: Security, proposed: str | None) -> None:
    correction = pairing(port, security)

    if proposed is None:
        assert correction is None
    else:
        assert correction is not None
        assert correction.values == {"security": proposed}
        assert str(port) in said(correction.why)


def test_what_is_proposed_never_draws_a_proposal_itself() -> None:
    for port in range(1, 3000):
        for security in Security:
            correction = pairing(port, security)
            if correction is not None:
                assert pairing(port, Security(str(correction.values["security"]))) is None


@pytest.mark.parametrize("security", list(Security))
def test_every_mode_has_a_port_of_its_own(security: Security) -> None:
    correction = use_home(4444, security)

    assert correction is not None
    port = int(correction.values["port"])
    assert pairing(port, security) is None
    assert use_home(port, security) is None
