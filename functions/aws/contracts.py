"""The contracts that were deployed with the functions."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from functions.core import keys
from functions.core.contracts.reading import read_folder

if TYPE_CHECKING:
    from functions.core.contracts.contract import Contracts

ASSET = Path(__file__).resolve().parents[2]


@cache
def contracts() -> Contracts:
    """Those in the folder beside `functions/`, read once."""
    return read_folder(ASSET / keys.CONTRACTS_FOLDER)
