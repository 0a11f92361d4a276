"""S3 requests of state machines, in process and without an SDK between.

Every file's record is stored by `s3:putObject`, and a Map's ItemReader lists thousands of objects.
boto3 takes four times as long to make the one request and to read its answer as S3 takes to do it,
and ten times as long to read the other's. The requests are the same, go the same way through the
application and are checked for the same role.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote, unquote, urlencode
from xml.etree import ElementTree as ET

from local.http.messages import environ_of
from local.s3.listing import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.asl import TaskRequest
    from local.credentials import Credentials
    from local.http.messages import Answer, Environ

STORED = {"Bucket", "Key", "Body", "ContentType"}
LISTED = {"Bucket", "Prefix", "ContinuationToken"}
RESULT_NAMES = {
    "etag": "ETag",
    "x-amz-version-id": "VersionId",
    "x-amz-server-side-encryption": "ServerSideEncryption",
    "x-amz-server-side-encryption-aws-kms-key-id": "SSEKMSKeyId",
    "x-amz-expiration": "Expiration",
}
OK = 200


class Clients(Protocol):
    """The application, and the region that it is in."""

    region: str
    answer: Callable[[Environ], Answer]


def result_of(clients: Clients, request: TaskRequest, caller: Credentials) -> dict[str, Any] | None:
    """The result of a task.

    None where it is the SDK's to do: for another action or any further parameter, and for a
    refusal, which it words. A refused request has changed nothing, so it can be made again.
    """
    send = SignedRequests(clients, caller)
    if (request.service, request.action) == ("s3", "putObject"):
        return _put_object(send, request.arguments)
    if (request.action, request.integration) == ("listObjectsV2", "optimized"):
        return _list_objects(send, request.arguments)
    return None


class SignedRequests:
    """Requests that a caller signs."""

    def __init__(self, clients: Clients, caller: Credentials) -> None:
        self._answer = clients.answer
        scope = f"{caller.access_key}/20260101/{clients.region}/s3/aws4_request"
        self._signed = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"

    def __call__(
        self, method: str, target: str, body: bytes = b"", kind: object = None
    ) -> Answer | None:
        """The answer, where all went well."""
        headers = [("Host", "127.0.0.1"), ("Authorization", self._signed)]
        if kind is not None:
            headers.append(("Content-Type", str(kind)))
        done = self._answer(environ_of(method, target, headers, body))
        return done if done.status == OK else None


def _put_object(send: SignedRequests, arguments: dict[str, Any]) -> dict[str, Any] | None:
    """Store an object."""
    if not {"Bucket", "Key", "Body"} <= set(arguments) <= STORED:
        return None
    target = f"/{arguments['Bucket']}/{quote(str(arguments['Key']), safe='/~')}"
    done = send("PUT", target, _bytes(arguments["Body"]), arguments.get("ContentType"))
    if done is None:
        return None
    return {
        RESULT_NAMES[name.lower()]: value
        for name, value in done.headers
        if name.lower() in RESULT_NAMES
    }


def _list_objects(send: SignedRequests, arguments: dict[str, Any]) -> dict[str, Any] | None:
    """A page of a listing, with what an ItemReader makes items of."""
    texts = all(isinstance(value, str) for value in arguments.values())
    if not texts or not {"Bucket"} <= set(arguments) <= LISTED:
        return None
    query = {"list-type": "2", "encoding-type": "url", "prefix": arguments.get("Prefix", "")}
    if "ContinuationToken" in arguments:
        query["continuation-token"] = arguments["ContinuationToken"]
    done = send("GET", f"/{arguments['Bucket']}?{urlencode(query)}")
    if done is None:
        return None
    page = ET.fromstring(done.body)  # noqa: S314 - written by this process
    found = {
        "Contents": [_item(each) for each in page.iterfind(f"{{{NAMESPACE}}}Contents")],
        "IsTruncated": page.findtext(f"{{{NAMESPACE}}}IsTruncated") == "true",
    }
    token = page.findtext(f"{{{NAMESPACE}}}NextContinuationToken")
    return found | ({"NextContinuationToken": token} if token else {})


def _item(entry: ET.Element) -> dict[str, Any]:
    values = {each.tag.rpartition("}")[2]: each.text or "" for each in entry}
    return values | {"Key": unquote(values["Key"]), "Size": int(values["Size"])}


def _bytes(body: Any) -> bytes:
    """A text as it is, any other JSON as its text."""
    plain = isinstance(body, str)
    text = body if plain else json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return str(text).encode()
