"""avro: objects, from the heads of the blocks, whose data is skipped (Avro 1.12, object files)."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from functions.core.counting.formats.base import Format, Reading, Result
from functions.core.counting.formats.scanning.avro_schema import least_bytes
from functions.core.counting.formats.scanning.binary import (
    Cursor,
    Pieces,
    Window,
    malformed,
    truncated,
)
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from functions.core.counting.formats.scanning.source import Source

MAGIC: Final = b"Obj\x01"
SYNC: Final = 16
SCHEMA: Final = b"avro.schema"
CODEC: Final = b"avro.codec"
RATIOS: Final = {b"null": 1, b"deflate": 1_032, b"snappy": 22}
HIGHEST_RATIO: Final = 1_100_000
"""The most that a codec makes of a byte: of those that Avro names, bzip2 makes most, 45 MB of
42 bytes (runs of 255 bytes in blocks of 900,000)."""

MOST_OF_NOTHING: Final = (1 << 31) - 1
"""Objects without a byte that a block may have: the most that Java's readers count to."""

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
    head, at = read_head(source)
    columns, least = columns_of(head.schema), least_of(head.schema)
    ratio = RATIOS.get(head.codec, HIGHEST_RATIO)
    objects, pieces = 0, Pieces(source)
    while at < source.size:
        cursor = Cursor(pieces.read(at, LONGEST_HEAD))
        number, size = cursor.zigzag(), cursor.zigzag()
        if number < 0 or size < 0:
            raise malformed("a block's size is below zero")
        _check_room(number, size * ratio, least)
        at += cursor.at + size
        if at + SYNC > source.size:
            raise truncated("the last block ends before its end")
        if pieces.read(at, SYNC) != head.sync:
            raise malformed("a block does not end with the file's marker")
        at += SYNC
        objects += number
    return Result(objects, columns)


def _check_room(number: int, room: int, least: int) -> None:
    """See that a block has the room for its objects.

    Objects of nothing but nulls take none, so any number is well-formed; MOST_OF_NOTHING bounds it.
    """
    most = room // least if least else MOST_OF_NOTHING
    if number > most:
        message = f"a block says that it has {number} objects and has room for {most}"
        raise malformed(message)


@dataclass(frozen=True)
class Head:
    """What is needed of a file's head: the schema's JSON, the codec, the marker of blocks."""

    schema: bytes
    codec: bytes
    sync: bytes


def read_head(source: Source) -> tuple[Head, int]:
    """The head, and where the blocks begin."""
    first, most = (min(length, source.size) for length in HEAD_LENGTHS)
    try:
        return _head(source, first)
    except InvalidFile as why:
        if why.code is not RejectionCode.TRUNCATED or first == most:
            raise
    return _head(source, most)


def _head(source: Source, length: int) -> tuple[Head, int]:
    cursor = Window(source, length).cursor()
    cursor.take(len(MAGIC))
    wanted = {SCHEMA: b"", CODEC: b"null"}
    while (entries := cursor.zigzag()) != 0:
        if entries < 0:
            entries = -entries
            cursor.zigzag()
        for _ in range(entries):
            name, value = cursor.take(cursor.zigzag()), cursor.take(cursor.zigzag())
            if name in wanted:
                wanted[name] = value
    return Head(wanted[SCHEMA], wanted[CODEC], cursor.take(SYNC)), cursor.at


def columns_of(text: bytes) -> tuple[str, ...] | None:
    """The fields of the schema's record; None for a schema too long to be looked at.

    Raises:
        InvalidFile: MALFORMED_FILE, where the schema is no JSON.
    """
    if len(text) > SCHEMA_LIMIT:
        return None
    with _judging_schema():
        schema = json.loads(text)
        fields = schema.get("fields") if isinstance(schema, dict) else None
        return tuple(str(field["name"]) for field in fields) if fields else None


def least_of(text: bytes) -> int:
    """The bytes of the shortest object; 0 for a schema too long to be looked at.

    Raises:
        InvalidFile: MALFORMED_FILE, where it is no schema.
    """
    if len(text) > SCHEMA_LIMIT:
        return 0
    with _judging_schema():
        return least_bytes(json.loads(text))


@contextmanager
def _judging_schema() -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise malformed("the schema in the file's head is no Avro schema") from error


FORMAT = Format("avro", (".avro",), count, (MAGIC,))
