"""Going through the files of a package once, each of them held for as long as it is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portico.automated_checks.rules.addresses import Addresses, without_comments
from portico.automated_checks.rules.findings import Finding
from portico.automated_checks.rules.manifests import check_manifest
from portico.automated_checks.rules.markup import Element, Markup, markup_of
from portico.automated_checks.rules.pages import check_markup
from portico.automated_checks.rules.references import References
from portico.automated_checks.rules.scripts import Script, check_script, script_of
from portico.automated_checks.rules.subjects import Sort, Subject, is_texts, sort_of
from portico.automated_checks.rules.texts import Texts
from portico.automated_checks.rules.weights import check_leftovers, check_weight, names_a_map

LANGUAGES = ("javascript", "ecmascript", "x-javascript", "x-ecmascript")
# What a <script> is by its type: browsers run these. Everything else is data.
OF_SCRIPTS = frozenset(
    (
        "",
        "module",
        "text/jscript",
        "text/livescript",
        *(f"text/javascript1.{minor}" for minor in range(6)),
        *(f"text/{language}" for language in LANGUAGES),
        *(f"application/{language}" for language in LANGUAGES),
    )
)


def check_content(subject: Subject) -> Iterator[Finding]:
    """Everything but secrets and pictures."""
    yield from check_manifest(subject)
    yield from check_weight(subject)
    yield from check_leftovers(subject)
    looking = _Looking(
        subject,
        frozenset(subject.pages),
        Addresses(subject.server_domains),
        References(subject.files),
        Texts(subject),
    )
    for name in subject.files.of(Sort.SCRIPT, Sort.MARKUP, Sort.STYLE, Sort.JSON):
        if is_texts(name):  # they are read by `Texts`, and tell people of addresses
            continue
        text = subject.files.text(name)
        if text is not None:
            yield from looking.file(name, text)
    yield from looking.texts.findings()
    yield from subject.files.not_checked()


@dataclass(frozen=True)
class _Looking:
    subject: Subject
    pages: frozenset[str]
    addresses: Addresses
    references: References
    texts: Texts

    def file(self, name: str, text: str) -> Iterator[Finding]:
        yield from names_a_map(name, text)
        match sort_of(name):
            case Sort.SCRIPT:
                yield from self.script(script_of(name, text))
            case Sort.MARKUP:
                yield from self.markup(name, markup_of(text))
            case Sort.STYLE:
                yield from self.style(name, text)
            case _:
                yield from self.addresses.in_text(name, text)

    def script(self, script: Script) -> Iterator[Finding]:
        yield from check_script(script)
        yield from self.addresses.in_script(script)
        yield from self.references.in_script(script)
        self.texts.note_script(script)

    def script_in(self, name: str, element: Element) -> Iterator[Finding]:
        line = element.text_line or 1
        if element["type"].lower() in OF_SCRIPTS:
            yield from self.script(script_of(name, element.text, first_line=line))
        else:  # data, such as where modules come from
            yield from self.addresses.in_text(name, element.text, first_line=line)

    def style(self, name: str, text: str, *, first_line: int = 1) -> Iterator[Finding]:
        text = without_comments(text)
        yield from self.addresses.in_text(name, text, first_line=first_line)
        yield from self.references.in_style(name, text, first_line=first_line)

    def markup(self, name: str, markup: Markup) -> Iterator[Finding]:
        yield from check_markup(name, markup, is_page=name in self.pages)
        yield from self.addresses.in_markup(name, markup)
        yield from self.references.in_markup(name, markup)
        self.texts.note_markup(name, markup)
        for element in markup.elements:
            if element.tag == "script":
                yield from self.script_in(name, element)
            elif element.tag == "style":
                yield from self.style(name, element.text, first_line=element.text_line or 1)
            for attribute, code in element.attributes.items():
                if attribute.startswith("on") and attribute.isalpha():
                    yield from self.script(script_of(name, code, first_line=element.line))
