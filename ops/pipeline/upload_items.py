"""Which files are to be uploaded, and under which keys; all is checked before anything is sent."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ops.pipeline.errors import BAD_USAGE, OpsError
from ops.pipeline.files import entries_under

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

KEY_LIMIT_BYTES: Final = 1024
"""Amazon S3 User Guide, "Naming Amazon S3 objects"."""


@dataclass(frozen=True)
class Item:
    """A file and the key that it gets."""

    path: Path
    key: str
    size: int


def items(paths: Sequence[Path], prefix: str = "") -> list[Item]:
    """The files under the paths: a file's key is its name, within a folder its path from there.

    Raises:
        OpsError: bad usage. A path does not exist, or cannot be read; a folder has something in it
            that is no file, or a link that leaves it; a name is not UTF-8; a key is too long, or
            two files would get the same.
    """
    found: dict[str, Item] = {}
    for name, path in _named(paths):
        key = _checked_key(f"{prefix}{name}", path)
        item = Item(path, key, path.stat().st_size)
        if found.setdefault(key, item).path != path:
            both = f"{_shown(found[key].path)} and {_shown(path)}"
            raise _refusal(f"{both} would both be {key}: use --prefix")
    return list(found.values())


def _named(paths: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    for path in paths:
        if not path.exists():
            raise _refusal(f"no such file or folder: {_shown(path)}")
        if not path.is_dir():
            yield path.name, _checked_file(path)
            continue
        for entry in entries_under(path, _refuse):
            if not _is_folder_of(path, entry):
                yield entry.relative_to(path).as_posix(), _checked_file(entry)


def _is_folder_of(folder: Path, entry: Path) -> bool:
    """Whether a link leads to a folder of the same one, whose files are uploaded as its own.

    Raises:
        OpsError: a link leaves the folder, so that what nobody named would be uploaded.
    """
    if not entry.is_symlink():
        return False
    if not entry.resolve().is_relative_to(folder.resolve()):
        raise _refusal(
            f"a link leaves the folder: {_shown(entry)}; name what it leads to, or take it away"
        )
    return entry.is_dir()


def _checked_file(path: Path) -> Path:
    if not path.is_file():
        raise _refusal(f"not a regular file: {_shown(path)}")
    if not os.access(path, os.R_OK):
        raise _refusal(f"cannot be read: {_shown(path)}")
    return path


def _checked_key(key: str, path: Path) -> str:
    try:
        size = len(key.encode())
    except UnicodeEncodeError:
        raise _refusal(f"the name is not UTF-8: {_shown(path)}; rename it") from None
    if size > KEY_LIMIT_BYTES:
        raise _refusal(f"the key is over {KEY_LIMIT_BYTES:,} bytes: {key}")
    return key


def _refuse(error: OSError) -> None:
    raise _refusal(f"cannot be read: {error.filename}") from error


def _shown(path: Path) -> str:
    """A path on one line, of characters that every terminal has or the locale's encoding has."""
    return ascii(str(path))[1:-1] if not str(path).isprintable() else str(path)


def _refusal(problem: str) -> OpsError:
    return OpsError(problem, BAD_USAGE)
