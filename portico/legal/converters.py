"""How kinds of documents stand in addresses."""

from __future__ import annotations

from django.urls import register_converter

from portico.legal.models import LegalKind


class KindConverter:
    """`terms-of-service`, `privacy-policy` or `cookie-notice`; nothing else matches."""

    regex = "|".join(LegalKind.values)

    def to_python(self, value: str) -> LegalKind:
        """The kind that an address names."""
        return LegalKind(value)

    def to_url(self, value: LegalKind | str) -> str:
        """The kind's value."""
        return LegalKind(value).value


register_converter(KindConverter, "legal_kind")
