"""Lifecycle rules of a template, as S3's API takes them."""

import pytest
from botocore.session import get_session
from botocore.validate import ParamValidator

from local.cloudformation.lifecycle import rule_of

SHAPE = (
    get_session().get_service_model("s3").shape_for("BucketLifecycleConfiguration").members["Rules"]
)


def test_every_property_of_a_rule_is_handed_on():
    made = rule_of(
        {
            "Id": "r",
            "Status": "Enabled",
            "Prefix": "in/",
            "TagFilters": [{"Key": "k", "Value": "v"}],
            "ObjectSizeGreaterThan": "10",
            "ObjectSizeLessThan": 20,
            "ExpirationInDays": "9",
            "Transition": {"TransitionInDays": 3, "StorageClass": "STANDARD_IA"},
            "Transitions": [{"TransitionDate": "2026-01-01", "StorageClass": "GLACIER"}],
            "NoncurrentVersionExpiration": {"NoncurrentDays": 5, "NewerNoncurrentVersions": "2"},
            "NoncurrentVersionTransitions": [{"TransitionInDays": 1, "StorageClass": "GLACIER_IR"}],
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": "7"},
        }
    )
    assert made == {
        "ID": "r",
        "Status": "Enabled",
        "Filter": {
            "And": {
                "Prefix": "in/",
                "Tags": [{"Key": "k", "Value": "v"}],
                "ObjectSizeGreaterThan": 10,
                "ObjectSizeLessThan": 20,
            }
        },
        "Expiration": {"Days": 9},
        "Transitions": [
            {"Days": 3, "StorageClass": "STANDARD_IA"},
            {"Date": "2026-01-01", "StorageClass": "GLACIER"},
        ],
        "NoncurrentVersionExpiration": {"NoncurrentDays": 5, "NewerNoncurrentVersions": 2},
        "NoncurrentVersionTransitions": [{"NoncurrentDays": 1, "StorageClass": "GLACIER_IR"}],
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    }
    report = ParamValidator().validate([made], SHAPE)
    assert not report.has_errors(), report.generate_report()


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, {"Prefix": ""}),
        ({"Prefix": "in/"}, {"Prefix": "in/"}),
        ({"TagFilters": [{"Key": "k", "Value": "v"}]}, {"Tag": {"Key": "k", "Value": "v"}}),
        ({"ObjectSizeLessThan": 3}, {"ObjectSizeLessThan": 3}),
        (
            {"Prefix": "in/", "ObjectSizeLessThan": 3},
            {"And": {"Prefix": "in/", "ObjectSizeLessThan": 3}},
        ),
    ],
)
def test_one_criterion_stands_alone_and_several_in_an_and(given, wanted):
    assert rule_of({"Status": "Enabled", **given})["Filter"] == wanted


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"ExpirationDate": "2026-01-01"}, {"Expiration": {"Date": "2026-01-01"}}),
        (
            {"ExpiredObjectDeleteMarker": "true"},
            {"Expiration": {"ExpiredObjectDeleteMarker": True}},
        ),
        (
            {"NoncurrentVersionExpirationInDays": "4"},
            {"NoncurrentVersionExpiration": {"NoncurrentDays": 4}},
        ),
    ],
)
def test_older_and_rarer_properties_say_the_same(given, wanted):
    assert rule_of({"Status": "Enabled", **given}) == {
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        **wanted,
    }


def test_a_property_that_nothing_would_act_on_is_refused():
    with pytest.raises(ValueError, match="not supported here: Tomorrow"):
        rule_of({"Status": "Enabled", "Tomorrow": True})
