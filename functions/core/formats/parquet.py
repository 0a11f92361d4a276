"""parquet: rows, from the footer alone (parquet-format, "File format" and "parquet.thrift")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from functions.core.formats.base import Format, Reading, Result
from functions.core.formats.binary import Cursor, malformed, truncated

if TYPE_CHECKING:
    from functions.core.formats.base import Source

MAGIC: Final = b"PAR1"
ENCRYPTED: Final = b"PARE"
TAIL: Final = 8
FOOTER_LIMIT: Final = 64 << 20
DEPTH_LIMIT: Final = 64
SCHEMA, NUM_ROWS = 2, 3
NAME, NUM_CHILDREN = 4, 5
TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = range(1, 13)


def count(source: Source, reading: Reading) -> Result:
    """Read the rows and the top-level columns off the footer.

    Raises:
        InvalidFile: TRUNCATED (no footer at the end), MALFORMED_FILE.
    """
    del reading
    if source.size < len(MAGIC) + TAIL:
        raise truncated("shorter than any parquet file")
    tail = source.read(source.size - TAIL, TAIL)
    if tail[4:] == ENCRYPTED:
        raise malformed("the footer is encrypted")
    if tail[4:] != MAGIC:
        raise truncated("there is no footer at the end")
    length = int.from_bytes(tail[:4], "little")
    if length > min(source.size - TAIL - len(MAGIC), FOOTER_LIMIT):
        raise malformed("the footer's length is absurd")
    footer = read_struct(Cursor(source.read(source.size - TAIL - length, length)))
    rows = footer.get(NUM_ROWS)
    if not isinstance(rows, int) or rows < 0:
        raise malformed("the footer tells no number of rows")
    return Result(rows, top_level(footer.get(SCHEMA)))


def top_level(schema: Any) -> tuple[str, ...] | None:
    """The names of the root's children in the flattened schema."""
    if not isinstance(schema, list) or not schema:
        return None
    names, at = [], 1
    for _ in range(int(schema[0].get(NUM_CHILDREN) or 0)):
        if at >= len(schema):
            raise malformed("the schema names more columns than it has")
        names.append(bytes(schema[at].get(NAME, b"")).decode(errors="replace"))
        at = _after(schema, at)
    return tuple(names)


def _after(schema: list[dict[int, Any]], at: int) -> int:
    """The place after an element and all below it."""
    left = 1
    while left and at < len(schema):
        left += int(schema[at].get(NUM_CHILDREN) or 0) - 1
        at += 1
    return at


def read_struct(cursor: Cursor, depth: int = 0) -> dict[int, Any]:
    """A struct of Thrift's compact protocol: values by field id.

    Raises:
        InvalidFile: MALFORMED_FILE, TRUNCATED.
    """
    if depth > DEPTH_LIMIT:
        raise malformed("nested too deep")
    fields: dict[int, Any] = {}
    number = 0
    while True:
        head = cursor.take(1)[0]
        if head == 0:
            return fields
        number = number + (head >> 4) if head >> 4 else cursor.zigzag()
        kind = head & 0x0F
        fields[number] = kind == TRUE if kind in {TRUE, FALSE} else _value(cursor, kind, depth)


def _value(cursor: Cursor, kind: int, depth: int) -> Any:
    if kind in {TRUE, FALSE, BYTE}:
        return cursor.take(1)[0]
    if kind in {I16, I32, I64}:
        return cursor.zigzag()
    if kind == BINARY:
        return cursor.take(cursor.varint())
    if kind == DOUBLE:
        return cursor.take(8)
    return _nested(cursor, kind, depth)


def _nested(cursor: Cursor, kind: int, depth: int) -> Any:
    if kind == STRUCT:
        return read_struct(cursor, depth + 1)
    if kind in {LIST, SET}:
        head = cursor.take(1)[0]
        size = head >> 4 if head >> 4 != 15 else cursor.varint()  # noqa: PLR2004 - Thrift's mark
        return [_value(cursor, head & 0x0F, depth + 1) for _ in range(_sane(cursor, size))]
    if kind == MAP:
        size = _sane(cursor, cursor.varint())
        kinds = cursor.take(1)[0] if size else 0
        pair = (kinds >> 4, kinds & 0x0F)
        return [[_value(cursor, each, depth + 1) for each in pair] for _ in range(size)]
    raise malformed(f"an unknown type in the footer: {kind}")


def _sane(cursor: Cursor, size: int) -> int:
    """A number of elements that the bytes left could hold."""
    if size > len(cursor.data) - cursor.at:
        raise malformed("a list in the footer is longer than the footer")
    return size


FORMAT = Format("parquet", (".parquet", ".pq"), count, MAGIC)
