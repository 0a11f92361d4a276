"""The table of the cost page is what the command computes."""

import re
from pathlib import Path

import pytest

from functions.core.reporting.cost import estimate
from ops.pipeline.cost import of_plan

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "cost.md").read_text()
ROWS = re.findall(r"^\| ([\d,]+) \| ([\d,.]+) \| (.*) \|$", PAGE, re.MULTILINE)
COLUMNS = (("state",), ("Lambda",), ("S3",), ("log",))


def month(plan, words):
    return 30 * sum(each["dollars"] for each in plan["lines"] if each["what"].startswith(words))


@pytest.mark.parametrize(("files", "total", "parts"), ROWS)
def test_the_table_is_computed(files, total, parts):
    plan = of_plan(int(files.replace(",", "")), 1_000_000, estimate)
    assert total == f"{plan['month']:,.2f}"
    assert parts.split(" | ") == [f"{month(plan, words):,.2f}" for words in COLUMNS]


def test_what_files_with_field_rules_cost_more_is_computed():
    plain, ruled = (of_plan(1000, 1_000_000, estimate, number) for number in (0, 1000))
    (said,) = re.findall(
        r"1,000 of them a day are \$([\d.]+) more a month", PAGE.replace("\n", " ")
    )
    assert said == f"{ruled['month'] - plain['month']:.2f}"


def test_a_thousand_files_a_day_cost_less_than_three_dollars_a_month():
    assert [files for files, _, _ in ROWS] == ["1,000", "100,000", "1,000,000"]
    assert of_plan(1000, 1_000_000, estimate)["month"] < 3
