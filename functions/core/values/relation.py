"""What the queries need of a file: its records as rows, and their cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from functions.core.counting.deadline import NO_DEADLINE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from functions.core.counting.counted import Counted
    from functions.core.counting.deadline import Deadline
    from functions.core.counting.detection import Detected

NUMBERED: Final = "(SELECT row_number() OVER () AS row, * FROM {})"
"""The records in the file's order, numbered from 1."""
TEXTS: Final = "'text'"
"""The kind of the cells of a format that has texts alone."""


@dataclass(frozen=True)
class Cells:
    """A column of the relation: its text, as an SQL expression, and the kind of value that was.

    `kind` is an expression, too; `never_empty` says that the reader takes an empty text for NULL.
    """

    text: str
    kind: str = TEXTS
    never_empty: bool = False


@dataclass(frozen=True)
class Relation:
    """SQL of the rows, and the cells of each column by its name; of two alike, the first."""

    rows: str
    cells: dict[str, Cells]


@dataclass(frozen=True)
class File:
    """A file of this machine as it is stored, how it was detected and counted.

    `scratch` is a folder with room for a copy; `deadline` is when the check has to end.
    """

    path: Path
    detected: Detected
    counted: Counted
    scratch: Path
    deadline: Deadline = NO_DEADLINE

    def places(self) -> Iterator[tuple[str, int]]:
        """The columns and their places; of two alike, the first comes last, and so holds."""
        for place, name in reversed(list(enumerate(self.counted.columns or ()))):
            yield name, place
