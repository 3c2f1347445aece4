from __future__ import annotations

import json

from portico.branding.rules import KitImage, Variant, web_manifest


def test_the_manifest_names_each_icon_with_its_size_and_purpose() -> None:
    icons = [
        ("/a.png", KitImage(Variant.ICON_192, b"", "image/png", 192, 192)),
        ("/b.png", KitImage(Variant.MASKABLE_512, b"", "image/png", 512, 512)),
        ("/c.svg", KitImage(Variant.FAVICON_SVG, b"", "image/svg+xml", 9, 9)),
    ]

    manifest = json.loads(web_manifest(name='Acme "Pay" 支', icons=icons, color="#1a7f37"))

    assert manifest["name"] == 'Acme "Pay" 支'
    assert manifest["theme_color"] == "#1a7f37"
    assert manifest["icons"] == [
        {"src": "/a.png", "sizes": "192x192", "type": "image/png", "purpose": "any"},
        {"src": "/b.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
        {"src": "/c.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
    ]


def test_without_a_brand_color_the_theme_is_white() -> None:
    manifest = json.loads(web_manifest(name="Acme", icons=[]))

    assert (manifest["theme_color"], manifest["icons"]) == ("#ffffff", [])
