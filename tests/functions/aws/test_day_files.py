"""Files that reports keep of a day: whoever stores last, that of the last begun report stays."""

import hashlib
import itertools
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from botocore.exceptions import ClientError

from functions.aws import day_files
from functions.core.errors import TransientError

PLACE = {"Bucket": "reports", "Key": "summaries/date=2026-11-22/records"}
FIRST, SECOND, THIRD = (f"2026-11-23T00:{minute}:00.000Z" for minute in ("05", "06", "07"))


def refused(code, status):
    answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "Operation")


class OneObject:
    """S3 with one object, its conditions as S3 has them."""

    def __init__(self):
        self.body = self.metadata = None

    @property
    def tag(self):
        return hashlib.sha256(repr((self.body, self.metadata)).encode()).hexdigest()

    def head_object(self, **place):
        assert place == PLACE
        if self.body is None:
            raise refused("404", 404)
        return {"ETag": self.tag, "Metadata": self.metadata}

    def put(self, body, *, Metadata, IfMatch=None, IfNoneMatch=None):  # noqa: N803 - boto3's names
        assert (IfMatch is None) != (IfNoneMatch is None)
        if IfNoneMatch and self.body is not None:
            raise refused("PreconditionFailed", 412)
        if IfMatch and self.body is None:
            raise refused("NoSuchKey", 404)
        if IfMatch and self.tag != IfMatch:
            raise refused("PreconditionFailed", 412)
        self.body, self.metadata = body, Metadata


@pytest.fixture
def s3():
    return OneObject()


@pytest.fixture
def keep(s3):
    """Keep a file as the report that began then does; something may happen before it is written."""

    def kept(begun, body, meanwhile=lambda: None):
        def write(options):
            meanwhile()
            s3.put(body, **options)

        day_files.keep(s3, PLACE, begun, write)

    return kept


def once(act):
    """Does something the first time only."""
    acts = [act]
    return lambda: acts.pop()() if acts else None


@pytest.mark.parametrize("order", list(itertools.permutations([FIRST, SECOND, THIRD])))
def test_whatever_order_they_store_in_the_last_begun_stays(s3, keep, order):
    for begun in order:
        keep(begun, f"of {begun}")
    assert s3.body == f"of {THIRD}"


@pytest.mark.parametrize(("begun", "other"), [(FIRST, SECOND), (SECOND, FIRST)])
@pytest.mark.parametrize("there", [False, True])
def test_one_that_stores_between_anothers_look_and_its_write_is_not_lost(
    s3, keep, begun, other, there
):
    if there:
        keep("2026-11-22T12:00:00.000Z", "of noon")
    keep(begun, f"of {begun}", once(partial(keep, other, f"of {other}")))
    assert s3.body == f"of {SECOND}"


def test_the_same_report_may_store_again(s3, keep):
    keep(FIRST, "once")
    keep(FIRST, "again")
    assert s3.body == "again"


def test_one_without_a_moment_is_replaced(s3, keep):
    """It was stored before there were such moments."""
    s3.body, s3.metadata = "old", {}
    keep(FIRST, "new")
    assert s3.body == "new"


def test_one_that_began_by_a_clock_that_was_put_back_is_replaced(s3, keep):
    """A laptop's clock may be set: no later report would ever be taken otherwise."""
    keep((datetime.now(UTC) + timedelta(days=3)).isoformat(), "of the future")
    keep(FIRST, "of today")
    assert s3.body == "of today"


def test_one_that_others_write_all_the_time_is_tried_again_later(s3, keep):
    numbers = itertools.count()

    def meanwhile():
        s3.body, s3.metadata = next(numbers), {}

    with pytest.raises(TransientError, match="is written by others all the time"):
        keep(FIRST, "mine", meanwhile)


def test_a_refusal_is_no_conflict(s3):
    def write(_):
        raise refused("AccessDenied", 403)

    with pytest.raises(ClientError, match="AccessDenied"):
        day_files.keep(s3, PLACE, FIRST, write)
