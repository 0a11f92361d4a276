"""Bodies in `aws-chunked` pieces, with a checksum behind the last one.

SDKs send a body so that they cannot read twice: its checksum is only known at its end (S3 user
guide, "Signature calculations for the Authorization header: transferring payload in multiple
chunks"). Here the content takes the body's place, and what the trailer says becomes a header: from
then on it is a request like any other, and its checksum is compared as any other's. The signatures
of pieces are not verified, as no signature here is.
"""

from __future__ import annotations

import base64
import binascii
import re
import tempfile
from typing import IO, TYPE_CHECKING, Final

from local.http.errors import s3_failure
from local.s3.content import IN_MEMORY_BYTES
from local.s3.digests import DIGESTS

if TYPE_CHECKING:
    from local.http.messages import Answer, Environ

KIND: Final = "HTTP_X_AMZ_CONTENT_SHA256"
ANNOUNCED: Final = "HTTP_X_AMZ_TRAILER"
LENGTH: Final = "HTTP_X_AMZ_DECODED_CONTENT_LENGTH"
ENCODING: Final = "HTTP_CONTENT_ENCODING"
PIECE: Final = re.compile(rb"([0-9A-Fa-f]{1,16})(?:;[^\r\n]*)?\r\n")
SIGNATURE: Final = "x-amz-trailer-signature"
CHECKSUM: Final = "x-amz-checksum-"
MOST_LINE_BYTES: Final = 8192
BLOCK_BYTES: Final = 1024 * 1024

INCOMPLETE: Final = "The request body terminated unexpectedly"
MALFORMED_TRAILER: Final = (
    "The request contained trailing data that was not well-formed or did not conform to our "
    "published schema."
)


class MalformedBodyError(Exception):
    """The body is not what it should be: S3's code and its message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def unpack(environ: Environ) -> Answer | None:
    """Put the content in the place of its pieces; the answer to a body that cannot be read."""
    kind = environ.get(KIND, "")
    if not kind.startswith("STREAMING-"):
        return None
    content = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115 - the request's own
    try:
        trailers = _unpacked(environ["wsgi.input"], content)
        _check_length(environ, content.tell())
        _check_announced(environ, trailers, needed=kind.endswith("-TRAILER"))
    except MalformedBodyError as why:
        return s3_failure(environ, 400, why.code, why.message)
    environ |= {_header(name): value for name, value in trailers.items()}
    _replace(environ, content)
    return None


def _unpacked(pieces: IO[bytes], content: IO[bytes]) -> dict[str, str]:
    """Write what the pieces hold; what stands behind the last one, by name in small letters."""
    while size := _size(pieces.readline(MOST_LINE_BYTES)):
        _copy(pieces, content, size)
        if pieces.readline(MOST_LINE_BYTES) != b"\r\n":
            raise MalformedBodyError("IncompleteBody", INCOMPLETE)
    return _trailers(pieces)


def _size(line: bytes) -> int:
    found = PIECE.fullmatch(line)
    if found is None:
        raise MalformedBodyError("IncompleteBody", INCOMPLETE)
    return int(found[1], 16)


def _copy(pieces: IO[bytes], content: IO[bytes], size: int) -> None:
    while size:
        block = pieces.read(min(size, BLOCK_BYTES))
        if not block:
            raise MalformedBodyError("IncompleteBody", INCOMPLETE)
        content.write(block)
        size -= len(block)


def _trailers(pieces: IO[bytes]) -> dict[str, str]:
    found = {}
    while line := pieces.readline(MOST_LINE_BYTES):
        name, colon, value = line.decode("latin-1").strip().partition(":")
        if not name and not colon:
            continue
        if not name or not colon:
            raise MalformedBodyError("MalformedTrailerError", MALFORMED_TRAILER)
        found[name.strip().lower()] = value.strip()
    found.pop(SIGNATURE, None)
    return found


def _check_length(environ: Environ, size: int) -> None:
    if environ.get(LENGTH, str(size)) != str(size):
        raise MalformedBodyError("IncompleteBody", INCOMPLETE)


def _check_announced(environ: Environ, trailers: dict[str, str], *, needed: bool) -> None:
    """Compare what came with what `x-amz-trailer` announces.

    Where no trailer is `needed`, a checksum that is announced may stand among the headers instead:
    the SDK for Java sends it so.
    """
    announced = {each.strip().lower() for each in environ.get(ANNOUNCED, "").split(",")} - {""}
    came = {*trailers} if needed else {*trailers, *(n for n in announced if _header(n) in environ)}
    if came != announced:
        raise MalformedBodyError("MalformedTrailerError", MALFORMED_TRAILER)
    for name, value in trailers.items():
        if name.startswith(CHECKSUM) and not _is_checksum(name, value):
            text = f"Value for {name} trailing header is invalid."
            raise MalformedBodyError("InvalidRequest", text)


def _is_checksum(name: str, value: str) -> bool:
    make = DIGESTS.get(name.removeprefix(CHECKSUM).upper())
    if make is None:
        return False
    try:
        return len(base64.b64decode(value, validate=True)) == len(make().digest())
    except binascii.Error:
        return False


def _header(name: str) -> str:
    return f"HTTP_{name.upper().replace('-', '_')}"


def _replace(environ: Environ, content: IO[bytes]) -> None:
    """Let the request be one that was sent in one piece."""
    environ["CONTENT_LENGTH"] = str(content.tell())
    content.seek(0)
    environ["wsgi.input"] = content
    environ[KIND] = "UNSIGNED-PAYLOAD"
    for name in (ANNOUNCED, LENGTH):
        environ.pop(name, None)
    encodings = [each.strip() for each in environ.pop(ENCODING, "").split(",")]
    kept = [each for each in encodings if each not in {"", "aws-chunked"}]
    if kept:
        environ[ENCODING] = ",".join(kept)
