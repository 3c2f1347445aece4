"""What a mail says, apart from how it looks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Context = Mapping[str, Any]
"""JSON values, kept with the mail until it is sent and its log entry deleted. Never a secret."""

HIDDEN = "https://hidden.invalid/"
"""Stands in the log where the mail itself has a link with a token."""


@dataclass(frozen=True)
class Action:
    """The one thing to do: a button in HTML, a line with the address in plain text."""

    title: str
    url: str


@dataclass(frozen=True)
class Content:
    """A mail's words, in the recipient's language, as plain text: nothing in it is markup."""

    subject: str
    heading: str
    paragraphs: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    quote: str = ""
    action: Action | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class MailTemplate:
    """A kind of mail. A feature declares its own; `portico.config` registers them.

    `compose` is called with the recipient's language active, with the mail's context and its
    `links`. `links` makes, by name, addresses that carry a token: they are made when the mail is
    sent and kept nowhere; in the log their place is taken by `HIDDEN`. `sample` is a context for
    previews and tests.
    """

    name: str
    title: Any
    compose: Callable[[Context, Mapping[str, str]], Content]
    links: Mapping[str, Callable[[Context], str]] = field(default_factory=dict)
    sample: Context = field(default_factory=dict)


_templates: dict[str, MailTemplate] = {}


def register_templates(*templates: MailTemplate) -> None:
    """Make these known, beside those that are."""
    _templates.update({template.name: template for template in templates})


def template_named(name: str) -> MailTemplate:
    """The template of that name; raises KeyError: naming one that is not there is a mistake in
    the program."""
    return _templates[name]


def all_templates() -> tuple[MailTemplate, ...]:
    """All of them, by name."""
    return tuple(_templates[name] for name in sorted(_templates))
