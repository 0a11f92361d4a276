"""A real browser for the pages, where this machine has one."""

import os
import shutil
from contextlib import contextmanager

import pytest
from playwright.sync_api import Error, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")


@contextmanager
def browser():
    """A headless Chromium: one that is installed, else Playwright's own."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    with sync_playwright() as playwright:
        try:
            opened = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        except Error as error:
            reason = str(error).splitlines()[0]
            pytest.skip(f"no browser here (install chromium, or set CHROMIUM): {reason}")
        yield opened
        opened.close()
