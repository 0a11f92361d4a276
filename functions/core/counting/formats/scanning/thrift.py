"""Thrift's compact protocol: the fields of a struct, without its definition.

The rules are those of thrift-compact-protocol.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from functions.core.counting.formats.scanning.binary import Cursor, malformed

if TYPE_CHECKING:
    from collections.abc import Iterator

DEPTH_LIMIT: Final = 64
TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = range(1, 13)
INTEGERS: Final = {I16, I32, I64}
WIDTHS: Final = {TRUE: 1, FALSE: 1, BYTE: 1, DOUBLE: 8}
"""Bytes of the elements of a list that are all of one length."""


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
        _skip_all(cursor, *list_head(cursor), depth)
    elif kind == MAP:
        _skip_map(cursor, depth)
    else:
        _skip_all(cursor, kind, 1, depth)


def _skip_all(cursor: Cursor, kind: int, size: int, depth: int) -> None:
    """Pass over so many values of a type, one after the other.

    An empty list may name no type of its elements, as fastparquet and hyparquet write it.
    """
    if size == 0:
        return
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
        raise malformed(f"an unknown type in the footer ({kind})")


def _skip_map(cursor: Cursor, depth: int) -> None:
    size = _sane(cursor, cursor.varint())
    kinds = cursor.take(1)[0] if size else 0
    for _ in range(size):
        _skip_all(cursor, kinds >> 4, 1, depth)
        _skip_all(cursor, kinds & 0x0F, 1, depth)


def list_head(cursor: Cursor) -> tuple[int, int]:
    """The type of a list's elements, and how many there are."""
    head = cursor.take(1)[0]
    size = head >> 4 if head >> 4 != 15 else cursor.varint()  # noqa: PLR2004 - Thrift's mark
    return head & 0x0F, _sane(cursor, size)


def _sane(cursor: Cursor, size: int) -> int:
    """A number of elements that the bytes left could hold."""
    if size > len(cursor.data) - cursor.at:
        raise malformed("a list in the footer is longer than the footer")
    return size
