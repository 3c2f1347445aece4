"""The files every page loads. Their addresses never change while a process runs."""

from __future__ import annotations

from functools import cache

from django.template import Library
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = Library()

STYLES = (
    "reset", "tokens", "typography", "layout", "portal", "navigation", "actions", "containers",
    "forms", "choices", "tables", "display", "stages", "utilities",
)  # fmt: skip
MODULES = (
    "ready", "requests", "unsaved", "live", "color", "copy", "counter", "drop", "password",
)  # fmt: skip


@register.simple_tag
@cache
def stylesheets() -> SafeString:
    """Links to all style sheets; the first declares the order of the layers."""
    return format_html_join(
        "\n",
        '<link rel="stylesheet" href="{}">',
        ((static(f"ui/css/{name}.css"),) for name in STYLES),
    )


@register.simple_tag
@cache
def modules() -> SafeString:
    """The script modules. They need no nonce: they come from our own host."""
    return format_html_join(
        "\n",
        '<script type="module" src="{}"></script>',
        ((static(f"ui/js/{name}.js"),) for name in MODULES),
    )
