"""An SVG read into a tree, strictly: no entities, and no depth or length without end."""

from __future__ import annotations

from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from portico.branding.isolated.formats import listed
from portico.branding.isolated.refusals import (
    BrokenSvg,
    DefinesEntities,
    NotAPicture,
    TooComplexSvg,
    TooDeepSvg,
)

SVG = "{http://www.w3.org/2000/svg}"
XLINK_HREF = "{http://www.w3.org/1999/xlink}href"

MOST_DEPTH = 100
MOST_PARTS = 20_000


def read(content: bytes, *, accepted: tuple[str, ...]) -> Element:
    """The `svg` element. Comments, processing instructions and the DOCTYPE are left behind.

    A bare `svg` without its namespace is understood. Raises one of the refusals imported above.
    """
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.StartDoctypeDeclHandler = _refuse_definitions
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        if b"svg" not in content.replace(b"\x00", b"")[:4096].lower():
            raise NotAPicture(accepted=listed(accepted)) from error
        raise BrokenSvg(line=error.lineno) from error
    root = builder.tree.close()
    if root.tag != f"{SVG}svg":
        raise NotAPicture(accepted=listed(accepted))
    return root


class _Builder:
    """Grows the tree from the parser's calls, and stops it when the tree grows wild."""

    def __init__(self) -> None:
        self.tree = TreeBuilder()
        self.depth = 0
        self.parts = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.parts += 1
        if self.depth > MOST_DEPTH:
            raise TooDeepSvg(most=MOST_DEPTH)
        if self.parts > MOST_PARTS:
            raise TooComplexSvg(most=MOST_PARTS)
        named = {_attribute_name(key): value for key, value in attributes.items()}
        self.tree.start(_element_name(name), named)

    def end(self, name: str) -> None:
        self.depth -= 1
        self.tree.end(_element_name(name))

    def text(self, text: str) -> None:
        self.tree.data(text)


def _element_name(name: str) -> str:
    return "{" + name if "}" in name else SVG + name


def _attribute_name(name: str) -> str:
    return "{" + name if "}" in name else name


def _refuse_definitions(
    _name: str, _system: str | None, _public: str | None, has_internal_subset: bool | int
) -> None:
    # The plain DOCTYPE that old programs write is harmless; what stands in brackets behind it
    # can define entities and default attributes.
    if has_internal_subset:
        raise DefinesEntities
