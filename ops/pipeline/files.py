"""The files of this machine that a path stands for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def files_under(path: Path, shut: Callable[[OSError], None]) -> Iterator[Path]:
    """The path itself, or each file in a folder and its folders, in order of name.

    `shut` is told of every folder that cannot be looked into, so that none is passed over unsaid.
    """
    if not path.is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path, onerror=shut):
        folders.sort()
        yield from (file for name in sorted(names) if (file := Path(folder) / name).is_file())
