"""The event of an upload is checked by type and form before anything is done with it."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core import keys
from functions.core.uploads import NO_KEY, Upload, read_event

STARTED = "2026-11-24T09:30:00.123Z"
EVENT = {
    "time": "2026-11-22T10:00:00Z",
    "detail": {
        "bucket": {"name": "raw"},
        "object": {"key": "in/a.csv", "version-id": "v1", "etag": "e", "size": 7},
    },
}
UPLOAD = Upload("raw", "in/a.csv", "v1", "e", 7, "2026-11-22T10:00:00Z")
ABSENT = object()
NO_MOMENT = "time is no moment such as 2026-11-22T10:00:00Z"


def event_with(**fields):
    """The event with other values; ABSENT takes a field away."""
    event = copy.deepcopy(EVENT)
    item, bucket = event["detail"]["object"], event["detail"]["bucket"]
    where = {"time": event, "name": bucket}
    for name, value in fields.items():
        spelt = name.replace("_", "-")
        place = where.get(name, item)
        if value is ABSENT:
            del place[spelt]
        else:
            place[spelt] = value
    return event


def read(event):
    return read_event(event, "arn:x", STARTED)


def test_an_upload_is_read_from_its_event():
    assert read(EVENT) == (UPLOAD, None)


def test_an_object_of_a_bucket_without_versions_is_version_null():
    upload, wrong = read(event_with(version_id=ABSENT, etag=ABSENT))
    assert (upload.version_id, upload.etag, wrong) == ("null", "", None)


@pytest.mark.parametrize(
    ("event", "wrong"),
    [
        (None, "detail.bucket.name is no text"),
        ([], "detail.bucket.name is no text"),
        ({"detail": None}, "detail.bucket.name is no text"),
        (event_with(name=5), "detail.bucket.name is no text"),
        (event_with(key=7), "detail.object.key is no text of 1 to 1,024 bytes"),
        (event_with(key=""), "detail.object.key is no text of 1 to 1,024 bytes"),
        (event_with(key="\ud800"), "detail.object.key is no text of 1 to 1,024 bytes"),
        (event_with(key="é" * 513), "detail.object.key is no text of 1 to 1,024 bytes"),
        (event_with(version_id=None), "detail.object.version-id is no version id"),
        (event_with(version_id="a/../b"), "detail.object.version-id is no version id"),
        (event_with(size=ABSENT), "detail.object.size is no number of bytes"),
        (event_with(size="7"), "detail.object.size is no number of bytes"),
        (event_with(size=True), "detail.object.size is no number of bytes"),
        (event_with(size=-1), "detail.object.size is no number of bytes"),
        (event_with(time=ABSENT), NO_MOMENT),
        (event_with(time="../../../x"), NO_MOMENT),
        (event_with(time="2026-02-30T10:00:00Z"), NO_MOMENT),
        (
            event_with(time="2026-11-22T10:00:00+01:00"),
            NO_MOMENT,
        ),
    ],
)
def test_a_bad_event_says_what_is_wrong_and_still_has_a_record_key_of_its_own(event, wrong):
    upload, found = read(event)
    assert found == wrong
    other, _ = read_event(event, "arn:y", STARTED)
    assert upload.date in {"2026-11-22", "2026-11-24"}
    known = upload.key == "in/a.csv" and upload.version_id == "v1"
    assert known or upload.record_key() != other.record_key()


def test_what_a_bad_event_does_not_tell_is_taken_from_its_execution():
    upload, _ = read({})
    assert upload == Upload("", NO_KEY, upload.version_id, "", 0, STARTED)
    assert upload.version_id.startswith("event-")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        name: JSON | st.sampled_from(["2026-11-22T10:00:00Z", "v1", "raw", 7])
        for name in ("time", "name", "key", "version_id", "size", "etag")
    },
)


@given(JSON | FIELDS.map(lambda fields: event_with(**fields)))
def test_whatever_the_input_is_it_has_an_identity_that_can_be_stored(event):
    upload, _ = read(json.loads(json.dumps(event)))
    for rejected in (False, True):
        key = upload.record_key(rejected=rejected)
        assert key.startswith("processed/date=20")
        assert len(key.encode()) <= keys.KEY_LIMIT_BYTES
    assert (upload.key, upload.version_id) <= (upload.key, upload.version_id)
    assert isinstance(upload.size_bytes, int)
