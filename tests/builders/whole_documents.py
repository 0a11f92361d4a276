"""A report's document with something in each of its parts, and what it is made of."""

from functions.core.reporting.document import (
    build,
    current,
    day_totals,
)
from functions.core.reporting.findings import Expected, Findings, Unfinished
from functions.core.reporting.origin import Origin
from functions.core.reporting.summarize_batch import summarize

DATE = "2026-11-22"
ARN = "arn:aws:states:eu-west-1:123456789012:execution:process-file:e"
URL = (
    "https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1"
    f"#/v2/executions/details/{ARN}"
)
NOW = "2026-11-23T00:05:00Z"
TOTALS = {
    "received": 6,
    "processed": 3,
    "rejected": 1,
    "failed": 1,
    "in_flight": 1,
    "records": 1202,
    "bytes": 4600,
}


def record(key, size, **fields):
    uploaded = f"{DATE}T10:00:00Z"
    return {"key": key, "version_id": "1", "size_bytes": size, "uploaded_at": uploaded, **fields}


def processed(key, size, records, kind="csv"):
    return record(key, size, status="processed", format=kind, records=records, encoding="utf-8")


def rejected(key, size):
    error = {"code": "EMPTY_FILE", "message": "nothing in it"}
    return record(key, size, status="rejected", records=None, error=error)


RECORDS = [
    processed("in/a.csv", 1000, 1200) | {"delimiter": "\t", "columns": ["=id"]},
    processed("in/b.csv", 1500, 2) | {"delimiter": ";", "columns": ["id", "<b>"]},
    processed("c.json", 2000, 0, "json") | {"ragged_rows": 4, "warnings": ["it is odd"]},
    rejected("in/bad.csv", 100),
]
FAILED = Unfinished("in/f.csv", "1", ARN, "TIMED_OUT", "CountRecords", "Boom")
RUNNING = Unfinished("in/r.csv", "2", ARN, "RUNNING")
BEFORE = {
    "schema_version": 1,
    "settled": True,
    "changes": None,
    "by_prefix": [],
    "expected": [],
    "date": "2026-11-21",
    "generated_at": "then",
    "totals": {**TOTALS, "records": 1},
    "history": [],
}
FINDINGS = Findings(
    DATE,
    settled=True,
    failed=[FAILED],
    in_flight=[RUNNING],
    expected=[Expected("orders", "in/", came=True, processed=True)],
    origin=Origin.of(
        "arn:aws:states:eu-west-1:123456789012:stateMachine:p", "reports", "tally", "prod"
    ),
    history=[day_totals(BEFORE)],
)
NEW = (
    *("deployment", "unsettled_because", "verdict", "unusual", "by_reading", "doubtful"),
    *("files", "trend", "runtime_off"),
)
COMMAND = "tally --project tally --environment prod"
HOME = "https://eu-west-1.console.aws.amazon.com"
LIST = (
    f"{HOME}/states/home?region=eu-west-1#/statemachines/view/"
    "arn:aws:states:eu-west-1:123456789012:stateMachine:p?statusFilter="
)


def document(previous=None, findings=FINDINGS):
    return build(summarize(RECORDS), findings, NOW, previous)


def row(files, records, size, **name):
    return {**name, "files": files, "records": records, "bytes": size}


def reading(prefix, kind, delimiter=None, columns=None, names=None):
    return {
        "prefix": prefix,
        "format": kind,
        "delimiter": delimiter,
        "encoding": "utf-8",
        "columns": columns,
        "names": names,
        "files": 1,
    }


def a_report_of(date, records, received=4):
    """A day's report of one prefix, `in/`."""
    totals = {**TOTALS, "records": records}
    prefix = {"prefix": "in/", "received": received, "processed": 3}
    return current({**document(), "date": date, "totals": totals, "by_prefix": [prefix]})
