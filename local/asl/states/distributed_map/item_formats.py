"""What an ItemReader makes of an object's content: its items.

Source: Step Functions guide, "ItemReader (Map)".
"""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
import tempfile
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from local.asl.model.errors import ITEM_READER, StateError

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.asl.model.ports import Json

    Content = str | bytes

DELIMITERS = {"COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "SPACE": " ", "TAB": "\t"}
GZIP = b"\x1f\x8b"


def items_of_content(content: Json, config: dict[str, Any]) -> list[Json]:
    """The items in an object, whose body is text, bytes, or JSON that was read already.

    Raises:
        StateError: States.ItemReaderFailed.
    """
    kind = config.get("InputType", "JSON")
    if kind not in PARSERS:
        raise _failed(f"The InputType {kind} is not supported.")
    given = content if isinstance(content, (str, bytes)) else json.dumps(content)
    try:
        return PARSERS[kind](given, config)
    except (ValueError, OSError, csv.Error) as error:
        raise _failed(f"Attempting to parse the file failed: {error}") from error


def text_of(content: Content) -> str:
    """Text; gzip is unpacked, as S3 inventories are."""
    if isinstance(content, str):
        return content
    return (gzip.decompress(content) if content.startswith(GZIP) else content).decode()


def _failed(cause: str) -> StateError:
    return StateError(ITEM_READER, cause)


def _json(content: Content, config: dict[str, Any]) -> list[Json]:
    document = json.loads(text_of(content))
    if "ItemsPointer" in config:
        document = _pointed(document, config["ItemsPointer"])
    if isinstance(document, list):
        return document
    if isinstance(document, dict):
        return [{"Key": key, "Value": value} for key, value in document.items()]
    raise ValueError("the file holds neither an array nor an object")


def _pointed(document: Json, pointer: str) -> Json:
    """The value at a JSON Pointer (RFC 6901)."""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        try:
            document = document[int(name) if isinstance(document, list) else name]
        except (LookupError, TypeError, ValueError):
            raise ValueError(f"there is nothing at the ItemsPointer {pointer}") from None
    return document


def _json_lines(content: Content, config: dict[str, Any]) -> list[Json]:
    del config
    return [json.loads(line) for line in text_of(content).split("\n") if line.strip()]


def _csv(content: Content, config: dict[str, Any]) -> list[Json]:
    """Rows as objects: missing values are empty, values beyond the header are left out."""
    delimiter = DELIMITERS[config.get("CSVDelimiter", "COMMA")]
    text = text_of(content).removeprefix("\ufeff")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    given = config.get("CSVHeaderLocation", "FIRST_ROW") == "GIVEN"
    header = config["CSVHeaders"] if given else next(rows, [])
    if len(set(header)) < len(header):
        raise _failed("CSV headers cannot contain duplicates.")
    empty = dict.fromkeys(header, "")
    return [{**empty, **dict(zip(header, row, strict=False))} for row in rows if row]


def _parquet(content: Content, config: dict[str, Any]) -> list[Json]:
    """Rows as objects, by DuckDB, which field rules have brought along."""
    del config
    import duckdb  # noqa: PLC0415 - 95 ms that few need

    data = content.encode() if isinstance(content, str) else content
    with tempfile.NamedTemporaryFile(suffix=".parquet") as file:
        file.write(data)
        file.flush()
        try:
            table = duckdb.connect().execute("SELECT * FROM read_parquet(?)", [file.name])
            names = [column[0] for column in table.description or ()]
            return [_plain(dict(zip(names, row, strict=True))) for row in table.fetchall()]
        except duckdb.Error as error:
            raise _failed("Attempting to parse the file failed: it is no Parquet") from error


def _plain(value: Any) -> Json:
    """A value of a row as JSON: times as ISO 8601, bytes as Base64."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, UUID):
        return str(value)
    return float(value) if isinstance(value, Decimal) else value


PARSERS: dict[str, Callable[[Content, dict[str, Any]], list[Json]]] = {
    "CSV": _csv,
    "JSON": _json,
    "JSONL": _json_lines,
    "PARQUET": _parquet,
}
