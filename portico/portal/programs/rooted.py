"""Paths from the root in a preview: `/common/logo.png` becomes `/~<token>/common/logo.png`.

Once a version is live, its files lie at the root of its origin, and so do these paths. In a preview
the token comes before them; a sandboxed page sends no Referer that could say so, and has no
cookies. In HTML and CSS they are rewritten; modules have an import map, and the runtime sees to the
rest.
"""

from __future__ import annotations

import re

# Before a path from the root, but not before another host (`//`). No two repetitions may share what
# they match: a page can be mere blanks, and trying all ways to share them takes hours.
IN_HTML = re.compile(
    rb"""(?i)(\s(?:src|href|poster|data|background|srcset)\s*=\s*(?:["']\s*)?)/(?![/~])"""
)
IN_SRCSET = re.compile(rb"(?i)(\ssrcset\s*=\s*)(\"[^\"]*\"|'[^']*')")
FURTHER = re.compile(rb"(,\s*)/(?![/~])")
IN_CSS = re.compile(rb"""(?i)(url\(\s*["']?|@import\s+["'])/(?![/~])""")


def rooted_html(html: bytes, base: str) -> bytes:
    """HTML whose paths from the root begin with `base`."""
    new = rb"\1" + base.encode()
    html = IN_SRCSET.sub(lambda found: found[1] + FURTHER.sub(new, found[2]), html)
    return rooted_css(IN_HTML.sub(new, html), base)


def rooted_css(css: bytes, base: str) -> bytes:
    """A style sheet whose paths from the root begin with `base`."""
    return IN_CSS.sub(rb"\1" + base.encode(), css)
