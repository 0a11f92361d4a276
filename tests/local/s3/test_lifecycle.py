"""What lifecycle rules delete, and when."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from moto.s3.models import FakeBucket, FakeDeleteMarker, FakeKey

from local.s3 import names
from local.s3.lifecycle import Expired, abandoned, expired, midnight_after

BEGIN = datetime(2026, 1, 1, 10, tzinfo=UTC)


def days(number, **more):
    return BEGIN + timedelta(days=number, **more)


class Bucket:
    """A versioned bucket of moto's with rules, whose versions have the ages that a test wants."""

    def __init__(self, *rules):
        names.install()
        self.bucket = FakeBucket("raw", "123456789012", "us-east-1")
        self.bucket.set_lifecycle([{"Status": "Enabled", "ID": "r", **rule} for rule in rules])
        self.count = 0

    def put(self, key, day=0):
        self.count += 1
        version = FakeKey(key, b"x", "123456789012", "us-east-1", version_id=f"v{self.count}")
        version.last_modified = days(day)
        self.bucket.keys[key] = version
        return self

    def delete(self, key, day=0):
        marker = FakeDeleteMarker(self.bucket.keys[key])
        marker.last_modified = days(day)
        self.bucket.keys[key] = marker
        self.marker = marker.version_id
        return self

    def expired(self, now):
        return list(expired(self.bucket, now))

    def close(self):
        for name in self.bucket.keys.names():
            for version in self.bucket.keys.getlist(name):
                if isinstance(version, FakeKey):
                    version.dispose()


@pytest.fixture
def bucket():
    made = []

    def make(*rules):
        made.append(Bucket(*rules))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_an_age_is_full_at_the_midnight_after():
    assert midnight_after(BEGIN, 3) == datetime(2026, 1, 5, tzinfo=UTC)
    assert midnight_after(datetime(2026, 1, 1, tzinfo=UTC), 3) == datetime(2026, 1, 4, tzinfo=UTC)
    assert midnight_after(BEGIN.replace(tzinfo=None), 1) == datetime(2026, 1, 3, tzinfo=UTC)


def test_a_current_version_expires_below_the_prefix_alone(bucket):
    found = bucket({"Prefix": "in/", "Expiration": {"Days": 3}}).put("in/a").put("out/a")
    assert found.expired(datetime(2026, 1, 4, 23, 59, tzinfo=UTC)) == []
    assert found.expired(datetime(2026, 1, 5, tzinfo=UTC)) == [Expired("in/a")]


def test_a_version_is_noncurrent_from_its_successor_on(bucket):
    rule = {"Filter": {"Prefix": ""}, "NoncurrentVersionExpiration": {"NoncurrentDays": 2}}
    found = bucket(rule).put("a").put("a", 10).put("a", 12)
    assert found.expired(days(12)) == []
    assert found.expired(days(13)) == [Expired("a", "v1")]
    assert found.expired(days(15)) == [Expired("a", "v1"), Expired("a", "v2")]


def test_a_marker_without_versions_is_removed_and_one_with_some_is_not(bucket):
    rule = {"Filter": {"Prefix": ""}, "Expiration": {"ExpiredObjectDeleteMarker": True}}
    found = bucket(rule).put("a").delete("a", 1)
    assert found.expired(days(99)) == []
    del found.bucket.keys.getlist("a")[0]
    assert found.expired(days(99)) == [Expired("a", found.marker)]


def test_a_hidden_object_is_not_hidden_again(bucket):
    assert (
        bucket({"Prefix": "", "Expiration": {"Days": 1}}).put("a").delete("a").expired(days(9))
        == []
    )


def test_a_rule_that_is_off_or_has_a_tag_deletes_nothing(bucket):
    tagged = {"Filter": {"Tag": {"Key": "k", "Value": "v"}}, "Expiration": {"Days": 1}}
    off = {"Prefix": "", "Expiration": {"Days": 1}, "Status": "Disabled"}
    assert bucket(tagged, off).put("a").expired(days(99)) == []


def test_an_upload_that_is_not_completed_in_time_is_abandoned(bucket):
    rule = {"Filter": {"Prefix": ""}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}
    found = bucket(rule)
    found.bucket.multiparts["one"] = SimpleNamespace(
        key_name="a", initiated=days(0).replace(tzinfo=None), dispose=lambda: None
    )
    assert list(abandoned(found.bucket, days(7))) == []
    assert list(abandoned(found.bucket, days(8))) == [("a", "one")]
