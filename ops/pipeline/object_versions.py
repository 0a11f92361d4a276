"""The object versions that the raw bucket holds. A delete marker is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ops.pipeline.errors import NotFoundError, code_of
from ops.pipeline.uploads import UNVERSIONED, Upload, event_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from ops.pipeline.deployment import Deployment
    from ops.pipeline.uploads import Identity

GONE = frozenset({"404", "NoSuchKey", "NoSuchVersion", "405", "MethodNotAllowed", "400"})
"""How S3 says of a version that it is not there, is a delete marker, or can never have been."""


@dataclass(frozen=True)
class StoredVersion:
    """One object version. `stored` is S3's LastModified, which is not when its event was sent.

    For a multipart upload it is when the upload was initiated; the event says when it was
    completed (S3 User Guide, "Working with object metadata"). So no day is computed from it.
    """

    key: str
    version_id: str
    stored: datetime
    size: int = 0
    etag: str = ""

    @property
    def identity(self) -> Identity:
        """Its key and version id."""
        return self.key, self.version_id

    def upload(self, bucket: str, time: str | None = None) -> Upload:
        """It as an event of that time; of the time that S3 stored it, if none is known."""
        time = time or event_time(self.stored)
        return Upload(bucket, self.key, self.version_id, time, self.size, self.etag)


def all_versions(deployment: Deployment, prefix: str = "") -> Iterator[StoredVersion]:
    """Every object version whose key has the prefix, in the order of keys, newest first."""
    pages = deployment.clients.s3.get_paginator("list_object_versions").paginate(
        Bucket=deployment.raw_bucket, Prefix=prefix
    )
    for page in pages:
        yield from (_listed(item) for item in page.get("Versions", ()))


def versions_of(deployment: Deployment, key: str) -> list[StoredVersion]:
    """The versions of one key, newest first."""
    found = []
    for each in all_versions(deployment, key):
        if each.key != key:  # the key itself comes before all that it is a prefix of
            break
        found.append(each)
    return found


def version_named(versions: Iterable[StoredVersion], given: str) -> StoredVersion | None:
    """The version with this id, or the only one whose id begins so; None if there is none.

    Raises:
        NotFoundError: several ids begin so.
    """
    found = [each for each in versions if each.version_id.startswith(given)]
    exact = [each for each in found if each.version_id == given]
    if len(found) > 1 and not exact:
        raise NotFoundError(
            f"{len(found)} versions of {found[0].key} have ids that begin with {given}"
        )
    return next(iter(exact or found), None)


def version_of(deployment: Deployment, key: str, version_id: str) -> StoredVersion | None:
    """One object version; None if it is not there."""
    try:
        found = deployment.clients.s3.head_object(
            Bucket=deployment.raw_bucket, Key=key, VersionId=version_id
        )
    except ClientError as error:
        if code_of(error) in GONE:
            return None
        raise
    etag = found["ETag"].strip('"')
    return StoredVersion(key, version_id, found["LastModified"], found["ContentLength"], etag)


def _listed(item: Any) -> StoredVersion:
    return StoredVersion(
        key=item["Key"],
        version_id=item.get("VersionId") or UNVERSIONED,
        stored=item["LastModified"],
        size=item.get("Size", 0),
        etag=item.get("ETag", "").strip('"'),
    )


def by_identity(versions: Iterable[StoredVersion]) -> dict[Identity, StoredVersion]:
    """Versions under what they are known by."""
    return {each.identity: each for each in versions}
