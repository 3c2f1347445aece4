"""Legal documents: reading them, taking them in, publishing and withdrawing versions."""

from portico.legal.services.read import (
    coming_versions,
    document_for,
    languages_of,
    version_in_force,
    versions_in_force,
)

__all__ = [
    "coming_versions",
    "document_for",
    "languages_of",
    "version_in_force",
    "versions_in_force",
]
