"""Upload files side by side: in parts where they are large, and only what is not there yet."""

from __future__ import annotations

import base64
import hashlib
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from boto3.exceptions import S3UploadFailedError
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError, ClientError

from ops.pipeline.errors import code_of, explained
from ops.pipeline.uploads import UNVERSIONED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from ops.pipeline.deployment import Deployment
    from ops.pipeline.upload_items import Item
    from ops.pipeline.uploads import Identity

PARALLEL: Final = 8
READ_BYTES: Final = 1 << 20
CHECKSUM: Final = "sha256"
"""The metadata under which an upload keeps its content's checksum: an object in parts has no other
that covers it whole and is strong enough to call two contents the same."""

State = Literal["uploaded", "unchanged", "failed"]


@dataclass(frozen=True)
class Uploaded:
    """What became of one file."""

    item: Item
    state: State
    version_id: str = ""
    stored: datetime | None = None
    """When S3 stored that version."""
    problem: str = ""

    @property
    def identity(self) -> Identity:
        """Its key and version id."""
        return self.item.key, self.version_id

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "path": str(self.item.path),
            "key": self.item.key,
            "size": self.item.size,
            "state": self.state,
            "version_id": self.version_id or None,
            "problem": self.problem or None,
        }


def upload(
    deployment: Deployment,
    wanted: Sequence[Item],
    on_bytes: Callable[[int], None] = lambda _: None,
    parallel: int = PARALLEL,
    *,
    compare: bool = True,
    content_type: str | None = None,
) -> Iterator[Uploaded]:
    """Upload each, in the order in which they are given; `on_bytes` is called as bytes go.

    With `compare`, what is there with the same content, and declared alike, is left alone. One that
    fails does not keep the others from going on.
    """
    # One thread a file and its parts: side by side are files, and the parts of large ones.
    config = TransferConfig(max_concurrency=max(2, parallel // 2))
    with ThreadPoolExecutor(parallel) as pool:
        yield from pool.map(
            lambda item: _upload(
                deployment, item, config, on_bytes, compare=compare, content_type=content_type
            ),
            wanted,
        )


def _upload(
    deployment: Deployment,
    item: Item,
    config: TransferConfig,
    on_bytes: Callable[[int], None],
    *,
    compare: bool,
    content_type: str | None,
) -> Uploaded:
    try:
        strong, weak = _checksums(item.path)
        there = _unchanged(deployment, item, strong, content_type) if compare else None
        if there is not None:
            on_bytes(item.size)
            return Uploaded(item, "unchanged", *there)
        # S3 itself refuses content that does not have this checksum, parts or not.
        given: dict[str, Any] = {"ChecksumCRC32": weak, "Metadata": {CHECKSUM: strong}}
        if content_type is not None:
            given["ContentType"] = content_type
        if item.size < config.multipart_threshold:
            return _put(deployment, item, given, on_bytes)
        return _put_in_parts(deployment, item, given, config, on_bytes)
    except S3UploadFailedError as error:
        return Uploaded(item, "failed", problem=" ".join(str(error).split()))
    except (BotoCoreError, ClientError) as error:
        return Uploaded(item, "failed", problem=str(explained(error)))
    except OSError as error:
        return Uploaded(item, "failed", problem=error.strerror or str(error))


def _put(
    deployment: Deployment, item: Item, given: dict[str, Any], on_bytes: Callable[[int], None]
) -> Uploaded:
    """Send it by one request, whose answer names the version."""
    with item.path.open("rb") as body:
        answer = deployment.clients.s3.put_object(
            Bucket=deployment.raw_bucket, Key=item.key, Body=body, **given
        )
    on_bytes(item.size)
    return Uploaded(item, "uploaded", answer.get("VersionId", UNVERSIONED), datetime.now(UTC))


def _put_in_parts(
    deployment: Deployment,
    item: Item,
    given: dict[str, Any],
    config: TransferConfig,
    on_bytes: Callable[[int], None],
) -> Uploaded:
    """Send it in parts. boto3 does not say which version that made: S3 is asked."""
    deployment.clients.s3.upload_file(
        str(item.path),
        deployment.raw_bucket,
        item.key,
        ExtraArgs=given,
        Callback=on_bytes,
        Config=config,
    )
    there = _unchanged(deployment, item, given["Metadata"][CHECKSUM])
    return Uploaded(item, "uploaded", *(there or ("", None)))


def _checksums(path: Path) -> tuple[str, str]:
    """SHA-256 in hex and CRC-32 as S3 writes it, by one reading."""
    strong, weak = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(READ_BYTES):
            strong.update(chunk)
            weak = zlib.crc32(chunk, weak)
    return strong.hexdigest(), base64.b64encode(weak.to_bytes(4, "big")).decode()


def _unchanged(
    deployment: Deployment, item: Item, checksum: str, content_type: str | None = None
) -> tuple[str, datetime] | None:
    """The version that is there with this very content, and since when; None if it is not.

    Content that was declared otherwise is another upload: it may be read otherwise.
    """
    try:
        found = deployment.clients.s3.head_object(Bucket=deployment.raw_bucket, Key=item.key)
    except ClientError as error:
        if code_of(error) in {"404", "NoSuchKey"}:
            return None
        raise
    same = found["ContentLength"] == item.size and found["Metadata"].get(CHECKSUM) == checksum
    alike = content_type is None or found.get("ContentType") == content_type
    there = (found.get("VersionId", UNVERSIONED), found["LastModified"])
    return there if same and alike else None
