"""The icons that browsers ask for by name: as they are now, on each host, in every process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image
from PIL.IcoImagePlugin import IcoImageFile

from conftest import Cast, make_cast
from portico.basic_settings.services import save
from portico.branding.rules import Purpose
from portico.branding.section import section
from portico.branding.tests.pictures import opened
from portico.branding.tests.uploads import halves, icon, pixel, png, send, taken_in
from portico.workspaces.models import Workspace
from tests.make import AT, actor

Browse = Callable[..., Client]
NAMED = ("/favicon.ico", "/apple-touch-icon.png", "/site.webmanifest")
GREEN, PURPLE = (0x0B, 0x6E, 0x4F), (0x8A, 0x1C, 0x7C)


def test_the_favicon_holds_three_sizes(cast: Cast, browse: Browse) -> None:
    answer = browse(cast.acme).get("/favicon.ico")

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/x-icon")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-cache"
    with Image.open(BytesIO(answer.content), formats=["ICO"]) as image:
        assert image.info["sizes"] == {(16, 16), (32, 32), (48, 48)}
        assert isinstance(image, IcoImageFile)
        for side in (16, 32, 48):
            assert image.ico.getimage((side, side)).size == (side, side)


def test_the_touch_icon_is_a_png_of_180_pixels(cast: Cast, browse: Browse) -> None:
    answer = browse(cast.acme).get("/apple-touch-icon.png")

    assert answer.headers["Content-Type"] == "image/png"
    image = opened(answer.content)
    assert (image.format, image.size, image.mode) == ("PNG", (180, 180), "RGB")


def test_the_manifest_names_the_workspace_and_icons_that_are_there(
    cast: Cast, browse: Browse
) -> None:
    send(browse(cast.acme, cast.admin), brand_color="#0b6e4f")
    visitor = browse(cast.acme)

    answer = visitor.get("/site.webmanifest")

    assert answer.headers["Content-Type"] == "application/manifest+json"
    manifest = answer.json()
    assert (manifest["name"], manifest["theme_color"]) == ("Acme Pay", "#0b6e4f")
    assert [one["sizes"] for one in manifest["icons"]] == ["192x192", "512x512", "512x512"]
    assert [one["purpose"] for one in manifest["icons"]] == ["any", "any", "maskable"]
    for one in manifest["icons"]:
        served = visitor.get(one["src"])
        width, height = opened(served.getvalue()).size
        assert f"{width}x{height}" == one["sizes"]
        assert served.headers["Cache-Control"].endswith("immutable")


def test_a_saved_favicon_is_seen_by_the_next_request_on_its_own_host_alone(
    cast: Cast, browse: Browse
) -> None:
    visitor, neighbor = browse(cast.acme), browse(cast.zenith)
    before = {name: (visitor.get(name).content, neighbor.get(name).content) for name in NAMED}

    send(browse(cast.acme, cast.admin), favicon=icon("#0b6e4f"))

    for name in NAMED:
        ours, theirs = before[name]
        assert visitor.get(name).content != ours
        assert neighbor.get(name).content == theirs != ours
    assert pixel(visitor.get("/favicon.ico").content)[:3] == GREEN
    assert pixel(visitor.get("/apple-touch-icon.png").content)[:3] == GREEN


def test_a_visitors_pages_point_to_the_new_icons_at_once(cast: Cast, browse: Browse) -> None:
    visitor = browse(cast.acme)
    before = {path: visitor.get(path).text for path in ("/", "/sign-in/", "/nothing-here/")}

    send(browse(cast.acme, cast.admin), logo=png("#8a1c7c"))

    for path, page in before.items():
        now = visitor.get(path).text
        links = {line for line in now.splitlines() if 'rel="icon"' in line}
        assert links
        assert not links & {line for line in page.splitlines() if 'rel="icon"' in line}


def test_whoever_has_the_icon_is_told_so_until_it_changes(cast: Cast, browse: Browse) -> None:
    visitor, admin = browse(cast.acme), browse(cast.acme, cast.admin)

    for number, name in enumerate(NAMED):
        etag = visitor.get(name).headers["ETag"]
        for given in (etag, f"W/{etag}", f'"x", {etag}', "*"):
            answer = visitor.get(name, headers={"if-none-match": given})
            assert (answer.status_code, answer.content) == (304, b"")
            assert answer.headers["ETag"] == etag
        color = ("#0b6e4f", "#8a1c7c", "#7a2048")[number]
        send(admin, brand_color=color, based_on=number)
        assert visitor.get(name, headers={"if-none-match": etag}).status_code == 200


def test_head_and_other_methods(cast: Cast, browse: Browse) -> None:
    for name in NAMED:
        head = browse(cast.acme).head(name)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["ETag"]
        assert browse(cast.acme).post(name).status_code == 405


def test_without_a_logo_the_icons_follow_the_name(cast: Cast, browse: Browse) -> None:
    before = browse(cast.acme).get("/favicon.ico").content

    Workspace.objects.filter(id=cast.acme.id).update(name="Beacon Bank")

    assert browse(cast.acme).get("/favicon.ico").content != before
    assert browse(cast.acme).get("/site.webmanifest").json()["name"] == "Beacon Bank"


def test_a_wide_favicon_is_padded_or_cropped_as_chosen(cast: Cast, browse: Browse) -> None:
    admin, visitor = browse(cast.acme, cast.admin), browse(cast.acme)
    wide = taken_in(cast.acme, halves().content, Purpose.FAVICON)
    corners, shown = ((0.02, 0.02), (0.98, 0.98)), {}

    for number, fit in enumerate(("pad", "crop")):
        send(admin, favicon_id=wide, favicon_fit=fit, based_on=number)
        content = visitor.get("/favicon.ico").content
        shown[fit] = [pixel(content, corner)[3] for corner in corners]
        assert pixel(content, (0.2, 0.5))[:3] == (255, 0, 0)
        assert pixel(content, (0.8, 0.5))[:3] == (0, 0, 255)

    assert shown == {"pad": [0, 0], "crop": [255, 255]}


def test_a_known_icon_costs_few_queries(cast: Cast, browse: Browse) -> None:
    visitor = browse(cast.acme)
    etag = visitor.get("/favicon.ico").headers["ETag"]
    visitor.get("/favicon.ico")

    with CaptureQueriesContext(connection) as captured:
        visitor.get("/favicon.ico", headers={"if-none-match": etag})

    assert len(captured) == 2  # the workspace, and its live settings


OTHER_PROCESS = """
import sys
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
settings.STORAGES["default"]["OPTIONS"]["location"] = sys.argv[2]
django.setup()
from django.test import Client
visitor = Client(headers={"host": "acme.localhost:8000"})
for _request in sys.stdin:
    sys.stdout.write(visitor.get("/favicon.ico").headers["ETag"] + "\\n")
    sys.stdout.flush()
"""


@pytest.mark.django_db(transaction=True)
def test_another_process_serves_the_new_favicon_on_its_next_request(browse: Browse) -> None:
    cast = make_cast()
    database, folder = connection.settings_dict["NAME"], default_storage.path("")
    command = [sys.executable, "-W", "ignore", "-c", OTHER_PROCESS, str(database), folder]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def asked() -> str:
            print(file=process.stdin, flush=True)
            assert process.stdout is not None
            return next(line for line in process.stdout if line.startswith('"')).strip()

        def expected() -> str:
            return str(browse(cast.acme).get("/favicon.ico").headers["ETag"])

        seen = [asked(), asked()]
        assert seen == [expected()] * 2
        for number, color in enumerate(("#0b6e4f", "#8a1c7c")):
            favicon = taken_in(cast.acme, icon(color), Purpose.FAVICON)
            values = {"favicon": favicon}
            save(cast.acme, section, values, based_on=number, by=actor(cast.admin), at=AT)
            assert asked() == expected() not in seen
            seen.append(asked())
        process.stdin.close()
        assert process.wait(timeout=30) == 0
