"""A report with rows in each of its sections, whose names hold what a reader must not be fooled by.

None of the names needs to be a key that S3 takes: what is shown is escaped, whatever it is.
"""

from dataclasses import replace
from datetime import UTC, datetime

from functions.core.reporting.contents import Repeated
from functions.core.reporting.deliveries import Delivery, Problem
from functions.core.reporting.document import build, day_totals
from functions.core.reporting.findings import Expected, Findings
from functions.core.reporting.origin import Origin
from functions.core.reporting.runtime_off import Off
from functions.core.reporting.summarize_batch import Summary, summarize
from functions.core.reporting.trend import PrefixesOfDay
from functions.core.reporting.unusual.day import Day
from functions.core.reporting.unusual.rule import DAYS_AGO
from tests.builders.day_reports import ARN, DATE, any_record, any_rejection, unfinished
from tests.builders.histories import any_row

TURNED = "tu\u202ern\u2066ed\n\x1b<b>\u3164"
"""It turns what comes after it, breaks a line, ends a tag and shows less than it has."""
PREFIX = f"{TURNED}/"
ORIGIN = Origin.of(f"{ARN.replace('execution', 'stateMachine')}x", "reports", "tally", "prod")
MOMENT = datetime(2026, 11, 22, 3, tzinfo=UTC)


def key(name):
    return f"{PREFIX}{name}\u200e.csv"


RECORDS = [
    any_record(key("a"), records=1_200, columns=[TURNED, "b"], encoding="utf-8", delimiter=";"),
    any_record(key("same"), records=7, size_bytes=70),
    any_record(key("odd"), records=5, ragged_rows=4, warnings=[f"column {TURNED} is odd"]),
    any_rejection(key("bad")) | {"error": {"code": "EMPTY_FILE", "message": f"{TURNED}: none"}},
    any_record("plain/b.json", format="json", records=1_000_000),
]
DELIVERIES = [
    Delivery(
        *("sales", PREFIX, key("manifest"), "m1", f"{DATE}T09:00:00Z"),
        listed=12,
        problems=(Problem(key("gone"), "missing"), Problem(key("bad"), "rejected", "EMPTY_FILE")),
    ),
    Delivery("sales", "plain/", "plain/manifest.json", "m2", f"{DATE}T09:00:00Z", listed=3),
]
REPEATED = {
    "key": key("same"),
    "version_id": "1",
    "records": 7,
    "bytes": 70,
    "same_as": {"date": "2026-11-20", "key": key("first"), "version_id": "1"},
}
ACKNOWLEDGED = {
    "acknowledged_at": f"{DATE}T08:00:00Z",
    "id": "m",
    "kind": "rejected",
    "error": "EMPTY_FILE",
    "key": key("lost"),
    "version_id": "1",
    "reason": f"{TURNED} is gone",
}


def full_report():
    """A document with something in every section."""
    row = any_row(20, 1000) | {"prefix": PREFIX}
    before = {"date": "2026-11-21", "totals": dict.fromkeys(_TOTALS, 1)}
    found = Findings(
        DATE,
        settled=False,
        failed=[replace(unfinished(key("f")), error=TURNED)],
        in_flight=[unfinished(key("r"), "RUNNING")],
        expected=[Expected("orders", f"{PREFIX}daily/", came=False, processed=False)],
        deliveries=DELIVERIES,
        repeated=Repeated(3, [REPEATED]),
        open_executions=2,
        ignored_keys=[f"{TURNED}*"],
        acknowledged=[ACKNOWLEDGED],
        runtime_off=[Off(MOMENT, MOMENT.replace(hour=4))],
        origin=ORIGIN,
        history=[day_totals(before)],
        earlier=dict.fromkeys(DAYS_AGO, Day({PREFIX: row}, cost=0.001)),
        reported={"2026-11-21": PrefixesOfDay.of({"by_prefix": [row]}, "others")},
    )
    summary = summarize(RECORDS).merge(Summary(duplicates=2))
    return build(summary, found, "2026-11-23T00:05:00Z", None)


_TOTALS = ("received", "processed", "rejected", "failed", "in_flight", "records", "bytes")
