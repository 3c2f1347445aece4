"""A mail's content as subject, HTML and plain text, on a workspace's letterhead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.template import Context as TemplateContext
from django.utils import translation
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from portico.service_email.look.content import HIDDEN, Action, Content, Context, MailTemplate
from portico.service_email.look.layout import layout
from portico.service_email.look.letterheads import Letterhead
from portico.service_email.look.plain import aligned, wrapped
from portico.service_email.look.words import clean, link, one_line

MOST_SUBJECT = 300
MOST_PREHEADER = 140


@dataclass(frozen=True)
class Rendered:
    """What is sent, and kept in the log: one line of subject, HTML, plain text."""

    subject: str
    html: str
    text: str
    language: str


def render(
    template: MailTemplate,
    context: Context,
    letterhead: Letterhead,
    *,
    language: str,
    hide_links: bool = False,
) -> Rendered:
    """Write a mail in a language.

    `hide_links`: with `HIDDEN` in the place of links that carry a token, for the log. A template
    without `links` reads the same either way. The logo is named by its Content-ID.
    """
    with translation.override(language):
        content = template.compose(
            context,
            {
                name: HIDDEN if hide_links else make(context)
                for name, make in template.links.items()
            },
        )
        return rendered(content, letterhead, language=language)


def rendered(content: Content, letterhead: Letterhead, *, language: str) -> Rendered:
    """Put words on a letterhead. The language is active already."""
    content = _cleaned(content)
    return Rendered(
        subject=content.subject,
        html=_html(content, letterhead, language),
        text=_text(content, letterhead),
        language=language,
    )


def _cleaned(content: Content) -> Content:
    action = content.action
    if action is not None:
        address = link(action.url)
        action = Action(one_line(action.title), address) if address else None
    return replace(
        content,
        subject=one_line(content.subject, MOST_SUBJECT),
        heading=one_line(content.heading),
        paragraphs=tuple(map(clean, content.paragraphs)),
        facts=tuple((one_line(label), clean(value)) for label, value in content.facts),
        quote=clean(content.quote),
        action=action,
        notes=tuple(map(clean, content.notes)),
    )


def _html(content: Content, letterhead: Letterhead, language: str) -> str:
    logo = letterhead.logo
    named = logo is None or logo.is_mark
    preheader = one_line(" ".join(content.paragraphs) or content.heading, MOST_PREHEADER)
    values = {
        "language": language,
        "direction": "rtl" if get_language_info(language)["bidi"] else "ltr",
        "subject": content.subject,
        "preheader": preheader,
        "content": content,
        "action": content.action,
        "letterhead": letterhead,
        "colors": letterhead.colors,
        "logo": logo,
        # Beside its name a picture says nothing new to those who do not see it.
        "logo_alt": "" if named else letterhead.nickname,
        "named": named,
        "contact_url": letterhead.contact_url,
        "contact": letterhead.contact,
    }
    return str(layout().render(TemplateContext(values)))


def _text(content: Content, letterhead: Letterhead) -> str:
    blocks = [*_blocks(content), _signature(letterhead)]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _blocks(content: Content) -> Iterator[list[str]]:
    yield wrapped(content.heading)
    yield from (wrapped(paragraph) for paragraph in content.paragraphs)
    if content.quote:
        yield wrapped(content.quote, first="> ", rest="> ")
    if content.facts:
        yield aligned(content.facts)
    if content.action:
        yield [*wrapped(f"{content.action.title}:"), content.action.url]
    yield from (wrapped(note) for note in content.notes)


def _signature(letterhead: Letterhead) -> list[str]:
    sender = _("%(name)s sent this message automatically.") % {"name": letterhead.nickname}
    lines = ["-- ", *wrapped(sender)]
    for foot in letterhead.foot_links:
        lines += [f"{foot.title}:", foot.url]
    if letterhead.contact_url:
        lines += [_("Contact:"), letterhead.contact]
    if letterhead.copyright:
        lines += wrapped(letterhead.copyright)
    return lines
