"""avro: objects, from the heads of the blocks, whose data is skipped (Avro 1.12, object files)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from functions.core.counting.formats.base import Format, Reading, Result
from functions.core.counting.formats.scanning.binary import (
    Cursor,
    Pieces,
    Window,
    malformed,
    truncated,
)
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from functions.core.counting.formats.scanning.source import Source

MAGIC: Final = b"Obj\x01"
SYNC: Final = 16
SCHEMA: Final = b"avro.schema"
SCHEMA_LIMIT: Final = 2 << 20
"""Parsed JSON takes up to a hundred times the memory of its text."""

HEAD_LENGTHS: Final = (64 << 10, 16 << 20)
"""How much of the file is read for its head: first what nearly all fit into, then the limit."""

LONGEST_HEAD: Final = 20  # two numbers of at most ten bytes


def count(source: Source, reading: Reading) -> Result:
    """Add up what the blocks say of themselves.

    Raises:
        InvalidFile: TRUNCATED, MALFORMED_FILE.
    """
    del reading
    schema, sync, at = read_head(source)
    objects, pieces = 0, Pieces(source)
    while at < source.size:
        cursor = Cursor(pieces.read(at, LONGEST_HEAD))
        number, size = cursor.zigzag(), cursor.zigzag()
        if number < 0 or size < 0:
            raise malformed("a block's size is below zero")
        at += cursor.at + size
        if at + SYNC > source.size:
            raise truncated("the last block ends before its end")
        if pieces.read(at, SYNC) != sync:
            raise malformed("a block does not end with the file's marker")
        at += SYNC
        objects += number
    return Result(objects, columns_of(schema))


def read_head(source: Source) -> tuple[bytes, bytes, int]:
    """The schema's JSON, the marker that ends each block, and where the blocks begin."""
    first, most = (min(length, source.size) for length in HEAD_LENGTHS)
    try:
        return _head(source, first)
    except InvalidFile as why:
        if why.code is not RejectionCode.TRUNCATED or first == most:
            raise
    return _head(source, most)


def _head(source: Source, length: int) -> tuple[bytes, bytes, int]:
    cursor = Window(source, length).cursor()
    cursor.take(len(MAGIC))
    schema = b""
    while (entries := cursor.zigzag()) != 0:
        if entries < 0:
            entries = -entries
            cursor.zigzag()
        for _ in range(entries):
            name, value = cursor.take(cursor.zigzag()), cursor.take(cursor.zigzag())
            if name == SCHEMA:
                schema = value
    return schema, cursor.take(SYNC), cursor.at


def columns_of(text: bytes) -> tuple[str, ...] | None:
    """The fields of the schema's record; None for a schema too long to be looked at.

    Raises:
        InvalidFile: MALFORMED_FILE, where the schema is no JSON.
    """
    if len(text) > SCHEMA_LIMIT:
        return None
    try:
        schema = json.loads(text)
        fields = schema.get("fields") if isinstance(schema, dict) else None
        return tuple(str(field["name"]) for field in fields) if fields else None
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise malformed("the schema in the file's head is no Avro schema") from error


FORMAT = Format("avro", (".avro",), count, (MAGIC,))
