"""Copy a bucket to a folder, whatever its keys are."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from ops.pipeline.deployment import Deployment

NAME_LIMIT_BYTES = 255  # most file systems' limit for one name
KEPT_BYTES = 180
UNSAFE = re.compile(r'[\x00-\x1f\x7f%\\:*?"<>|]')


def copy_bucket(deployment: Deployment, bucket: str, folder: Path) -> list[tuple[str, Path]]:
    """Write every object of a bucket under `folder`; keys and paths, in listing order."""
    s3, copied = deployment.clients.s3, []
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for item in page.get("Contents", ()):
            path = folder / file_path(item["Key"])
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read())
            copied.append((item["Key"], path))
    return copied


def file_path(key: str) -> str:
    """A relative path for a key, the same for the same key and another for another.

    No part of it leaves the folder, is empty, or is longer than a file system takes; what a name
    cannot hold is percent-encoded.
    """
    return "/".join(_name(part) for part in key.split("/"))


def _name(part: str) -> str:
    if part in {"", ".", ".."}:
        return "%2E" * len(part) or "%"
    safe = UNSAFE.sub(lambda found: f"%{ord(found[0]):02X}", part)
    encoded = safe.encode()
    if len(encoded) <= NAME_LIMIT_BYTES:
        return safe
    digest = hashlib.sha256(encoded).hexdigest()
    return f"{encoded[:KEPT_BYTES].decode(errors='ignore')}~{digest}"
