"""What people press: buttons, menus, confirmations, copying."""

from __future__ import annotations

from django.template import Context, Library
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portico.ui.tags.display import draw_icon
from portico.ui.tags.markup import anchor, attributes, draw, href_attribute, safe_address

register = Library()


@register.simple_tag
def button(
    label: str,
    *,
    href: str | None = None,
    tone: str = "plain",
    type: str = "submit",  # noqa: A002 - the attribute's own name
    name: str = "",
    value: str = "",
    icon: str = "",
    size: str = "",
    icon_only: bool = False,
    **attrs: object,
) -> SafeString:
    """A button, or a link that looks like one where `href` is given.

    `icon_only` keeps the label for those who cannot see the icon. Further arguments become
    attributes (`hx_get=`, `data_x=`, `aria_x=`, `disabled=`).
    """
    look = format_html(
        ' class="button" data-tone="{}"{}{}',
        tone,
        format_html(' data-size="{}"', size) if size else "",
        format_html(' data-icon-only title="{}"', label) if icon_only else "",
    )
    text = format_html('<span class="visually-hidden">{}</span>', label) if icon_only else label
    inner = format_html("{}<span>{}</span>", draw_icon(icon) if icon else "", text)
    if href is not None:
        return format_html("<a{}{}{}>{}</a>", look, href_attribute(href), attributes(attrs), inner)
    own = format_html(
        ' type="{}"{}{}',
        type,
        format_html(' name="{}"', name) if name else "",
        format_html(' value="{}"', value) if name else "",
    )
    return format_html("<button{}{}{}>{}</button>", own, look, attributes(attrs), inner)


@register.simple_block_tag(takes_context=True)
def menu(
    context: Context,
    content: str,
    label: str,
    *,
    key: str,
    icon: str = "",
    tone: str = "plain",
    icon_only: bool = False,
) -> SafeString:
    """A button that opens a list of further actions; `key` is unique on the page."""
    return draw(
        context,
        "ui/components/menu.html",
        content=content,
        label=label,
        menu_id=anchor("menu", key),
        icon=icon,
        tone=tone,
        icon_only=icon_only,
    )


@register.simple_block_tag(takes_context=True)
def confirm(
    context: Context,
    content: str,
    label: str,
    *,
    key: str,
    action: str,
    title: str,
    yes: str,
    tone: str = "danger",
    icon: str = "",
    name: str = "",
    value: str = "",
    size: str = "",
) -> SafeString:
    """A button that asks once before it posts to `action`.

    The content says what follows, and may hold further fields of the form. The dialog needs no
    script: an invoker command opens it, and where a browser knows none, a popover does.
    """
    return draw(
        context,
        "ui/components/confirm.html",
        content=content,
        label=label,
        dialog_id=anchor("confirm", key),
        action=safe_address(action),
        title=title,
        yes=yes,
        tone=tone,
        icon=icon,
        name=name,
        value=value,
        size=size,
    )


@register.inclusion_tag("ui/components/copy.html")
def copy(text: str, label: str = "") -> dict[str, object]:
    """A button that copies the text; not shown where scripts do not run."""
    return {"text": text, "label": label}


@register.inclusion_tag("ui/components/copyable.html")
def copyable(text: str, label: str = "") -> dict[str, object]:
    """A text that is there to be copied, such as a new token, with the button that does it."""
    return {"text": text, "label": label}
