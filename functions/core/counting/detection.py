"""What a file is, by its name and its first bytes together."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from email.message import Message
from email.utils import collapse_rfc2231_value
from typing import TYPE_CHECKING, Any, Final

from functions.core.counting import zipped
from functions.core.counting.compression import compression_of
from functions.core.counting.formats.base import Reading
from functions.core.counting.formats.registry import BY_NAME, FORMATS
from functions.core.counting.formats.scanning.charsets import codec_of
from functions.core.counting.formats.scanning.decoding import encoding_by_mark
from functions.core.counting.formats.scanning.table_dialect import (
    DEFAULTS,
    TableDialect,
    table_dialect,
)
from functions.core.counting.names import named
from functions.core.counting.signatures import is_workbook, signature_of
from functions.core.counting.wide import is_utf8, refuse_unmarked
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from functions.core.counting.formats.base import Format

HEAD_BYTES = 4096
NO_CONTENT: Final = "the file has no content: upload it once it has some"
MEDIA_TYPES: Final = {
    "text/csv": "csv",
    "application/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/json": "json",
    "application/x-ndjson": "jsonl",
    "application/ndjson": "jsonl",
    "application/jsonl": "jsonl",
    "application/x-jsonlines": "jsonl",
    "application/json-seq": "json",
    "text/plain": "txt",
    "application/vnd.apache.parquet": "parquet",
    "application/x-parquet": "parquet",
    "application/vnd.apache.avro": "avro",
    "avro/binary": "avro",
    "application/vnd.apache.orc": "orc",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}
"""What a sender may say of a file whose name tells nothing (IANA's media types, and habits)."""

MEDIA_TYPES_OF: Final = {name: media for media, name in reversed(MEDIA_TYPES.items())}

WIDE: Final = ("utf-16", "utf-32")
"""How charsets begin in which NULs are parts of characters."""

PARAMETER: Final = re.compile(r';\s*([^=;\s]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)')
QUOTED_PAIR: Final = re.compile(r"\\([\\\"])")


@dataclass(frozen=True)
class Detected:
    """What was detected: the format's name, its wrapping, and how to read it."""

    format: str
    compression: str | None
    reading: Reading

    def to_json(self) -> dict[str, Any]:
        """As one state hands it to the next."""
        return {
            "format": self.format,
            "compression": self.compression,
            "encoding": self.reading.encoding,
            "header": self.reading.header,
            "delimiter": self.reading.delimiter,
            "dialect": self.reading.dialect.words(),
        }


def with_defaults(content_type: str | None, defaults: str | None) -> str | None:
    """What a sender declares, and where he does not what is declared for all such files."""
    if defaults is None:
        return content_type
    own = _media_type(content_type)
    media_type = own if own in MEDIA_TYPES else _media_type(defaults)
    parts = [media_type]
    for name, value in {**_parameters(defaults), **_parameters(content_type)}.items():
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        parts.append(f'{name}="{quoted}"')
    return "; ".join(parts)


def _media_type(content_type: str | None) -> str:
    return (content_type or "").partition(";")[0].strip().lower()


def detect(name: str, head: bytes, content_type: str | None = None) -> Detected:
    """Detect by the key's name, the first bytes (some HEAD_BYTES) and the Content-Type.

    Raises:
        InvalidFile: EMPTY_FILE, UNSUPPORTED_FORMAT, FORMAT_MISMATCH, BAD_ENCODING.
    """
    if not head:
        raise InvalidFile(RejectionCode.EMPTY_FILE, NO_CONTENT)
    found, wrapping = _named_or_described(name, head, content_type)
    compression = _compression(found, head)
    if wrapping is not None and not found.text:
        message = f"{found.name} inside of {wrapping} is not counted: upload it without {wrapping}"
        raise InvalidFile(RejectionCode.UNSUPPORTED_FORMAT, message)
    if wrapping is not None and compression != wrapping:
        raise _mismatch(f"the name says {wrapping}", head)
    if compression is None and not _is_wide(head, content_type):
        _refuse_unmarked(found, head)
    if compression is None and not _is_content_of(found, head, content_type):
        raise _mismatch(f"the name says {found.name}", head)
    reading = reading_of(content_type)
    if found.text and compression is None:
        # A byte order mark says more than who uploaded the file.
        reading = replace(reading, encoding=encoding_by_mark(head) or reading.encoding)
    return Detected(found.name, compression if found.text else None, reading)


def _compression(found: Format, head: bytes) -> str | None:
    """How the content is compressed: a workbook is an archive, too, but in its own right."""
    if found.text and head.startswith(zipped.MAGICS) and not is_workbook(head):
        return zipped.NAME
    return compression_of(head)


def _is_content_of(found: Format, head: bytes, content_type: str | None) -> bool:
    if not found.text:
        return head.startswith(found.magic)
    if b"\0" in head and not (found.judges_nul or _is_wide(head, content_type)):
        return False
    signature = signature_of(head)
    return signature is None or (found.prose and signature.page)


def check_inside(detected: Detected, head: bytes) -> None:
    """Look at the first bytes inside of a compressed file as `detect` does at those of any other.

    Raises:
        InvalidFile: BAD_ENCODING, for wide characters that nothing says to be such.
    """
    if not detected.reading.encoding.startswith(WIDE):
        _refuse_unmarked(BY_NAME[detected.format], head)


def _refuse_unmarked(found: Format, head: bytes) -> None:
    """Name UTF-16 that nothing says to be it, by its NULs; lines of UTF-8 may have such."""
    unmarked = b"\0" in head and encoding_by_mark(head) is None
    if found.text and unmarked and not (found.prose and is_utf8(head)):
        refuse_unmarked(head, MEDIA_TYPES_OF.get(found.name, "text/plain"))


def _is_wide(head: bytes, content_type: str | None) -> bool:
    """Whether the text is in a charset in which NULs are parts of characters."""
    declared = _parameters(content_type).get("charset", "").lower()
    return (encoding_by_mark(head) or declared).startswith(WIDE)


def _mismatch(says: str, head: bytes) -> InvalidFile:
    """The rejection of content that its name does not say, with what it is, where that is known."""
    found = signature_of(head)
    content = "does not: name it as what it is, or upload the right file"
    if found is not None:
        content = f"is {found.noun}: {found.advice}"
    elif b"\0" in head:
        place = head.index(0)
        content = (
            f"has a NUL byte at byte {place:,}, which no text has: write the file anew without"
        )
    return InvalidFile(RejectionCode.FORMAT_MISMATCH, f"{says}, the content {content}")


def _named_or_described(
    name: str, head: bytes, content_type: str | None
) -> tuple[Format, str | None]:
    """The format that the name says, or else the sender, or the content of itself; the wrapping.

    Raises:
        InvalidFile: UNSUPPORTED_FORMAT.
    """
    try:
        return named(name)
    except InvalidFile:
        found = _declared(content_type) or _described(head)
        if found is None:
            raise
        return found


def _declared(content_type: str | None) -> tuple[Format, str | None] | None:
    """The format of a Content-Type; None for one that says nothing of it, as most defaults do."""
    found = MEDIA_TYPES.get(_media_type(content_type))
    return None if found is None else (BY_NAME[found], None)


def _described(head: bytes) -> tuple[Format, str | None] | None:
    """The format of content that says itself what it is, and its wrapping; else None."""
    if head.startswith(zipped.MAGICS) and not is_workbook(head):
        inside = zipped.first_name(head)
        return None if inside is None else (named(inside)[0], zipped.NAME)
    own = (each for each in FORMATS if each.magic and head.startswith(each.magic))
    found = next(own, None)
    return None if found is None else (found, None)


def reading_of(content_type: str | None) -> Reading:
    """How to read, by the parameters of a Content-Type.

    They are `charset` (RFC 2046), `header` (RFC 4180), and of the Data Package standard's Table
    Dialect `delimiter` and the words that `table_dialect` reads, lists as in `headerRows="1 2"`.

    Raises:
        InvalidFile: BAD_ENCODING, FORMAT_MISMATCH.
    """
    parameters = _parameters(content_type)
    label = parameters.get("charset", "utf-8")
    known = codec_of(label)
    if known is None:
        message = f"unknown charset in the Content-Type: {label[:50]}: name one as browsers know it"
        raise InvalidFile(RejectionCode.BAD_ENCODING, message)
    header = parameters.get("header", "present").lower() != "absent"
    delimiter = _delimiter(parameters.get("delimiter"))
    return Reading(known, header, delimiter, _dialect(parameters))


def _dialect(parameters: dict[str, str]) -> TableDialect:
    words = {name: parameters[name.lower()] for name in DEFAULTS if name.lower() in parameters}
    try:
        return table_dialect({name: _value(name, given) for name, given in words.items()})
    except ValueError as error:
        message = f"the Content-Type's {error}: declare it so, or leave it out"
        raise InvalidFile(RejectionCode.FORMAT_MISMATCH, message) from error


def _value(name: str, given: str) -> Any:
    """A parameter's value as JSON would have it."""
    if isinstance(DEFAULTS[name], bool):
        return {"true": True, "false": False}.get(given.lower(), given)
    if isinstance(DEFAULTS[name], list):
        numbers = given.replace(",", " ").split()
        return [int(each) if each.isdecimal() and each.isascii() else each for each in numbers]
    return given


def _delimiter(given: str | None) -> str | None:
    if given is None:
        return None
    found = {"tab": "\t", "\\t": "\t"}.get(given.lower(), given)
    if len(found) != 1 or not found.isascii() or found in '\r\n"\0':
        message = f"the Content-Type's delimiter is no single character: {given[:20]!r}"
        raise InvalidFile(RejectionCode.FORMAT_MISMATCH, f"{message}: declare one, such as ;")
    return found


def _parameters(content_type: str | None) -> dict[str, str]:
    found = {
        name.lower(): _unquoted(value) for name, value in PARAMETER.findall(content_type or "")
    }
    if any(name.endswith("*") for name in found):  # RFC 2231; of the rest, email takes \\" for \"
        message = Message()
        message["Content-Type"] = content_type or ""
        found |= {name: collapse_rfc2231_value(value) for name, value in message.get_params([])[1:]}
    return found


def _unquoted(value: str) -> str:
    """A parameter's value (RFC 9110, "Quoted Strings")."""
    if len(value) > 1 and value[0] == value[-1] == '"':
        return QUOTED_PAIR.sub(r"\1", value[1:-1])
    return value.strip()
