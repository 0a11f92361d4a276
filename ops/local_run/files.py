"""Which files to upload, and under which keys."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from local.errors import LocalError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

KEY_LIMIT_BYTES = 1024  # Amazon S3 User Guide, "Naming Amazon S3 objects"


@dataclass(frozen=True)
class Upload:
    """One file on this machine and the key it gets in the raw bucket."""

    path: Path
    key: str


def collect(paths: Sequence[Path]) -> list[Upload]:
    """Every file under the paths: a folder's files by their relative path, a file by its name.

    Raises:
        LocalError: a path that does not exist, a file or folder that cannot be read, a key that S3
            would refuse, or two files that claim one key; nothing has been uploaded then.
    """
    uploads = [upload for path in paths for upload in _under(path)]
    by_key: dict[str, Path] = {}
    for upload in uploads:
        _check(upload)
        if upload.key in by_key:
            both = f"{by_key[upload.key]} and {upload.path}"
            raise LocalError(f"{both} would have the same key: {upload.key}", exit_code=2)
        by_key[upload.key] = upload.path
    return uploads


def _under(path: Path) -> Iterator[Upload]:
    if not path.exists():
        raise LocalError(f"no such file or folder: {path}", exit_code=2)
    if not path.is_dir():
        yield Upload(path, path.name)
        return
    for folder, folders, names in os.walk(path, onerror=_refuse):
        folders.sort()
        for name in sorted(names):
            file = Path(folder) / name
            yield Upload(file, file.relative_to(path).as_posix())


def _refuse(error: OSError) -> None:
    raise LocalError(f"cannot be read: {error.filename}", exit_code=2) from error


def _check(upload: Upload) -> None:
    if not upload.path.is_file():
        raise LocalError(f"not a regular file: {upload.path}", exit_code=2)
    if not os.access(upload.path, os.R_OK):
        raise LocalError(f"cannot be read: {upload.path}", exit_code=2)
    try:
        size = len(upload.key.encode())
    except UnicodeEncodeError as error:
        name = os.fsencode(upload.path)
        raise LocalError(f"the name is not UTF-8: {name!r}", exit_code=2) from error
    if size > KEY_LIMIT_BYTES:
        raise LocalError(f"the key is over {KEY_LIMIT_BYTES} bytes: {upload.key}", exit_code=2)
