"""The bounds of every number of a definition."""

import pytest

from tests.builders.accepted_definitions import caught, ending, mapped, problems, retrying


@pytest.mark.parametrize(
    ("with_number", "place", "least", "most"),
    [
        (lambda n: {**caught(), "TimeoutSeconds": n}, "TimeoutSeconds", 0, 99_999_999),
        (lambda n: caught(TimeoutSeconds=n), "States/One/TimeoutSeconds", 1, 99_999_999),
        (lambda n: caught(HeartbeatSeconds=n), "States/One/HeartbeatSeconds", 1, 99_999_999),
        (lambda n: ending({"Type": "Wait", "Seconds": n}), "States/One/Seconds", 0, 99_999_999),
        (
            lambda n: retrying(IntervalSeconds=n),
            "States/One/Retry[0]/IntervalSeconds",
            0,
            99_999_999,
        ),
        (
            lambda n: retrying(BackoffRate=n),
            "States/One/Retry[0]/BackoffRate",
            1,
            2**31 - 1,
        ),
        (lambda n: retrying(MaxAttempts=n), "States/One/Retry[0]/MaxAttempts", 0, 99_999_999),
        (
            lambda n: retrying(MaxDelaySeconds=n),
            "States/One/Retry[0]/MaxDelaySeconds",
            2,
            31_622_400,
        ),
        (lambda n: mapped(MaxConcurrency=n), "States/One/MaxConcurrency", 0, 2**31 - 1),
        (
            lambda n: mapped(ToleratedFailureCount=n),
            "States/One/ToleratedFailureCount",
            0,
            2**31 - 1,
        ),
        (
            lambda n: mapped(ToleratedFailurePercentage=n),
            "States/One/ToleratedFailurePercentage",
            0,
            100,
        ),
        (
            lambda n: mapped(ItemBatcher={"MaxItemsPerBatch": n}),
            "States/One/ItemBatcher/MaxItemsPerBatch",
            1,
            99_999_999,
        ),
        (
            lambda n: mapped(ItemBatcher={"MaxInputBytesPerBatch": n}),
            "States/One/ItemBatcher/MaxInputBytesPerBatch",
            1,
            262_144,
        ),
    ],
)
def test_a_number_is_within_its_bounds(with_number, place, least, most):
    assert problems(with_number(least)) == problems(with_number(most)) == set()
    for wrong in (least - 1, most + 1, True, "{% 1", str(most), None):
        assert problems(with_number(wrong)) == {f"/{place}"}


@pytest.mark.parametrize(
    ("with_value", "place"),
    [
        (lambda v: retrying(MaxAttempts=v), "States/One/Retry[0]/MaxAttempts"),
        (lambda v: {**caught(), "TimeoutSeconds": v}, "TimeoutSeconds"),
        (lambda v: caught(TimeoutSeconds=v), "States/One/TimeoutSeconds"),
        (lambda v: mapped(MaxConcurrency=v), "States/One/MaxConcurrency"),
    ],
)
def test_a_whole_number_has_no_fraction(with_value, place):
    assert problems(with_value(1.5)) == {f"/{place}"}
