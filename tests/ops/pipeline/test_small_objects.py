"""Small objects are read without the SDK, which answers whatever is no plain success."""

import uuid

import pytest
from botocore import UNSIGNED
from botocore.exceptions import ClientError

from ops.pipeline import deployment as deployments
from ops.pipeline.small_objects import reader
from tests.builders.clients import client_of

PLAIN = "date=2026-11-28/in/100 %2B+ü.csv/v-._a.json"
ODD = ("a//b.json", "a/../b.json", "a/./b.json", "a/")


@pytest.fixture
def s3(access):
    """A client of the shared deployment, and a bucket and a new prefix in it."""
    found = deployments.find()
    return client_of(access, "s3"), found.reports_bucket, f"small-{uuid.uuid4().hex}/"


def gets_of(client):
    """The keys that the SDK is asked for from now on."""
    found = []
    client.meta.events.register(
        "provide-client-params.s3.GetObject", lambda params, **_: found.append(params["Key"])
    )
    return found


def test_the_sdk_is_asked_for_no_plain_key_and_any_other_is_read_as_well(s3):
    client, bucket, prefix = s3
    keys = [f"{prefix}{key}" for key in (PLAIN, *ODD)]
    for key in keys:
        client.put_object(Bucket=bucket, Key=key, Body=key.encode())
    asked, read = gets_of(client), reader(client, bucket)
    assert [read(key) for key in keys] == [key.encode() for key in keys]
    assert set(asked) <= set(keys[1:])


def test_what_is_not_there_is_the_sdks_error(s3):
    client, bucket, prefix = s3
    with pytest.raises(ClientError, match="NoSuchKey"):
        reader(client, bucket)(f"{prefix}none.json")


def test_a_client_that_signs_nothing_reads_by_the_sdk(s3):
    _, bucket, prefix = s3
    unsigned = client_of(s3[0].meta.endpoint_url, "s3", signature_version=UNSIGNED)
    asked = gets_of(unsigned)
    with pytest.raises(ClientError):
        reader(unsigned, bucket)(f"{prefix}none.json")
    assert asked == [f"{prefix}none.json"]
