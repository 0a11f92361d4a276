"""parquet: rows, from the footer alone (parquet-format, "File format" and "parquet.thrift")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from functions.core.counting.formats.base import Format, Reading, Result
from functions.core.counting.formats.scanning.binary import Cursor, malformed, truncated
from functions.core.counting.formats.scanning.thrift import (
    BINARY,
    INTEGERS,
    LIST,
    STRUCT,
    fields,
    list_head,
    skip,
)
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from functions.core.counting.formats.scanning.source import Source

MAGIC: Final = b"PAR1"
ENCRYPTED: Final = b"PARE"
TAIL: Final = 8
FOOTER_LIMIT: Final = 64 << 20
COLUMN_LIMIT: Final = 1 << 20
LEAST_PAGE: Final = 16
"""Bytes that a page takes at least: its header alone (parquet.thrift, "PageHeader")."""

MOST_OF_PAGE: Final = (1 << 31) - 1
"""Values that a page can say it has; in a run of one value they take some bytes."""

# The numbers of the fields in parquet.thrift
SCHEMA, NUM_ROWS, ROW_GROUPS = 2, 3, 4
NAME, NUM_CHILDREN = 4, 5
GROUP_COLUMNS, GROUP_ROWS = 1, 3
FILE_PATH, META_DATA = 1, 3
COMPRESSED_SIZE = 7


def count(source: Source, reading: Reading) -> Result:
    """Read the rows and the top-level columns off the footer.

    Raises:
        InvalidFile: TRUNCATED (no footer at the end), MALFORMED_FILE, UNSUPPORTED_FORMAT (one
            that is encrypted).
    """
    del reading
    cursor = Cursor(footer_of(source))
    rows, held, columns = -1, 0, None
    for number, kind in fields(cursor):
        if (number, kind) == (SCHEMA, LIST):
            columns = top_level(cursor)
        elif (number, kind) == (ROW_GROUPS, LIST):
            held = rows_held(cursor, source.size)
        elif number == NUM_ROWS and kind in INTEGERS:
            rows = cursor.zigzag()
        else:
            skip(cursor, kind)
    if rows < 0:
        raise malformed("the footer tells no number of rows")
    if rows != held:
        raise malformed(f"the footer says {rows} rows, its row groups {held}")
    return Result(rows, columns)


def footer_of(source: Source) -> bytes:
    """The file's metadata, in Thrift's compact protocol."""
    if source.size < len(MAGIC) + TAIL:
        raise truncated("shorter than any parquet file")
    tail = source.read(source.size - TAIL, TAIL)
    if tail[4:] == ENCRYPTED:
        message = "the footer is encrypted: write the file with a plaintext footer"
        raise InvalidFile(RejectionCode.UNSUPPORTED_FORMAT, message)
    if tail[4:] != MAGIC:
        raise truncated("there is no footer at the end")
    length = int.from_bytes(tail[:4], "little")
    if length > min(source.size - TAIL - len(MAGIC), FOOTER_LIMIT):
        raise malformed("the footer's length is absurd")
    return source.read(source.size - TAIL - length, length)


def rows_held(cursor: Cursor, size: int) -> int:
    """The rows of all row groups, the next value, in a file of so many bytes.

    Raises:
        InvalidFile: MALFORMED_FILE, if a group cannot hold what it claims; UNSUPPORTED_FORMAT, if
            the rows are in other files.
    """
    kind, groups = list_head(cursor)
    if groups and kind != STRUCT:
        raise malformed("the row groups are no list of structs")
    return sum(_rows_of_group(cursor, size) for _ in range(groups))


def _rows_of_group(cursor: Cursor, size: int) -> int:
    rows, stored = 0, None
    for number, kind in fields(cursor):
        if (number, kind) == (GROUP_COLUMNS, LIST):
            stored = _stored_of_first(cursor, size)
        elif number == GROUP_ROWS and kind in INTEGERS:
            rows = cursor.zigzag()
        else:
            skip(cursor, kind)
    most = MOST_OF_PAGE  # of a table without columns, whose rows take no byte
    if stored is not None:
        most = -(-stored // LEAST_PAGE) * MOST_OF_PAGE if stored <= size else -1
    if not 0 <= rows <= most:
        raise malformed(f"a row group cannot hold {rows} rows in {stored or 0} bytes")
    return rows


def _stored_of_first(cursor: Cursor, size: int) -> int | None:
    """The bytes of a group's first column; all the file's, if they are encrypted; None without."""
    kind, columns = list_head(cursor)
    if columns and kind != STRUCT:
        raise malformed("the columns of a row group are no list of structs")
    if not columns:
        return None
    stored = size
    for number, each in fields(cursor):
        if (number, each) == (META_DATA, STRUCT):
            stored = _compressed_size(cursor)
        elif (number, each) == (FILE_PATH, BINARY) and cursor.take(cursor.varint()):
            message = "a summary of other files (_metadata): upload those, which have the rows"
            raise InvalidFile(RejectionCode.UNSUPPORTED_FORMAT, message)
        elif (number, each) != (FILE_PATH, BINARY):
            skip(cursor, each)
    for _ in range(columns - 1):
        skip(cursor, STRUCT)
    return stored


def _compressed_size(cursor: Cursor) -> int:
    stored = 0
    for number, kind in fields(cursor):
        if number == COMPRESSED_SIZE and kind in INTEGERS:
            stored = cursor.zigzag()
        else:
            skip(cursor, kind)
    return stored


def top_level(cursor: Cursor) -> tuple[str, ...] | None:
    """The names of the root's children in the flattened schema, the next value."""
    kind, size = list_head(cursor)
    if size == 0:
        return None
    if kind != STRUCT:
        raise malformed("the schema is no list of structs")
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


FORMAT = Format("parquet", (".parquet", ".pq"), count, (MAGIC, ENCRYPTED))
