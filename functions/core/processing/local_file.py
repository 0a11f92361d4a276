"""A file of this machine, counted and checked as the pipeline would: for `tally count`."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from functions.core.counting.detection import HEAD_BYTES, detect, with_defaults
from functions.core.counting.path_source import PathSource
from functions.core.counting.whole_file import count_source
from functions.core.errors import InvalidContract
from functions.core.values.relation import File

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from functions.core.contracts.contract import Contract
    from functions.core.counting.counted import Counted
    from functions.core.values.checking import Checked


def count_path(
    path: Path, contract: Contract | None = None, content_type: str | None = None
) -> Counted:
    """Count a file of this machine, which has to be what the contract says.

    `content_type` is what its sender would declare.

    Raises:
        InvalidFile: the file would be rejected, with its code.
        OSError: it cannot be read.
    """
    return check_path(path, contract, content_type)[0]


def check_path(
    path: Path, contract: Contract | None = None, content_type: str | None = None
) -> tuple[Counted, Checked | None]:
    """The same, and what was found of the values; None where no field rule is about them.

    Raises:
        InvalidFile, OSError: as above.
        ModuleNotFoundError: field rules need DuckDB.
    """
    with _file(path, contract, content_type) as file:
        counted = file.counted
        if contract is None:
            return counted, None
        counted = contract.named(counted)
        contract.check_counted(counted)
        rules = contract.rules_for(counted.format)
        if rules is None:
            return counted, None
        # DuckDB is slow to import, and only field rules need it.
        from functions.core.values.checking import check  # noqa: PLC0415

        checked = check(replace(file, counted=counted), rules)
    checked.refuse(contract.name)
    return replace(counted, warnings=(*counted.warnings, *checked.warnings())), checked


def schema_of_paths(paths: Sequence[Path]) -> dict[str, Any]:
    """The Table Schema that files of this machine have in common.

    Raises:
        InvalidContract: they have none.
        InvalidFile, OSError, ModuleNotFoundError: as above.
    """
    from functions.core.values.inference import schema_of  # noqa: PLC0415 - as above

    with tempfile.TemporaryDirectory() as scratch:
        files = []
        for number, path in enumerate(paths):
            with _file(path, None, None) as file:
                room = Path(scratch) / str(number)
                room.mkdir()
                files.append(replace(file, scratch=room))
        for file in files:
            if not file.counted.columns or file.counted.format == "avro":
                raise InvalidContract(f"{file.path}: {file.counted.format} has no columns to name")
            if file.counted.columns != files[0].counted.columns:
                raise InvalidContract(f"{file.path} has other columns than {files[0].path}")
        return schema_of(files)


@contextmanager
def _file(path: Path, contract: Contract | None, content_type: str | None) -> Iterator[File]:
    """A file, counted, and room for copies of it."""
    with path.open("rb") as stream:
        source = PathSource(stream)
        defaults = None if contract is None else contract.content_type
        declared = with_defaults(content_type, defaults)
        detected = detect(path.name, source.read(0, HEAD_BYTES), declared)
        if contract is not None:
            contract.check_upload(detected.format, source.size)
        counted = count_source(detected, source)
    with tempfile.TemporaryDirectory() as scratch:
        yield File(path, detected, counted, Path(scratch))
