"""Whether a body is what its headers say (S3 user guide, "Checking object integrity")."""

from __future__ import annotations

import base64
import binascii
import hashlib
from functools import partial
from typing import IO, TYPE_CHECKING, Final, Protocol

import anycrc

from local.http.errors import s3_failure

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.http.messages import Answer, Environ

BLOCK_BYTES: Final = 1024 * 1024
MD5: Final = "HTTP_CONTENT_MD5"
MD5_BYTES: Final = 16
HEADER: Final = "HTTP_X_AMZ_CHECKSUM_"
ALGORITHM: Final = "HTTP_X_AMZ_SDK_CHECKSUM_ALGORITHM"
BAD_DIGEST: Final = "BadDigest"


class Digest(Protocol):
    """As those of hashlib."""

    def update(self, data: bytes, /) -> None:
        """Take more bytes."""

    def digest(self) -> bytes:
        """What all bytes so far come to."""


class Crc:
    """A cyclic redundancy check in the form of hashlib, by its name in the catalogue of them."""

    def __init__(self, name: str, size: int) -> None:
        self._model = anycrc.Model(name)
        self._size = size
        self._value = self._model.calc(b"")

    def update(self, data: bytes, /) -> None:
        """Take more bytes."""
        self._value = self._model.calc(data, self._value)

    def digest(self) -> bytes:
        """So many bytes, the most significant first."""
        return int(self._value).to_bytes(self._size, "big")


DIGESTS: Final[dict[str, Callable[[], Digest]]] = {
    "CRC32": partial(Crc, "CRC32", 4),
    "CRC32C": partial(Crc, "CRC32C", 4),
    "CRC64NVME": partial(Crc, "CRC64-NVME", 8),
    "SHA1": partial(hashlib.sha1, usedforsecurity=False),
    "SHA256": hashlib.sha256,
}


def refusal(environ: Environ) -> Answer | None:
    """The answer to a body that is not what a Content-MD5 or a checksum says; None for any other.

    A body in pieces was put together before (`chunked`). A request that completes an upload in
    parts is passed over: its checksum is that of the object (`multipart`).
    """
    if environ["REQUEST_METHOD"] == "POST" and "uploadId=" in environ.get("QUERY_STRING", ""):
        return None
    if MD5 in environ and (answer := _md5_refusal(environ)):
        return answer
    for name, make in DIGESTS.items():
        given = environ.get(f"{HEADER}{name}")
        if given is not None and given != _base64(of_file(environ["wsgi.input"], make())):
            return s3_failure(environ, 400, BAD_DIGEST, mismatch(name))
    return None


def name_algorithm(environ: Environ) -> None:
    """Name the algorithm of a checksum that is given: moto keeps none without."""
    for name in DIGESTS:
        if f"{HEADER}{name}" in environ:
            environ.setdefault(ALGORITHM, name)


def of_file(file: IO[bytes], digest: Digest) -> bytes:
    """The digest of a file, left to be read again."""
    file.seek(0)
    while block := file.read(BLOCK_BYTES):
        digest.update(block)
    file.seek(0)
    return digest.digest()


def _md5_refusal(environ: Environ) -> Answer | None:
    try:
        given = base64.b64decode(environ[MD5], validate=True)
    except binascii.Error:
        given = b""
    if len(given) != MD5_BYTES:
        text = "The Content-MD5 you specified was invalid."
        return s3_failure(environ, 400, "InvalidDigest", text)
    if given != of_file(environ["wsgi.input"], hashlib.md5(usedforsecurity=False)):
        text = "The Content-MD5 you specified did not match what we received."
        return s3_failure(environ, 400, BAD_DIGEST, text)
    return None


def mismatch(name: str) -> str:
    """What S3 says of a checksum that is another."""
    return f"The {name} you specified did not match the calculated checksum."


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
