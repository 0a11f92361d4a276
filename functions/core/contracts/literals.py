"""The values that constraints name (bounds, and those of an `enum`), read as their field's are.

A bound that is none would compare as unknown, and nothing would ever be in breach of it: it is
refused when the contract is read.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.core.contracts.fields import Field

Literal = str | bool | int | float | date | datetime
"""A time is that time on the day EPOCH; a duration is its seconds; a month is its number."""

INTEGER: Final = re.compile(r"[+-]?\d{1,37}")
NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
YEAR: Final = re.compile(r"-?\d{4,9}")
YEARMONTH: Final = re.compile(r"(-?\d{4,9})-(0[1-9]|1[0-2])")
DURATION: Final = re.compile(
    r"(-?)P(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})D)?"
    r"(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,6})?)S)?)?"
)
"""XML Schema 1.1, `duration`."""
DAY: Final = 86400
DURATION_UNITS: Final = (365.2425 * DAY, 365.2425 * DAY / 12, DAY, 3600, 60, 1)
"""Seconds. Years and months have no fixed length: those of the mean year."""
EPOCH: Final = "2000-01-01"
TRUE: Final = ("true", "True", "TRUE", "1")
FALSE: Final = ("false", "False", "FALSE", "0")


def literal(field: Field, value: Any) -> Literal:
    """The value that a constraint names.

    Raises:
        ValueError: it is none of the field's type.
    """
    reads = READERS.get(field.type)
    if reads is None:
        raise ValueError(f"values of {field.type} are not compared: drop it")
    try:
        return reads(field, value)
    except (ValueError, TypeError) as error:
        raise ValueError(f"not a value of {field.type}") from error


def _text(_: Field, value: Any) -> Literal:
    if not isinstance(value, str):
        raise TypeError
    return value


def _integer(_: Field, value: Any) -> Literal:
    return int(_matched(INTEGER, value)[0])


def _number(_: Field, value: Any) -> Literal:
    return float(_matched(NUMBER, value)[0])


def _boolean(field: Field, value: Any) -> Literal:
    if isinstance(value, bool):
        return value
    if value in field.options.get("trueValues", TRUE):
        return True
    if value in field.options.get("falseValues", FALSE):
        return False
    raise ValueError


def _date(field: Field, value: Any) -> Literal:
    found: date = _moment(field, _text(field, value), date.fromisoformat)
    return found


def _datetime(field: Field, value: Any) -> Literal:
    found: datetime = _moment(field, _text(field, value), _utc)
    return found


def _time(field: Field, value: Any) -> Literal:
    read = _moment(field, _text(field, value), time.fromisoformat)
    if isinstance(read, datetime):
        return read.replace(year=2000, month=1, day=1)
    return _utc(f"{EPOCH}T{read}")


def _moment(field: Field, text: Any, reads: Callable[[str], Any]) -> Any:
    if "%" not in field.format:
        return reads(text)
    dated = "%Y" in field.format or "%y" in field.format
    # DuckDB's year for what names none; Python is about to refuse a day of no year.
    text, pattern = (text, field.format) if dated else (f"1900 {text}", f"%Y {field.format}")
    found = datetime.strptime(text, pattern)  # noqa: DTZ007 - below
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)
    return aware.date() if field.type == "date" else aware


def _utc(text: str) -> datetime:
    """A moment; one that names no time zone is taken for UTC, as those of the file are."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _year(_: Field, value: Any) -> Literal:
    return int(_matched(YEAR, value)[0])


def _yearmonth(_: Field, value: Any) -> Literal:
    year, month = _matched(YEARMONTH, value).groups()
    return int(year) * 12 + int(month) - 1


def _duration(_: Field, value: Any) -> Literal:
    sign, *parts = _matched(DURATION, value).groups()
    if str(value)[-1] in "PT":
        raise ValueError
    read = zip(parts, DURATION_UNITS, strict=True)
    seconds = sum(float(part) * unit for part, unit in read if part)
    return -seconds if sign else seconds


def _matched(shape: re.Pattern[str], value: Any) -> re.Match[str]:
    found = None if isinstance(value, bool) else shape.fullmatch(str(value))
    if found is None:
        raise ValueError
    return found


READERS: Final[dict[str, Callable[[Field, Any], Literal]]] = {
    "any": _text,
    "string": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "time": _time,
    "year": _year,
    "yearmonth": _yearmonth,
    "duration": _duration,
}
