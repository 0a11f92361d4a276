"""Uploading from the page: each file is streamed to the raw bucket as it arrives."""

from __future__ import annotations

import asyncio
import mimetypes
import re
from typing import TYPE_CHECKING, Any, Final, cast

from boto3.s3.transfer import TransferConfig
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from ops.console.web.context import Console, console_of
from ops.console.web.html import link
from ops.pipeline.errors import BAD_USAGE, OpsError
from ops.pipeline.executions import RUNNING, became, described
from ops.pipeline.plain_text import PATTERN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.responses import Response

LIMIT_BYTES: Final = 64 * 1024**3
PART_BYTES: Final = 8 * 1024**2
"""10,000 parts of it, the most that S3 takes, are more than LIMIT_BYTES."""
KEY_BYTES: Final = 1024
SEARCH_SECONDS: Final = 1.5
REFUSED: Final = re.compile("[\x00-\x1f\x7f-\x9f\ufffe\uffff]")
"""Spaces and marks of other scripts pass: macOS puts U+202F into the names of its screenshots."""
PARTS: Final = TransferConfig(
    multipart_threshold=PART_BYTES, multipart_chunksize=PART_BYTES, max_concurrency=2
)


class TooLargeError(OpsError):
    """More bytes than an upload may have."""


class UploadBody:
    """The body of a request as a file that a thread reads, chunk by chunk."""

    def __init__(self, stream: AsyncIterator[bytes], limit: int) -> None:
        self._stream = stream
        self._loop = asyncio.get_running_loop()
        self._left = limit
        self._held = bytearray()
        self._ended = False

    def announce(self, size: int) -> None:
        """Refuse at once what says that it is too large.

        Raises:
            TooLargeError: it does.
        """
        if size > self._left:
            raise TooLargeError("the file is too large for the page: tally upload", BAD_USAGE)

    def read(self, size: int = -1) -> bytes:
        """So many bytes, fewer only at the end."""
        while not self._ended and (size < 0 or len(self._held) < size):
            chunk = asyncio.run_coroutine_threadsafe(self._next(), self._loop).result()
            self._ended = chunk is None
            self.announce(len(chunk or b""))
            self._left -= len(chunk or b"")
            self._held += chunk or b""
        taken = bytes(self._held if size < 0 else self._held[:size])
        del self._held[: len(taken)]
        return taken

    async def _next(self) -> bytes | None:
        return await anext(self._stream, None)


def show(request: Request) -> Response:
    """The page that files are dropped on."""
    return console_of(request).templates.page(request, "upload.html.jinja", hidden=PATTERN)


async def store(request: Request) -> Response:
    """Store the body under `?key=`; answers the object version."""
    console = console_of(request)
    limit = request.app.state.upload_limit
    try:
        key = checked(request.query_params.get("key", ""))
        body = UploadBody(cast("AsyncIterator[bytes]", request.stream()), limit)
        body.announce(int(request.headers.get("content-length", "0")))
        version = await run_in_threadpool(_store_body, console, key, body)
    except TooLargeError as error:
        return JSONResponse({"problem": str(error)}, 413)
    except (OpsError, ValueError) as error:
        return JSONResponse({"problem": str(error)}, 400)
    return JSONResponse({"key": key, "version": version})


def _store_body(console: Console, key: str, body: UploadBody) -> str:
    s3, bucket = console.deployment.clients.s3, console.deployment.raw_bucket
    kind = mimetypes.guess_type(key)[0] or "application/octet-stream"
    s3.upload_fileobj(cast("Any", body), bucket, key, ExtraArgs={"ContentType": kind}, Config=PARTS)
    return s3.head_object(Bucket=bucket, Key=key).get("VersionId", "null")


def checked(key: str) -> str:
    """A key that an upload may have: also a path that no tool resolves to anywhere else.

    Raises:
        OpsError: it may not.
    """
    parts = key.split("/")
    if not key or len(key.encode("utf-8", "replace")) > KEY_BYTES:
        raise OpsError(f"a key has 1 to {KEY_BYTES:,} bytes", BAD_USAGE)
    if any(part in {"", ".", ".."} for part in parts):
        raise OpsError("a key's parts may not be empty, . or ..", BAD_USAGE)
    if REFUSED.search(key):
        raise OpsError("a name with control characters cannot be sent: rename the file", BAD_USAGE)
    return key


def status(request: Request) -> Response:
    """What has become of an upload: its execution, once there is one, and how that ended."""
    console, query = console_of(request), request.query_params
    arn = console.uploads.execution_of(
        query.get("key", ""), query.get("version", ""), SEARCH_SECONDS
    )
    if arn is None:
        return JSONResponse({"became": None})
    details = described(console.deployment, arn)
    word = "running" if details.status == RUNNING else became(details)
    return JSONResponse({"became": word, "href": link("/execution", arn=arn)})
