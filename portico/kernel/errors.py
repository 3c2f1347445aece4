"""What can go wrong in Portico, said so that it is safe and useful to show.

An error class carries one English sentence with named places; an error carries the facts for
them. Pages and the API translate the sentence and fill in the facts (`portico.ui.texts`), so
no error needs to know the language of whoever reads it. Sentences are marked with
`gettext_noop` where they are written, beside the code that raises them.
"""

from __future__ import annotations

from typing import ClassVar


def gettext_noop(text: str) -> str:
    """Mark a text for translation; it is translated where it is shown."""
    return text


class DomainError(Exception):
    """A refusal. Subclass one of the kinds below and give it a `code` and a `sentence`.

    `code` is stable: API clients branch on it. `sentence` is a %-format with named places.
    """

    code: ClassVar[str] = "refused"
    sentence: ClassVar[str] = gettext_noop("This cannot be done.")

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.sentence % facts)


class Invalid(DomainError, ValueError):
    """What was given cannot be used: says what is wrong and what would be accepted (422)."""

    code = "invalid"
    sentence = gettext_noop("This value cannot be used.")


class NotFound(DomainError):
    """There is no such thing here, or it is not for this person to know that there is (404)."""

    code = "not_found"
    sentence = gettext_noop("There is nothing here.")


class Forbidden(DomainError):
    """The person is known and may not do this (403)."""

    code = "forbidden"
    sentence = gettext_noop("Your role does not allow this.")


class Conflict(DomainError):
    """The present state does not allow this (409)."""

    code = "conflict"
    sentence = gettext_noop("The present state does not allow this.")


class Stale(Conflict):
    """A write was based on something that has changed meanwhile (412 in the API)."""

    code = "stale"
    sentence = gettext_noop("This has changed since you opened it.")


class TooOften(DomainError):
    """This was done as often as it may be for now (429)."""

    code = "too_often"
    sentence = gettext_noop("This was done too often. Please wait a moment and try again.")


class InvalidFields(Invalid):
    """Several fields are wrong, each with its own error. Field "" speaks of the whole."""

    code = "invalid_fields"
    sentence = gettext_noop("Please check the marked fields.")

    def __init__(self, errors: dict[str, Invalid]) -> None:
        self.errors = errors
        super().__init__()

    def __str__(self) -> str:
        return "; ".join(
            f"{field}: {error}" if field else str(error) for field, error in self.errors.items()
        )
