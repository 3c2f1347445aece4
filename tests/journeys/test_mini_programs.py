"""A developer makes a mini program, uploads it from the command line and looks at it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visit, Visitor
from tests.journeys.instance import ROOT, email_of

pytestmark = pytest.mark.browser
Check = Callable[[Visitor], None]
APP_ID = "com.example.split"


def portico(who: Visitor, *arguments: str, token: str = "") -> str:
    """Run a command as on the developer's own machine; returns what it prints."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PORTICO_") and name != "DATABASE_URL"
    } | {"PORTICO_DATA_DIR": str(who.instance.folder), "PORTICO_TOKEN": token}
    ran = subprocess.run(
        [sys.executable, "-m", "portico.config.cli", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert not token or token not in ran.stdout + ran.stderr
    return ran.stdout


def make_program(developer: Visitor, find_nothing: Check) -> None:
    """On the page, as people do."""
    developer.go("/console/programs/")
    expect(developer.page.get_by_text("No mini program yet")).to_be_visible()
    find_nothing(developer)
    developer.page.get_by_role("link", name="New mini program").first.click()
    developer.page.get_by_label("App ID").fill("Split")
    developer.page.get_by_label("Name", exact=True).fill("Split the Bill")
    developer.page.get_by_role("button", name="Make the mini program").click()
    expect(developer.page.get_by_label("App ID")).to_have_value("Split")  # nothing typed is lost
    find_nothing(developer)
    developer.page.get_by_label("App ID").fill(APP_ID)
    developer.page.get_by_role("button", name="Make the mini program").click()
    developer.page.wait_for_url(f"**/console/programs/{APP_ID}/")


def upload_sample(developer: Visitor, folder: Path) -> None:
    """From the command line, with a token of the developer's; twice is once."""
    made = portico(
        developer, "token", "create", email_of("developer"), "--workspace", developer.slug
    )
    token = made.split()[-1]
    portico(developer, "sample", str(folder))
    home = developer.instance.address(developer.slug).rstrip("/")
    for _time in range(2):
        printed = portico(
            developer, "upload", str(folder), "--app-id", APP_ID, "--url", home, token=token
        )
        assert "1.0.0" in printed
        assert re.search(r"[Nn]othing|warning|info", printed), printed


def see_it_run(developer: Visitor, find_nothing: Check) -> str:
    """In a sandbox on an origin of its own; returns its address."""
    with developer.page.context.expect_page() as opened:
        developer.page.get_by_role("link", name="Preview").click()
    page = opened.value
    page.wait_for_url(f"**/miniapp/{APP_ID};version=*")
    program = page.frame_locator("iframe")
    expect(program.get_by_role("heading", name="Split the bill")).to_be_visible()
    program.get_by_label("Amount of the bill").fill("90")
    find_nothing(replace(developer, page=page))
    frame = page.locator("iframe")
    assert "allow-same-origin" not in (frame.get_attribute("sandbox") or "allow-same-origin")
    source = frame.get_attribute("src") or ""
    assert f".content.localhost:{developer.instance.port}/" in source
    return source


def test_a_developer_uploads_the_sample_sees_the_findings_and_opens_its_page(
    visit: Visit, find_nothing: Check, tmp_path: Path
) -> None:
    developer = visit().sign_in("developer")
    make_program(developer, find_nothing)

    upload_sample(developer, tmp_path / "split")

    developer.go(f"/console/programs/{APP_ID}/versions/1/")
    expect(developer.page.get_by_role("heading", name="Automated checks")).to_be_visible()
    find_nothing(developer)
    source = see_it_run(developer, find_nothing)

    # Nobody else opens what is not released: not the page, not the program itself.
    stranger = visit()
    assert stranger.go(f"/miniapp/{APP_ID}") == 404
    assert stranger.go(f"/miniapp/{APP_ID};version=1.0.0") == 404
    answer = stranger.page.goto(re.sub(r"/~[^/]+/", "/", source))
    assert answer is not None
    assert answer.status == 404
    operator = visit().sign_in("operator")
    assert operator.go(f"/miniapp/{APP_ID};version=1.0.0") == 404
    assert operator.go(f"/console/programs/{APP_ID}/") == 404
