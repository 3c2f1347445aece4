"""Lists and the ways around them: tabs, toolbar, table, sorting, pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Page
from django.http import HttpRequest
from django.template import Context, Library
from django.utils.safestring import SafeString

from portico.ui.frame import NavItem
from portico.ui.tags.markup import draw, safe_address

register = Library()


@register.inclusion_tag("ui/components/tabs.html")
def tabs(items: Iterable[NavItem], label: str) -> dict[str, object]:
    """Pages that belong together, as links in a line."""
    return {"items": list(items), "label": label}


@register.simple_block_tag(takes_context=True)
def toolbar(
    context: Context,
    content: str,
    *,
    action: str = "",
    search_name: str = "",
    search_value: str = "",
    search_label: str = "",
) -> SafeString:
    """A form above a list that narrows it; the content holds the filters' fields."""
    return draw(
        context,
        "ui/components/toolbar.html",
        content=content,
        action=safe_address(action),
        search_name=search_name,
        search_value=search_value,
        search_label=search_label,
    )


@register.simple_block_tag(takes_context=True)
def table(context: Context, content: str, label: str) -> SafeString:
    """A table that scrolls inside itself when it is wider than the page."""
    return draw(context, "ui/components/table.html", content=content, label=label)


@register.inclusion_tag("ui/components/sort_head.html", takes_context=True)
def sort_head(
    context: Context, label: str, field: str, current: str | None = None, kind: str = ""
) -> dict[str, object]:
    """A column's head that sorts by it: `?sort=field`, then `?sort=-field`.

    `current` is the order in force where the address names none.
    """
    request: HttpRequest = context["request"]
    order = request.GET.get("sort") or current or ""
    return {
        "query": request.GET,
        "label": label,
        "kind": kind,
        "direction": {field: "ascending", f"-{field}": "descending"}.get(order, ""),
        "next_order": f"-{field}" if order == field else field,
    }


@register.inclusion_tag("ui/components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page[Any]) -> dict[str, object]:
    """Ways to the other pages of a list; everything else in the query string stays."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "query": context["request"].GET,
        "page": page,
        "numbers": list(numbers),
        "gap": page.paginator.ELLIPSIS,
    }
