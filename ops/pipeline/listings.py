"""What the manifests of a day list, as the functions keep it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.pipeline import layout
from ops.pipeline.waiting import together

if TYPE_CHECKING:
    from ops.pipeline.deployment import Deployment


def listings_of(deployment: Deployment, date: str) -> list[bytes]:
    """The stored lists of a UTC day's manifests, in no order."""
    s3, bucket = deployment.clients.s3, deployment.reports_bucket
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=layout.listings_prefix(date)
    )
    keys = [item["Key"] for page in pages for item in page.get("Contents", ())]
    return together(lambda key: s3.get_object(Bucket=bucket, Key=key)["Body"].read(), keys)
