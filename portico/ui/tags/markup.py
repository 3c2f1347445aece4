"""How tags write HTML: from a template, with attributes that cannot be broken out of."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

PLAIN_ATTRIBUTES = frozenset(
    {
        "autofocus", "command", "commandfor", "disabled", "download", "form", "formaction",
        "formmethod", "formnovalidate", "id", "popovertarget", "rel", "target", "title",
    }
)  # fmt: skip
ATTRIBUTE_FAMILIES = ("hx_", "data_", "aria_")
SAFE_SCHEMES = frozenset({"", "http", "https", "mailto"})


def draw(context: Context, template: str, **values: object) -> SafeString:
    """Render a component's template with these values, and what every component may ask for."""
    engine = context.template.engine  # type: ignore[union-attr]
    own = context.new({**values, "request": context.get("request")})
    own["csrf_token"] = context.get("csrf_token")
    return engine.get_template(template).render(own)


def attributes(named: dict[str, object]) -> SafeString:
    """HTML attributes from a tag's further arguments (`hx_get=` becomes `hx-get`).

    `True` is a bare attribute; `False`, `None` and "" are left out. Raises `TypeError` for a name
    that is none of those a component may bear: an `onclick` would be dead under our policy.
    """
    parts: list[tuple[str, object]] = []
    bare: list[tuple[str]] = []
    for name, value in named.items():
        family = name.startswith(ATTRIBUTE_FAMILIES) and not name.startswith("hx_on")
        if not family and name not in PLAIN_ATTRIBUTES:
            raise TypeError(f"A component takes no attribute {name!r}.")
        if value is True:
            bare.append((name.replace("_", "-"),))
        elif value is not False and value is not None and value != "":
            parts.append((name.replace("_", "-"), value))
    return mark_safe(  # noqa: S308 - both halves are escaped by format_html_join
        format_html_join("", ' {}="{}"', parts) + format_html_join("", " {}", bare)
    )


def href_attribute(url: object) -> SafeString:
    """A `href` attribute; none at all for an address that a link must not lead to."""
    address = safe_address(url)
    return format_html(' href="{}"', address) if address else SafeString("")


def safe_address(url: object) -> str:
    """The address, or "" where following it would run a script or leave the web."""
    text = re.sub(r"[\x00-\x20]+", "", str(url or ""))
    try:
        scheme = urlsplit(text).scheme.lower()
    except ValueError:
        return ""
    return text if scheme in SAFE_SCHEMES else ""


def anchor(prefix: str, key: object) -> str:
    """An id made of `prefix` and `key`, with nothing in it that a selector would trip over."""
    return f"{prefix}-{re.sub(r'[^A-Za-z0-9_-]+', '-', str(key))}"
