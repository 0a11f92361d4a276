"""json: an array's top-level elements, or 1 for any other document (RFC 8259)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from functions.core.errors import InvalidFile, RejectionCode
from functions.core.formats.base import Format, Reading, Result
from functions.core.formats.decoding import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_elements = msgspec.json.Decoder(list[msgspec.Raw]).decode
_validate = msgspec.json.Decoder().decode


def count(blocks: Iterator[bytes], reading: Reading) -> Result:
    """Count the elements of the document.

    Raises:
        InvalidFile: MALFORMED_JSON with the byte, BAD_ENCODING.
    """
    text = "".join(text_of(blocks, reading.encoding))
    try:
        if text.lstrip(" \t\r\n").startswith("["):
            return Result(len(_elements(text)))
        _validate(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        message = f"not a JSON document: {error}"
        raise InvalidFile(RejectionCode.MALFORMED_JSON, message) from error
    return Result(1)


FORMAT = Format("json", (".json",), count)
