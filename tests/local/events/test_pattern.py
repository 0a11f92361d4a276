"""Event patterns, operator by operator, as the EventBridge guide tells of them."""

import pytest

from local.events.pattern import matches

EVENT = {
    "source": "aws.s3",
    "detail-type": "Object Created",
    "resources": ["arn:aws:s3:::raw"],
    "detail": {
        "bucket": {"name": "raw"},
        "object": {"key": "data/Orders.csv", "size": 120, "ratio": 300.0, "etag": None},
        "source-ip-address": "10.1.2.3",
        "retained": False,
        "tags": ["blue", "green"],
        "nothing": [],
        "parts": [{"number": 1, "state": "bad"}, {"number": 2, "state": "good"}],
    },
}


def of_object(**wanted):
    return {"detail": {"object": wanted}}


TAKES = [
    {},
    {"source": ["aws.s3"]},
    {"source": ["aws.ec2", "aws.s3"]},
    {"source": ["aws.s3"], "detail": {"bucket": {"name": ["raw"]}}},
    {"resources": ["arn:aws:s3:::raw"]},
    of_object(key=[{"prefix": "data/"}]),
    of_object(key=[{"prefix": {"equals-ignore-case": "DATA/o"}}]),
    of_object(key=[{"suffix": ".csv"}]),
    of_object(key=[{"suffix": {"equals-ignore-case": ".CSV"}}]),
    of_object(key=[{"equals-ignore-case": "DATA/orders.CSV"}]),
    of_object(key=[{"wildcard": "*/Ord*.csv"}]),
    of_object(key=[{"anything-but": "other"}]),
    of_object(key=[{"anything-but": ["other", "another"]}]),
    of_object(key=[{"anything-but": {"prefix": "temp/"}}]),
    of_object(key=[{"anything-but": {"suffix": [".tmp", ".bak"]}}]),
    of_object(key=[{"anything-but": {"wildcard": "*.tmp"}}]),
    of_object(key=[{"anything-but": {"equals-ignore-case": ["a", "b"]}}]),
    of_object(size=[{"numeric": [">", 100, "<=", 120]}]),
    of_object(size=[{"numeric": ["=", 120.0]}]),
    of_object(size=[{"exists": True}]),
    of_object(version=[{"exists": False}]),
    of_object(etag=[None]),
    {"detail": {"absent": {"deeper": [{"exists": False}]}}},
    {"detail": {"bucket": [{"exists": False}]}},
    {"detail": {"nothing": [{"exists": False}]}},
    {"detail": {"retained": [False]}},
    {"detail": {"tags": ["green"]}},
    {"detail": {"tags": [{"anything-but": "green"}]}},
    {"detail": {"parts": {"number": [2], "state": ["good"]}}},
    {"detail": {"source-ip-address": [{"cidr": "10.0.0.0/8"}]}},
    {"$or": [{"source": ["aws.ec2"]}, {"detail": {"retained": [False]}}]},
    {"detail": {"$or": [{"tags": ["red"]}, {"bucket": {"name": ["raw"]}}]}},
]

LEAVES = [
    {"source": ["aws.ec2"]},
    {"source": ["AWS.S3"]},
    {"source": ["aws.s3"], "detail": {"bucket": {"name": ["other"]}}},
    {"detail": {"bucket": ["raw"]}},
    of_object(key=[{"prefix": "Data/"}]),
    of_object(key=[{"suffix": ".CSV"}]),
    of_object(key=[{"wildcard": "Orders*"}]),
    of_object(key=[{"anything-but": {"prefix": ["x", "data/"]}}]),
    of_object(key=[{"anything-but": ["data/Orders.csv"]}]),
    of_object(key=[{"numeric": [">", 0]}]),
    of_object(key=[{"cidr": "10.0.0.0/8"}]),
    of_object(size=["120"]),
    of_object(size=[{"prefix": "1"}]),
    of_object(size=[{"numeric": [">", 120]}]),
    of_object(size=[{"exists": False}]),
    of_object(ratio=[300]),
    of_object(version=[{"exists": True}]),
    of_object(version=[None]),
    of_object(version=[{"anything-but": "x"}]),
    {"detail": {"retained": [0]}},
    {"detail": {"retained": [{"numeric": ["=", 0]}]}},
    {"detail": {"nothing": ["x"]}},
    {"detail": {"parts": {"number": [1], "state": ["good"]}}},
    {"detail": {"source-ip-address": [{"cidr": "10.2.0.0/16"}]}},
    {"$or": [{"source": ["aws.ec2"]}, {"detail": {"retained": [True]}}]},
]


@pytest.mark.parametrize("pattern", TAKES, ids=str)
def test_a_pattern_takes_the_event(pattern):
    assert matches(pattern, EVENT)


@pytest.mark.parametrize("pattern", LEAVES, ids=str)
def test_a_pattern_leaves_the_event(pattern):
    assert not matches(pattern, EVENT)


@pytest.mark.parametrize(
    ("pattern", "text", "taken"),
    [
        (r"a\*b", "a*b", True),
        (r"a\*b", "axb", False),
        (r"a\\*", r"a\anything", True),
        ("a?b", "axb", False),
        ("*", "", True),
        ("a.c", "abc", False),
        ("*line", "first\nline", True),
    ],
)
def test_a_wildcard_is_a_star_and_nothing_else(pattern, text, taken):
    assert matches({"x": [{"wildcard": pattern}]}, {"x": text}) == taken


def test_an_operator_that_does_not_exist_is_an_error():
    with pytest.raises(ValueError, match="sounds-like"):
        matches({"source": [{"sounds-like": "s3"}]}, EVENT)
