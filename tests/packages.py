"""Packages for tests: real ones, made by code, the same bytes each time."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from io import BytesIO

APP_ID = "com.example.tips"
FIRST = (2020, 1, 1, 0, 0, 0)
# A picture of one pixel: what an icon is before somebody draws one.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def make_manifest(app_id: str = APP_ID, *, code: int = 1, **members: object) -> dict[str, object]:
    """A manifest with all that is required; `members` are added or take a place."""
    return {
        "app_id": app_id,
        "name": "Tips",
        "icons": [{"src": "common/icon.png", "sizes": "48x48"}],
        "pages": ["pages/index/index"],
        "platform_version": {"min_code": 1},
        "version": {"code": code, "name": f"1.0.{code}"},
        **members,
    }


def make_package(
    app_id: str = APP_ID,
    *,
    code: int = 1,
    files: Mapping[str, bytes | str] | None = None,
    manifest: Mapping[str, object] | None = None,
    without: str = "",
) -> bytes:
    """A valid package as a ZIP; `files` are added or take a place, `manifest` stands for its
    manifest, the file `without` is left out."""
    content: dict[str, bytes | str] = {
        "manifest.json": json.dumps(manifest or make_manifest(app_id, code=code)),
        "app.js": "",
        "app.css": "body { margin: 0 }",
        "common/icon.png": PIXEL,
        "pages/index/index.html": "<!doctype html><title>Tips</title><p>Hello</p>",
        **(files or {}),
    }
    content.pop(without, None)
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in content.items():
            archive.writestr(zipfile.ZipInfo(name, FIRST), text, zipfile.ZIP_DEFLATED)
    return made.getvalue()
