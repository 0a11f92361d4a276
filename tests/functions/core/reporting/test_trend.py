"""Thirty days of each prefix, from the stored reports, of bounded size."""

import json

from functions.core.reporting.document import build, current, prefixes_of_day
from functions.core.reporting.findings import Findings
from functions.core.reporting.page import to_html
from functions.core.reporting.summarize_batch import summarize
from functions.core.reporting.trend import PrefixesOfDay, days_until, restated, trend, with_day
from functions.core.reporting.trend_chart import charts
from tests.builders.day_reports import DATE, FakeReports, any_record, any_rejection, write


def a_day(*, whole=True, **files):
    """A day with so many files by prefix, one of them not processed."""
    rows = {f"{name}/": {"received": n, "processed": n - 1} for name, n in files.items()}
    return PrefixesOfDay(rows, whole)


def test_a_prefix_has_a_number_for_each_day_and_none_where_nobody_knows():
    found = trend(DATE, {DATE: a_day(a=3), "2026-11-20": a_day(b=2), "2026-10-23": a_day(c=9)}, ())
    assert found["days"] == days_until(DATE)
    assert (found["days"][0], found["days"][-1]) == ("2026-10-24", DATE)
    a, b = found["prefixes"]
    assert (a["prefix"], a["received"][-3:]) == ("a/", [0, None, 3])
    assert (b["received"][-3:], b["processed"][-3:]) == ([2, None, 0], [1, None, 0])
    assert a["received"][:27] == [None] * 27
    assert found["prefixes_total"] == 2


def test_what_may_be_among_other_prefixes_is_not_known():
    found = trend(DATE, {DATE: a_day(a=3), "2026-11-21": a_day(whole=False, b=2)}, ())
    assert found["prefixes"][0]["received"][-2:] == [None, 3]


def test_of_many_prefixes_those_of_the_verdict_are_told_then_the_largest():
    many = {f"p{n:03}": n + 1 for n in range(300)}
    found = trend(DATE, {DATE: a_day(**many)}, ["p007/", "(all files)", "p001/", "p007/"])
    names = [row["prefix"] for row in found["prefixes"]]
    assert names == ["p007/", "p001/", *(f"p{n:03}/" for n in range(299, 277, -1))]
    assert found["prefixes_total"] == 300
    assert len(json.dumps(found)) < 16_000


def test_a_day_can_be_told_anew():
    before = trend(DATE, {DATE: a_day(a=3), "2026-11-20": a_day(a=2)}, ())
    now = with_day(before, "2026-11-20", a_day(a=5))
    assert now["prefixes"][0]["received"][-3:] == [5, None, 3]
    assert restated(before, now) == ["2026-11-20"]
    assert restated(before, before) == restated(None, now) == []
    assert with_day(before, "2026-10-01", a_day(a=5)) == before


def test_a_prefix_that_comes_with_a_day_before_is_told_from_then_on():
    before = trend(DATE, {DATE: a_day(a=3), "2026-11-20": a_day(a=2)}, ())
    now = with_day(before, "2026-11-20", a_day(a=2, b=4))
    assert [row["prefix"] for row in now["prefixes"]] == ["a/", "b/"]
    assert now["prefixes"][1]["received"][-4:] == [None, 4, None, 0]
    assert now["prefixes_total"] == 2
    many = trend(DATE, {DATE: a_day(**{f"p{n}": 1 for n in range(25)})}, ())
    assert len(with_day(many, "2026-11-20", a_day(b=4))["prefixes"]) == 24


def test_a_chart_has_a_bar_for_each_day_what_was_not_processed_apart_and_gaps():
    found = trend(DATE, {DATE: a_day(a=4), "2026-11-20": a_day(a=2), "2026-11-19": a_day()}, ())
    (chart,) = charts(found)
    assert chart.processed == "M216 40v-10h6v10zM232 40v-30h6v30z"
    assert chart.other == "M216 30v-10h6v10zM232 10v-10h6v10z"
    assert chart.gaps.count("M") == 27
    assert chart.label == (
        "a/: files by day, 2026-10-24 to 2026-11-22: 0 to 4; 27 of 30 days without a report"
    )


def test_a_report_of_before_there_were_verdicts_has_whole_bars():
    old = PrefixesOfDay({"a/": {"received": 4, "processed": None}})
    (chart,) = charts(trend(DATE, {DATE: old}, ()))
    assert (chart.processed, chart.other) == ("M232 40v-40h6v40z", "")


def test_the_page_has_a_chart_and_a_table_of_them_from_the_second_day_on():
    reports = FakeReports([any_record(), any_record("b.csv"), any_rejection()])
    _, first = write(reports, date="2026-11-20", generated_at="2026-11-21T00:05:00Z")
    assert "The last 30 days" not in to_html(first)
    _, document = write(reports)
    page = to_html(document)
    assert page.count("<figure>") == 2
    assert "<td>2026-11-21</td>" in page
    assert page.count("no report</td>") == 1 + 28 * 2
    assert '<td class="n">2 (1 not processed)</td><td class="n">1</td>' in page
    assert document["trend"]["prefixes"][0]["received"][-3:] == [2, None, 2]


def test_a_restated_day_is_restated_in_the_trends_of_the_days_after_it():
    reports = FakeReports([any_record()])
    for date, after in (("2026-11-01", "2026-11-02"), (DATE, "2026-11-23")):
        write(reports, date=date, generated_at=f"{after}T00:05:00Z")
    reports.batches = [*reports.batches, *FakeReports([any_record("in/b.csv")]).batches]
    write(reports, date="2026-11-01", generated_at="2026-11-24T00:05:00Z")
    later = reports.report(DATE)
    assert later["trend"]["prefixes"][0]["received"][8] == 2
    assert later["changes"]["history"] == ["2026-11-01"]
    assert reports.written[f"daily-reports/date={DATE}/report.html"] == to_html(later)


def test_a_page_of_300_prefixes_and_30_days_stays_small():
    days = days_until(DATE)
    records = [any_record(f"p{n:03}/a.csv") for n in range(300)]
    found = Findings(DATE, settled=True)
    rows = prefixes_of_day(build(summarize(records), found, "2026-11-23T00:05:00Z", None))
    found = Findings(DATE, settled=True, reported=dict.fromkeys(days, rows))
    document = build(summarize(records), found, "2026-11-23T00:05:00Z", None)
    with_charts = len(to_html(document))
    assert with_charts - len(to_html({**current(document), "trend": None})) < 80_000
