"""Upload files side by side: in parts where they are large, and only what is not there yet."""

from __future__ import annotations

import base64
import hashlib
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from boto3.exceptions import S3UploadFailedError
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError, ClientError

from ops.pipeline.errors import BAD_USAGE, OpsError, code_of, explained
from ops.pipeline.executions import RUNNING, executions
from ops.pipeline.files import files_under
from ops.pipeline.replay import became
from ops.pipeline.waiting import described_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from ops.pipeline.deployment import Deployment
    from ops.pipeline.executions import Details

PARALLEL: Final = 8
READ_BYTES: Final = 1 << 20
CHECKSUM: Final = "sha256"
"""The metadata under which an upload keeps its content's checksum: an object in parts has no other
that covers it whole and is strong enough to call two contents the same."""

State = Literal["uploaded", "unchanged", "failed"]


@dataclass(frozen=True)
class Item:
    """A file and the key that it gets."""

    path: Path
    key: str
    size: int


@dataclass(frozen=True)
class Uploaded:
    """What became of one file."""

    item: Item
    state: State
    version_id: str = ""
    stored: datetime | None = None
    """When S3 stored that version."""
    problem: str = ""

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


def items(paths: Sequence[Path], prefix: str = "") -> list[Item]:
    """The files under the paths: a file's key is its name, within a folder its path from there.

    Raises:
        OpsError: a path does not exist, a folder cannot be read, or two files would get the same
            key.
    """
    found: dict[str, Item] = {}
    for key, path in _named(paths):
        item = Item(path, f"{prefix}{key}", path.stat().st_size)
        if found.setdefault(item.key, item).path != path:
            both = f"{found[item.key].path} and {path}"
            raise OpsError(f"{both} would both be {item.key}: use --prefix", BAD_USAGE)
    return list(found.values())


def _named(paths: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    for path in paths:
        if not path.exists():
            raise OpsError(f"no such file or folder: {path}", BAD_USAGE)
        for file in files_under(path, _refuse):
            yield path.name if file == path else file.relative_to(path).as_posix(), file


def _refuse(error: OSError) -> None:
    raise OpsError(f"cannot be read: {error.filename}", BAD_USAGE) from error


def upload(
    deployment: Deployment,
    wanted: Sequence[Item],
    told: Callable[[int], None] = lambda _: None,
    parallel: int = PARALLEL,
) -> Iterator[Uploaded]:
    """Upload each, in the order in which they are given; `told` hears of bytes as they go.

    One that fails does not keep the others from going on.
    """
    # One thread a file and its parts: side by side are files, and the parts of large ones.
    config = TransferConfig(max_concurrency=max(2, parallel // 2))
    with ThreadPoolExecutor(parallel) as pool:
        yield from pool.map(lambda item: _one(deployment, item, config, told), wanted)


def _one(
    deployment: Deployment, item: Item, config: TransferConfig, told: Callable[[int], None]
) -> Uploaded:
    try:
        strong, weak = _checksums(item.path)
        there = _unchanged(deployment, item, strong)
        if there is not None:
            told(item.size)
            return Uploaded(item, "unchanged", *there)
        deployment.clients.s3.upload_file(
            str(item.path),
            deployment.raw_bucket,
            item.key,
            # S3 itself refuses content that does not have this checksum, parts or not.
            ExtraArgs={"ChecksumCRC32": weak, "Metadata": {CHECKSUM: strong}},
            Callback=told,
            Config=config,
        )
        there = _unchanged(deployment, item, strong)
        return Uploaded(item, "uploaded", *(there or ("", None)))
    except S3UploadFailedError as error:
        return Uploaded(item, "failed", problem=" ".join(str(error).split()))
    except (BotoCoreError, ClientError) as error:
        return Uploaded(item, "failed", problem=str(explained(error)))
    except OSError as error:
        return Uploaded(item, "failed", problem=error.strerror or str(error))


def _checksums(path: Path) -> tuple[str, str]:
    """SHA-256 in hex and CRC-32 as S3 writes it, by one reading."""
    strong, weak = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(READ_BYTES):
            strong.update(chunk)
            weak = zlib.crc32(chunk, weak)
    return strong.hexdigest(), base64.b64encode(weak.to_bytes(4, "big")).decode()


def _unchanged(deployment: Deployment, item: Item, checksum: str) -> tuple[str, datetime] | None:
    """The version that is there with this very content, and since when; None if it is not."""
    try:
        found = deployment.clients.s3.head_object(Bucket=deployment.raw_bucket, Key=item.key)
    except ClientError as error:
        if code_of(error) in {"404", "NoSuchKey"}:
            return None
        raise
    same = found["ContentLength"] == item.size and found["Metadata"].get(CHECKSUM) == checksum
    return (found.get("VersionId", "null"), found["LastModified"]) if same else None


class Executions:
    """The executions that uploads started, found among those that began since then."""

    def __init__(
        self, deployment: Deployment, uploaded: Sequence[Uploaded], since: datetime
    ) -> None:
        self._deployment = deployment
        self._since = since
        self._known: dict[str, tuple[str, str]] = {}
        self.waiting = {(each.item.key, each.version_id) for each in uploaded if each.version_id}

    def ended(self) -> list[Details]:
        """Those that ended since it was last asked, in full.

        An execution that ignored its event as a duplicate says nothing of the file: the one that
        counted it does.
        """
        listed = list(executions(self._deployment, "process_file", since=self._since))
        new = [
            each.arn for each in listed if each.status != RUNNING and each.arn not in self._known
        ]
        found = []
        for arn, details in described_all(self._deployment, new).items():
            about = details.upload if details else None
            self._known[arn] = (about.key, about.version_id) if about else ("", "")
            if details is None or became(details) == "duplicate":
                continue
            if self._known[arn] in self.waiting:
                self.waiting.discard(self._known[arn])
                found.append(details)
        return found
