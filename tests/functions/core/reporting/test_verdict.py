"""The verdict first, in words, and why a day is not settled."""

from functions.core.reporting.document import (
    build,
)
from functions.core.reporting.findings import Expected, Findings
from functions.core.reporting.page import to_html
from functions.core.reporting.summarize_batch import Summary, summarize
from tests.builders.whole_documents import DATE, FAILED, NOW, RECORDS, RUNNING, processed, rejected


def settled(moment, *in_flight, over=False):
    found = Findings(DATE, settled=over, in_flight=in_flight)
    return build(Summary(), found, moment, None)["unsettled_because"]


def test_not_settled_says_why():
    assert settled(NOW, over=True) is None
    assert settled(f"{DATE}T10:00:00Z") == "the day is not over"
    assert settled(f"{DATE}T10:00:00Z", RUNNING) == "the day is not over; 1 runs still"
    assert settled(NOW, RUNNING, RUNNING) == "2 run still"
    assert settled(NOW) == "files of the day ran until just before this was written"
    page = to_html(build(Summary(), Findings(DATE, settled=False), f"{DATE}T10:00:00Z", None))
    assert "before the day had settled: the day is not over" in page


def headline(records, **findings):
    found = Findings(DATE, settled=True, **findings)
    return build(summarize(records), found, NOW, None)["verdict"]["headline"]


def test_a_verdict_is_in_words():
    good, absent = RECORDS[:3], Expected("orders", "o/", came=False, processed=False)
    assert headline(good) == "All 3 files were counted."
    assert headline(good[:1]) == "The only file was counted."
    assert headline([]) == "No file came."
    assert headline([], failed=[FAILED]) == "1 of 1 file was not counted."
    assert headline(good, expected=[absent]) == (
        "All 3 files were counted; 1 file that was expected did not come."
    )


def test_what_is_most_urgent_is_first_and_a_rejected_share_names_its_codes():
    codes = ["A"] * 2 + ["B"] * 9 + ["C", "D"]
    records = [rejected(f"orders/{n}.csv", 1) for n, _ in enumerate(codes)]
    for each, code in zip(records, codes, strict=True):
        each["error"] = {"code": code, "message": ""}
    records += [processed(f"orders/good{n}.csv", 1, 1) for n in range(24)]
    expected = [
        Expected("a", "a/", came=False, processed=False),
        Expected("b", "orders/", came=True, processed=False),
    ]
    found = Findings(DATE, settled=True, failed=[FAILED], in_flight=[RUNNING], expected=expected)
    verdict = build(summarize(records), found, NOW, None)["verdict"]
    assert [each["text"] for each in verdict["items"]] == [
        "in/: 1 of 2 files failed (CountRecords: Boom)",
        "orders/: files came, none was processed (contract b expects one a day)",
        "a/: no file came (contract a expects one a day)",
        "orders/: 13 of 37 files rejected (B 9, A 2, C 1, and other codes)",
        "in/: 1 of 2 files in flight (still running)",
    ]
    assert verdict["headline"] == (
        "15 of 39 files were not counted; 1 file that was expected did not come."
    )
