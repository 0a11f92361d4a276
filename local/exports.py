"""What a shell needs to hear so that its programs use a local endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def exports(url: str) -> Iterator[str]:
    """The lines that make boto3, `aws` and `cdk` use this endpoint."""
    yield f"export AWS_ENDPOINT_URL={url}"
    # An address, no name: SDKs then put the bucket into the path. Before `localhost` they put it
    # into the name of the host, which not every resolver knows (JavaScript's on most machines).
    yield f"export AWS_ENDPOINT_URL_S3={url}"
    yield "export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local"
    yield "export AWS_DEFAULT_REGION=us-east-1 AWS_REGION=us-east-1"
    # Else SDKs ask for sync-127.0.0.1 where they test a state or wait for an Express execution.
    yield "export AWS_DISABLE_HOST_PREFIX_INJECTION=true"
