"""Which format a file has, told by its first bytes; its name and declared type are never asked."""

from __future__ import annotations

from portico.branding.isolated.refusals import NotAPicture, WrongFormat

SIGNATURES: tuple[tuple[str, int, bytes], ...] = (
    ("PNG", 0, b"\x89PNG\r\n\x1a\n"),
    ("JPEG", 0, b"\xff\xd8\xff"),
    ("WEBP", 8, b"WEBP"),
    ("ICO", 0, b"\x00\x00\x01\x00"),
    ("GIF", 0, b"GIF8"),
    ("BMP", 0, b"BM"),
    ("TIFF", 0, b"II*\x00"),
    ("TIFF", 0, b"MM\x00*"),
    ("Photoshop", 0, b"8BPS"),
    ("EPS", 0, b"%!PS"),
    ("EPS", 0, b"\xc5\xd0\xd3\xc6"),
    ("PDF", 0, b"%PDF"),
    ("AVIF", 4, b"ftypavi"),
    ("HEIC", 4, b"ftyphei"),
    ("HEIC", 4, b"ftypmif1"),
    ("JPEG 2000", 0, b"\x00\x00\x00\x0cjP  "),
    ("SVGZ", 0, b"\x1f\x8b"),
    ("ZIP", 0, b"PK\x03\x04"),
)
"""Format, where its mark stands, the mark. Only for choosing a decoder and a sentence: whether
the file really is a picture of that format is for the decoder to say."""

WRITTEN = {"WEBP": "WebP"}
"""Names that people write otherwise than Pillow."""


def format_of(content: bytes, *, accepted: tuple[str, ...]) -> str:
    """The format of the file, one of `accepted`.

    Raises WrongFormat for one that is known and not accepted, NotAPicture for anything else.
    """
    for kind, start, mark in SIGNATURES:
        if content.startswith(mark, start):
            if kind not in accepted:
                raise WrongFormat(kind=written(kind), accepted=listed(accepted))
            return kind
    if "SVG" in accepted and looks_like_xml(content):
        return "SVG"
    raise NotAPicture(accepted=listed(accepted))


def looks_like_xml(content: bytes) -> bool:
    """Whether the first visible character is `<`, in UTF-8 or UTF-16."""
    start = content[:256].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")
    return start.startswith(b"<")


def listed(accepted: tuple[str, ...]) -> str:
    """Names of formats for a sentence; no word of any language in it."""
    return ", ".join(written(kind) for kind in accepted)


def written(kind: str) -> str:
    """The name of a format as people write it."""
    return WRITTEN.get(kind, kind)
