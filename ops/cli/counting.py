"""Counting by the pipeline's own core, for the commands that count here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from functions.core.contracts.contract import NONE
from functions.core.contracts.reading import read_folder
from functions.core.errors import InvalidContract, InvalidFile
from functions.core.processing.local_file import count_path
from ops.pipeline.count import Rejected
from ops.pipeline.errors import BAD_USAGE, OpsError

if TYPE_CHECKING:
    from functions.core.contracts.contract import Contracts
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


def count_as(path: Path, key: str, contracts: Contracts, content_type: str | None) -> Counted:
    """Count a file as the pipeline would under a key, held to the contract of the key's prefix.

    Raises:
        Rejected: it would be rejected.
        OSError: it cannot be read.
    """
    try:
        return count_path(path, contracts.of(key), content_type)
    except InvalidFile as error:
        raise Rejected(error.code, error.message) from error
