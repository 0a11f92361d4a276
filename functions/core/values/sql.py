"""Texts and values as SQL literals and names."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from functions.core.contracts.literals import Literal


def text(value: str) -> str:
    """A text literal: in single quotes, which are doubled inside."""
    return "'" + value.replace("'", "''") + "'"


def name(value: str) -> str:
    """A quoted identifier."""
    return '"' + value.replace('"', '""') + '"'


def listed(values: Iterable[str]) -> str:
    """Texts in brackets, for IN; of no texts, one that is never equal."""
    return "(" + (", ".join(map(text, values)) or "NULL") + ")"


def constant(value: Literal) -> str:
    """A value that a constraint names."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return text(value)
    if isinstance(value, datetime):
        return f"TIMESTAMPTZ {text(value.isoformat())}"
    if isinstance(value, date):
        return f"DATE {text(value.isoformat())}"
    return f"{value}::HUGEINT" if isinstance(value, int) else f"{value!r}::DOUBLE"
