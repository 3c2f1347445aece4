"""Rules about pages: what assistive technology needs, and what a page should not hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from portico.automated_checks.rules.findings import Finding, Rule, Severity
from portico.automated_checks.rules.markup import Markup
from portico.automated_checks.rules.scripts import REMOTE_SCRIPT, host_in
from portico.kernel.errors import gettext_noop

FRAMES: Final = {"iframe": "src", "frame": "src", "embed": "src", "object": "data"}
FOLLOWED: Final = ("href", "src", "action", "formaction", "xlink:href")
UNLABELED_INPUTS: Final = frozenset(("hidden", "submit", "button", "reset", "image"))
NAMING: Final = ("aria-label", "aria-labelledby", "title")

NO_TITLE = Rule(
    "page-no-title",
    Severity.WARNING,
    gettext_noop("The page has no title. It is what screen readers say first."),
    gettext_noop("Add <title> with a few words that tell this page from the others."),
)
NO_LANGUAGE = Rule(
    "page-no-language",
    Severity.WARNING,
    gettext_noop("The page does not say which language it is in."),
    gettext_noop('Write it into its first tag, for example <html lang="en">.'),
)
NO_VIEWPORT = Rule(
    "page-no-viewport",
    Severity.INFO,
    gettext_noop("The page does not fit itself to the width of a phone."),
    gettext_noop('Add <meta name="viewport" content="width=device-width, initial-scale=1">.'),
)
NO_ALTERNATIVE = Rule(
    "picture-no-text",
    Severity.WARNING,
    gettext_noop("A picture has no text for those who do not see it."),
    gettext_noop('Say in “alt” what it shows; alt="" if it only decorates.'),
)
NO_LABEL = Rule(
    "field-no-label",
    Severity.WARNING,
    gettext_noop("A field has no label that belongs to it."),
    gettext_noop("Put it into a <label>, or give it an id and the label the same in “for”."),
)
INLINE_HANDLER = Rule(
    "inline-handler",
    Severity.INFO,
    gettext_noop("The page has code in an attribute (%(attribute)s)."),
    gettext_noop("Listen with addEventListener in the page's script."),
)
SCRIPT_ADDRESS = Rule(
    "script-address",
    Severity.WARNING,
    gettext_noop("An address begins with “javascript:”; following it runs code."),
    gettext_noop("Use a <button> and listen in the page's script."),
)
REMOTE_STYLE = Rule(
    "remote-style",
    Severity.WARNING,
    gettext_noop("A style sheet is loaded from elsewhere (%(host)s). It can change any day."),
    gettext_noop("Put it into the package, fonts too."),
)
REMOTE_FRAME = Rule(
    "remote-frame",
    Severity.WARNING,
    gettext_noop("A page from elsewhere is shown within this one (%(host)s)."),
    gettext_noop("Show what is needed in a page of your own, or link there."),
)
BASE = Rule(
    "base-address",
    Severity.WARNING,
    gettext_noop("The page changes with <base> what all its addresses mean."),
    gettext_noop("Take it out; write addresses that begin at the page or with a slash."),
)

RULES = (
    NO_TITLE,
    NO_LANGUAGE,
    NO_VIEWPORT,
    NO_ALTERNATIVE,
    NO_LABEL,
    INLINE_HANDLER,
    SCRIPT_ADDRESS,
    REMOTE_STYLE,
    REMOTE_FRAME,
    BASE,
)


def check_markup(file: str, markup: Markup, *, is_page: bool) -> Iterator[Finding]:
    """What a document should have, and should not. `is_page`: it is one of the declared pages."""
    if is_page:
        yield from _frame(file, markup)
    yield from _names(file, markup)
    yield from _handlers(file, markup)
    yield from _from_elsewhere(file, markup)


def _frame(file: str, markup: Markup) -> Iterator[Finding]:
    titles = [one for one in markup.all("title") if one.text.strip()]
    if not titles:
        yield NO_TITLE.found(file, 1)
    first = next(markup.all("html"), None)
    if first is None or not (first["lang"] or first["xml:lang"]):
        yield NO_LANGUAGE.found(file, first.line if first else 1)
    if not any(one["name"].lower() == "viewport" for one in markup.all("meta")):
        yield NO_VIEWPORT.found(file, 1)


def _names(file: str, markup: Markup) -> Iterator[Finding]:
    for one in markup.all("img", "area"):
        named = "alt" in one or any(one[name] for name in NAMING)
        if not named and one["role"] not in {"presentation", "none"}:
            yield NO_ALTERNATIVE.found(file, one.line)
    labels = {one["for"] for one in markup.all("label")} - {""}
    # What stands inside a label is not known here, so fields near one have the benefit.
    lines = {one.line for one in markup.all("label") if not one["for"]}
    for one in markup.all("input", "select", "textarea"):
        if one.tag == "input" and one["type"].lower() in UNLABELED_INPUTS:
            continue
        near = bool(lines & {one.line, one.line - 1, one.line - 2})
        if not near and one["id"] not in labels and not any(one[name] for name in NAMING):
            yield NO_LABEL.found(file, one.line)


def _handlers(file: str, markup: Markup) -> Iterator[Finding]:
    for one in markup.elements:
        for attribute in one.attributes:
            if attribute.startswith("on") and attribute.isalpha():
                yield INLINE_HANDLER.found(file, one.line, attribute=attribute)
        addresses = (one[name] for name in FOLLOWED)
        if any("".join(it.split()).lower().startswith("javascript:") for it in addresses):
            yield SCRIPT_ADDRESS.found(file, one.line)


def _from_elsewhere(file: str, markup: Markup) -> Iterator[Finding]:
    for one in markup.elements:
        if one.tag == "script":
            host = host_in(one["src"] or one["href"] or one["xlink:href"])
            rule = REMOTE_SCRIPT
        elif one.tag == "link" and {"stylesheet"} & set(one["rel"].lower().split()):
            host, rule = host_in(one["href"]), REMOTE_STYLE
        elif one.tag in FRAMES:
            host, rule = host_in(one[FRAMES[one.tag]]), REMOTE_FRAME
        elif one.tag == "base" and one["href"]:
            yield BASE.found(file, one.line)
            continue
        else:
            continue
        if host:
            yield rule.found(file, one.line, host=host)
