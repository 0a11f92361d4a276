"""jsonl and ndjson: non-blank lines, each valid JSON (RFC 8259)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from functions.core.errors import InvalidFile, RejectionCode
from functions.core.formats.base import Format, Reading, Result
from functions.core.formats.decoding import lines_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_decode = msgspec.json.Decoder().decode


def count(blocks: Iterator[bytes], reading: Reading) -> Result:
    """Count the lines that hold a value.

    Raises:
        InvalidFile: MALFORMED_JSON with the line's number, BAD_ENCODING.
    """
    records = 0
    for number, line in enumerate(lines_of(text_of(blocks, reading.encoding)), 1):
        if not line.strip():
            continue
        try:
            _decode(line)
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
            message = f"line {number} is not JSON: {error}"
            raise InvalidFile(RejectionCode.MALFORMED_JSON, message) from error
        records += 1
    return Result(records)


FORMAT = Format("jsonl", (".jsonl", ".ndjson"), count)
