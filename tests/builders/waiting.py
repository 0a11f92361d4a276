"""Waiting for what comes about by itself."""

import time

SECONDS = 30


def once(look):
    """What `look` answers, as soon as that is true."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        if found := look():
            return found
        time.sleep(0.02)
    raise AssertionError(f"did not happen within {SECONDS} s; the last answer was {look()!r}")
