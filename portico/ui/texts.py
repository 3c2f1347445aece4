"""Sentences of errors in the language of whoever reads them."""

from __future__ import annotations

from django.utils.translation import gettext

from portico.kernel.errors import DomainError


def say(error: DomainError) -> str:
    """The error's sentence, translated into the current language, with its facts filled in."""
    return gettext(error.sentence) % error.facts
