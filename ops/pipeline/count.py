"""Counting files of this machine: a line for each, counted or rejected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from ops.pipeline.errors import BAD_USAGE, OpsError
from ops.pipeline.files import files_under

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path


class Counted(Protocol):
    """What is said of a file that could be counted."""

    @property
    def format(self) -> str:
        """The format's name, as in the table of docs/formats.md."""

    @property
    def compression(self) -> str | None:
        """What the content was wrapped in; None for plain content."""

    @property
    def encoding(self) -> str | None:
        """The text's encoding."""

    @property
    def delimiter(self) -> str | None:
        """What is between the fields of a table."""

    @property
    def columns(self) -> tuple[str, ...] | None:
        """Their names, where the format has them."""

    @property
    def ragged_rows(self) -> int | None:
        """Rows with another number of fields than the first."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What may have been meant otherwise."""

    @property
    def records(self) -> int:
        """How many records the file holds."""


class Rejected(Exception):  # noqa: N818 - named for what a file is, as its record's status is
    """A file that the pipeline would reject, with its stable code."""

    def __init__(self, code: str, message: str, breaches: Sequence[Mapping[str, Any]] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.breaches = breaches
        """Of field rules: each with its rule, how many rows, and the first of them."""


def count_files(
    paths: Sequence[Path], count: Callable[[Path], Counted]
) -> Iterator[dict[str, Any]]:
    """A line for each file under the paths; one that was not counted has a `rejected` code.

    `count` raises Rejected for a bad file.

    Raises:
        OpsError: a path does not exist; nothing is counted then.
    """
    missing = [path for path in paths if not path.exists()]
    if missing:
        raise OpsError(f"no such file or folder: {missing[0]}", BAD_USAGE)
    return _lines(paths, count)


def _lines(paths: Sequence[Path], count: Callable[[Path], Counted]) -> Iterator[dict[str, Any]]:
    """The line of each file, and of each folder that cannot be looked into."""
    shut: list[OSError] = []
    for path in paths:
        for file in files_under(path, shut.append):
            yield describe(file, count)
    yield from (unreadable(str(error.filename), error) for error in shut)


def describe(path: Path, count: Callable[[Path], Counted]) -> dict[str, Any]:
    """The line of one file; one that cannot be read is said to be so, under the code UNREADABLE."""
    try:
        counted = count(path)
    except Rejected as rejected:
        breaches = {"breaches": list(rejected.breaches)} if rejected.breaches else {}
        line = {"path": str(path), "rejected": rejected.code, "message": str(rejected)}
        return {**line, **breaches}
    except OSError as error:
        return unreadable(str(path), error)
    return {
        "path": str(path),
        "format": counted.format,
        "compression": counted.compression,
        "encoding": counted.encoding,
        "delimiter": counted.delimiter,
        "columns": counted.columns,
        "ragged_rows": counted.ragged_rows,
        "warnings": counted.warnings,
        "records": counted.records,
    }


def unreadable(path: str, error: OSError) -> dict[str, Any]:
    """The line of what cannot be read."""
    return {"path": path, "rejected": "UNREADABLE", "message": error.strerror or str(error)}
