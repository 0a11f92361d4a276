"""What S3 answers becomes a rejection or a TransientError, or goes through as it is."""

import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    IncompleteReadError,
    ParamValidationError,
    ReadTimeoutError,
)

from functions.aws.errors import translated
from functions.aws.s3 import Content
from functions.core.errors import InvalidFile, TransientError
from functions.core.uploads import Upload

UPLOAD = Upload("raw", "in/a.csv", "v1", "e", 7, "2026-11-22T10:00:00Z")


class Answering:
    """An S3 client whose GetObject ends in an error."""

    def __init__(self, error):
        self.error = error

    def get_object(self, **_):
        raise self.error


def refusal(code, status=403):
    answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "GetObject")


@pytest.mark.parametrize(
    ("code", "status", "rejection"),
    [
        ("NoSuchKey", 404, "OBJECT_GONE"),
        ("NoSuchVersion", 404, "OBJECT_GONE"),
        ("InvalidObjectState", 403, "OBJECT_ARCHIVED"),
    ],
)
def test_a_version_that_cannot_be_read_any_more_is_rejected_with_what_to_do(
    code, status, rejection
):
    content = Content(UPLOAD, Answering(refusal(code, status)))
    for read in (lambda: content.read(0, 5), lambda: next(content.blocks())):
        with pytest.raises(InvalidFile) as why:
            read()
        assert why.value.code == rejection
        assert "upload" in why.value.message


@pytest.mark.parametrize(
    "error",
    [
        refusal("SlowDown", 503),
        EndpointConnectionError(endpoint_url="s3"),
        ReadTimeoutError(endpoint_url="s3"),
        IncompleteReadError(actual_bytes=0, expected_bytes=1),
    ],
)
def test_what_passes_by_itself_is_transient(error):
    with pytest.raises(TransientError, match=r"^S3 "), translated("S3"):
        raise error


@pytest.mark.parametrize(
    "error", [ParamValidationError(report="Key is empty"), refusal("AccessDenied"), ValueError("x")]
)
def test_what_never_passes_goes_through_as_it_is(error):
    with pytest.raises(type(error)) as raised, translated("S3"):
        raise error
    assert raised.value is error
