"""What is called unusual, and that little else is: 1,000 simulated histories."""

from random import Random

import pytest

from functions.core.reporting.unusual.day import Day
from functions.core.reporting.unusual.find import Unusual, find
from functions.core.reporting.unusual.rule import DAYS_AGO
from functions.core.reporting.unusual.ways import Way
from tests.builders.histories import PREFIX, WEEKS, any_history, any_row, before, halved

MONDAY, SATURDAY = 0, 5
CSV = Way("csv", ",", "utf-8", 2, "id, name")
CUT_COLUMNS = "other columns: 40, before 2; first na…12345678 instead of name"
STEADY = (0.02, 0.04, 0.06, 0.08, 0.1)
JUMPY = (0.2, 0.4, 0.8)


def a_day(files=20, records=1000, ways=(CSV,), cost=0.0, **row):
    rows = {PREFIX: any_row(files, records, **row)} if files else {}
    return Day(rows, {PREFIX: frozenset(ways)} if files else {}, cost)


def weeks(day, **others):
    """Four weeks of the same day, but for some: `d3` is three days ago."""
    return {ago: others.get(f"d{ago}", day) for ago in DAYS_AGO}


def found(today, earlier, *muted, weekday=MONDAY):
    return [(each.kind, each.what) for each in find(weekday, today, earlier, muted)]


def simulated(seed, noises, histories):
    """Days judged, days with a false alarm, halved days, and those of them that were found."""
    random, judged, false, seen = Random(seed), 0, 0, 0
    for number in range(histories):
        days = any_history(random, random.choice(noises), list(WEEKS)[number % len(WEEKS)])
        for day in random.sample(range(28, len(days)), 5):
            if not days[day][1]:
                judged += 1
                false += bool(find(day % 7, days[day][0], before(days, day), ()))
        came = [n for n in range(28, len(days)) if days[n][0].rows and not days[n][1]]
        day = random.choice(came)
        said = find(day % 7, halved(days[day][0]), before(days, day), ())
        seen += any(each.kind == "volume" for each in said)
    return judged, false, seen


def test_in_a_thousand_histories_false_alarms_are_rare_and_halved_days_are_found():
    judged, false, seen = simulated(1, STEADY, 1000)
    assert judged > 4500
    assert false < judged / 100
    assert seen >= 950


def test_a_prefix_that_jumps_about_is_left_alone():
    judged, false, _ = simulated(2, JUMPY, 300)
    assert false < judged * 2 / 100


def test_a_day_like_those_before_it_has_nothing_unusual():
    assert found(a_day(), weeks(a_day())) == []


@pytest.mark.parametrize(
    ("today", "kind", "what"),
    [
        (
            a_day(10, 500),
            "volume",
            "10 files, usually 20; 500 records, usually 1,000; 20,000 bytes, usually 40,000",
        ),
        (a_day(20, 400), "volume", "400 records, usually 1,000; 16,000 bytes, usually 40,000"),
        (a_day(45), "volume", "45 files, usually 20"),
        (a_day(0), "missing", "no file came, usually 20"),
        (a_day(at=36_000), "late", "the first file came at 10:00, usually at 02:00 UTC"),
        (a_day(at=1800), "early", "the first file came at 00:30, usually at 02:00 UTC"),
        (a_day(rejected=5), "rejected", "25% of files rejected, usually 0%"),
        (a_day(seconds=54), "duration", "files took about 54 s, usually 4 s"),
        (a_day(seconds=2_600), "duration", "files took about 43 min, usually 4 s"),
        (a_day(seconds=9_000), "duration", "files took about 2.5 h, usually 4 s"),
    ],
)
def test_what_is_far_from_usual_is_said_with_what_is_usual(today, kind, what):
    assert found(today, weeks(a_day(at=7200))) == [(kind, what)]


def test_a_last_file_that_comes_late_is_late_though_the_first_was_not():
    late = a_day()
    late.rows[PREFIX]["last_arrival"] = "2026-11-02T20:00:00Z"
    assert found(late, weeks(a_day())) == [
        ("late", "the last file came at 20:00, usually at 02:00 UTC")
    ]


@pytest.mark.parametrize(
    ("way", "kind", "what"),
    [
        (Way("csv", ";", "utf-8", 2, "id, name"), "format", "delimiter ; instead of ,"),
        (Way("csv", "\t", "utf-8", 2, "id, name"), "format", "delimiter tab instead of ,"),
        (Way("csv", ",", "utf-16", 2, "id, name"), "format", "encoding utf-16 instead of utf-8"),
        (
            Way("tsv", "\t", "utf-8", 2, "id, name"),
            "format",
            "format tsv instead of csv, delimiter tab instead of ,",
        ),
        (Way("csv", ",", "utf-8", 3, "id, name, price"), "columns", "columns added: price"),
        (Way("csv", ",", "utf-8", 1, "id"), "columns", "columns removed: name"),
        (Way("csv", ",", "utf-8", 2, "id, title"), "columns", "columns renamed: name to title"),
        (Way("csv", ",", "utf-8", 2, "name, id"), "columns", "columns in another order"),
        (
            Way("csv", ",", "utf-8", 2, "name, price"),
            "columns",
            "columns added: price; columns removed: id",
        ),
        (
            Way("csv", ",", "utf-8", 40, "id, na…12345678"),
            "columns",
            "other columns: 40, before 2; first na…12345678 instead of name",
        ),
    ],
)
def test_another_way_of_reading_is_said_with_what_changed(way, kind, what):
    assert found(a_day(ways=[CSV, way]), weeks(a_day())) == [(kind, what)]


def test_files_that_take_some_seconds_more_or_less_are_usual():
    assert found(a_day(seconds=27), weeks(a_day())) == []
    assert found(a_day(seconds=4), weeks(a_day(seconds=27))) == []
    assert found(a_day(seconds=170), weeks(a_day(seconds=76))) == []


def test_files_that_took_no_time_before_can_take_long():
    said = [("duration", "files took about 5 min, usually 0 s")]
    assert found(a_day(seconds=304), weeks(a_day(seconds=0))) == said


def test_days_of_which_nobody_knows_how_long_files_took_are_no_history():
    assert found(a_day(seconds=304), weeks(a_day(seconds=None))) == []
    assert found(a_day(seconds=None), weeks(a_day())) == []


def test_a_prefix_whose_files_are_read_in_changing_ways_is_left_alone():
    other = Way("csv", ";", "utf-8", 2, "id, name")
    assert found(a_day(ways=[other]), weeks(a_day(), d2=a_day(ways=[other]))) == []


def test_what_the_day_cost_is_compared_as_a_whole():
    said = find(MONDAY, a_day(cost=3.5), weeks(a_day(cost=1.0)), ())
    assert said == [Unusual("(all files)", "cost", "the day cost $3.50, usually $1.00")]


@pytest.mark.parametrize(
    ("days", "why"),
    [
        ({ago: a_day() for ago in range(1, 15)}, "two weeks"),
        ({ago: a_day() if ago < 15 else Day() for ago in DAYS_AGO}, "the prefix is new"),
        ({}, "no report"),
        ({ago: Day() for ago in DAYS_AGO}, "a first file"),
    ],
)
def test_nothing_is_said_where_history_is_short(days, why):
    assert found(a_day(5, 10), days) == [], why
    assert found(a_day(0), days) == [], why


@pytest.mark.parametrize(
    ("others", "weekday", "missed"),
    [
        ({f"d{ago}": Day() for ago in DAYS_AGO if ago % 7}, MONDAY, True),
        ({f"d{ago}": Day() for ago in DAYS_AGO if ago % 7 in {1, 2}}, MONDAY, True),
        ({f"d{ago}": Day() for ago in DAYS_AGO if ago % 7 in {2, 3}}, MONDAY, False),
        ({"d3": Day()}, MONDAY, False),
        ({"d14": Day()}, MONDAY, False),
        ({f"d{ago}": Day() for ago in DAYS_AGO if ago % 7 in {0, 6}}, SATURDAY, False),
    ],
    ids=["once a week", "weekends free", "other days free", "a gap", "not each week", "a weekend"],
)
def test_a_file_is_missed_where_one_came_each_such_day(others, weekday, missed):
    said = found(Day(), weeks(a_day(1), **others), weekday=weekday)
    assert said == ([("missing", "no file came, usually 1")] if missed else [])


def test_nothing_is_missed_of_a_day_whose_prefixes_are_too_many_to_be_told_apart():
    assert found(Day(whole=False), weeks(a_day())) == []


def test_a_lasting_change_is_usual_after_a_week():
    twice = {f"d{ago}": a_day(40, 2000) for ago in range(1, 8)}
    assert found(a_day(40, 2000), weeks(a_day(), **twice)) == []


def test_records_are_not_missed_of_files_that_failed():
    failed = a_day()
    failed.rows[PREFIX].update(failed=10, processed=10, records=500, bytes=20_000)
    assert found(failed, weeks(a_day())) == []


@pytest.mark.parametrize(
    ("muted", "left"),
    [
        (["orders/"], []),
        (["*"], []),
        (["*:late"], ["volume"]),
        (["orders/:volume,late"], []),
        (["orders/:volume"], ["late"]),
        (["others/", "/:late"], ["volume", "late"]),
    ],
)
def test_a_kind_is_muted_by_prefix(muted, left):
    said = found(a_day(45, at=36_000), weeks(a_day()), *muted)
    assert [kind for kind, _ in said] == left


def test_reports_of_before_are_compared_by_what_they_know():
    row = {"prefix": PREFIX, "received": 20, "records": 1000, "bytes": 40_000}
    unknown = dict.fromkeys(("processed", "rejected", "failed", "in_flight", "last_arrival"))
    old = Day.of({"by_prefix": [{**row, **unknown}], "cost": {"total": 1.0}})
    assert [kind for kind, _ in found(a_day(10, 500, cost=1.0), weeks(old))] == ["volume"]
