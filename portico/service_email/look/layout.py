"""The mail template with its styles written into its elements: made once a process.

Mail programs read `style` attributes and ignore much else, so the rules of the template's sheet are
inlined. That takes longer than writing a mail, and its result is the same for all of them: it is
done on the template rather than on each mail. Template tags travel through it as comments, colors
as placeholders that no design would choose.
"""

from __future__ import annotations

import re
from functools import cache

from css_inline import CSSInliner
from django.template import Engine, Template
from django.template.loader import get_template

NAME = "service_email/mail/mail.html"
TAG = re.compile(r"\{%.*?%\}")
TAG_IN_COMMENT = re.compile(r"<!--(\{%.*?%\})-->")
BETWEEN_LINES = re.compile(r"\s*\n\s*")
COLORS = {
    "#010203": "{{ colors.brand }}",
    "#040506": "{{ colors.on_brand }}",
    "#020304": "{{ colors.dark_brand }}",
    "#050607": "{{ colors.on_dark_brand }}",
}


@cache
def layout() -> Template:
    """The template that every mail is filled into.

    Tags must not stand inside a tag of HTML, and variables not inside a style.
    """
    source: str = get_template(NAME).template.source  # type: ignore[attr-defined]
    hidden = TAG.sub(lambda tag: f"<!--{tag[0]}-->", source)
    inliner = CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)
    inlined = TAG_IN_COMMENT.sub(r"\1", inliner.inline(hidden))
    for placeholder, variable in COLORS.items():
        inlined = inlined.replace(placeholder, variable)
    return Engine.get_default().from_string(BETWEEN_LINES.sub("\n", inlined))
