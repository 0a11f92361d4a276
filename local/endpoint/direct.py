"""`s3:putObject` of a state, in process and without an SDK between.

Every file's record is stored by it, and boto3 takes four times as long to make the request and to
read the answer as S3 takes to do it. The request is the same, goes the same way through the
application and is checked for the same role.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from local.endpoint.wsgi import environ_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.endpoint.callers import Credentials
    from local.endpoint.wsgi import Answer, Environ

TAKEN = {"Bucket", "Key", "Body", "ContentType"}
SHOWN = {
    "etag": "ETag",
    "x-amz-version-id": "VersionId",
    "x-amz-server-side-encryption": "ServerSideEncryption",
    "x-amz-server-side-encryption-aws-kms-key-id": "SSEKMSKeyId",
    "x-amz-expiration": "Expiration",
}
OK = 200


def put_object(
    answer: Callable[[Environ], Answer], arguments: dict[str, Any], caller: Credentials, region: str
) -> dict[str, Any] | None:
    """Store an object; the task's result.

    None where it is the SDK's to do: for any further parameter, and for a refusal, which it
    words. A refused request has changed nothing, so it can be made again.
    """
    if not {"Bucket", "Key", "Body"} <= set(arguments) <= TAKEN:
        return None
    scope = f"{caller.access_key}/20260101/{region}/s3/aws4_request"
    headers = [
        ("Host", "127.0.0.1"),
        ("Authorization", f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"),
    ]
    if "ContentType" in arguments:
        headers.append(("Content-Type", str(arguments["ContentType"])))
    target = f"/{arguments['Bucket']}/{quote(str(arguments['Key']), safe='/~')}"
    done = answer(environ_of("PUT", target, headers, _bytes(arguments["Body"])))
    if done.status != OK:
        return None
    return {SHOWN[name.lower()]: value for name, value in done.headers if name.lower() in SHOWN}


def _bytes(body: Any) -> bytes:
    """A text as it is, any other JSON as its text."""
    plain = isinstance(body, str)
    text = body if plain else json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return str(text).encode()
