"""Listings answered here: what moto answers, in pages, and what moto gets wrong."""

from itertools import chain
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from local.s3.names import OrderedKeyStore

KEYS = [
    "a",
    "a/1.csv",
    "a/2.csv",
    "a/b/3.csv",
    "a/b/c/4.csv",
    "a//double",
    "aa/5.csv",
    "b space+plus%2B&<>\"'.csv",
    "emoji/\N{GRINNING FACE}.csv",
    "emoji/\N{PILE OF POO}/\N{FULLWIDTH TILDE}",
    "new\nline\rand\ttab",
    "z/\x01control",
]
ASKED = [
    {},
    {"Prefix": "a"},
    {"Prefix": "a/"},
    {"Prefix": "nothing/"},
    {"Prefix": "emoji/\N{GRINNING FACE}"},
    {"Delimiter": "/"},
    {"Delimiter": "/", "Prefix": "a/"},
    {"Delimiter": "/", "Prefix": "a/b"},
    {"Delimiter": ".csv"},
    {"Delimiter": "a/b"},
    {"StartAfter": "a/1.csv"},
    {"StartAfter": "a/15"},
    {"StartAfter": "a/b", "Prefix": "a/"},
    {"StartAfter": "0", "Prefix": "b"},
    {"StartAfter": "c", "Prefix": "b"},
    {"StartAfter": "a/", "Delimiter": "/"},
    {"StartAfter": "a", "Delimiter": "/"},
]


@pytest.fixture
def filled(s3, bucket):
    """A bucket with these keys, one of them twice."""
    for key in (*KEYS[::-1], KEYS[2]):
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    return bucket


def entries(page):
    """What a page lists, in the order in which it is said."""
    keys = [(each["Key"], each["ETag"], each["Size"]) for each in page.get("Contents", ())]
    return keys, [each["Prefix"] for each in page.get("CommonPrefixes", ())]


def pages(client, **asked):
    """All pages of a listing."""
    return list(client.get_paginator("list_objects_v2").paginate(**asked))


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_a_listing_answers_as_moto_does(s3, moto_s3, filled, asked):
    short, long = (each.list_objects_v2(Bucket=filled, **asked) for each in (s3, moto_s3))
    for answer in (short, long):
        del answer["ResponseMetadata"]
    assert short == long


@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_pages_have_together_what_one_page_has(s3, filled, asked, size):
    whole = s3.list_objects_v2(Bucket=filled, **asked)
    parts = pages(s3, Bucket=filled, **asked, PaginationConfig={"PageSize": size})
    keys, folders = (list(chain(*lists)) for lists in zip(*map(entries, parts), strict=True))
    assert (keys, folders) == entries(whole)
    assert all(part["KeyCount"] == size and part["IsTruncated"] for part in parts[:-1])
    assert not parts[-1]["IsTruncated"]


def test_a_page_says_no_more_than_a_thousand_keys_whatever_is_asked(s3, filled):
    assert s3.list_objects_v2(Bucket=filled, MaxKeys=5000)["MaxKeys"] == 1000
    none = s3.list_objects_v2(Bucket=filled, MaxKeys=0)
    assert (none["KeyCount"], none["IsTruncated"]) == (0, False)


def test_keys_are_exact_without_encoding_too(s3, connection, bucket):
    odd = "b space+plus%2B&<>\"'\rend"
    s3.put_object(Bucket=bucket, Key=odd)
    scope = "local/20261123/us-east-1/s3/aws4_request"
    signed = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
    target = f"/{bucket}?list-type=2&prefix={quote(odd)}"
    connection.request("GET", target, headers={"Authorization": signed})
    body = connection.getresponse().read().decode()
    assert "<Key>b space+plus%2B&amp;&lt;&gt;\"'&#13;end</Key>" in body


def test_a_deleted_key_is_not_listed_nor_a_folder_of_deleted_keys_alone(s3, filled):
    for key in ("a/b/3.csv", "a/b/c/4.csv"):
        s3.delete_object(Bucket=filled, Key=key)
    keys, folders = entries(s3.list_objects_v2(Bucket=filled, Prefix="a/", Delimiter="/"))
    assert [key for key, _, _ in keys] == ["a/1.csv", "a/2.csv"]
    assert folders == ["a//"]
    s3.put_object(Bucket=filled, Key="a/b/3.csv")
    assert entries(s3.list_objects_v2(Bucket=filled, Prefix="a/", Delimiter="/"))[1] == [
        "a//",
        "a/b/",
    ]


def test_a_key_is_gone_with_its_last_version_and_back_with_a_new_one(s3, bucket):
    for _ in range(2):
        version = s3.put_object(Bucket=bucket, Key="one")["VersionId"]
        assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1
        s3.delete_object(Bucket=bucket, Key="one", VersionId=version)
        assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_what_is_written_between_two_pages_is_listed_where_it_belongs(s3, filled):
    first = s3.list_objects_v2(Bucket=filled, Prefix="a/", MaxKeys=2)
    for key in ("a/0-before", "a/1.csv-after"):
        s3.put_object(Bucket=filled, Key=key)
    token = first["NextContinuationToken"]
    rest = s3.list_objects_v2(Bucket=filled, Prefix="a/", ContinuationToken=token)
    assert [key for key, _, _ in entries(rest)[0]][:2] == ["a/1.csv-after", "a/2.csv"]
    assert rest["ContinuationToken"] == token


@pytest.mark.parametrize("token", ["x", "!!!!", "/w=="])
def test_a_token_that_was_never_given_is_refused(s3, filled, token):
    with pytest.raises(ClientError, match="continuation token provided is incorrect"):
        s3.list_objects_v2(Bucket=filled, ContinuationToken=token)


@pytest.mark.parametrize("more", [{"FetchOwner": True}, {"RequestPayer": "requester"}])
def test_what_else_is_asked_of_a_listing_is_motos(s3, filled, more):
    keys, _ = entries(s3.list_objects_v2(Bucket=filled, Prefix="a/", **more))
    assert len(keys) == 5


NAMES = st.sampled_from("abcde")
STEPS = st.tuples(st.sampled_from(["add", "replace", "remove", "list"]), NAMES)


@settings(max_examples=200)
@given(st.lists(STEPS, max_size=30))
def test_the_order_of_keys_is_right_after_any_changes(steps):
    store = OrderedKeyStore()
    for step, name in steps:
        if step == "add":
            store[name] = SimpleNamespace(dispose=list)
        elif step == "replace":
            store.setlist(name, [])
        elif step == "remove" and name in store:
            store.pop(name)
        elif step == "list":
            assert list(store.names()) == sorted(store)
    assert list(store.names()) == sorted(store)
