"""A SHA-256 as senders, manifests and S3 write it."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

HEX: Final = re.compile(r"[0-9a-f]{64}")
SHA256_BYTES: Final = 32
OF_S3: Final = "SHA256:"
"""How a checksum begins that S3 keeps of a whole object; one of parts has another form."""


def sha256_in_hex(text: str) -> str | None:
    """A SHA-256 in hex, of one in hex or in base64; None if it is neither."""
    plain = text.strip()
    if HEX.fullmatch(plain.lower()):
        return plain.lower()
    try:
        read = base64.b64decode(plain, validate=True)
    except binascii.Error:
        return None
    return read.hex() if len(read) == SHA256_BYTES else None


def sha256_of_checksum(checksum: str | None) -> str | None:
    """The SHA-256 of a whole object, of a checksum as a record has it; None if it is none."""
    if checksum is None or not checksum.startswith(OF_S3):
        return None
    return sha256_in_hex(checksum.removeprefix(OF_S3))
