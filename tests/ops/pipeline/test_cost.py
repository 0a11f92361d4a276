"""Sizes and plans as an operator types them."""

import pytest

from ops.pipeline import cost
from ops.pipeline.errors import BAD_USAGE, OpsError


@pytest.mark.parametrize(
    ("text", "size"),
    [("250000", 250_000), ("1MB", 10**6), ("1.5 GiB", 3 * 2**29), ("800k", 800_000), ("7b", 7)],
)
def test_a_size_is_read_in_decimal_or_binary_units(text, size):
    assert cost.size(text) == size


@pytest.mark.parametrize("text", ["", "big", "-1", "1 XB", "1iB", "1e3"])
def test_what_is_no_size_is_bad_usage(text):
    with pytest.raises(OpsError) as caught:
        cost.size(text)
    assert caught.value.exit_code == BAD_USAGE


def test_a_month_of_a_plan_is_thirty_of_its_days():
    def estimate(processed, rejected, size_bytes, checked, checked_bytes):
        assert (checked, checked_bytes) == (4, 8_000_000)
        return {"currency": "USD", "total": processed + size_bytes / 1e6, "lines": []}

    found = cost.of_plan(10, 2_000_000, estimate, 4)
    assert (found["total"], found["month"]) == (30, 900)


def test_more_files_with_field_rules_than_files_are_bad_usage():
    with pytest.raises(OpsError, match="give how many of these"):
        cost.of_plan(10, 1, None, 11)
