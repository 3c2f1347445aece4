"""Calls to other people's servers: the one guarded HTTP client. No Django.

    answer = call("POST", "https://hooks.example.com/in", egress=egress_of(workspace), body=b"...")

Any status is an `Answer`; what brought none is a `CallTrouble`, whose `code` and sentence tell
why. Nothing else in Portico speaks HTTP to the world.
"""

from __future__ import annotations

from portico.egress.calls.calling import Answer, call, check_url
from portico.egress.calls.streams import Limits
from portico.egress.calls.troubles import CallRefused, CallTimedOut, CallTrouble

__all__ = ["Answer", "CallRefused", "CallTimedOut", "CallTrouble", "Limits", "call", "check_url"]
