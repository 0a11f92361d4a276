"""What tests of the console's pages share: files to send, and how to find a state in the graph."""

import re
import time
import uuid
from urllib.parse import parse_qs, urlsplit

import httpx

GOOD = b"id,n\n1,2\n2,3\n"


PRINTED = re.compile(r" at (http://127\.0\.0\.1:\d+/\?token=[\w-]+) ")
"""The address in the line that the console prints."""


def origin_of(address):
    """The printed address without its secret."""
    return address.partition("/?")[0]


def cookie_of(address):
    """The cookie that a browser has once it has opened the printed address."""
    parts = urlsplit(address)
    return f"tally-console-{parts.port}={parse_qs(parts.query)['token'][0]}"


def browser_at(address):
    """A client that has opened the printed address."""
    browser = httpx.Client(base_url=origin_of(address), follow_redirects=True, timeout=30)
    assert browser.get(address).status_code == 200
    return browser


def some(suffix="csv"):
    """A name that no other test uses."""
    return f"{uuid.uuid4().hex}.{suffix}"


def until(holds):
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


def state(page, name):
    return page.locator(f"[id='state-{name}']")


def has(status):
    return re.compile(rf"\b{status}\b")


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")
