"""Bars and gaps of a small chart."""

from ops.console.views.trend_chart import chart


def test_the_largest_day_is_as_high_as_the_chart_and_the_others_are_in_proportion():
    found = chart("files", ("2026-11-01", "2026-11-02", "2026-11-03"), (5, 20, 0))
    assert [bar.height for bar in found.bars] == [10, 40, 0]
    assert [bar.x for bar in found.bars] == [0, 8, 16]
    assert found.bars[1].title == "2026-11-02: 20 files"
    assert found.label == "files by day, 2026-11-01 to 2026-11-03: 0 to 20"


def test_a_day_that_is_not_known_is_a_gap():
    found = chart("files", ("2026-11-01", "2026-11-02"), (None, 1_000))
    assert (found.bars[0].height, found.bars[0].title) == (None, "2026-11-01: no report")
    assert found.label.endswith("1,000 to 1,000; 1 day without a report")


def test_a_chart_of_nothing_is_all_gaps():
    found = chart("files", ("2026-11-01",), (None,))
    assert (
        found.label == "files by day, 2026-11-01 to 2026-11-01: none known; 1 day without a report"
    )
    assert chart("files", ("2026-11-01",), (0,)).bars[0].height == 0
