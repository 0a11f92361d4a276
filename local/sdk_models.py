"""What botocore knows of each service, read once for all of ours that ask in this process.

A session of botocore reads each model for itself, and takes 20 ms to be made. The endpoint's own
clients and the checks of a definition ask for the same services. moto reads them once more, with
additions of its own.
"""

from __future__ import annotations

import functools
from typing import Any

import botocore.session


@functools.cache
def session() -> Any:
    """The one session of this process, which signs as nobody in particular."""
    made = botocore.session.get_session()
    made.get_component("data_loader")  # made here, so by one thread only
    return made


def loader() -> Any:
    """What has read the models."""
    return session().get_component("data_loader")
