"""Of two days that a version could count for, the one that was written down first is its day."""

import dataclasses
import io
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from functions.aws.version_day import VersionDay
from functions.core.errors import TransientError
from functions.core.uploads import Upload

LATE = Upload("raw", "in/a.csv", "v1", "e", 7, "2026-11-23T00:01:00Z")
ASSUMED = dataclasses.replace(LATE, uploaded_at="2026-11-22T22:00:00Z")


class Bucket:
    """S3 with conditional writes; `missing` is one whose object is still being written."""

    def __init__(self, *, missing=False):
        self.objects, self.missing = {}, missing

    def put_object(self, *, Bucket, Key, Body, IfNoneMatch):  # noqa: N803 - boto3's names
        assert (Bucket, IfNoneMatch) == ("reports", "*")
        if Key in self.objects or self.missing:
            raise failure("ConditionalRequestConflict" if self.missing else "PreconditionFailed")
        self.objects[Key] = Body

    def get_object(self, *, Bucket, Key):  # noqa: N803
        assert Bucket == "reports"
        if self.missing or Key not in self.objects:
            raise failure("NoSuchKey")
        return {"Body": io.BytesIO(self.objects[Key])}


def failure(code):
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {}}, "Operation")


def day_of(upload, s3, stored_on="2026-11-22", **options):
    return VersionDay(upload, SimpleNamespace(stored_on=stored_on), "reports", s3, **options)()


def test_an_event_of_the_day_that_s3_names_asks_nothing():
    s3 = Bucket()
    assert day_of(LATE, s3, "2026-11-23") == "2026-11-23"
    assert s3.objects == {}


@pytest.mark.parametrize("gone", [False, True])
def test_whichever_of_event_and_replay_is_first_says_the_day_for_both(gone):
    stored_on = None if gone else "2026-11-22"
    s3 = Bucket()
    for _ in range(2):
        assert day_of(LATE, s3, stored_on) == "2026-11-23"
        assert day_of(ASSUMED, s3, stored_on, assumed=True) == "2026-11-23"
    s3 = Bucket()
    for _ in range(2):
        assert day_of(ASSUMED, s3, stored_on, assumed=True) == "2026-11-22"
        assert day_of(LATE, s3, stored_on) == "2026-11-22"


def test_a_forced_replay_finds_the_day_that_was_written_down_whichever_it_names():
    s3 = Bucket()
    assert day_of(ASSUMED, s3, forced=True) == "2026-11-22"
    assert s3.objects == {}
    assert day_of(LATE, s3) == "2026-11-23"
    for upload in (ASSUMED, LATE):
        assert day_of(upload, s3, forced=True) == "2026-11-23"


def test_another_version_of_the_key_has_a_day_of_its_own():
    s3 = Bucket()
    assert day_of(ASSUMED, s3, assumed=True) == "2026-11-22"
    other = dataclasses.replace(LATE, version_id="v2")
    assert day_of(other, s3) == "2026-11-23"


def test_a_day_that_is_just_being_written_is_asked_for_again():
    with pytest.raises(TransientError):
        day_of(LATE, Bucket(missing=True))
