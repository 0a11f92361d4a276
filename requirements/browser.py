"""Find a browser for the tests of pages, or install one: `make test` runs this before the tests.

In this order: the one named by CHROMIUM, one on PATH, the one that Playwright keeps for this user.
Where there is none, Playwright fetches its own; where that cannot be reached and this is root on
Debian or Ubuntu, as in most containers, a package is installed. Where nothing helps, one line says
so, and the tests that need a browser are skipped.

Chromium without its windows, the headless shell, comes first: the same pages take half of the
processor's time.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FETCH = (sys.executable, "-m", "playwright", "install", "--only-shell", "chromium")
UPDATE = ("apt-get", "update", "--quiet")
INSTALL = ("apt-get", "install", "--yes", "--quiet", "--no-install-recommends")
PACKAGES = (SHELL, "chromium")
"""Debian has both, Ubuntu the second alone."""
SECONDS = 300


def found() -> str | None:
    """The browser of this machine, or None: Playwright may still have its own."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def is_there() -> bool:
    """Whether tests will find a browser."""
    if found():
        return True
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - a second, rarely needed

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    folder = path.parents[1]  # chromium-1234; the shell of the same version lies beside it
    return path.exists() or folder.with_name(f"chromium_headless_shell{folder.name[8:]}").exists()


def works(*commands: tuple[str, ...]) -> bool:
    """Whether every command ended well; what they say is of no use to who runs tests."""
    settings = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        for command in commands:
            subprocess.run(command, check=True, capture_output=True, env=settings, timeout=SECONDS)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def main() -> None:
    """Make sure of a browser, or say that there is none."""
    if is_there():
        return
    print("looking for a browser for the tests of pages (once)", flush=True)
    if works(FETCH) and is_there():
        return
    has_packages = os.geteuid() == 0 and shutil.which("apt-get") and works(UPDATE)
    if has_packages and any(works((*INSTALL, package)) for package in PACKAGES):
        return
    print("no browser can be had: its tests will be skipped (install chromium, or set CHROMIUM)")


if __name__ == "__main__":
    main()
