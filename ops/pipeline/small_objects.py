"""Many small objects of one bucket, read by obstore.

The console reads each record of the running day, and around each GET the SDK spends twice the
processor time of the endpoint that answers. Nothing but a plain success is taken here: whatever
else comes is left to the SDK, with its retries, its errors and their names, as the functions do it
(docs/decisions/plain-gets.md).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from obstore.exceptions import BaseError
from obstore.store import S3Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3 import S3Client
    from obstore.store import S3Credential

CONNECT: Final = timedelta(seconds=3)
ANSWER: Final = timedelta(seconds=20)
VALID: Final = timedelta(minutes=5)
"""So long the SDK is not asked for credentials again; it renews them before they expire."""


def reader(s3: S3Client, bucket: str) -> Callable[[str], bytes]:
    """How to read a key's current version with the address and the credentials of a client.

    The reader raises ClientError, as the client does.
    """
    store = _store(s3, bucket)

    def read(key: str) -> bytes:
        if store is not None and not key.startswith("/") and not key.endswith("/"):
            try:
                return bytes(store.get(key).bytes())
            except (BaseError, OSError, ValueError):
                pass  # the SDK tries again, or says what is wrong
        return s3.get_object(Bucket=bucket, Key=key)["Body"].read()

    return read


def _store(s3: S3Client, bucket: str) -> S3Store | None:
    """The bucket; None for a client that signs nothing."""
    signer: Any = s3._request_signer  # type: ignore[attr-defined]  # noqa: SLF001 - no public way
    credentials = signer._credentials  # noqa: SLF001 - as above
    if credentials is None:
        return None

    def current() -> S3Credential:
        now = credentials.get_frozen_credentials()
        return {
            "access_key_id": now.access_key,
            "secret_access_key": now.secret_key,
            "token": now.token,
            "expires_at": datetime.now(UTC) + VALID,
        }

    return S3Store(
        bucket,
        endpoint=s3.meta.endpoint_url,
        region=s3.meta.region_name,
        virtual_hosted_style_request=False,
        credential_provider=current,
        client_options={"allow_http": True, "connect_timeout": CONNECT, "timeout": ANSWER},
        retry_config={"max_retries": 0},
    )
