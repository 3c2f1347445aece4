"""HTML and SVG taken apart: elements with their attributes and lines, and the scripts in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

RAW = frozenset({"script", "style", "title"})
MOST_ELEMENTS = 200_000


@dataclass
class Element:
    """A start tag. `text` is what stands in a script, a style or a title; `text_line` its first
    line."""

    tag: str
    attributes: Mapping[str, str]
    line: int
    texts: list[str] = field(default_factory=list)
    text_line: int = 0

    @property
    def text(self) -> str:
        """What stands in it."""
        return "".join(self.texts)

    def __getitem__(self, attribute: str) -> str:
        return self.attributes.get(attribute, "").strip()

    def __contains__(self, attribute: str) -> bool:
        return attribute in self.attributes


@dataclass
class Markup:
    """A document."""

    elements: list[Element] = field(default_factory=list)

    def all(self, *tags: str) -> Iterator[Element]:
        """The elements with one of these tags, in their order."""
        return (one for one in self.elements if one.tag in tags)


def markup_of(text: str) -> Markup:
    """A document of any quality; what cannot be understood is left out."""
    reader = _Reader()
    # A tag that nothing ends is none; to look for its end again and again would take for ever.
    reader.feed(text[: text.rfind(">") + 1])
    reader.close()
    return reader.found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found = Markup()
        self.inside: Element | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if len(self.found.elements) >= MOST_ELEMENTS:
            return
        # Of an attribute that is there twice the first one counts, as in browsers.
        attributes = {name: value or "" for name, value in reversed(attrs)}
        element = Element(tag, attributes, self.getpos()[0])
        self.found.elements.append(element)
        self.inside = element if tag in RAW else None

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        # In HTML `<script/>` begins a script all the same.
        self.inside = self.inside if tag == "script" else None

    def handle_endtag(self, tag: str) -> None:
        if self.inside is not None and self.inside.tag == tag:
            self.inside = None

    def handle_data(self, data: str) -> None:
        if self.inside is None:
            return
        if not self.inside.texts:
            self.inside.text_line = self.getpos()[0]
        self.inside.texts.append(data)

    def parse_comment(self, i: int, report: bool = True) -> int:
        """As browsers do: a comment that nothing ends goes on to the end."""
        end = super().parse_comment(i, report)
        return end if end >= 0 else len(self.rawdata)

    def parse_html_declaration(self, i: int) -> int:
        """As browsers do: `<![…>` is passed over; the library fails where it does not know it."""
        if self.rawdata.startswith("<![", i):
            return self.parse_bogus_comment(i)
        return super().parse_html_declaration(i)
