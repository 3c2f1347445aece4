"""An SVG that draws and does nothing else.

Two sieves, one behind the other: ours, which knows what to tell the person, and py-svg-hush,
which lets through only elements and attributes that it knows. What comes out is read again and
must pass our sieve without losing anything.
"""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from py_svg_hush import filter_svg

from portico.branding.isolated import svg_styles
from portico.branding.isolated.embedded import plain_data_url
from portico.branding.isolated.refusals import Animated, UnsafeSvg
from portico.branding.isolated.removals import Removal
from portico.branding.isolated.svg_reading import SVG, XLINK_HREF, read

Found = Callable[[Removal], None]

XHTML = "{http://www.w3.org/1999/xhtml}"

KNOWN = """
    svg g defs symbol use path rect circle ellipse line polyline polygon
    text tspan textPath title desc switch style image
    linearGradient radialGradient stop pattern clipPath mask marker
    filter feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix
    feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood
    feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge feMergeNode feMorphology feOffset
    fePointLight feSpecularLighting feSpotLight feTile feTurbulence
"""
DRAWN = frozenset(KNOWN.split())
ANIMATIONS = frozenset({"animate", "animateColor", "animateMotion", "animateTransform", "set"})
SILENT = frozenset({"metadata", "view", "color-profile"})
"""Elements that go without a word: nobody misses what nobody sees."""

SAID: dict[str, Removal] = {
    "script": Removal.SCRIPT,
    "handler": Removal.SCRIPT,
    "listener": Removal.SCRIPT,
    "foreignObject": Removal.FOREIGN,
    "iframe": Removal.FOREIGN,
    "embed": Removal.FOREIGN,
    "object": Removal.FOREIGN,
    "audio": Removal.FOREIGN,
    "video": Removal.FOREIGN,
    "canvas": Removal.FOREIGN,
    "feImage": Removal.EXTERNAL,
    "font": Removal.FONT,
    "font-face": Removal.FONT,
}
"""What to say for an element that is removed; OTHER for the rest."""

WORDED = frozenset(f"{SVG}{name}" for name in ("text", "tspan", "textPath", "title", "desc"))
"""Elements whose words are for people; words anywhere else are never shown."""

STYLED = frozenset({"paint-order", "mix-blend-mode", "isolation"})
"""Attributes that py-svg-hush drops, though it keeps them in a style."""


def clean(root: Element) -> tuple[Element, bytes, frozenset[Removal]]:
    """The safe tree, its text in UTF-8, and what was removed.

    Changes `root`. Raises Animated, or UnsafeSvg where the sieves disagree.
    """
    removed: set[Removal] = set()
    _sieve(root, removed.add)
    try:
        sieved = filter_svg(_written(root), {"image": ["png", "jpeg"]})
    except ValueError as error:
        raise UnsafeSvg from error
    hushed = read(sieved, accepted=("SVG",))
    if _count(hushed) < _count(root):
        removed.add(Removal.OTHER)
    missed: set[Removal] = set()
    _sieve(hushed, missed.add)
    if missed:
        raise UnsafeSvg
    return hushed, _written(hushed), frozenset(removed)


def _written(root: Element) -> bytes:
    ElementTree.register_namespace("", SVG.strip("{}"))
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=False)
    return text


def _count(root: Element) -> int:
    return sum(1 + len(part.attrib) for part in root.iter())


def _sieve(part: Element, found: Found) -> None:
    _clean_attributes(part, found)
    if part.tag == f"{SVG}style":
        part.text = svg_styles.clean(part.text or "", found)
        part[:] = []
    elif part.tag not in WORDED:
        part.text = None
    part[:] = [child for child in part if _stays(child, part, found)]
    for child in part:
        child.tail = child.tail if part.tag in WORDED else None
        _sieve(child, found)


def _stays(child: Element, parent: Element, found: Found) -> bool:
    name = child.tag.removeprefix(SVG)
    if name in ANIMATIONS:
        raise Animated
    if name == "a":
        found(Removal.LINK)
        child.tag = f"{SVG}tspan" if parent.tag in WORDED else f"{SVG}g"
        child.attrib.pop("href", None)
        child.attrib.pop(XLINK_HREF, None)
        return True
    if name not in DRAWN:
        _say(name, found)
        return False
    return True


def _say(name: str, found: Found) -> None:
    if name.startswith(XHTML):
        found(SAID.get(name.removeprefix(XHTML), Removal.FOREIGN))
    # Other name spaces hold notes that drawing programs leave for themselves; no browser draws
    # or runs them.
    elif not name.startswith("{") and name not in SILENT:
        found(SAID.get(name, Removal.OTHER))


def _clean_attributes(part: Element, found: Found) -> None:
    style = part.attrib.pop("style", "")
    href = part.attrib.pop("href", "") or part.attrib.get(XLINK_HREF, "")
    for name, value in list(part.attrib.items()):
        cleaned = _clean_value(name, value, found)
        if cleaned is None or name in STYLED:
            del part.attrib[name]
        else:
            part.attrib[name] = cleaned
        if cleaned and name in STYLED:
            style = f"{style};{name}:{cleaned}" if style else f"{name}:{cleaned}"
    if style and (style := svg_styles.clean(style, found)):
        part.set("style", style)
    target = _clean_target(part, href.strip(), found)
    if target:
        part.set("href", target)


def _clean_value(name: str, value: str, found: Found) -> str | None:
    """The value of an attribute, or None where it must go."""
    if name.startswith("{"):
        return None  # xlink:href was read already; the rest is for editors and links
    if name.lower().startswith("on"):
        found(Removal.EVENT)
        return None
    if "javascript:" in "".join(value.split()).lower():
        found(Removal.SCRIPT)
        return None
    if "url(" in value.lower():
        return svg_styles.clean(value, found) or None
    return value


def _clean_target(part: Element, href: str, found: Found) -> str | None:
    if not href or href.startswith("#"):
        return href or None
    if "".join(href.split()).lower().startswith("javascript:"):
        found(Removal.SCRIPT)
        return None
    if part.tag == f"{SVG}image" and href[:5].lower() == "data:":
        picture = plain_data_url(href)
        if picture is None:
            found(Removal.EMBEDDED)
        return picture
    found(Removal.EXTERNAL)
    return None
