"""Protocol Buffers' wire format: the fields of a message, without its schema (protobuf.dev)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from functions.core.counting.formats.scanning.binary import Cursor, malformed

if TYPE_CHECKING:
    from collections.abc import Iterator

VARINT, I64, LENGTH, I32 = 0, 1, 2, 5
WIDTHS: Final = {I64: 8, I32: 4}


def fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Number and value of each field: a whole number, or the bytes of a text or message.

    Raises:
        InvalidFile: MALFORMED_FILE, TRUNCATED.
    """
    cursor = Cursor(message)
    while cursor.at < len(message):
        tag = cursor.varint()
        yield tag >> 3, _value(cursor, tag & 7)


def _value(cursor: Cursor, wire: int) -> int | bytes:
    if wire == VARINT:
        return cursor.varint()
    if wire == LENGTH:
        return cursor.take(cursor.varint())
    if wire in WIDTHS:
        return cursor.take(WIDTHS[wire])
    raise malformed(f"an unknown wire type in the footer ({wire})")


def number(value: int | bytes) -> int:
    """A field's value, which has to be a number.

    Raises:
        InvalidFile: MALFORMED_FILE.
    """
    if isinstance(value, bytes):
        raise malformed("a number in the footer is none")
    return value


def content(value: int | bytes) -> bytes:
    """A field's value, which has to be a text or a message.

    Raises:
        InvalidFile: MALFORMED_FILE.
    """
    if isinstance(value, int):
        raise malformed("a text in the footer is a number")
    return value
