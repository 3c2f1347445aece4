"""What is only looked at: icons, chips, times, values, stages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache

from django.template import Context, Library
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from portico.kernel import clock
from portico.ui.frame import Brand
from portico.ui.icons import ICONS
from portico.ui.tags.markup import draw
from portico.ui.times import exactly, relatively
from portico.ui.values import AppIcon, Change, Fact, Stage, Value

register = Library()


@register.simple_tag
@cache
def sprite() -> SafeString:
    """All icons, once on each page, for `{% icon %}` to point into."""
    symbols = format_html_join(
        "",
        '<symbol id="icon-{}" viewBox="0 0 20 20">{}</symbol>',
        ((name, mark_safe(drawing)) for name, drawing in ICONS.items()),  # noqa: S308 - our own
    )
    return format_html('<svg class="sprite" aria-hidden="true">{}</svg>', symbols)


@register.simple_tag(name="icon")
def draw_icon(name: str, label: str = "", size: int = 16) -> SafeString:
    """An icon. Without a label it is decoration; with one it speaks."""
    if name not in ICONS:
        raise ValueError(f"There is no icon {name!r}.")
    voice = (
        format_html('role="img" aria-label="{}"', label)
        if label
        else SafeString('aria-hidden="true"')
    )
    return format_html(
        '<svg class="icon" width="{0}" height="{0}" {1}><use href="#icon-{2}"/></svg>',
        int(size),
        voice,
        name,
    )


@register.simple_tag
def chip(text: str, tone: str = "neutral", icon: str = "") -> SafeString:
    """A small word for a state."""
    return format_html(
        '<span class="chip" data-tone="{}">{}{}</span>', tone, draw_icon(icon) if icon else "", text
    )


@register.simple_tag
def ago(value: datetime | None, empty: str = "") -> SafeString | str:
    """How long ago, or how soon; the exact time in the current time zone on hover."""
    if value is None:
        return empty
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        exactly(value),
        relatively(value, at=clock.now()),
    )


@register.simple_tag
def avatar(initials: str, size: str = "") -> SafeString:
    """A person or a workspace as one or two letters; a name must stand beside it."""
    return format_html(
        '<span class="avatar"{} aria-hidden="true">{}</span>',
        format_html(' data-size="{}"', size) if size else "",
        initials,
    )


@register.simple_tag
def app_icon(icon: AppIcon, size: str = "") -> SafeString:
    """The icon of an app or a mini program, or its initials; a name must stand beside it.

    `size` is empty, "small" or "large".
    """
    sized = format_html(' data-size="{}"', size) if size else ""
    if not icon.url:
        return format_html(
            '<span class="app-icon"{} aria-hidden="true">{}</span>', sized, icon.initials
        )
    return format_html(
        '<span class="app-icon"{}><img src="{}" width="64" height="64" alt=""></span>',
        sized,
        icon.url,
    )


@register.inclusion_tag("ui/components/secret.html")
def secret(is_set: bool) -> dict[str, object]:
    """That a secret is there, without the secret."""
    return {"is_set": is_set}


@register.simple_tag(takes_context=True)
def value(context: Context, shown: Value) -> SafeString:
    """A value as cards, histories and diffs show it (see `portico.ui.values`)."""
    return draw(context, "ui/components/value.html", value=shown, kind=_kind(shown))


def _kind(shown: object) -> str:
    if shown is None or shown in ("", ()):
        return "nothing"
    if isinstance(shown, bool):
        return "truth"
    if isinstance(shown, datetime):
        return "time"
    if isinstance(shown, tuple | list):
        return "several"
    return str(getattr(shown, "kind", "text"))


@register.inclusion_tag("ui/components/facts.html", takes_context=True)
def facts(context: Context, rows: Iterable[Fact]) -> dict[str, object]:
    """A card's present values, label beside value."""
    return {"rows": list(rows), "request": context.get("request")}


@register.inclusion_tag("ui/components/diff_table.html", takes_context=True)
def diff_table(context: Context, rows: Iterable[Change]) -> dict[str, object]:
    """What differs, field by field: before and after."""
    return {"rows": list(rows), "request": context.get("request")}


@register.inclusion_tag("ui/components/stages.html")
def stages(steps: Iterable[Stage], direction: str = "column") -> dict[str, object]:
    """Longer work as stages that tick off; `direction="row"` for a pipeline."""
    return {"steps": list(steps), "direction": direction}


@register.inclusion_tag("ui/components/listing.html")
def listing(text: str, label: str) -> dict[str, object]:
    """Long text as it is, line by line, with a button that copies it. `label` names it."""
    return {"text": text, "label": label}


@register.inclusion_tag("ui/components/framed_mail.html")
def framed_mail(url: str, title: str) -> dict[str, object]:
    """A mail's HTML in a frame that lets it do nothing; `url` answers with a policy of its own."""
    return {"url": url, "title": title}


@register.inclusion_tag("ui/components/browser_tab.html")
def browser_tab(
    title: str, icon_url: str, preview_of: str = "", fallback_url: str = ""
) -> dict[str, object]:
    """A drawn browser tab. `preview_of` names the file field whose choice it shows."""
    return {
        "title": title,
        "icon_url": icon_url,
        "preview_of": preview_of,
        "fallback_url": fallback_url,
    }


@register.inclusion_tag("ui/components/brand_logo.html", takes_context=True)
def brand_logo(context: Context, brand: Brand, named: bool = True) -> dict[str, object]:
    """The logo, the dark one where the page is dark and there is one.

    A square logo has the name beside it; `named=False` where the name stands near anyway.
    """
    return {
        "brand": brand,
        "scheme": context.get("scheme"),
        "with_name": named and brand.logo_is_mark,
    }
