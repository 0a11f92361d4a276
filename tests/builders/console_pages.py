"""What tests of the console's pages share: files to send, and how to find a state in the graph."""

import re
import time
import uuid

GOOD = b"id,n\n1,2\n2,3\n"


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
