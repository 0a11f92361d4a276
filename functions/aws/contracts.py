"""The contracts that were deployed with the functions."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from functions.core import keys
from functions.core.contracts.contract import Contracts
from functions.core.contracts.reading import read_folder

ASSET = Path(__file__).resolve().parents[2]


@cache
def contracts() -> Contracts:
    """Those in the folder beside `functions/`, read once."""
    return read_folder(ASSET / keys.CONTRACTS_FOLDER)
