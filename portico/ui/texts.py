"""Sentences of errors in the language of whoever reads them."""

from __future__ import annotations

from django.utils.translation import gettext

from portico.kernel.errors import DomainError
from portico.kernel.sentences import Sentence


def say(error: DomainError) -> str:
    """The error's sentence, translated into the current language, with its facts filled in."""
    return gettext(error.sentence) % error.facts


def tell(sentence: Sentence) -> str:
    """A sentence, translated into the current language, with its facts filled in."""
    return gettext(sentence.text) % sentence.facts
