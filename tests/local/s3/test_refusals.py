"""What S3 refuses (S3 API reference, "Error responses"), by real clients."""

import base64
import hashlib
import subprocess
from urllib.parse import quote

import pytest
import urllib3
from botocore.exceptions import ClientError

from tests.builders.endpoint import SIGNED

BODY = b"id,name\n1,x\n"


def code_of(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


LONGEST = "é" * 512
TOO_LONG = "é" * 512 + "a"


@pytest.mark.parametrize("operation", ["put_object", "create_multipart_upload", "get_object"])
def test_a_key_of_over_1024_bytes_is_refused_and_one_of_1024_is_not(s3, bucket, operation):
    s3.put_object(Bucket=bucket, Key=LONGEST, Body=BODY)
    getattr(s3, operation)(Bucket=bucket, Key=LONGEST)
    assert code_of(getattr(s3, operation), Bucket=bucket, Key=TOO_LONG) == "KeyTooLongError"


def test_a_copy_to_too_long_a_key_is_refused(s3, bucket):
    s3.put_object(Bucket=bucket, Key="a", Body=BODY)
    source = {"Bucket": bucket, "Key": "a"}
    assert code_of(s3.copy_object, Bucket=bucket, Key=TOO_LONG, CopySource=source) == (
        "KeyTooLongError"
    )


def md5(body):
    return base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()


@pytest.mark.parametrize("more", [{}, {"Metadata": {"a": "b"}}])
@pytest.mark.parametrize(
    ("digest", "code"),
    [(md5(b"other"), "BadDigest"), ("bm8=", "InvalidDigest"), ("no digest", "InvalidDigest")],
)
def test_a_body_that_is_not_what_its_md5_says_is_refused(s3, bucket, more, digest, code):
    asked = {"Bucket": bucket, "Key": "a", "Body": BODY, **more}
    assert code_of(s3.put_object, **asked, ContentMD5=digest) == code
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    s3.put_object(**asked, ContentMD5=md5(BODY))


def test_a_part_that_is_not_what_its_md5_says_is_refused(s3, bucket):
    upload = s3.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    part = {"Bucket": bucket, "Key": "a", "UploadId": upload, "PartNumber": 1, "Body": BODY}
    assert code_of(s3.upload_part, **part, ContentMD5=md5(b"other")) == "BadDigest"
    s3.upload_part(**part, ContentMD5=md5(BODY))


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
@pytest.mark.parametrize("more", [{}, {"Metadata": {"a": "b"}}])
def test_a_body_that_does_not_fit_its_checksum_is_refused(s3, bucket, algorithm, more):
    right = s3.put_object(Bucket=bucket, Key="b", Body=b"other", ChecksumAlgorithm=algorithm)
    checksum = {f"Checksum{algorithm}": right[f"Checksum{algorithm}"]}
    s3.put_object(Bucket=bucket, Key="b", Body=b"other", **checksum, **more)
    got = s3.head_object(Bucket=bucket, Key="b", ChecksumMode="ENABLED")
    assert got[f"Checksum{algorithm}"] == right[f"Checksum{algorithm}"]
    asked = {"Bucket": bucket, "Key": "a", "Body": BODY, **more}
    assert code_of(s3.put_object, **asked, **checksum) == "BadDigest"
    assert s3.list_objects_v2(Bucket=bucket, Prefix="a")["KeyCount"] == 0


@pytest.mark.parametrize("name", ["crc32c", "crc64nvme"])
def test_checksums_that_boto3_alone_cannot_make_are_checked_too(endpoint, s3, bucket, name):
    right = {"crc32c": "4waSgw==", "crc64nvme": "rosUhgp5mIg="}[name]
    asked = {"Bucket": bucket, "Key": "a", f"Checksum{name.upper()}": right}
    assert code_of(s3.put_object, **asked, Body=b"12345678") == "BadDigest"
    s3.put_object(**asked, Body=b"123456789")
    got = s3.head_object(Bucket=bucket, Key="a", ChecksumMode="ENABLED")
    assert got[f"Checksum{name.upper()}"] == right


def test_a_copy_of_an_object_to_itself_without_a_change_is_refused(s3, bucket):
    version = s3.put_object(Bucket=bucket, Key="a", Body=BODY)["VersionId"]
    source = {"Bucket": bucket, "Key": "a"}
    same = {"Bucket": bucket, "Key": "a"}
    assert code_of(s3.copy_object, **same, CopySource=source) == "InvalidRequest"
    s3.copy_object(**same, CopySource=source, StorageClass="STANDARD_IA")
    s3.copy_object(**same, CopySource=source, MetadataDirective="REPLACE")
    s3.copy_object(**same, CopySource={**source, "VersionId": version})  # an old one, restored


def test_such_a_copy_is_made_where_the_bucket_names_its_encryption_as_recorded_on_aws(s3, bucket):
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    s3.put_object(Bucket=bucket, Key="a", Body=BODY)
    same = {"Bucket": bucket, "Key": "a"}
    s3.copy_object(**same, CopySource=same)


@pytest.mark.parametrize("storage", ["GLACIER", "DEEP_ARCHIVE"])
def test_an_archived_object_is_not_read_and_says_so(s3, bucket, storage):
    s3.put_object(Bucket=bucket, Key="a", Body=BODY, StorageClass=storage)
    for options in ({}, {"Range": "bytes=0-3"}):
        assert code_of(s3.get_object, Bucket=bucket, Key="a", **options) == "InvalidObjectState"
    assert s3.head_object(Bucket=bucket, Key="a")["StorageClass"] == storage


@pytest.mark.parametrize(
    "target", ["?delete", "?encryption", "?tagging", "/a?tagging", "/a?uploadId={upload}"]
)
@pytest.mark.parametrize("body", [b"<Delete><Object><Key>\x01</Key>", b"no XML", b"<a>"])
def test_a_body_that_is_no_xml_is_refused_in_s3s_words(endpoint, s3, bucket, target, body):
    s3.put_object(Bucket=bucket, Key="a", Body=BODY)
    upload = s3.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    method = "POST" if "delete" in target or "upload" in target else "PUT"
    url = f"{endpoint}/{bucket}{target.format(upload=quote(upload))}"
    answer = urllib3.request(
        method, url, body=body, headers={"Authorization": SIGNED}, retries=False
    )
    assert (answer.status, b"<Code>MalformedXML</Code>" in answer.data) == (400, True)


FORM = "application/x-www-form-urlencoded"
"""What curl says of any body that it is given by --data-binary."""


@pytest.mark.parametrize("kind", [FORM, "multipart/form-data; boundary=x", "text/csv", None])
@pytest.mark.parametrize("headers", [{}, {"x-amz-meta-a": "b"}, {"If-None-Match": "*"}])
def test_a_put_stores_its_body_whatever_it_says_that_it_is(endpoint, s3, bucket, kind, headers):
    named = {"Authorization": SIGNED, **headers} | ({"Content-Type": kind} if kind else {})
    urllib3.request("PUT", f"{endpoint}/{bucket}/a.csv", body=BODY, headers=named)
    got = s3.get_object(Bucket=bucket, Key="a.csv")
    assert got["Body"].read() == BODY
    assert got["ContentType"] == (kind or "binary/octet-stream")


def test_a_part_is_stored_whatever_it_says_that_it_is(endpoint, s3, bucket):
    upload = s3.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    url = f"{endpoint}/{bucket}/a?partNumber=1&uploadId={quote(upload)}"
    headers = {"Authorization": SIGNED, "Content-Type": FORM}
    tag = urllib3.request("PUT", url, body=BODY, headers=headers).headers["ETag"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": tag}]}
    s3.complete_multipart_upload(Bucket=bucket, Key="a", UploadId=upload, MultipartUpload=parts)
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == BODY


SIGNER = ["--aws-sigv4", "aws:amz:us-east-1:s3", "--user", "local:local"]


@pytest.mark.parametrize(
    "way", [["--data-binary", "@-"], ["-X", "PUT", "--data-binary", "@-"], ["-T", "-"]]
)
def test_curl_stores_what_it_sends_if_it_signs_and_is_refused_if_not(endpoint, s3, bucket, way):
    put = way if "-T" in way else ["-X", "PUT", *way[-2:]]
    url = f"{endpoint}/{bucket}/curl.csv"
    for signer, status in ((SIGNER, "200"), ([], "403")):
        command = ["curl", "-s", "-o", "-", "-w", "%{http_code}", *signer, *put, url]
        done = subprocess.run(command, input=BODY, capture_output=True, check=True)
        assert done.stdout.decode().endswith(status)
    assert s3.get_object(Bucket=bucket, Key="curl.csv")["Body"].read() == BODY
