"""Small objects of one bucket, many of them: plain signed GETs that share their connections.

A day's report reads every record, and around each GET the SDK spends many times the processor time
of the request itself (benchmarks/small_objects.py). Here nothing but the plain success is taken;
whatever else comes is left to the SDK, with its retries, its errors and their names.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import boto3
from botocore.exceptions import NoCredentialsError

from functions.aws import s3
from functions.aws.exchange import Host
from functions.aws.signature import Signature

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSPreparedRequest
    from botocore.credentials import Credentials
    from mypy_boto3_s3 import S3Client

CONNECTIONS = 32


@cache
def reader(bucket: str) -> Callable[[str], bytes | None]:
    """How to read a key's current version: its bytes, or None where the SDK has to be asked."""
    client = s3.client()
    url = urlsplit(_url_of(client, bucket))
    host, folder = Host(url), url.path.rstrip("/") + "/"
    signature = Signature(_credentials(), client.meta.region_name, url.netloc)

    def read(key: str) -> bytes | None:
        path = folder + quote(key, safe="/~")
        headers = signature.headers(path, datetime.now(UTC))
        lines = (f"{name}: {value}\r\n" for name, value in headers.items())
        return host.body(f"GET {path} HTTP/1.1\r\n{''.join(lines)}\r\n".encode())

    return read


class _Asked(Exception):  # noqa: N818 - carries an answer
    """What the SDK is about to ask."""


def _url_of(client: S3Client, bucket: str) -> str:
    """Where the SDK finds a bucket: in any partition and region, and at an endpoint of one's own.

    A request is built and stopped short of the network. A URL signed in advance would not do: that
    one names no region.
    """

    def stop(request: AWSPreparedRequest, **_: object) -> None:
        raise _Asked(request.url)

    event = "before-send.s3.HeadBucket"
    client.meta.events.register(event, stop)
    try:
        client.head_bucket(Bucket=bucket)
    except _Asked as asked:
        return str(asked)
    finally:
        client.meta.events.unregister(event, stop)
    raise AssertionError("the SDK asked nothing")


def _credentials() -> Credentials:
    found = boto3.Session().get_credentials()
    if found is None:
        raise NoCredentialsError
    return found
