"""What of a report is compared, and what of a prefix is known of the days before."""

from functions.core.reporting.unusual.day import Day, past_of
from tests.builders.histories import PREFIX, any_row

CSV = {"format": "csv", "delimiter": ",", "encoding": "utf-8", "columns": 1, "names": "id"}


def received(row):
    return row.get("received", 0)


def test_rows_that_are_of_no_prefix_are_not_compared():
    names = ("others", "unknown")
    others = [any_row(1, 1) | {"prefix": name} for name in names]
    report = {"by_prefix": [any_row(3, 9), *others], "by_reading": None, "cost": {"total": 2.0}}
    day = Day.of(report, others="others", unknown="unknown")
    assert (list(day.rows), day.ways, day.cost, day.whole) == ([PREFIX], {}, 2.0, False)


def test_the_ways_of_a_prefix_are_those_of_its_rows():
    report = {
        "by_prefix": [],
        "by_reading": [{**CSV, "prefix": PREFIX}, {**CSV, "prefix": PREFIX, "names": "no"}],
        "cost": {"total": 0},
    }
    assert sorted(way.names for way in Day.of(report).ways[PREFIX]) == ["id", "no"]


def test_a_day_without_the_prefix_is_one_without_files_since_its_first():
    there, without, many = Day({PREFIX: any_row(3, 9)}), Day(), Day(whole=False)
    earlier = {1: there, 2: without, 3: many, 4: there, 5: without}
    assert past_of(earlier, PREFIX, received) == {1: 3, 2: 0, 4: 3}
    assert past_of({1: without}, PREFIX, received) == {}
