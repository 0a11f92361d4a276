"""A day's file in parts: put together again where another report stored one meanwhile."""

import io
from unittest import mock

import pytest
from botocore.exceptions import ClientError

from functions.aws import record_files
from functions.aws.record_files import RecordFiles

BEGUN = "2026-11-23T00:05:00.000Z"


def refused(code):
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {}}, "Operation")


class InParts:
    """S3 that refuses to complete the first upload; what aborts it may find it complete."""

    def __init__(self, aborting=None):
        self.aborting, self.aborted, self.stored, self.begun = aborting, [], None, []

    def head_object(self, **_):
        return {"ETag": "tag", "Metadata": {}}

    def get_object(self, *, Bucket, Key):  # noqa: N803 - boto3's names
        return {"Body": io.BytesIO(Key.encode())}

    def create_multipart_upload(self, *, Metadata, **_):  # noqa: N803 - boto3's names
        self.begun.append([])
        return {"UploadId": str(len(self.begun))}

    def upload_part(self, *, Body, **_):  # noqa: N803 - boto3's names
        self.begun[-1].append(Body)
        return {"ETag": "part"}

    def complete_multipart_upload(self, *, IfMatch, **_):  # noqa: N803 - boto3's names
        assert IfMatch == "tag"
        if len(self.begun) == 1:
            raise refused("PreconditionFailed")
        self.stored = b"".join(self.begun[-1])

    def abort_multipart_upload(self, *, UploadId, **_):  # noqa: N803 - boto3's names
        self.aborted.append(UploadId)
        if self.aborting:
            raise refused(self.aborting)


@pytest.fixture(autouse=True)
def small_parts():
    with mock.patch.object(record_files, "PART_BYTES", 3):
        yield


@pytest.mark.parametrize("aborting", [None, "NoSuchUpload"])
def test_an_upload_that_another_report_overtook_is_given_up_and_made_anew(aborting):
    s3 = InParts(aborting)
    sizes = RecordFiles("reports", s3, BEGUN).join("2026-11-22", ["one", "three", "x"])
    assert (sizes, s3.stored, s3.aborted) == ([3, 5, 1], b"onethreex", ["1"])


def test_an_upload_that_cannot_be_given_up_is_told():
    with pytest.raises(ClientError, match="AccessDenied"):
        RecordFiles("reports", InParts("AccessDenied"), BEGUN).join("2026-11-22", ["one", "two"])
