"""What moto asks botocore, answered without reading a service's whole model for each question.

moto asks in which regions a service is as soon as its backend is wanted, and boto3 reads all that
it knows of the service to find its name there: half a second of processor for the dozen of
Tally's stacks. Here every service is in every region.
"""

from __future__ import annotations

import functools
from typing import Any

from moto.core.base_backend import AccountSpecificBackend

from local import sdk_models


@functools.cache
def all_regions() -> list[str]:
    """The regions of all partitions, as botocore's list of partitions has them."""
    partitions = sdk_models.loader().load_data("partitions")["partitions"]
    return [name for each in partitions for name in each["regions"] if not name.endswith("-global")]


def install() -> None:
    """Put this in moto's place. By moto's own additions to the models it answers in S3's words."""
    backend: Any = AccountSpecificBackend
    backend._generate_regions = lambda *_: all_regions()  # noqa: SLF001 - moto's own seam for it
