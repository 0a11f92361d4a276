"""ListObjectVersions, as the API reference has it."""

import re
from itertools import pairwise

import pytest
import urllib3

from tests.builders.endpoint import SIGNED

ODD = [
    "a b+c%2B.csv",
    "control \x01.csv",
    "\ufffe.csv",
    "emoji/\N{GRINNING FACE}&<é>.csv",
    "new\nline",
]


def versions_of(pages):
    return [
        (each["Key"], each["VersionId"], each["IsLatest"])
        for page in pages
        for each in page.get("Versions", [])
    ]


def listed(s3, bucket, size=1000, **options):
    pages = s3.get_paginator("list_object_versions").paginate(
        Bucket=bucket, PaginationConfig={"PageSize": size}, **options
    )
    return list(pages)


@pytest.mark.parametrize("key", ODD)
def test_any_key_is_listed_as_it_is(s3, bucket, key):
    version = s3.put_object(Bucket=bucket, Key=key)["VersionId"]
    assert versions_of(listed(s3, bucket)) == [(key, version, True)]
    s3.delete_object(Bucket=bucket, Key=key)
    (page,) = listed(s3, bucket, Prefix=key[:2])
    assert [each["Key"] for each in page["DeleteMarkers"]] == [key]
    assert page["DeleteMarkers"][0]["IsLatest"]
    assert not page["Versions"][0]["IsLatest"]


def test_an_encoded_listing_says_that_it_is_encoded(endpoint, s3, bucket):
    s3.put_object(Bucket=bucket, Key="a b&c")
    url = f"{endpoint}/{bucket}?versions&prefix=a%20&encoding-type={{}}"
    text = urllib3.request(
        "GET", url.format("url"), headers={"Authorization": SIGNED}
    ).data.decode()
    assert "<Key>a%20b%26c</Key>" in text
    assert "<Prefix>a%20</Prefix>" in text
    assert "<EncodingType>url</EncodingType>" in text
    plain = urllib3.request(
        "GET", f"{endpoint}/{bucket}?versions", headers={"Authorization": SIGNED}
    )
    assert "<Key>a b&amp;c</Key>" in plain.data.decode()
    assert "EncodingType" not in plain.data.decode()


@pytest.fixture
def filled(s3, bucket):
    """A bucket with five keys of three versions each, and one that was deleted; in S3's order."""
    expected = []
    for key in ["a/1", "a/2", "a/3", "b/1", "c"]:
        ids = [s3.put_object(Bucket=bucket, Key=key)["VersionId"] for _ in range(3)]
        expected += [(key, each, each == ids[-1]) for each in reversed(ids)]
    s3.put_object(Bucket=bucket, Key="d")
    s3.delete_object(Bucket=bucket, Key="d")
    return bucket, expected


@pytest.mark.parametrize("size", [1, 2, 3, 4, 1000])
def test_pages_of_any_size_have_every_version_once_the_newest_first(s3, filled, size):
    bucket, expected = filled
    pages = listed(s3, bucket, size)
    assert versions_of(pages)[:-1] == expected
    assert versions_of(pages)[-1][0] == "d"
    markers = [each for page in pages for each in page.get("DeleteMarkers", [])]
    assert [(each["Key"], each["IsLatest"]) for each in markers] == [("d", True)]
    for page, following in pairwise(pages):
        assert page["IsTruncated"]
        assert following["KeyMarker"] == page["NextKeyMarker"]
    assert not pages[-1]["IsTruncated"]


def test_a_prefix_and_a_delimiter_roll_folders_up(s3, filled):
    bucket, expected = filled
    assert versions_of(listed(s3, bucket, 2, Prefix="a/")) == expected[:9]
    for size in (1, 2, 1000):
        pages = listed(s3, bucket, size, Delimiter="/")
        folders = [each["Prefix"] for page in pages for each in page.get("CommonPrefixes", [])]
        assert folders == ["a/", "b/"]
        assert versions_of(pages)[:-1] == expected[-3:]


def test_a_key_marker_alone_begins_after_that_key(s3, filled):
    bucket, expected = filled
    page = s3.list_object_versions(Bucket=bucket, KeyMarker="a/2", MaxKeys=3)
    assert versions_of([page]) == expected[6:9]


def test_version_ids_are_of_s3s_alphabet_and_may_begin_with_any_letter_of_it(s3, bucket):
    ids = [s3.put_object(Bucket=bucket, Key="a")["VersionId"] for _ in range(600)]
    assert all(re.fullmatch(r"[A-Za-z0-9._]{32}", each) for each in ids)
    assert len(set(ids)) == len(ids)
    assert {each[0] for each in ids} >= {"_", "."}
    assert s3.get_object(Bucket=bucket, Key="a", VersionId=ids[0])["VersionId"] == ids[0]
    marker = s3.delete_object(Bucket=bucket, Key="a")["VersionId"]
    assert re.fullmatch(r"[A-Za-z0-9._]{32}", marker)


def test_a_bucket_without_versions_has_null_ones(s3, served):
    name = served.name("plain")
    s3.create_bucket(Bucket=name)
    for _ in range(2):
        s3.put_object(Bucket=name, Key="a")
    assert versions_of(listed(s3, name)) == [("a", "null", True)]
