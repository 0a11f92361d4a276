"""Bytes to UTF-8 blocks, checked, or the rejection BAD_ENCODING."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final

from functions.core.counting.formats.scanning.charsets import errors_of
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

UTF8_BOM = codecs.BOM_UTF8
CR, LF, CRLF = b"\r", b"\n", b"\r\n"
DOS_END: Final = b"\x1a"
LONGEST_MARK: Final = 4
MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (UTF8_BOM, "utf-8"),
)
"""UTF-32's mark begins as UTF-16's does, so it is looked for first."""

DECLARE: Final = (
    "save the file as UTF-8, or declare its charset when you upload it,"
    " as in `Content-Type: text/csv; charset=windows-1252`"
)
LONGEST_BEGUN: Final = 3
"""Bytes of a character that lacks its last one."""


@dataclass(frozen=True)
class Text:
    """A file's text as UTF-8 blocks; its charset, and the bytes of a mark before the text."""

    encoding: str
    begins: int
    blocks: Iterator[bytes]


def text_of(blocks: Iterable[bytes], encoding: str) -> Text:
    """The text, in the charset that a byte order mark says, else in this one (Unicode, "BOM").

    Raises:
        InvalidFile: as the blocks are read: BAD_ENCODING, with about where.
    """
    rest = iter(blocks)
    head = b""
    while len(head) < LONGEST_MARK and (block := next(rest, b"")):
        head += block
    found = encoding_by_mark(head)
    begins = len(UTF8_BOM) if head.startswith(UTF8_BOM) else 0
    used = found or encoding
    return Text(used, begins, utf8_blocks(chain([head], rest), used))


def encoding_by_mark(head: bytes) -> str | None:
    """The charset that a text's first bytes say; None if they say none."""
    return next((name for mark, name in MARKS if head.startswith(mark)), None)


def utf8_blocks(blocks: Iterable[bytes], encoding: str, start: int = 0) -> Iterator[bytes]:
    """The text as UTF-8, without its byte order mark; whole characters in each block.

    `start` is where in the file the blocks begin: a mark stands at the very start alone. What
    stands before a fault is given first: if that is at fault itself, it is the first in the file.

    Raises:
        InvalidFile: BAD_ENCODING, with about where it stopped.
    """
    plain = encoding in {"utf-8", "utf8"}
    texts = _checked(blocks, start) if plain else _encoded(blocks, encoding, start)
    first = start == 0
    for text in texts:
        rest = text.removeprefix(UTF8_BOM) if first else text
        first = False
        if rest:
            yield rest


def _checked(blocks: Iterable[bytes], done: int) -> Iterator[bytes]:
    """UTF-8 as it is, cut between characters."""
    held = b""
    is_utf8: Callable[[bytes], bool] = _unknown
    for block in _with_end(blocks):
        text = held + block if held else block
        begun = _begun(text) if block else 0
        text, held = (text[:-begun], text[-begun:]) if begun else (text, b"")
        if not text.isascii() and not is_utf8(text):
            fault = _fault(text)
            if fault is not None:
                yield text[: fault.start]
                raise _bad("utf-8", done, fault)
            is_utf8 = _quick_check()
        done += len(text)
        if text:
            yield text


def _begun(text: bytes) -> int:
    """How many bytes at the end begin a character that the text does not hold whole."""
    tail = text[-LONGEST_BEGUN:]
    return len(tail) - codecs.utf_8_decode(tail, "replace", False)[1]


def _unknown(_text: bytes) -> bool:
    return False


def _fault(text: bytes) -> UnicodeDecodeError | None:
    try:
        text.decode()
    except UnicodeDecodeError as error:
        return error
    return None


def _quick_check() -> Callable[[bytes], bool]:
    """Whether a text is UTF-8, asked of it as a whole, for all but a file's first block."""
    # numpy is the slowest import of all: a small file of lines does without.
    from functions.core.counting.formats.scanning.utf8 import Utf8  # noqa: PLC0415

    return Utf8().holds


def _encoded(blocks: Iterable[bytes], encoding: str, done: int) -> Iterator[bytes]:
    """Text in another encoding, written anew."""
    decoder = codecs.getincrementaldecoder(encoding)(errors_of(encoding))
    for block in _with_end(blocks):
        before = decoder.getstate()
        held = len(before[0])
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeError as error:
            good = getattr(error, "start", 0) - held
            if good > 0:
                decoder.setstate(before)
                yield decoder.decode(block[:good]).encode(errors="surrogatepass")
            raise _bad(encoding, done - held, error) from error
        done += len(block)
        if text:
            yield text.encode(errors="surrogatepass")


def _bad(encoding: str, done: int, error: UnicodeError) -> InvalidFile:
    place = done + getattr(error, "start", 0)
    reason = getattr(error, "reason", error)
    return InvalidFile(
        RejectionCode.BAD_ENCODING, f"not {encoding} at about byte {place:,}: {reason}: {DECLARE}"
    )


def without_nul(blocks: Iterable[bytes], place: int) -> Iterator[bytes]:
    """The same text, from that byte of the file on; a table has no NUL.

    Raises:
        InvalidFile: BAD_ENCODING, after what stands before it.
    """
    for block in blocks:
        found = block.find(0)
        if found >= 0:
            yield block[:found]
            where = f"a NUL byte at about byte {place + found:,}, which no table has"
            raise InvalidFile(RejectionCode.BAD_ENCODING, f"{where}: {DECLARE}")
        place += len(block)
        yield block


def without_last_mark(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The same text without a lone 0x1A at its very end, which ends files of DOS and CP/M."""
    held = b""
    for block in blocks:
        text = held + block if held else block
        held = b""
        if text.endswith(DOS_END):
            # A whole run of them is held, since only a lone one at the end is nothing.
            plain = text.rstrip(DOS_END)
            text, held = plain, text[len(plain) :]
        if text:
            yield text
    if len(held) > 1:
        yield held


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
