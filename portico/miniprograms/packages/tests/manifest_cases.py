"""Manifests by W3C MiniApp Manifest: what members may be, must be, and cannot be."""

from __future__ import annotations

import json

from tests.packages import make_manifest

PAGE, ICON = "pages/index/index", {"src": "common/icon.png"}
VERSION, PLATFORM = {"code": 1, "name": "1.0.0"}, {"min_code": 1}


def text_of(**members: object) -> bytes:
    return json.dumps(make_manifest(**members)).encode()  # type: ignore[arg-type]


def without(path: str) -> bytes:
    """A manifest that lacks one member, which may stand in another."""
    manifest = make_manifest()
    place, _dot, name = path.rpartition(".")
    holder = manifest[place] if place else manifest
    assert isinstance(holder, dict)
    del holder[name]
    return json.dumps(manifest).encode()


VALID: dict[str, dict[str, object]] = {
    "the example of W3C's text": {
        "dir": "ltr",
        "lang": "en-US",
        "app_id": "org.example.miniapp",
        "name": "MiniApp Demo",
        "short_name": "MiniApp",
        "version": {"name": "1.0.1", "code": 11},
        "description": "A Simple MiniApp Demo",
        "icons": [{"label": "Red lightning", "src": "common/icons/icon.png", "sizes": "48x48"}],
        "platform_version": {"min_code": 1, "release_type": "Beta1", "target_code": 2},
        "pages": ["pages/index/index", "pages/detail/detail"],
        "window": {
            "background_color": "#ffffff",
            "fullscreen": False,
            "navigation_bar_text_style": "black",
            "navigation_bar_title_text": "My MiniApp",
            "navigation_bar_background_color": "#f8f8f8",
        },
        "widgets": [{"name": "widget", "min_code": "2", "path": "widgets/index/index"}],
        "req_permissions": [
            {"name": "system.permission.LOCATION", "reason": "To show the position on the map"},
            {"name": "system.permission.CAMERA"},
        ],
        "color_scheme": "light",
        "device_type": ["phone", "tv", "car"],
    },
    "only what is required": {},
    "two parts in the app_id": {"app_id": "org.tips"},
    "hyphens and digits": {"app_id": "com.my-bank2.pay-4-you"},
    "a long app_id": {"app_id": ".".join(["a" * 63, "b" * 62, "c"])},
    "a name in Chinese": {"name": "账单分摊"},
    "a name with an emoji": {"name": "Tips 💡"},
    "a name in Arabic with a joiner": {"name": "نمی\u200cخواهم"},
    "an empty description": {"description": ""},
    "a page with its ending": {"pages": ["pages/index/index.html"]},
    "a page right in the folder": {"pages": ["pages/home"]},
    "the largest code": {"version": {"code": 2**53 - 1, "name": "x"}},
    "a version named in words": {"version": {"code": 1, "name": "Spring 2027 (beta)"}},
    "min_code 0": {"platform_version": {"min_code": 0}},
    "a text for target_code": {"platform_version": {"min_code": 1, "target_code": "2.1"}},
    "an icon with everything": {
        "icons": [{"src": "a.svg", "sizes": "any", "type": "image/svg+xml", "label": "A"}]
    },
    "an icon in Chinese": {"icons": [{"src": "common/图标.png"}]},
    "right to left": {"dir": "rtl", "lang": "ar"},
    "a default language": {"default_language": "zh-Hans"},
    "no devices": {"device_type": []},
    "no window": {"window": {}},
    "members that are null": {"short_name": None, "window": None},
    "a landscape window": {
        "window": {
            "orientation": "landscape",
            "design_width": 750,
            "auto_design_width": True,
            "enable_pull_down_refresh": True,
            "on_reach_bottom_distance": 0,
            "navigation_style": "custom",
            "background_text_style": "light",
        }
    },
}


REQUIRED = [
    "app_id", "name", "icons", "pages", "platform_version", "platform_version.min_code",
    "version", "version.code", "version.name",
]  # fmt: skip


TYPES: dict[str, tuple[dict[str, object], str]] = {
    "app_id a number": ({"app_id": 1}, "app_id"),
    "name a list": ({"name": ["Tips"]}, "name"),
    "name null": ({"name": None}, "name"),
    "icons an object": ({"icons": {"src": "a.png"}}, "icons"),
    "an icon a text": ({"icons": ["a.png"]}, "icons[0]"),
    "src a number": ({"icons": [ICON, {"src": 7}]}, "icons[1].src"),
    "pages a text": ({"pages": PAGE}, "pages"),
    "a page an object": ({"pages": [{"path": PAGE}]}, "pages[0]"),
    "version a text": ({"version": "1.0.0"}, "version"),
    "code a text": ({"version": {"code": "1", "name": "1"}}, "version.code"),
    "code a fraction": ({"version": {"code": 1.5, "name": "1"}}, "version.code"),
    "code with a point": ({"version": {"code": 1.0, "name": "1"}}, "version.code"),
    "code true": ({"version": {"code": True, "name": "1"}}, "version.code"),
    "version name a number": ({"version": {"code": 1, "name": 1.0}}, "version.name"),
    "platform_version a number": ({"platform_version": 1}, "platform_version"),
    "min_code a text": ({"platform_version": {"min_code": "1"}}, "platform_version.min_code"),
    "target_code a list": (
        {"platform_version": {"min_code": 1, "target_code": [1]}},
        "platform_version.target_code",
    ),
    "target_code true": (
        {"platform_version": {"min_code": 1, "target_code": True}},
        "platform_version.target_code",
    ),
    "fullscreen a text": ({"window": {"fullscreen": "true"}}, "window.fullscreen"),
    "design_width a text": ({"window": {"design_width": "750"}}, "window.design_width"),
    "window a list": ({"window": []}, "window"),
    "device_type a text": ({"device_type": "tv"}, "device_type"),
    "a permission a text": ({"req_permissions": ["camera"]}, "req_permissions[0]"),
    "widgets an object": ({"widgets": {}}, "widgets"),
    "description a number": ({"description": 1}, "description"),
}


VALUES: dict[str, tuple[dict[str, object], str]] = {
    "app_id in capitals": ({"app_id": "com.Example.tips"}, "app_id"),
    "app_id of one part": ({"app_id": "tips"}, "app_id"),
    "app_id with an underscore": ({"app_id": "com.example.my_tips"}, "app_id"),
    "app_id that begins with a digit": ({"app_id": "com.4example"}, "app_id"),
    "app_id that ends with a hyphen": ({"app_id": "com.example-"}, "app_id"),
    "app_id with two dots": ({"app_id": "com..example"}, "app_id"),
    "app_id with a newline": ({"app_id": "com.example\n"}, "app_id"),
    "app_id that is a path": ({"app_id": "../../etc"}, "app_id"),
    "app_id too long": ({"app_id": "com." + "a.b" * 60}, "app_id"),
    "an empty name": ({"name": ""}, "name"),
    "a name of spaces": ({"name": "  "}, "name"),
    "a long name": ({"name": "x" * 101}, "name"),
    "a name of two lines": ({"name": "Tips\nand more"}, "name"),
    "no icons": ({"icons": []}, "icons"),
    "an icon outside": ({"icons": [{"src": "../icon.png"}]}, "icons[0].src"),
    "an icon from the root": ({"icons": [{"src": "/common/icon.png"}]}, "icons[0].src"),
    "an icon in a text": ({"icons": [{"src": "data:image/png;base64,AA"}]}, "icons[0].src"),
    "a folder for an icon": ({"icons": [{"src": "common/"}]}, "icons[0].src"),
    "no pages": ({"pages": []}, "pages"),
    "an empty page": ({"pages": [""]}, "pages[0]"),
    "a page elsewhere": ({"pages": ["index"]}, "pages[0]"),
    "the folder itself": ({"pages": ["pages/"]}, "pages[0]"),
    "a page from the root": ({"pages": ["/pages/index/index"]}, "pages[0]"),
    "a page with a query": ({"pages": [PAGE + "?a=1"]}, "pages[0]"),
    "a page twice": ({"pages": [PAGE, PAGE + ".html"]}, "pages"),
    "code 0": ({"version": {"code": 0, "name": "0"}}, "version.code"),
    "code negative": ({"version": {"code": -1, "name": "0"}}, "version.code"),
    "code too large": ({"version": {"code": 2**53, "name": "0"}}, "version.code"),
    "an empty version name": ({"version": {"code": 1, "name": ""}}, "version.name"),
    "a long version name": ({"version": {"code": 1, "name": "1" * 61}}, "version.name"),
    "min_code negative": ({"platform_version": {"min_code": -1}}, "platform_version.min_code"),
    "an unknown direction": ({"dir": "up"}, "dir"),
    "a language that is none": ({"lang": "english language"}, "lang"),
    "an unknown color scheme": ({"color_scheme": "sepia"}, "color_scheme"),
    "an unknown orientation": ({"window": {"orientation": "any"}}, "window.orientation"),
}
