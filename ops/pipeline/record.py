"""The record of one object version: what became of a file that was uploaded some time ago."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ops.pipeline import layout
from ops.pipeline.audit import DOUBT
from ops.pipeline.errors import code_of

if TYPE_CHECKING:
    from ops.pipeline.deployment import Deployment
    from ops.pipeline.uploader import Uploaded


def record(deployment: Deployment, of: Uploaded) -> dict[str, Any] | None:
    """The record of an object version that is stored; None as long as it has none.

    A processed one wins over a rejected one. About midnight it may be in the day after.
    """
    if of.stored is None:
        return None
    dates = dict.fromkeys(each.date().isoformat() for each in (of.stored, of.stored + DOUBT))
    keys = (
        layout.record_key(date, of.item.key, of.version_id, rejected=rejected)
        for rejected in (False, True)
        for date in dates
    )
    found = (_read(deployment, key) for key in keys)
    return next((each for each in found if each is not None), None)


def _read(deployment: Deployment, key: str) -> dict[str, Any] | None:
    try:
        found = deployment.clients.s3.get_object(Bucket=deployment.reports_bucket, Key=key)
    except ClientError as error:
        if code_of(error) in {"NoSuchKey", "404"}:
            return None
        raise
    read: dict[str, Any] = json.loads(found["Body"].read())
    return read
