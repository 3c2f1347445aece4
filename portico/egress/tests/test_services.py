from __future__ import annotations

from typing import Any

from portico.egress.configuration import Egress
from portico.egress.services import egress


def test_the_installations_egress_is_the_configured_one(settings: Any) -> None:
    settings.PORTICO_EGRESS = Egress(mail_ports=frozenset({2526}))

    assert egress().mail_ports == {2526}
