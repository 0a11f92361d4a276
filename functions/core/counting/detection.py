"""What a file is, by its name and its first bytes together."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from email.message import Message
from email.utils import collapse_rfc2231_value
from typing import TYPE_CHECKING, Any

from functions.core.counting.compression import COMPRESSIONS, compression_of
from functions.core.counting.formats.base import Reading
from functions.core.counting.formats.registry import BY_EXTENSION
from functions.core.errors import InvalidFile, RejectionCode

if TYPE_CHECKING:
    from functions.core.counting.formats.base import Format

WRAPPINGS = {ending: each.name for each in COMPRESSIONS for ending in each.extensions}
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
    found, wrapping = named(name)
    compression = compression_of(head)
    if wrapping is not None and compression != wrapping:
        raise _mismatch(f"the name says {wrapping}, the content does not")
    if found.text:
        if compression is None and b"\0" in head and not _is_wide(content_type):
            raise _mismatch(f"the name says {found.name}, the content is binary")
    elif wrapping is not None or not head.startswith(found.magic):
        raise _mismatch(f"the name says {found.name}, the content does not")
    return Detected(found.name, compression if found.text else None, reading_of(content_type))


def _mismatch(message: str) -> InvalidFile:
    return InvalidFile(RejectionCode.FORMAT_MISMATCH, message)


def named(name: str) -> tuple[Format, str | None]:
    """The format and the wrapping that a name's extensions say."""
    plain = name.rpartition("/")[2].lower()
    wrapping = None
    for ending, kind in WRAPPINGS.items():
        if plain.endswith(ending):
            plain, wrapping = plain.removesuffix(ending), kind
            break
    stem, dot, extension = plain.rpartition(".")
    found = BY_EXTENSION.get(f"{dot}{extension}") if dot and stem else None
    if found is None:
        what = f".{extension}" if dot else "no extension"
        message = f"not a format that is counted: {what}"
        raise InvalidFile(RejectionCode.UNSUPPORTED_FORMAT, message)
    return found, wrapping


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
