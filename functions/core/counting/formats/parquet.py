"""parquet: rows, from the footer alone (parquet-format, "File format" and "parquet.thrift")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from functions.core.counting.formats.base import Format, Reading, Result
from functions.core.counting.formats.scanning.binary import Cursor, malformed, truncated
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from functions.core.counting.formats.scanning.source import Source

MAGIC: Final = b"PAR1"
ENCRYPTED: Final = b"PARE"
TAIL: Final = 8
FOOTER_LIMIT: Final = 64 << 20
DEPTH_LIMIT: Final = 64
COLUMN_LIMIT: Final = 1 << 20
SCHEMA, NUM_ROWS = 2, 3
NAME, NUM_CHILDREN = 4, 5
TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = range(1, 13)
INTEGERS: Final = {I16, I32, I64}
WIDTHS: Final = {TRUE: 1, FALSE: 1, BYTE: 1, DOUBLE: 8}
"""Bytes of the elements of a list that are all of one length."""


def count(source: Source, reading: Reading) -> Result:
    """Read the rows and the top-level columns off the footer.

    Raises:
        InvalidFile: TRUNCATED (no footer at the end), MALFORMED_FILE, UNSUPPORTED_FORMAT (one
            that is encrypted).
    """
    del reading
    cursor = Cursor(footer_of(source))
    rows, columns = -1, None
    for number, kind in fields(cursor):
        if (number, kind) == (SCHEMA, LIST):
            columns = top_level(cursor)
        elif number == NUM_ROWS and kind in INTEGERS:
            rows = cursor.zigzag()
        else:
            skip(cursor, kind)
    if rows < 0:
        raise malformed("the footer tells no number of rows")
    return Result(rows, columns)


def footer_of(source: Source) -> bytes:
    """The file's metadata, in Thrift's compact protocol."""
    if source.size < len(MAGIC) + TAIL:
        raise truncated("shorter than any parquet file")
    tail = source.read(source.size - TAIL, TAIL)
    if tail[4:] == ENCRYPTED:
        raise InvalidFile(RejectionCode.UNSUPPORTED_FORMAT, "the footer is encrypted")
    if tail[4:] != MAGIC:
        raise truncated("there is no footer at the end")
    length = int.from_bytes(tail[:4], "little")
    if length > min(source.size - TAIL - len(MAGIC), FOOTER_LIMIT):
        raise malformed("the footer's length is absurd")
    return source.read(source.size - TAIL - length, length)


def top_level(cursor: Cursor) -> tuple[str, ...] | None:
    """The names of the root's children in the flattened schema, the next value."""
    kind, size = _list_head(cursor)
    if kind != STRUCT:
        raise malformed("the schema is no list of structs")
    if size == 0:
        return None
    _, wanted = _element(cursor)
    names: list[str] = []
    below = 0  # elements to come that belong to the last name
    for _ in range(size - 1):
        name, children = _element(cursor)
        if below == 0:
            names.append(name)
        below += children - (below > 0)
    if len(names) != wanted or len(names) > COLUMN_LIMIT or below:
        raise malformed("the schema's columns are not as many as it says")
    return tuple(names)


def _element(cursor: Cursor) -> tuple[str, int]:
    """The name of a schema's element, and how many children follow it."""
    name, children = b"", 0
    for number, kind in fields(cursor):
        if (number, kind) == (NAME, BINARY):
            name = cursor.take(cursor.varint())
        elif number == NUM_CHILDREN and kind in INTEGERS:
            children = cursor.zigzag()
        else:
            skip(cursor, kind)
    if children < 0:
        raise malformed("an element of the schema has fewer children than none")
    return name.decode(errors="replace"), children


def fields(cursor: Cursor) -> Iterator[tuple[int, int]]:
    """Number and type of each field of a struct; whoever asks takes the value before the next.

    Raises:
        InvalidFile: MALFORMED_FILE, TRUNCATED.
    """
    number = 0
    while head := cursor.take(1)[0]:
        number = number + (head >> 4) if head >> 4 else cursor.zigzag()
        yield number, head & 0x0F


def skip(cursor: Cursor, kind: int, depth: int = 0) -> None:
    """Pass over the value of a field; nothing of it is kept, however large it is.

    Raises:
        InvalidFile: MALFORMED_FILE, TRUNCATED.
    """
    if depth > DEPTH_LIMIT:
        raise malformed("nested too deep")
    if kind in {TRUE, FALSE}:
        return  # the type is the value
    if kind == STRUCT:
        for _, each in fields(cursor):
            skip(cursor, each, depth + 1)
    elif kind in {LIST, SET}:
        _skip_all(cursor, *_list_head(cursor), depth)
    elif kind == MAP:
        _skip_map(cursor, depth)
    else:
        _skip_all(cursor, kind, 1, depth)


def _skip_all(cursor: Cursor, kind: int, size: int, depth: int) -> None:
    """Pass over so many values of a type, one after the other."""
    if kind in WIDTHS:
        cursor.take(size * WIDTHS[kind])
    elif kind in INTEGERS:
        cursor.skip_varints(size)
    elif kind == BINARY:
        for _ in range(size):
            cursor.take(cursor.varint())
    elif kind in {LIST, SET, MAP, STRUCT}:
        for _ in range(size):
            skip(cursor, kind, depth + 1)
    else:
        raise malformed(f"an unknown type in the footer: {kind}")


def _skip_map(cursor: Cursor, depth: int) -> None:
    size = _sane(cursor, cursor.varint())
    kinds = cursor.take(1)[0] if size else 0
    for _ in range(size):
        _skip_all(cursor, kinds >> 4, 1, depth)
        _skip_all(cursor, kinds & 0x0F, 1, depth)


def _list_head(cursor: Cursor) -> tuple[int, int]:
    """The type of a list's elements, and how many there are."""
    head = cursor.take(1)[0]
    size = head >> 4 if head >> 4 != 15 else cursor.varint()  # noqa: PLR2004 - Thrift's mark
    return head & 0x0F, _sane(cursor, size)


def _sane(cursor: Cursor, size: int) -> int:
    """A number of elements that the bytes left could hold."""
    if size > len(cursor.data) - cursor.at:
        raise malformed("a list in the footer is longer than the footer")
    return size


FORMAT = Format("parquet", (".parquet", ".pq"), count, (MAGIC, ENCRYPTED))
