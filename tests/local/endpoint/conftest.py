"""One endpoint in a process of its own for all tests of a session, and clients of it."""

import http.client
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config

from local.deploy.session import endpoint as served

MOTO_ONLY = "x-amz-request-payer"
"""A header that the short way to S3's objects leaves to moto; it changes no answer."""


@pytest.fixture(scope="session")
def endpoint():
    """The URL of a running endpoint."""
    with served() as url:
        yield url


@pytest.fixture(scope="session")
def client(endpoint):
    """Makes a client of a service, for the user or for the owner of a key."""

    def make(service, *, key="local"):
        return boto3.client(
            service,
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id=key,
            aws_secret_access_key="local",
            config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
        )

    return make


@pytest.fixture(scope="session")
def s3(client):
    return client("s3")


@pytest.fixture(scope="session")
def moto_s3(client):
    """S3 as moto alone answers it."""
    made = client("s3")

    def mark(request, **_):
        request.headers.add_header(MOTO_ONLY, "requester")

    made.meta.events.register("before-sign.s3", mark)
    return made


@pytest.fixture
def bucket(s3, request):
    """A new versioned bucket."""
    name = f"bucket-{abs(hash(request.node.nodeid)):x}"
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


@pytest.fixture
def connection(endpoint):
    made = http.client.HTTPConnection(urlsplit(endpoint).netloc, timeout=20)
    yield made
    made.close()
