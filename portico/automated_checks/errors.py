"""Why something cannot be done with checks."""

from __future__ import annotations

from portico.kernel.errors import Conflict, gettext_noop


class ChecksGoOn(Conflict):
    code = "checks_go_on"
    sentence = gettext_noop(
        "The checks of this version have not ended yet. Wait for them; then they can be run again."
    )
