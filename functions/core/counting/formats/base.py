"""What a format is to the rest: a name, extensions, and a way to count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.core.counting.formats.scanning.source import TimedSource


@dataclass(frozen=True)
class Reading:
    """How to read a file: its text encoding, and whether its first row names the columns."""

    encoding: str = "utf-8"
    header: bool = True


@dataclass(frozen=True)
class Result:
    """What was found: records, column names (None where a format has none), rows of odd width."""

    records: int
    columns: tuple[str, ...] | None = None
    ragged_rows: int | None = None


@dataclass(frozen=True)
class Format:
    """One format. `count` raises InvalidFile for a bad file.

    A text format may be compressed and has no `magic`; another begins with one of its magic bytes.
    """

    name: str
    extensions: tuple[str, ...]
    count: Callable[[TimedSource, Reading], Result]
    magic: tuple[bytes, ...] = ()

    @property
    def text(self) -> bool:
        """Whether it is text."""
        return not self.magic
