"""Waiting for what comes about by itself."""

import time

SECONDS = 30


def once(look):
    """What `look` answers, as soon as that is true; its last answer if that takes too long."""
    until = time.monotonic() + SECONDS
    while not (found := look()) and time.monotonic() < until:
        time.sleep(0.05)
    return found
