"""The short way to S3's objects answers what moto answers, and holds its own promises."""

import base64
import hashlib
import os
import zlib
from urllib.parse import quote

import pytest
from botocore.exceptions import ClientError

from tests.builders.endpoint import SIGNED

PLAIN = {"Body": b"id,name\n1,x\n", "ContentType": "text/csv"}
OF_ONE_ANSWER = {"date", "x-amzn-requestid", "x-amz-version-id", "last-modified"}
KEYS = [
    "plain.csv",
    "a folder/with space and+plus%2B.csv",
    "emoji/\N{GRINNING FACE}.csv",
    "quote\"s'&<b>;=?#.csv",
    "a//double/slash",
    "dots/../and/./more",
    "é" * 512,
]


def answer(call, **arguments):
    """Status, headers, body or error of a call, but for what differs from call to call."""
    try:
        got = call(**arguments)
    except ClientError as error:
        got = error.response
    meta = got["ResponseMetadata"]
    headers = {k: v for k, v in meta["HTTPHeaders"].items() if k not in OF_ONE_ANSWER}
    body = got["Body"].read() if "Body" in got else got.get("Error")
    return meta["HTTPStatusCode"], headers, body


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    "read",
    [
        ("get_object", {}),
        ("get_object", {"Range": "bytes=3-6"}),
        ("get_object", {"Range": "bytes=3-"}),
        ("get_object", {"Range": "bytes=0-9999"}),
        ("get_object", {"Range": "bytes=9999-"}),
        ("get_object", {"Range": "bytes=-4"}),
        ("get_object", {"ChecksumMode": "ENABLED"}),
        ("get_object", {"VersionId": "no-such-version"}),
        ("head_object", {}),
        ("head_object", {"ChecksumMode": "ENABLED"}),
    ],
)
def test_a_read_answers_as_moto_does(s3, moto_s3, bucket, key, read):
    operation, options = read
    s3.put_object(Bucket=bucket, Key=key, **PLAIN)
    asked = {"Bucket": bucket, "Key": key, **options}
    assert answer(getattr(s3, operation), **asked) == answer(getattr(moto_s3, operation), **asked)


@pytest.mark.parametrize("operation", ["get_object", "head_object"])
def test_a_missing_object_is_answered_as_by_moto(s3, moto_s3, bucket, operation):
    asked = {"Bucket": bucket, "Key": "nowhere.csv"}
    short, long = (answer(getattr(each, operation), **asked) for each in (s3, moto_s3))
    assert short == long
    assert short[0] == 404


def test_a_deleted_object_is_answered_as_by_moto(s3, moto_s3, bucket):
    s3.put_object(Bucket=bucket, Key="gone.csv", **PLAIN)
    s3.delete_object(Bucket=bucket, Key="gone.csv")
    asked = {"Bucket": bucket, "Key": "gone.csv"}
    assert answer(s3.get_object, **asked) == answer(moto_s3.get_object, **asked)
    assert answer(s3.head_object, **asked)[0] == 404


def test_a_put_answers_as_moto_does(s3, moto_s3, bucket):
    first = answer(s3.put_object, Bucket=bucket, Key="a.csv", **PLAIN)
    second = answer(moto_s3.put_object, Bucket=bucket, Key="a.csv", **PLAIN)
    assert first == second


def test_every_version_stays_readable_by_its_id(s3, bucket):
    ids = [
        s3.put_object(Bucket=bucket, Key="a.csv", Body=str(number).encode())["VersionId"]
        for number in range(3)
    ]
    assert len(set(ids)) == 3
    for number, version in enumerate(ids):
        got = s3.get_object(Bucket=bucket, Key="a.csv", VersionId=version)
        assert got["Body"].read() == str(number).encode()
        assert got["VersionId"] == version


def test_metadata_and_conditions_are_kept_since_moto_answers_them(s3, bucket):
    metadata = {"my_key": "1", "other": "x"}
    s3.put_object(Bucket=bucket, Key="a.csv", Metadata=metadata, **PLAIN)
    assert s3.head_object(Bucket=bucket, Key="a.csv")["Metadata"] == metadata
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.put_object(Bucket=bucket, Key="a.csv", IfNoneMatch="*", **PLAIN)


def test_a_body_that_does_not_fit_its_checksum_is_refused(s3, bucket):
    wrong = base64.b64encode(zlib.crc32(b"other").to_bytes(4, "big")).decode()
    with pytest.raises(ClientError, match="BadDigest"):
        s3.put_object(Bucket=bucket, Key="a.csv", Body=b"this", ChecksumCRC32=wrong)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_a_large_object_comes_back_whole_and_by_ranges(s3, bucket):
    body = os.urandom(3 * 1024 * 1024 + 17)
    s3.put_object(Bucket=bucket, Key="large.bin", Body=body)
    got = s3.get_object(Bucket=bucket, Key="large.bin")["Body"].read()
    assert hashlib.sha256(got).digest() == hashlib.sha256(body).digest()
    part = s3.get_object(Bucket=bucket, Key="large.bin", Range="bytes=1000000-2999999")
    assert part["Body"].read() == body[1000000:3000000]


def test_a_multipart_upload_is_one_object_in_the_end(s3, bucket, tmp_path):
    file = tmp_path / "large.bin"
    file.write_bytes(os.urandom(17 * 1024 * 1024))
    s3.upload_file(str(file), bucket, "large.bin")
    got = s3.get_object(Bucket=bucket, Key="large.bin")
    assert got["ContentLength"] == file.stat().st_size
    assert got["Body"].read() == file.read_bytes()


@pytest.mark.parametrize("key", KEYS)
def test_a_bucket_is_found_in_the_host_name_too(connection, s3, bucket, key):
    # Not every resolver knows names under localhost, so the name is only in the request.
    headers = {"Host": f"{bucket}.localhost:80", "Authorization": SIGNED}
    connection.request("PUT", f"/{quote(key, safe='/')}", b"x", headers)
    assert connection.getresponse().read() == b""
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == b"x"
    connection.request("GET", f"/{quote(key, safe='/')}", headers=headers)
    assert connection.getresponse().read() == b"x"
