"""Makes sure that there is a Chromium for the browser stories: `python -m tests.chromium`.

One on PATH is used; else, as root on Debian, the distribution's is installed; else Playwright's
own is downloaded, if that takes less than a minute.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DOWNLOAD_SECONDS = 60


def executable() -> Path | None:
    """The Chromium that the tests use, or None."""
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return own if own.exists() else None


def main() -> int:
    """Find or install one. 0, or 1 with a sentence where there is none."""
    if executable() or _from_debian() or _from_playwright():
        return 0
    print(
        "There is no Chromium, and the browser tests need one. Install the package `chromium`, "
        "or put one on PATH.",
        file=sys.stderr,
    )
    return 1


def _from_debian() -> bool:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        if subprocess.run(["apt-get", *arguments], env=environment, check=False).returncode != 0:
            return False
    return executable() is not None


def _from_playwright() -> bool:
    download = [sys.executable, "-m", "playwright", "install", "chromium"]
    try:
        subprocess.run(download, timeout=DOWNLOAD_SECONDS, check=True)
    except (subprocess.SubprocessError, OSError):
        return False
    return executable() is not None


if __name__ == "__main__":
    sys.exit(main())
