"""Why Portico does not start. Subclasses live beside the code that raises them."""

from __future__ import annotations

from portico.kernel.errors import DomainError, gettext_noop


class Refusal(DomainError):
    """Starting would not work or would do harm; the sentence says why, and what to do.

    Commands print the sentence and end with code 2.
    """

    code = "refused_to_start"
    sentence = gettext_noop("Portico cannot start here.")
