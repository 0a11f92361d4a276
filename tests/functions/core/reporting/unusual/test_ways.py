"""How a way of reading files differs from those before, in words."""

import pytest

from functions.core.reporting.unusual.ways import Way, changes

CSV = Way("csv", ",", "utf-8", 2, "id, name")


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (Way("csv", ";", "utf-8", 2, "id, name"), [("format", "delimiter ; instead of ,")]),
        (Way("csv", ",", "utf-8", 1, "id"), [("columns", "columns removed: name")]),
        (Way("csv", ",", "utf-8", 3, "id, name, n"), [("columns", "columns added: n")]),
        (Way("csv", ",", "utf-8", 2, "name, id"), [("columns", "columns in another order")]),
        (Way("csv", ",", "utf-8", 2, "id, title"), [("columns", "columns renamed: name to title")]),
        (Way("csv", ",", "utf-8"), [("columns", "columns removed: id, name")]),
    ],
)
def test_each_difference_is_said(new, said):
    assert list(changes(new, [CSV])) == said


def test_a_format_that_knows_no_columns_has_lost_none():
    lines = Way("jsonl", "", "utf-8")
    said = "format jsonl instead of csv, delimiter none instead of ,"
    assert list(changes(lines, [CSV])) == [("format", said)]
    said = "format csv instead of jsonl, delimiter , instead of none"
    assert list(changes(CSV, [lines])) == [("format", said)]


def test_the_way_that_is_most_alike_is_the_one_that_is_compared_with():
    assert list(changes(Way("csv", ",", "utf-8", 1, "id"), [Way("jsonl"), CSV])) == [
        ("columns", "columns removed: name")
    ]
