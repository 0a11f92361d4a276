"""Bytes to UTF-8 blocks, checked, or the rejection BAD_ENCODING."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

UTF8_BOM = codecs.BOM_UTF8
CR, LF, CRLF = b"\r", b"\n", b"\r\n"


def utf8_blocks(blocks: Iterable[bytes], encoding: str, start: int = 0) -> Iterator[bytes]:
    """The text as UTF-8, without its byte order mark; whole characters in each block.

    `start` is where in the file the blocks begin: a mark stands at the very start alone.

    Raises:
        InvalidFile: BAD_ENCODING, with about where it stopped.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    plain = encoding in {"utf-8", "utf8"}
    done, first = start, start == 0
    for block in _with_end(blocks):
        # Most text is ASCII, and to see that costs a tenth of decoding it.
        quick = plain and block.isascii() and decoder.getstate()[0] == b""
        text = block if quick else _decoded(decoder, block, encoding, done, plain=plain)
        done += len(block)
        if first and text:
            text, first = text.removeprefix(UTF8_BOM), False
        if text:
            yield text


def _decoded(
    decoder: codecs.IncrementalDecoder, block: bytes, name: str, done: int, *, plain: bool
) -> bytes:
    try:
        held = decoder.getstate()[0]
        text = decoder.decode(block, final=not block)
        if not plain:
            return text.encode(errors="surrogatepass")
        # What was decoded is UTF-8, so these bytes are the text, less a character begun.
        begun = len(decoder.getstate()[0])
        whole = held + block if held else block
        return whole[:-begun] if begun else whole
    except UnicodeError as error:
        place = done + getattr(error, "start", 0)
        message = f"not {name} at about byte {place}: {getattr(error, 'reason', error)}"
        raise InvalidFile(RejectionCode.BAD_ENCODING, message) from error


def paired_blocks(blocks: Iterable[bytes]) -> Iterator[bytes]:
    r"""The same text with no \r\n cut in two: a block ends with \r only at the very end."""
    held = b""
    for block in blocks:
        text = held + block if held else block
        held = CR if text.endswith(CR) else b""
        text = text[:-1] if held else text
        if text:
            yield text
    if held:
        yield held


def newline_blocks(blocks: Iterable[bytes]) -> Iterator[bytes]:
    r"""The same text with every line end (\n, \r\n, a \r alone) as \n."""
    held = b""
    for block in blocks:
        text = held + block if held else block
        held = b""
        if CR in text:
            # A \r at the very end may be half of a \r\n.
            held = CR if text.endswith(CR) else b""
            text = normalized(text.removesuffix(held) if held else text)
        if text:
            yield text
    if held:
        yield LF


def normalized(text: bytes) -> bytes:
    r"""The text with every line end as \n."""
    return text.replace(CRLF, LF).replace(CR, LF)


def _with_end(blocks: Iterable[bytes]) -> Iterator[bytes]:
    yield from (block for block in blocks if block)
    yield b""
