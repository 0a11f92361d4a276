"""What a request may have changed, by what it asks for."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote
from xml.parsers.expat import ExpatError

import xmltodict  # type: ignore[import-untyped]

from local.http.messages import body_of

if TYPE_CHECKING:
    from local.credentials import Signature
    from local.http.messages import Environ

READS = re.compile(
    r"(Get|Describe|List|Head|BatchGet|Filter|Lookup|Search|Select|Validate|Estimate|Detect|Preview|"
    r"Simulate|Assume|Decode|Decrypt|Encrypt|GenerateData|Query|Scan|Test)[A-Z]?"
)
MESSAGES = re.compile(r"(Send|Receive|Delete|Change)Message(Visibility)?(Batch)?|PurgeQueue")
TELEMETRY = {"PutMetricData", "PutLogEvents", "PutEvents", "Publish", "PublishBatch"}
"""Acknowledged, but not a thing that lies anywhere: events are owed as deliveries."""
WITHIN_OBJECTS = ("tagging",)


@dataclass(frozen=True)
class Change:
    """`keys` of a bucket; the messages of a `queue` (None: of any); the rest of the `world`.

    `uploads` are those in parts of the bucket, and `part` is one of them, by upload and number.
    """

    world: bool = False
    bucket: str = ""
    keys: tuple[str, ...] = ()
    messages: bool = False
    queue: str | None = None
    uploads: bool = False
    part: tuple[str, int] | None = None


NOTHING = Change()


def change_of(environ: Environ, signature: Signature) -> Change:
    """What this request may have changed."""
    if signature.service == "s3":
        return _of_s3(environ)
    operation = _operation(environ)
    if signature.service == "sqs" and MESSAGES.fullmatch(operation):
        return Change(messages=True, queue=_queue(environ))
    if signature.service == "sns" and operation in TELEMETRY:
        return Change(messages=True)
    reads = READS.match(operation) or operation in TELEMETRY
    return NOTHING if reads or environ["REQUEST_METHOD"] in {"GET", "HEAD"} else Change(world=True)


def _of_s3(environ: Environ) -> Change:
    method, query = environ["REQUEST_METHOD"], environ.get("QUERY_STRING", "")
    path = environ["RAW_URI"].partition("?")[0].lstrip("/")
    bucket, _, raw_key = path.partition("/")
    if method in {"GET", "HEAD"}:
        return NOTHING
    if raw_key and ("uploadId=" in query or method == "POST"):
        return _of_upload(bucket, unquote(raw_key), parse_qs(query))
    if raw_key:
        tagged = "tagging" in query or "HTTP_X_AMZ_TAGGING" in environ
        return Change(bucket=bucket, keys=(unquote(raw_key),), world=tagged)
    if method == "POST" and "delete" in parse_qs(query, keep_blank_values=True):
        return Change(bucket=bucket, keys=_listed_keys(environ))
    if method == "POST":  # a browser's form: its key is one of the form's fields
        return Change(bucket=bucket, keys=_form_key(environ))
    return Change(world=True)


def _of_upload(bucket: str, key: str, query: dict[str, list[str]]) -> Change:
    """An upload in parts is begun, has another part, is completed or aborted."""
    number = query.get("partNumber", [""])[0]
    if number.isdecimal():
        return Change(bucket=bucket, uploads=True, part=(query["uploadId"][0], int(number)))
    return Change(bucket=bucket, keys=(key,), uploads=True, world=True)  # its tags lie in the world


def _listed_keys(environ: Environ) -> tuple[str, ...]:
    try:
        listed = xmltodict.parse(body_of(environ), force_list=("Object",))["Delete"]["Object"]
    except (ExpatError, KeyError, TypeError):
        return ()
    return tuple({str(each["Key"]) for each in listed if "Key" in each})


def _form_key(environ: Environ) -> tuple[str, ...]:
    found = re.search(rb'name="key"\r\n\r\n(.*?)\r\n', body_of(environ), re.DOTALL)
    if found is None:
        return ()
    key = found[1].decode(errors="replace")
    file = re.search(rb'name="file"; filename="(.*?)"', body_of(environ))
    name = file[1].decode(errors="replace") if file else ""
    return (key, key.replace("${filename}", name))


def _operation(environ: Environ) -> str:
    target: str = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    if target:
        return target
    form = environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded")
    body = body_of(environ).decode(errors="replace") if form else ""
    return parse_qs(body).get("Action", [""])[0]


def _queue(environ: Environ) -> str | None:
    """The queue's name, where the request says it in JSON."""
    try:
        url: str = json.loads(body_of(environ) or b"{}").get("QueueUrl", "")
    except ValueError:
        return None
    return url.rpartition("/")[2] or None
