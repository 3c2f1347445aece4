"""What was written, as the log shows it: in a frame that runs and loads nothing."""

from __future__ import annotations

import base64
import re
from datetime import datetime
from enum import StrEnum

import structlog

from portico.service_email.look.content import HIDDEN, template_named
from portico.service_email.look.letterheads import letterhead_of
from portico.service_email.look.logos import Logo
from portico.service_email.look.rendering import Rendered, render
from portico.service_email.models import Mail

POLICY = (
    "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'"
)
LOGO = re.compile(r'src="cid:logo\.[0-9a-f]+@mail"')
ASKS_FOR_DARK = re.compile(r"@media\s*\(\s*prefers-color-scheme:\s*dark\s*\)")
BOTH_SCHEMES = re.compile(r"(color-scheme[^>]{0,20}?)light dark")
NO_PICTURE = 'src=""'

log = structlog.get_logger("portico.mail")


class Scheme(StrEnum):
    """How the reader's screen is set."""

    LIGHT = "light"
    DARK = "dark"


def written(mail: Mail, *, at: datetime) -> Rendered | None:
    """What was written; for a mail that still waits, what would be written now.

    None: nothing was, and nothing can be. Links that carry a token are left out either way.
    """
    if mail.html or mail.text:
        return Rendered(mail.subject, mail.html, mail.text, mail.language)
    try:
        template = template_named(mail.template)
        letterhead = letterhead_of(mail.workspace, at=at)
        return render(template, mail.context, letterhead, language=mail.language, hide_links=True)
    except Exception:
        log.warning("mail not shown", mail=str(mail.id), template=mail.template, exc_info=True)
        return None


def has_hidden_links(rendered: Rendered) -> bool:
    """Whether links were left out of it."""
    return HIDDEN in rendered.html or HIDDEN in rendered.text


def framed(html: str, *, logo: Logo | None, scheme: Scheme) -> str:
    """The HTML for a frame: the picture in it, and its look for light or for dark screens.

    The log keeps no pictures: the logo is the present one.
    """
    source = f'src="data:image/png;base64,{_base64(logo)}"' if logo else NO_PICTURE
    html = LOGO.sub(lambda _found: source, html)
    html = ASKS_FOR_DARK.sub("@media all" if scheme is Scheme.DARK else "@media not all", html)
    return BOTH_SCHEMES.sub(rf"\1{scheme.value}", html)


def _base64(logo: Logo) -> str:
    return base64.b64encode(logo.content).decode("ascii")
