"""Which requests only read an object, whoever sends them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from local.credentials import signature_of

if TYPE_CHECKING:
    from local.http.messages import Environ

BUCKET: Final = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
OBJECT_PATH: Final = re.compile(rf"/{BUCKET}/.+", re.DOTALL)
BUCKET_HOST: Final = re.compile(rf"{BUCKET}\.(?:s3\.)?localhost(?::\d+)?")
PARAMETERS: Final = re.compile(
    r"versionId|x-id|partNumber|response-[a-z-]+|X-Amz-(?:Algorithm|Credential|Date|Expires"
    r"|SignedHeaders|Signature|Security-Token|Checksum-Mode)|AWSAccessKeyId|Signature|Expires"
)
"""GetObject's own, and those of a presigned URL (S3 API reference)."""


def is_object_read(environ: Environ) -> bool:
    """Whether a request is a GET or HEAD of an object and nothing else, signed or not."""
    in_host = BUCKET_HOST.fullmatch(environ.get("HTTP_HOST", "")) is not None
    path = environ["PATH_INFO"]
    signature = signature_of(environ)
    names = [name for name, _ in parse_qsl(environ["QUERY_STRING"], keep_blank_values=True)]
    return (
        environ["REQUEST_METHOD"] in {"GET", "HEAD"}
        and (path != "/" if in_host else OBJECT_PATH.fullmatch(path) is not None)
        and all(PARAMETERS.fullmatch(name) for name in names)
        and (signature is None or signature.service == "s3")
    )


def may_be_unsigned(environ: Environ) -> bool:
    """Whether a request changes nothing, so that it is answered without knowing whose it is.

    Reading and its preflights alone, of S3 alone: every other service of AWS wants a signature, and
    does what the query says for a GET, too.
    """
    names = {name for name, _ in parse_qsl(environ["QUERY_STRING"], keep_blank_values=True)}
    return environ["REQUEST_METHOD"] in {"GET", "HEAD", "OPTIONS"} and "Action" not in names
