"""Counting by the pipeline's own core, for the commands that count here."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from functions.core.contracts.contract import NONE, Contracts
from functions.core.contracts.reading import contract_of, read_file, read_folder
from functions.core.errors import InvalidContract, InvalidFile
from functions.core.processing.local_file import check_path, schema_of_paths
from ops.pipeline.count import Rejected
from ops.pipeline.errors import BAD_USAGE, OpsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from functions.core.counting.counted import Counted

CONTRACTS: Final = Path(__file__).resolve().parents[2] / "contracts"


def contracts_in(folder: Path | None) -> Contracts:
    """The contracts of a folder; none without one.

    Raises:
        OpsError: bad usage: a contract that is none.
    """
    try:
        return NONE if folder is None else read_folder(folder)
    except InvalidContract as error:
        raise OpsError(str(error), BAD_USAGE) from error


def contract_in(file: Path) -> Contracts:
    """The contract of a file, for keys under its prefix.

    Raises:
        OpsError: bad usage: there is no such file, or it is no contract.
    """
    try:
        return Contracts((read_file(file),))
    except InvalidContract as error:
        raise OpsError(str(error), BAD_USAGE) from error
    except OSError as error:
        raise OpsError(f"{file}: {error.strerror}", BAD_USAGE) from error


def problem_of(document: dict[str, Any]) -> str | None:
    """What is wrong with a contract's document, in one line; None if nothing is."""
    try:
        contract_of(document)
    except InvalidContract as error:
        return str(error)
    return None


def count_as(path: Path, key: str, contracts: Contracts, content_type: str | None) -> Counted:
    """Count a file as the pipeline would under a key, held to the contract of the key's prefix.

    Raises:
        Rejected: it would be rejected.
        OSError: it cannot be read.
        OpsError: DuckDB is missing, which field rules need.
    """
    return check_as(path, key, contracts, content_type)[0]


def check_as(
    path: Path, key: str, contracts: Contracts, content_type: str | None
) -> tuple[Counted, Mapping[str, Any] | None]:
    """The same, and a profile of the values; None where there are no field rules.

    Raises:
        Rejected, OSError, OpsError: as above.
    """
    try:
        with _with_duckdb():
            counted, checked = check_path(path, contracts.of(key), content_type)
    except InvalidFile as error:
        raise Rejected(error.code, error.message, error.breaches) from error
    return counted, None if checked is None else checked.profile


def schema_of(paths: Sequence[Path]) -> dict[str, Any]:
    """The Table Schema of files that have the same columns.

    Raises:
        OpsError: they have none in common, or one of them would be rejected.
    """
    try:
        with _with_duckdb():
            return schema_of_paths(paths)
    except InvalidContract as error:
        raise OpsError(str(error)) from error
    except InvalidFile as error:
        raise OpsError(f"a sample would be rejected: {error.code}: {error.message}") from error


@contextmanager
def _with_duckdb() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as missing:
        raise OpsError(
            f"field rules need the package {missing.name}, which is not installed: "
            "pip install '.[values]' in the clone of Tally",
            BAD_USAGE,
        ) from missing
