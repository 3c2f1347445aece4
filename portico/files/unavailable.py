from __future__ import annotations

from portico.kernel.errors import DomainError, gettext_noop


class FilesUnavailable(DomainError):
    """The bucket cannot be reached, or fails (503)."""

    code = "files_unavailable"
    sentence = gettext_noop(
        "The files cannot be reached right now. Nothing was changed. Please try again in a few "
        "seconds."
    )
