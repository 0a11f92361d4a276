"""Upload files side by side: in parts where they are large, and only what is not there yet."""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from boto3.exceptions import S3UploadFailedError
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError, ClientError

from ops.pipeline.count import Rejected
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
CHECKSUM: Final = "tally-sha256"
"""The metadata under which an upload keeps its content's checksum: an object in parts has no other
that covers it whole and is strong enough to call two contents the same."""

DECLARED_CHECKSUM: Final = "sha256"
"""The metadata by which a sender declares it, to be compared: what `tally upload` wrote until
2026-11 is found under this name, too."""

NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""With one of these in its key, a file goes by one request, of up to 5 GB: boto3 cannot read S3's
answers about an upload in parts, which hold the key in XML (botocore's issue 3496)."""

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
    count: Callable[[Item], int] | None = None,
) -> Iterator[Uploaded]:
    """Upload each, in the order in which they are given; `on_bytes` is called as bytes go.

    With `compare`, what is there with the same content, and declared alike, is left alone. With
    `count`, which raises Rejected for a bad file, records, bytes and SHA-256 are declared, and a
    bad file is not sent. One that fails does not keep the others from going on.
    """
    # One thread a file and its parts: side by side are files, and the parts of large ones.
    config = TransferConfig(max_concurrency=max(2, parallel // 2))
    how = _How(deployment, config, on_bytes, content_type, count, compare)
    with ThreadPoolExecutor(parallel) as pool:
        yield from pool.map(how.upload, wanted)


@dataclass(frozen=True)
class _How:
    """How each file is uploaded: where to, and what is said of it."""

    deployment: Deployment
    config: TransferConfig
    on_bytes: Callable[[int], None]
    content_type: str | None
    count: Callable[[Item], int] | None
    compare: bool

    def upload(self, item: Item) -> Uploaded:
        """Upload a file, or say why it is not there."""
        try:
            return self._send(item)
        except Rejected as error:
            problem = f"not sent: {error.code}: {error}"
        except S3UploadFailedError as error:
            problem = " ".join(str(error).split())
        except (BotoCoreError, ClientError) as error:
            problem = str(explained(error))
        except OSError as error:
            problem = error.strerror or str(error)
        return Uploaded(item, "failed", problem=problem)

    def _send(self, item: Item) -> Uploaded:
        strong, weak = _checksums(item.path)
        declared = self.content_type
        there = _unchanged(self.deployment, item, strong, declared) if self.compare else None
        if there is not None:
            self.on_bytes(item.size)
            return Uploaded(item, "unchanged", *there)
        counts = {} if self.count is None else _declared(item, self.count(item), strong)
        # S3 itself refuses content that does not have this checksum, parts or not.
        given: dict[str, Any] = {"ChecksumCRC32": weak, "Metadata": {CHECKSUM: strong, **counts}}
        if declared is not None:
            given["ContentType"] = declared
        if item.size < self.config.multipart_threshold or NOT_IN_XML.search(item.key):
            return _put(self.deployment, item, given, self.on_bytes)
        return _put_in_parts(self.deployment, item, given, self.config, self.on_bytes)


def _declared(item: Item, records: int, sha256: str) -> dict[str, str]:
    """What the pipeline compares with what it finds (docs/formats.md)."""
    return {"records": str(records), "bytes": str(item.size), DECLARED_CHECKSUM: sha256}


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
    kept = {found["Metadata"].get(name) for name in (CHECKSUM, DECLARED_CHECKSUM)}
    same = found["ContentLength"] == item.size and checksum in kept
    alike = content_type is None or found.get("ContentType") == content_type
    there = (found.get("VersionId", UNVERSIONED), found["LastModified"])
    return there if same and alike else None
