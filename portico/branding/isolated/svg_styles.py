"""Style sheets and style attributes of an SVG: what only colors and shapes stays."""

from __future__ import annotations

import re
from collections.abc import Callable

from portico.branding.isolated.refusals import Animated
from portico.branding.isolated.removals import Removal

COMMENT = re.compile(r"/\*.*?(\*/|\Z)|<!--|-->", re.DOTALL)
STATEMENT = re.compile(r"@(import|charset|namespace|layer)\b[^;{}]*(;|(?=[{}])|\Z)", re.IGNORECASE)
FONT_FACE = re.compile(r"@font-face\s*\{[^}]*(\}|\Z)", re.IGNORECASE)
KEYFRAMES = re.compile(r"@[\w-]*keyframes\b", re.IGNORECASE)
RULE = re.compile(r"@([\w-]+)")
RULES_KEPT = frozenset({"media", "supports"})
URL = re.compile(r"\burl\(([^)]*)\)", re.IGNORECASE)
LOCAL = re.compile(r"url\(#[^\s'\"<>()]+\)")
CALL = re.compile(r"([\w-]+)\(")
KNOWN_CALLS = """
    url rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix light-dark
    matrix translate translatex translatey scale scalex scaley rotate skew skewx skewy
    calc min max clamp var cubic-bezier steps
    blur brightness contrast drop-shadow grayscale hue-rotate invert opacity saturate sepia
    not is where has nth-child nth-of-type nth-last-child nth-last-of-type and or
    circle ellipse inset polygon path rect
"""
CALLS_KEPT = frozenset(KNOWN_CALLS.split())


def clean(css: str, found: Callable[[Removal], None]) -> str:
    """The style sheet, or the declarations of a style attribute, without what could reach out.

    Calls `found` for each kind of thing that it removes. Anything that it does not understand
    empties the whole text: CSS has many spellings, and no logo needs the odd ones.
    Raises Animated for keyframes.
    """
    css = COMMENT.sub(" ", css)
    if "\\" in css:  # an escape can spell any word that is looked for below
        found(Removal.STYLE)
        return ""
    if KEYFRAMES.search(css):
        raise Animated
    css, imports = STATEMENT.subn("", css)
    css, fonts = FONT_FACE.subn("", css)
    if imports:
        found(Removal.EXTERNAL)
    if fonts:
        found(Removal.FONT)
    css = URL.sub(lambda url: _local_only(url, found), css)
    rules = {name.lower() for name in RULE.findall(css)} - RULES_KEPT
    calls = {name.lower() for name in CALL.findall(css)} - CALLS_KEPT
    unclosed = css.lower().count("url(") - len(LOCAL.findall(css))
    if rules or calls or unclosed or "javascript:" in css.lower():
        found(Removal.STYLE)
        return ""
    return css


def _local_only(url: re.Match[str], found: Callable[[Removal], None]) -> str:
    target = url[1].strip().strip("'\"").strip()
    if LOCAL.fullmatch(f"url({target})"):
        return f"url({target})"
    found(Removal.EXTERNAL)
    return "none"
