"""The mail of a day: what its subject says, and that no name in it can forge a line."""

import json

import pytest

from functions.core.reporting.announcement import announce
from functions.core.reporting.document import build
from functions.core.reporting.findings import Findings, Unfinished
from functions.core.reporting.origin import Origin
from functions.core.reporting.summarize_batch import summarize

DATE, NOW = "2026-11-27", "2026-11-28T00:05:00Z"
ARN = "arn:aws:states:eu-west-1:123456789012:execution:process-file:e"
PLACE = "https://eu-west-1.console.aws.amazon.com/s3/buckets/reports"
ORIGIN = Origin.of("arn:aws:states:eu-west-1:123456789012:stateMachine:p", "reports", "p", "prod")


def record(key, **fields):
    uploaded = f"{DATE}T10:00:00Z"
    place = {"key": key, "version_id": "1", "size_bytes": 1, "uploaded_at": uploaded}
    return {**place, "status": "processed", "format": "csv", "records": 2, **fields}


def rejected(key, message=""):
    return record(key, status="rejected", error={"code": "EMPTY_FILE", "message": message})


def announced(records, *failed, settled=True):
    found = Findings(DATE, settled=settled, failed=failed, origin=ORIGIN)
    return announce(build(summarize(records), found, NOW, None))


ORDERS = [rejected(f"orders/{n:02}.csv") for n in range(13)] + [
    record(f"orders/good-{n}.csv") for n in range(24)
]


def test_the_subject_names_the_deployment_and_the_worst_thing():
    assert announced(ORDERS)["subject"] == "[prod] orders: 13 of 37 files rejected, 2026-11-27"
    failed = Unfinished("in/f.csv", "1", ARN, "FAILED", "CountRecords", "Boom")
    assert announced(ORDERS, failed)["subject"] == (
        "[prod] in: 1 of 1 file failed, and 1 more, 2026-11-27"
    )


def test_a_good_day_says_so():
    assert announced(ORDERS[13:])["subject"] == "[prod] All 24 files were counted, 2026-11-27"


def test_the_body_is_the_verdict_with_links_and_commands():
    message = announced(ORDERS)["message"].splitlines()
    assert message[:6] == [
        "13 of 37 files were not counted.",
        "- orders/: 13 of 37 files rejected (EMPTY_FILE 13)",
        "  tally --project p --environment prod dlq",
        f"  {PLACE}?region=eu-west-1&prefix=processed/date=2026-11-27/orders/",
        "",
        "37 received = 24 processed + 13 rejected + 0 failed + 0 in flight",
    ]
    assert message[-2:] == [
        "Report of 2026-11-27: p, prod, 123456789012, eu-west-1",
        "tally --project p --environment prod report 2026-11-27 --open",
    ]


@pytest.mark.parametrize(
    ("mark", "written"),
    [
        ("\n", "\\n"),
        ("\r", "\\r"),
        ("\x1b", "\\x1b"),
        ("\x85", "\\x85"),
        ("\u2028", "\\u2028"),
        ("\u202e", "\\u202e"),
        ("\u2066", "\\u2066"),
        ("\u200f", "\\u200f"),
    ],
)
def test_what_breaks_turns_or_hides_a_line_is_written_out_in_subject_and_body(mark, written):
    found = announced([rejected(f"a{mark}b/x{mark}.csv")])
    assert mark not in found["subject"]
    lines = found["message"].split("\n")
    assert f"rejected: a{written}b/x{written}.csv (EMPTY_FILE)" in lines
    assert not [line for line in lines if mark in line]
    assert f"a{written}b" in found["subject"]


@pytest.mark.parametrize("prefix", ["é" * 200, "k" * 200, "\N{GRINNING FACE}" * 60])
def test_a_subject_is_short_ascii_whatever_the_prefix(prefix):
    subject = announced([rejected(f"{prefix}/x.csv")])["subject"]
    assert subject.isascii()
    assert subject.isprintable()
    assert len(subject) <= 99
    assert subject.endswith(": 1 of 1 file rejected, 2026-11-27")


def test_a_letter_is_shown_as_it_is():
    family = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}"
    assert f"rejected: é/{family}.csv" in announced([rejected(f"é/{family}.csv")])["message"]


def test_the_json_form_has_the_reports_own_names_for_programs():
    document = build(summarize(ORDERS), Findings(DATE, settled=True, origin=ORIGIN), NOW, None)
    found = announce(document, "json")
    message = json.loads(found["message"])
    assert list(message) == [
        *("subject", "date", "deployment", "settled", "unsettled_because"),
        *("runtime_off", "totals", "verdict"),
    ]
    assert message["verdict"] == document["verdict"]
    assert (message["subject"], found["verdict"]) == (found["subject"], "todo")
    assert announce(document)["subject"] == found["subject"]


def test_a_day_that_needs_nobody_is_good():
    assert announced(ORDERS[13:])["verdict"] == "good"
