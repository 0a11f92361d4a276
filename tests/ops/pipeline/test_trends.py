"""Thirty days of prefixes, as the stored reports say them."""

from ops.pipeline.trends import days_until, of_reports

NOTHING = {
    **dict.fromkeys(("received", "processed", "rejected", "failed", "in_flight"), 0),
    "records": 0,
    "bytes": 0,
    "last_arrival": None,
}


def a_report(**files):
    return {"by_prefix": [{"prefix": f"{name}/", "received": n} for name, n in files.items()]}


def test_the_days_are_thirty_up_to_the_last():
    days = days_until("2026-03-01")
    assert (len(days), days[0], days[-1]) == (30, "2026-01-31", "2026-03-01")


def test_a_day_without_a_report_is_a_gap_and_one_without_the_prefix_has_no_file():
    stored = {"d1": a_report(orders=2), "d3": a_report(orders=3, items=9)}
    found = of_reports(("d1", "d2", "d3"), stored)
    assert found.reported == {"d1", "d3"}
    assert list(found.prefixes) == ["items/", "orders/"]  # the one with most files first
    assert found.prefixes["items/"] == (NOTHING, None, {"prefix": "items/", "received": 9})
    assert [row and row["received"] for row in found.prefixes["orders/"]] == [2, None, 3]


def test_a_prefix_that_may_be_among_the_others_is_not_known():
    many = {"by_prefix": [{"prefix": "(other prefixes)", "received": 7}]}
    found = of_reports(("d1", "d2"), {"d1": many, "d2": a_report(orders=1)})
    assert list(found.prefixes) == ["orders/"]
    assert found.prefixes["orders/"][0] is None


def test_a_report_of_before_there_were_verdicts_counts_its_files():
    old = {"by_prefix": [{"prefix": "orders/", "files": 4, "records": 8, "bytes": 9}]}
    assert of_reports(("d1",), {"d1": old}).prefixes["orders/"][0]["received"] == 4
