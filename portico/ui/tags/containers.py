"""What holds other things: cards, alerts, empty states, previews."""

from __future__ import annotations

from django.template import Context, Library
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portico.ui.tags.markup import anchor, draw

register = Library()

TONE_ICONS = {
    "neutral": "info",
    "info": "info",
    "good": "check",
    "warning": "warning",
    "danger": "warning",
}


@register.simple_block_tag(takes_context=True)
def page_head(context: Context, content: str, title: str, about: str = "") -> SafeString:
    """The page's own heading with a sentence, and its actions as content."""
    return draw(context, "ui/components/page_head.html", content=content, title=title, about=about)


@register.simple_block_tag(takes_context=True)
def card(
    context: Context,
    content: str,
    *,
    title: str = "",
    about: str = "",
    key: str = "",
    tone: str = "",
    level: int = 2,
) -> SafeString:
    """A titled group. `key` gives it an id, so that links and htmx find it."""
    return draw(
        context,
        "ui/components/card.html",
        content=content,
        title=title,
        about=about,
        card_id=anchor("", key).removeprefix("-") if key else "",
        tone=tone,
        level=min(max(int(level), 2), 4),
    )


@register.simple_block_tag
def card_aside(content: str) -> SafeString:
    """What stands at the end of a card's title line: a chip, Edit."""
    return format_html('<div class="card-aside">{}</div>', content)


@register.simple_block_tag
def card_footer(content: str) -> SafeString:
    """The quiet last line of a card."""
    return format_html('<div class="card-footer">{}</div>', content)


@register.simple_block_tag(takes_context=True)
def alert(
    context: Context, content: str, tone: str = "info", title: str = "", icon: str = ""
) -> SafeString:
    """Something to notice here and now; danger and warning are read out at once."""
    return draw(
        context,
        "ui/components/alert.html",
        content=content,
        tone=tone,
        title=title,
        icon=icon or TONE_ICONS.get(tone, "info"),
        urgent=tone in {"danger", "warning"},
    )


@register.simple_block_tag(takes_context=True)
def empty(context: Context, content: str, title: str, icon: str = "inbox") -> SafeString:
    """What stands where a list has nothing yet; the content says what to do next."""
    return draw(context, "ui/components/empty.html", content=content, title=title, icon=icon)


@register.simple_block_tag(takes_context=True)
def preview(context: Context, content: str, title: str, scheme: str = "") -> SafeString:
    """A framed sample of how something looks elsewhere, in light or dark whatever the page is."""
    return draw(context, "ui/components/preview.html", content=content, title=title, scheme=scheme)
