"""Manifests that are missing, in two places, or no JSON that everybody reads alike."""

from __future__ import annotations

import json

from portico.miniprograms.packages import Rule
from tests.hostile.zip.building import Piece, manifest_piece, package, sound, zip_of
from tests.hostile.zip.cases import Case, accepted, refused
from tests.packages import make_manifest

MANIFEST = "manifest.json"


def saying(text: str | bytes) -> bytes:
    """A package with this for its manifest."""
    said = text.encode() if isinstance(text, str) else text
    return zip_of(sound(manifest=said))


def with_text(addition: str) -> bytes:
    """The manifest that would be accepted, and one more member."""
    return saying(json.dumps(make_manifest())[:-1] + ", " + addition + "}")


def with_members(**members: object) -> bytes:
    return saying(json.dumps(make_manifest(**members)))  # type: ignore[arg-type]


def without(name: str) -> bytes:
    return saying(json.dumps({key: at for key, at in make_manifest().items() if key != name}))


def in_a_folder() -> bytes:
    return zip_of(Piece(f"tips/{one.name!s}", one.content) for one in sound())


def manifest_refused(name: str, rule: Rule, *texts: str | bytes) -> Case:
    return refused(name, lambda: saying(texts[0]), rule, MANIFEST)


DEEP = "[" * 500_000 + "]" * 500_000
CASES: tuple[Case, ...] = (
    refused("no manifest", lambda: zip_of(sound(without=MANIFEST)), Rule.MANIFEST_MISSING,
            MANIFEST),
    refused("the manifest in a folder", in_a_folder, Rule.MANIFEST_MISSING, MANIFEST),
    refused("the manifest in capitals",
            lambda: zip_of(sound(Piece("Manifest.JSON", b"{}"), without=MANIFEST)),
            Rule.MANIFEST_MISSING, MANIFEST),
    refused("two manifests", lambda: package(manifest_piece()), Rule.DUPLICATE_NAME, MANIFEST),
    accepted("another manifest in a folder", lambda: package(Piece("docs/manifest.json", b"{"))),
    refused("a folder for a manifest",
            lambda: zip_of(sound(Piece("manifest.json/", method=0, mode=0), without=MANIFEST)),
            Rule.MANIFEST_MISSING, MANIFEST),
    refused("a manifest of 1 MiB of nesting", lambda: saying(DEEP), Rule.MANIFEST_TOO_LARGE,
            MANIFEST),
    manifest_refused("deep nesting", Rule.MANIFEST_TOO_DEEP, "[" * 120_000 + "]" * 120_000),
    manifest_refused("deep nesting of objects", Rule.MANIFEST_TOO_DEEP, '{"a":' * 40_000),
    refused("deep nesting in an unknown member",
            lambda: with_text('"x": ' + "[" * 40 + "]" * 40), Rule.MANIFEST_TOO_DEEP, MANIFEST),
    accepted("brackets in a text", lambda: with_text('"description": "' + "[" * 99 + '\\""')),
    refused("a key twice", lambda: with_text('"app_id": "com.example.evil"'),
            Rule.MANIFEST_DUPLICATE_KEY, MANIFEST),
    refused("a key twice, once in escapes",
            lambda: with_text('"\\u0061pp_id": "com.example.evil"'),
            Rule.MANIFEST_DUPLICATE_KEY, MANIFEST),
    refused("a key twice inside",
            lambda: with_text('"window": {"fullscreen": true, "fullscreen": false}'),
            Rule.MANIFEST_DUPLICATE_KEY, MANIFEST),
    manifest_refused("UTF-16", Rule.MANIFEST_ENCODING,
                     json.dumps(make_manifest()).encode("utf-16")),
    manifest_refused("UTF-16 without a mark", Rule.MANIFEST_ENCODING,
                     json.dumps(make_manifest()).encode("utf-16-le")),
    manifest_refused("Latin-1", Rule.MANIFEST_ENCODING, b'{"name": "\xe9t\xe9"}'),
    accepted("a byte order mark",
             lambda: saying(b"\xef\xbb\xbf" + json.dumps(make_manifest()).encode())),
    refused("NaN", lambda: with_text('"x": NaN'), Rule.MANIFEST_NUMBER, MANIFEST),
    refused("Infinity", lambda: with_text('"x": -Infinity'), Rule.MANIFEST_NUMBER, MANIFEST),
    refused("a number that is infinite", lambda: with_text('"x": 1e999'), Rule.MANIFEST_NUMBER,
            MANIFEST),
    refused("a number that a database writes out", lambda: with_text('"x": [1e308]'),
            Rule.MANIFEST_NUMBER, MANIFEST),
    refused("a number with 300 zeros behind its point", lambda: with_text('"x": -1e-300'),
            Rule.MANIFEST_NUMBER, MANIFEST),
    accepted("a number with an exponent", lambda: with_text('"x": [1.5e-7, 0.0, -2E9]')),
    refused("a number of 100,000 digits", lambda: with_text('"x": ' + "9" * 100_000),
            Rule.MANIFEST_NUMBER, MANIFEST),
    refused("half a character", lambda: with_text('"x": "\\ud800"'), Rule.MANIFEST_TEXT, MANIFEST),
    refused("NUL in a text", lambda: with_text('"description": "a\\u0000b"'), Rule.MANIFEST_TEXT,
            MANIFEST),
    refused("NUL in a key", lambda: with_text('"a\\u0000": 1'), Rule.MANIFEST_TEXT, MANIFEST),
    manifest_refused("nothing", Rule.MANIFEST_JSON, ""),
    manifest_refused("no JSON", Rule.MANIFEST_JSON, "app_id: com.example.tips"),
    manifest_refused("a comment", Rule.MANIFEST_JSON, '{"app_id": "com.example.tips" /* tips */}'),
    manifest_refused("a comma too many", Rule.MANIFEST_JSON, '{"app_id": "com.example.tips",}'),
    manifest_refused("two values", Rule.MANIFEST_JSON, "{} {}"),
    manifest_refused("a list", Rule.MANIFEST_TYPE, "[]"),
    manifest_refused("a text", Rule.MANIFEST_TYPE, '"manifest"'),
    manifest_refused("null", Rule.MANIFEST_TYPE, "null"),
    manifest_refused("an empty object", Rule.MANIFEST_MEMBER_MISSING, "{}"),
    accepted("unknown members", lambda: with_members(x_vendor={"a": [1, None]}, scope=".")),
    refused("a page that leads out", lambda: with_members(pages=["pages/../../etc/passwd"]),
            Rule.MANIFEST_VALUE, MANIFEST),
    refused("an icon elsewhere",
            lambda: with_members(icons=[{"src": "https://evil.example/icon.png"}]),
            Rule.MANIFEST_VALUE, MANIFEST),
    refused("the name of the program turned around",
            lambda: with_members(name="Tips \u202egnp.exe"), Rule.MANIFEST_VALUE, MANIFEST),
    refused("no app.js", lambda: zip_of(sound(without="app.js")), Rule.FILE_MISSING, "app.js"),
    refused("a page without its file", lambda: with_members(pages=["pages/a/a"]),
            Rule.PAGE_MISSING, "pages/a/a.html"),
    refused("an icon without its file", lambda: with_members(icons=[{"src": "a.png"}]),
            Rule.ICON_MISSING, "a.png"),
    refused("a page in other capitals", lambda: with_members(pages=["pages/Index/index"]),
            Rule.PAGE_MISSING, "pages/Index/index.html"),
)  # fmt: skip
