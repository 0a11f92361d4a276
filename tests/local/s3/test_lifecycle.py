"""What lifecycle rules delete and move, and when."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from moto.s3.models import FakeBucket, FakeDeleteMarker, FakeKey

from local.moto_patches import lifecycle as moto_lifecycle
from local.s3 import names
from local.s3.lifecycle import Expired, abandoned, due
from local.s3.lifecycle_rules import LEAST_MOVED_BYTES, midnight_after

BEGIN = datetime(2026, 1, 1, 10, tzinfo=UTC)


def days(number, **more):
    return BEGIN + timedelta(days=number, **more)


class Bucket:
    """A versioned bucket of moto's with rules, whose versions have the ages that a test wants."""

    def __init__(self, *rules):
        names.install()
        moto_lifecycle.install()
        self.bucket = FakeBucket("raw", "123456789012", "us-east-1")
        self.bucket.set_lifecycle([{"Status": "Enabled", "ID": "r", **rule} for rule in rules])
        self.count = 0
        self.tags = {}

    def put(self, key, day=0, *, size=1, **tags):
        self.count += 1
        name = f"v{self.count}"
        version = FakeKey(key, b"x" * size, "123456789012", "us-east-1", version_id=name)
        self.tags[name] = tags
        version.last_modified = days(day)
        self.bucket.keys[key] = version
        return self

    def delete(self, key, day=0):
        marker = FakeDeleteMarker(self.bucket.keys[key])
        marker.last_modified = days(day)
        self.bucket.keys[key] = marker
        self.marker = marker.version_id
        return self

    def due(self, now):
        return list(due(self.bucket, now, lambda version: self.tags[version.version_id]))

    def expired(self, now):
        return [each for work in self.due(now) for each in work.expired]

    def moved(self, now):
        """Each version that changes its class, as S3 would by that moment."""
        moves = [move for work in self.due(now) for move in work.moves]
        for version, storage_class in moves:
            version.set_storage_class(storage_class)
        return [(version.version_id, storage_class) for version, storage_class in moves]

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


def test_a_marker_without_versions_goes_when_the_rule_expires_objects_as_old(bucket):
    rule = {"Filter": {"Prefix": ""}, "Expiration": {"Days": 3}}
    found = bucket(rule).put("a").delete("a", 1)
    del found.bucket.keys.getlist("a")[0]
    assert found.expired(days(3)) == []
    assert found.expired(days(5)) == [Expired("a", found.marker)]


def test_a_rule_that_is_off_deletes_nothing(bucket):
    off = {"Prefix": "", "Expiration": {"Days": 1}, "Status": "Disabled"}
    assert bucket(off).put("a").expired(days(99)) == []


TAG = {"Key": "k", "Value": "v"}


@pytest.mark.parametrize(
    ("chosen", "wanted"),
    [
        ({"Tag": TAG}, {"tagged", "in/both"}),
        ({"And": {"Prefix": "in/", "Tag": TAG}}, {"in/both"}),
        ({"And": {"Tag": [TAG, {"Key": "other", "Value": ""}]}}, {"tagged"}),
        ({"ObjectSizeGreaterThan": "10"}, {"large"}),
        ({"ObjectSizeLessThan": "11"}, {"plain", "tagged", "in/both"}),
        ({"And": {"ObjectSizeGreaterThan": "10", "ObjectSizeLessThan": "11"}}, set()),
    ],
)
def test_a_rule_is_about_what_its_filter_names(bucket, chosen, wanted):
    found = bucket({"Filter": chosen, "Expiration": {"Days": 1}})
    found.put("plain").put("tagged", k="v", other="").put("in/both", k="v").put("large", size=11)
    assert {each.key for each in found.expired(days(9))} == wanted


def test_of_the_noncurrent_versions_so_many_newer_ones_stay_however_old(bucket):
    kept = {"NoncurrentDays": "1", "NewerNoncurrentVersions": "2"}
    found = bucket({"Filter": {"Prefix": ""}, "NoncurrentVersionExpiration": kept})
    for day in range(5):
        found.put("a", day)
    assert found.expired(days(2)) == []
    assert found.expired(days(99)) == [Expired("a", "v1"), Expired("a", "v2")]


def test_every_rule_that_is_about_a_key_is_carried_out(bucket):
    found = bucket(
        {"Filter": {"Prefix": ""}, "Expiration": {"Days": 1}},
        {"Filter": {"Prefix": "in/"}, "NoncurrentVersionExpiration": {"NoncurrentDays": 1}},
    )
    found.put("in/a").put("in/a")
    assert found.expired(days(9)) == [Expired("in/a"), Expired("in/a", "v1")]


MOVES = [
    {"Days": "30", "StorageClass": "STANDARD_IA"},
    {"Days": "90", "StorageClass": "GLACIER"},
]


def test_a_version_moves_down_the_waterfall_of_classes_and_once_to_each(bucket):
    found = bucket({"Filter": {"Prefix": ""}, "Transition": MOVES})
    found.put("a", size=LEAST_MOVED_BYTES)
    assert found.moved(days(30)) == []
    assert found.moved(days(31)) == [("v1", "STANDARD_IA")]
    assert found.moved(days(31)) == []
    assert found.moved(days(91)) == [("v1", "GLACIER")]
    assert found.moved(days(99)) == []


def test_what_slept_through_several_moves_is_in_the_last_class(bucket):
    found = bucket({"Filter": {"Prefix": ""}, "Transition": MOVES})
    assert found.put("a", size=LEAST_MOVED_BYTES).moved(days(99)) == [("v1", "GLACIER")]


def test_a_small_object_moves_only_by_a_rule_that_names_a_size(bucket):
    move = {"Date": "2026-01-05T00:00:00Z", "StorageClass": "GLACIER"}
    small = bucket({"Filter": {"Prefix": ""}, "Transition": move})
    assert small.put("a", size=LEAST_MOVED_BYTES - 1).moved(days(9)) == []
    named = bucket({"Filter": {"ObjectSizeGreaterThan": "0"}, "Transition": move})
    assert named.put("a").moved(days(3)) == []
    assert named.moved(days(9)) == [("v1", "GLACIER")]


def test_noncurrent_versions_move_by_rules_of_their_own(bucket):
    move = {"NoncurrentDays": "3", "NewerNoncurrentVersions": "1", "StorageClass": "GLACIER_IR"}
    found = bucket({"Filter": {"Prefix": ""}, "NoncurrentVersionTransition": move})
    for _ in range(3):
        found.put("a", size=LEAST_MOVED_BYTES)
    assert found.moved(days(9)) == [("v1", "GLACIER_IR")]


def test_what_is_deleted_for_good_is_not_moved_first(bucket):
    found = bucket(
        {
            "Filter": {"ObjectSizeGreaterThan": "0"},
            "NoncurrentVersionExpiration": {"NoncurrentDays": "3"},
            "NoncurrentVersionTransition": {"NoncurrentDays": "3", "StorageClass": "GLACIER"},
        }
    )
    found.put("a").put("a")
    assert found.expired(days(9)) == [Expired("a", "v1")]
    assert found.moved(days(9)) == []


def test_an_upload_that_is_not_completed_in_time_is_abandoned(bucket):
    rule = {"Filter": {"Prefix": ""}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}
    found = bucket(rule)
    found.bucket.multiparts["one"] = SimpleNamespace(
        key_name="a", initiated=days(0).replace(tzinfo=None), dispose=lambda: None
    )
    assert list(abandoned(found.bucket, days(7))) == []
    assert list(abandoned(found.bucket, days(8))) == [("a", "one")]
