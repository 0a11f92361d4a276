"""What a file is, by its name and its first bytes together."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from email.message import Message
from email.utils import collapse_rfc2231_value
from typing import TYPE_CHECKING, Any

from functions.core.counting import zipped
from functions.core.counting.compression import compression_of
from functions.core.counting.formats.base import Reading
from functions.core.counting.formats.registry import FORMATS
from functions.core.counting.names import named
from functions.core.counting.signatures import is_workbook, signature_of
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from functions.core.counting.formats.base import Format

HEAD_BYTES = 4096
UNBOUNDED = frozenset({"utf-7", "punycode", "idna", "unicode-escape", "raw-unicode-escape"})
"""Their decoders keep any length of text until something ends it, and read it again each time."""


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
        }


def detect(name: str, head: bytes, content_type: str | None = None) -> Detected:
    """Detect by the key's name, the first bytes (some HEAD_BYTES) and the Content-Type.

    Raises:
        InvalidFile: EMPTY_FILE, UNSUPPORTED_FORMAT, FORMAT_MISMATCH, BAD_ENCODING.
    """
    if not head:
        raise InvalidFile(RejectionCode.EMPTY_FILE, "the file has no content")
    found, wrapping = _named_or_described(name, head)
    compression = _compression(found, head)
    if wrapping is not None and not found.text:
        message = f"{found.name} inside of {wrapping} is not counted: upload it without {wrapping}"
        raise InvalidFile(RejectionCode.UNSUPPORTED_FORMAT, message)
    if wrapping is not None and compression != wrapping:
        raise _mismatch(f"the name says {wrapping}", head)
    if compression is None and not _is_content_of(found, head, content_type):
        raise _mismatch(f"the name says {found.name}", head)
    return Detected(found.name, compression if found.text else None, reading_of(content_type))


def _compression(found: Format, head: bytes) -> str | None:
    """How the content is compressed: a workbook is an archive, too, but in its own right."""
    if found.text and head.startswith(zipped.MAGICS) and not is_workbook(head):
        return zipped.NAME
    return compression_of(head)


def _is_content_of(found: Format, head: bytes, content_type: str | None) -> bool:
    if not found.text:
        return head.startswith(found.magic)
    binary = b"\0" in head and not _is_wide(content_type)
    return not binary and signature_of(head) is None


def _mismatch(says: str, head: bytes) -> InvalidFile:
    """The rejection of content that its name does not say, with what it is, where that is known."""
    found = signature_of(head)
    content = "does not: name it as what it is, or upload the right file"
    if found is not None:
        content = f"is {found.noun}: {found.advice}"
    return InvalidFile(RejectionCode.FORMAT_MISMATCH, f"{says}, the content {content}")


def _named_or_described(name: str, head: bytes) -> tuple[Format, str | None]:
    """The format that the name says, or else the content of itself; and the name's wrapping.

    Raises:
        InvalidFile: UNSUPPORTED_FORMAT.
    """
    try:
        return named(name)
    except InvalidFile:
        found = _described(head)
        if found is None:
            raise
        return found


def _described(head: bytes) -> tuple[Format, str | None] | None:
    """The format of content that says itself what it is, and its wrapping; else None."""
    if head.startswith(zipped.MAGICS) and not is_workbook(head):
        inside = zipped.first_name(head)
        return None if inside is None else (named(inside)[0], zipped.NAME)
    own = (each for each in FORMATS if each.magic and head.startswith(each.magic))
    found = next(own, None)
    return None if found is None else (found, None)


def reading_of(content_type: str | None) -> Reading:
    """How to read, by the parameters of a Content-Type (RFC 2046; `header` is RFC 4180's)."""
    parameters = _parameters(content_type)
    encoding = parameters.get("charset", "utf-8").lower()
    known = _charset(encoding)
    if known is None:
        message = f"unknown charset in the Content-Type: {encoding[:50]}"
        raise InvalidFile(RejectionCode.BAD_ENCODING, message)
    return Reading(known, parameters.get("header", "present").lower() != "absent")


def _charset(encoding: str) -> str | None:
    """Python's name of a charset; None for one that nobody knows, or that is not to be decoded."""
    try:
        known = codecs.lookup(encoding).name
        codecs.getincrementaldecoder(known)()
        b"a".decode(known)  # refuses Python's codecs from bytes to bytes, as zlib
    except UnicodeError:
        pass  # a charset, in which this is no whole character
    except (LookupError, ValueError):
        return None
    return None if known in UNBOUNDED else known


def _is_wide(content_type: str | None) -> bool:
    return _parameters(content_type).get("charset", "").lower().startswith(("utf-16", "utf-32"))


def _parameters(content_type: str | None) -> dict[str, str]:
    message = Message()
    message["Content-Type"] = content_type or "application/octet-stream"
    given = message.get_params([])[1:]
    return {name.lower(): collapse_rfc2231_value(value) for name, value in given}
