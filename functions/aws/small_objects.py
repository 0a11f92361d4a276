"""Small objects of one bucket, many of them, read by obstore.

A day's report reads every record, and around each GET the SDK spends many times the processor time
of the request itself (docs/decisions/plain-gets.md). Here nothing but a plain success is taken;
whatever else comes is left to the SDK, with its retries, its errors and their names.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Final

from obstore.auth.boto3 import Boto3CredentialProvider
from obstore.exceptions import BaseError
from obstore.store import S3Store

from functions.aws import s3

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSPreparedRequest
    from mypy_boto3_s3 import S3Client

CONNECTIONS: Final = 32
CONNECT: Final = timedelta(seconds=3)
ANSWER: Final = timedelta(seconds=20)
"""As the SDK's client has it."""


@cache
def reader(bucket: str) -> Callable[[str], bytes | None]:
    """How to read a key's current version: its bytes, or None where the SDK has to be asked.

    That is where S3 answers anything but the object, and for keys that obstore would change:
    those with an empty part, `.` or `..` between slashes.
    """
    store = S3Store(
        bucket,
        endpoint=_url_of(s3.client(), bucket).rstrip("/"),
        virtual_hosted_style_request=True,  # the endpoint is the bucket's own URL, as it is
        credential_provider=Boto3CredentialProvider(),
        client_options={"allow_http": True, "connect_timeout": CONNECT, "timeout": ANSWER},
        retry_config={"max_retries": 0},
    )

    def read(key: str) -> bytes | None:
        if key.startswith("/") or key.endswith("/"):
            return None
        try:
            return bytes(store.get(key).bytes())
        except (BaseError, OSError, ValueError):
            return None

    return read


class _Stopped(Exception):  # noqa: N818 - carries an answer
    """What the SDK is about to ask."""


def _url_of(client: S3Client, bucket: str) -> str:
    """Where the SDK finds a bucket: in any partition and region, and at an endpoint of one's own.

    A request is built and stopped short of the network. A URL signed in advance would not do: that
    one names no region.
    """

    def stop(request: AWSPreparedRequest, **_: object) -> None:
        raise _Stopped(request.url)

    event = "before-send.s3.HeadBucket"
    client.meta.events.register(event, stop)
    try:
        client.head_bucket(Bucket=bucket)
    except _Stopped as stopped:
        return str(stopped)
    finally:
        client.meta.events.unregister(event, stop)
    raise AssertionError("the SDK asked nothing")
