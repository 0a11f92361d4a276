"""Uploads in parts: whole, on disk, and as old as their beginning."""

import hashlib
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from boto3.s3.transfer import TransferConfig

from local.deploy.session import endpoint as endpoint_process
from tests.builders.endpoint import Served

MB = 1024 * 1024
PART = b"x" * (5 * MB)
SIZE = 120 * MB


CHECKS = {
    "CRC32": "y/Q5Jg==",  # 0xCBF43926
    "CRC32C": "4waSgw==",  # 0xE3069283
    "CRC64NVME": "rosUhgp5mIg=",  # 0xAE8B14860A799888
}
"""Of `123456789`, the check value of each in the catalogue of CRCs."""


def uploaded(s3, bucket, key, parts, **options):
    upload = s3.create_multipart_upload(Bucket=bucket, Key=key, **options)["UploadId"]
    given = {"Bucket": bucket, "Key": key, "UploadId": upload}
    tags = []
    for number, body in enumerate(parts, 1):
        answer = s3.upload_part(**given, PartNumber=number, Body=body)
        tags.append({"PartNumber": number, "ETag": answer["ETag"]})
    return s3.complete_multipart_upload(**given, MultipartUpload={"Parts": tags})


def test_its_etag_and_content_are_s3s(s3, bucket):
    answer = uploaded(s3, bucket, "a", [PART, b"end"], ContentType="text/csv")
    digests = b"".join(hashlib.md5(each, usedforsecurity=False).digest() for each in (PART, b"end"))
    tag = hashlib.md5(digests, usedforsecurity=False).hexdigest()
    assert answer["ETag"] == f'"{tag}-2"'
    got = s3.get_object(Bucket=bucket, Key="a")
    assert got["Body"].read() == PART + b"end"
    assert (got["ETag"], got["ContentType"]) == (answer["ETag"], "text/csv")


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_its_checksum_is_as_moto_alone_has_it(s3, moto_s3, bucket, algorithm):
    parts = [PART, b"end"]
    for client, key in ((s3, "a"), (moto_s3, "b")):
        uploaded(client, bucket, key, parts, ChecksumAlgorithm=algorithm)
    heads = [s3.head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED") for key in "ab"]
    assert heads[0][f"Checksum{algorithm}"] == heads[1][f"Checksum{algorithm}"]
    assert heads[0]["ChecksumType"] == heads[1]["ChecksumType"]


def test_it_was_last_modified_when_it_was_begun_and_is_the_newest_version_all_the_same(s3, bucket):
    upload = s3.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    begun = datetime.now(UTC)
    time.sleep(2.1)
    plain = s3.put_object(Bucket=bucket, Key="a", Body=b"between")["VersionId"]
    given = {"Bucket": bucket, "Key": "a", "UploadId": upload}
    tag = s3.upload_part(**given, PartNumber=1, Body=b"late")["ETag"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": tag}]}
    version = s3.complete_multipart_upload(**given, MultipartUpload=parts)["VersionId"]
    assert s3.get_object(Bucket=bucket, Key="a")["VersionId"] == version
    head = s3.head_object(Bucket=bucket, Key="a")["LastModified"]
    assert abs((head - begun).total_seconds()) < 1.5
    versions = s3.list_object_versions(Bucket=bucket)["Versions"]
    assert [(each["VersionId"], each["IsLatest"]) for each in versions] == [
        (version, True),
        (plain, False),
    ]
    assert versions[0]["LastModified"] < versions[1]["LastModified"]


def test_parts_in_a_wrong_order_or_with_a_wrong_tag_are_refused(s3, bucket):
    upload = s3.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    given = {"Bucket": bucket, "Key": "a", "UploadId": upload}
    s3.upload_part(**given, PartNumber=1, Body=b"1")
    parts = {"Parts": [{"PartNumber": 1, "ETag": '"0"'}]}
    with pytest.raises(s3.exceptions.ClientError, match="InvalidPart"):
        s3.complete_multipart_upload(**given, MultipartUpload=parts)
    assert s3.list_parts(**given)["Parts"][0]["Size"] == 1


def test_it_is_refused_where_another_object_is_there_than_the_request_wants(s3, bucket):
    first = s3.put_object(Bucket=bucket, Key="a", Body=b"first")["ETag"]
    upload = s3.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    given = {"Bucket": bucket, "Key": "a", "UploadId": upload}
    tag = s3.upload_part(**given, PartNumber=1, Body=b"whole")["ETag"]
    given["MultipartUpload"] = {"Parts": [{"PartNumber": 1, "ETag": tag}]}
    other = s3.put_object(Bucket=bucket, Key="a", Body=b"another")["ETag"]
    for wrong in ({"IfMatch": first}, {"IfNoneMatch": "*"}):
        with pytest.raises(s3.exceptions.ClientError, match="PreconditionFailed"):
            s3.complete_multipart_upload(**given, **wrong)
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"another"
    s3.complete_multipart_upload(**given, IfMatch=other)
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"whole"


def test_it_is_refused_where_the_object_that_the_request_wants_is_gone(s3, bucket):
    gone = s3.put_object(Bucket=bucket, Key="a", Body=b"gone")["ETag"]
    s3.delete_object(Bucket=bucket, Key="a")
    upload = s3.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    given = {"Bucket": bucket, "Key": "a", "UploadId": upload}
    tag = s3.upload_part(**given, PartNumber=1, Body=b"whole")["ETag"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": tag}]}
    with pytest.raises(s3.exceptions.ClientError, match="NoSuchKey"):
        s3.complete_multipart_upload(**given, MultipartUpload=parts, IfMatch=gone)


@pytest.mark.parametrize("algorithm", ["CRC32", "CRC32C", "CRC64NVME"])
def test_a_whole_that_is_not_what_the_request_says_is_refused(s3, bucket, algorithm):
    name, kind = f"Checksum{algorithm}", "FULL_OBJECT"
    upload = s3.create_multipart_upload(
        Bucket=bucket, Key="a", ChecksumAlgorithm=algorithm, ChecksumType=kind
    )["UploadId"]
    given = {"Bucket": bucket, "Key": "a", "UploadId": upload}
    tag = s3.upload_part(**given, PartNumber=1, Body=b"123456789")["ETag"]
    parts = {"MultipartUpload": {"Parts": [{"PartNumber": 1, "ETag": tag}]}}
    with pytest.raises(s3.exceptions.ClientError, match="BadDigest"):
        s3.complete_multipart_upload(**given, **parts, **{name: CHECKS["CRC32"][::-1]})
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    right = CHECKS[algorithm]
    s3.complete_multipart_upload(**given, **parts, **{name: right}, ChecksumType=kind)
    assert s3.head_object(Bucket=bucket, Key="a", ChecksumMode="ENABLED")[name] == right


def test_a_large_upload_takes_little_memory_in_parts_and_in_one(tmp_path):
    file = tmp_path / "large.csv"
    with file.open("wb") as sparse:
        sparse.truncate(SIZE)
    with endpoint_process() as url:
        s3 = Served(url).client("s3")
        s3.create_bucket(Bucket="large")
        process = max(psutil.Process().children(), key=lambda each: each.create_time())
        uploaded(s3, "large", "first", [PART, b"end"])  # loads what any first upload loads
        before = peak_of(process)
        for config in (TransferConfig(max_concurrency=4), TransferConfig(2 * SIZE)):
            s3.upload_file(str(file), "large", "key", Config=config)
        assert peak_of(process) - before < SIZE / 3
        assert s3.head_object(Bucket="large", Key="key")["ContentLength"] == SIZE
        with s3.get_object(Bucket="large", Key="key")["Body"] as body:
            assert body.read(MB) == bytes(MB)


def peak_of(process):
    """The most memory that a process ever had resident, in bytes."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
