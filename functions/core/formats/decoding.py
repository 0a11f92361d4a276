"""Bytes to text, block by block, or the rejection BAD_ENCODING."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BOM = "\ufeff"


def text_of(blocks: Iterable[bytes], encoding: str) -> Iterator[str]:
    """Decode strictly, without the byte order mark.

    Raises:
        InvalidFile: BAD_ENCODING, with the byte where it stopped.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    done, first = 0, True
    for block in (*blocks, b"") if isinstance(blocks, tuple) else _with_end(blocks):
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            place = done + error.start
            message = f"not {encoding} at about byte {place}: {error.reason}"
            raise InvalidFile(RejectionCode.BAD_ENCODING, message) from error
        done += len(block)
        if first and text:
            text, first = text.removeprefix(BOM), False
        if text:
            yield text


def _with_end(blocks: Iterable[bytes]) -> Iterator[bytes]:
    yield from (block for block in blocks if block)
    yield b""


def lines_of(pieces: Iterable[str]) -> Iterator[str]:
    r"""Lines with their ends; a line ends with \n, \r\n or a \r alone."""
    rest = ""
    for piece in pieces:
        rest += piece
        # A \r at the very end may be half of a \r\n.
        held = rest[-1:] if rest.endswith("\r") else ""
        lines = _split(rest.removesuffix(held) if held else rest)
        rest = (lines.pop() if lines and not lines[-1].endswith(("\n", "\r")) else "") + held
        yield from lines
    yield from _split(rest)


def _split(text: str) -> list[str]:
    # str.splitlines knows more line ends (\v, \x85, ...) than files have.
    parts = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lines = [f"{part}\n" for part in parts[:-1]]
    return [*lines, parts[-1]] if parts[-1] else lines
