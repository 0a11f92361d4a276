"""One endpoint in a process of its own for all tests of a session, and clients of it."""

import http.client
from urllib.parse import urlsplit

import pytest

from local.deploy.session import endpoint as endpoint_process
from tests.builders.endpoint import Served

MOTO_ONLY = "x-amz-request-payer"
"""A header that the short way to S3's objects leaves to moto; it changes no answer."""


@pytest.fixture(scope="session")
def served():
    with endpoint_process() as url:
        yield Served(url)


@pytest.fixture(scope="session")
def endpoint(served):
    """The URL of a running endpoint."""
    return served.url


@pytest.fixture(scope="session")
def client(served):
    """Makes a client of a service, for the user or for the owner of a key, that tries once."""
    return served.client_that_tries_once


@pytest.fixture(scope="session")
def lambda_(client):
    return client("lambda")


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
def bucket(served, s3):
    """A new versioned bucket."""
    name = served.name("bucket")
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


@pytest.fixture
def connection(endpoint):
    made = http.client.HTTPConnection(urlsplit(endpoint).netloc, timeout=20)
    yield made
    made.close()
