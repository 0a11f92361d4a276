"""The files of this machine that a path stands for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def files_under(path: Path, on_error: Callable[[OSError], None]) -> Iterator[Path]:
    """The path itself, or each regular file in a folder and its folders, in order of name.

    `on_error` is called with the error of every folder that cannot be looked into, so that none is
    passed over in silence.
    """
    if not path.is_dir():
        yield path
        return
    yield from (each for each in entries_under(path, on_error) if each.is_file())


def entries_under(folder: Path, on_error: Callable[[OSError], None]) -> Iterator[Path]:
    """What is in a folder and its folders but folders: also pipes, and links of every kind.

    A link to a folder is an entry and is not followed: what it leads to may be anywhere.
    """
    for at, folders, names in os.walk(folder, onerror=on_error):
        folders.sort()
        links = [name for name in folders if (Path(at) / name).is_symlink()]
        yield from (Path(at) / name for name in sorted([*names, *links]))
