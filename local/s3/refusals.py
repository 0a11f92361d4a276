"""What S3 refuses before it does anything, and moto lets pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from local.http.errors import s3_failure
from local.s3 import digests
from local.s3.reads import BUCKET_HOST

if TYPE_CHECKING:
    from local.http.messages import Answer, Environ

MOST_KEY_BYTES: Final = 1024
"""S3 user guide, "Creating object key names"; of UTF-8."""


def refusal(environ: Environ) -> Answer | None:
    """The refusal of a request whose key is too long or no text, or whose body is another one."""
    path: str = environ["PATH_INFO"]  # a character a byte (PEP 3333)
    if not path.isascii() and not _is_text(path):
        return s3_failure(environ, 400, "InvalidURI", "Couldn't parse the specified URI.")
    if len(path) > MOST_KEY_BYTES and len(_key_of(environ, path)) > MOST_KEY_BYTES:
        return s3_failure(environ, 400, "KeyTooLongError", "Your key is too long")
    return digests.refusal(environ)


def _is_text(path: str) -> bool:
    try:
        path.encode("latin-1").decode()
    except UnicodeDecodeError:
        return False
    return True


def _key_of(environ: Environ, path: str) -> str:
    in_host = BUCKET_HOST.fullmatch(environ.get("HTTP_HOST", "")) is not None
    return path[1:] if in_host else path[1:].partition("/")[2]
