"""A letterhead and a kind of mail for tests that need no workspace."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from portico.branding.rules import email_images, monogram
from portico.service_email.look.content import Content, Context, MailTemplate
from portico.service_email.look.letterheads import Letterhead, colors_of
from portico.service_email.look.logos import Logo
from tests.mails import PIXEL

ACCOUNT = "mail@acme.example.com"


def make_letterhead(
    *,
    nickname: str = "Acme Pay",
    account: str = ACCOUNT,
    reply_to: str = "",
    contact_url: str = "https://acme.example.com/help",
    notice: str = "© 2026 Acme Pay",
    color: str = "#7a1fa2",
    logo: Logo | None = Logo(PIXEL, width=160, height=40),  # noqa: B008 - frozen
) -> Letterhead:
    """A letterhead that wears a wide logo."""
    return Letterhead(
        workspace_name="Acme Pay",
        nickname=nickname,
        account=account,
        reply_to=reply_to,
        contact_url=contact_url,
        copyright=notice,
        colors=colors_of(color),
        logo=logo,
    )


def drawn_logo() -> Logo:
    """A real one: the monogram."""
    once, twice = email_images(monogram("Acme Pay", "acme", "#7a1fa2"), "#7a1fa2")
    return Logo(twice.content, once.width, once.height)


def make_template(
    content: Content | None = None,
    *,
    links: Mapping[str, Callable[[Context], str]] | None = None,
    compose: Callable[[Context, Mapping[str, str]], Content] | None = None,
) -> MailTemplate:
    """A kind of mail that says this."""
    said = content or Content(subject="Hello", heading="Hello", paragraphs=("How are you?",))
    return MailTemplate(
        name="made-up",
        title="Made up",
        compose=compose or (lambda _context, _links: said),
        links=links or {},
    )
