"""What is unusual, in every form of a report."""

import csv
import io
import json
from pathlib import Path

import jsonschema
import pytest

from functions.core.reporting.announcement import announce
from functions.core.reporting.document import build
from functions.core.reporting.findings import Expected, Findings, Unfinished
from functions.core.reporting.origin import Origin
from functions.core.reporting.page import to_html
from functions.core.reporting.summarize_batch import summarize
from functions.core.reporting.table import to_csv
from functions.core.reporting.unusual.day import Day
from functions.core.reporting.unusual.rule import DAYS_AGO
from tests.builders.histories import any_row

DATE, AFTER = "2026-11-23", "2026-11-24T00:05:00Z"
ARN = "arn:aws:states:eu-west-1:123456789012:execution:process-file:e"
ORIGIN = Origin.of("arn:aws:states:eu-west-1:123456789012:stateMachine:p", "reports", "p", "prod")
SCHEMA = json.loads(
    (Path(__file__).resolve().parents[5] / "docs" / "report.schema.json").read_text()
)
WAY = {
    "prefix": "orders/",
    "format": "csv",
    "delimiter": ",",
    "encoding": "utf-8",
    "columns": 2,
    "names": "id, name",
}
WHAT = "2 files, usually 20; 6 records, usually 1,000; 20 bytes, usually 40,000"


def record(key):
    return {
        "key": key,
        "version_id": "1",
        "status": "processed",
        "format": "csv",
        "records": 3,
        "size_bytes": 10,
        "uploaded_at": f"{DATE}T02:00:00Z",
    }


def report(*failed, muted=(), generated_at=AFTER):
    earlier = dict.fromkeys(DAYS_AGO, Day({"orders/": any_row(20, 1000)}, cost=0.001))
    found = Findings(
        DATE, settled=True, failed=failed, origin=ORIGIN, earlier=earlier, mute_unusual=muted
    )
    files = [record("orders/a.csv"), record("orders/b.csv")]
    return build(summarize(files), found, generated_at, None)


def test_it_is_in_the_report_its_verdict_its_forms_and_the_mail():
    document = report()
    jsonschema.validate(document, SCHEMA)
    assert document["unusual"] == [{"prefix": "orders/", "kind": "volume", "what": WHAT}]
    said = f"orders/: {WHAT} (unusual)"
    assert [item["text"] for item in document["verdict"]["items"]] == [said]
    assert document["verdict"]["headline"] == "All 2 files were counted."
    assert f'<td>volume</td><td class="t">{WHAT}</td>' in to_html(document)
    assert ["unusual", "orders/", "", "", "", f"volume: {WHAT}"] in [
        row[:6] for row in csv.reader(io.StringIO(to_csv(document)))
    ]
    mail = announce(document)
    assert mail["subject"] == "[prod] orders: 2 files, usually 20, 2026-11-23"
    assert mail["message"].splitlines()[:3] == [
        "All 2 files were counted.",
        f"- {said}",
        "  tally --project p --environment prod files --date 2026-11-23 --prefix orders/",
    ]


def test_it_comes_after_what_failed():
    document = report(Unfinished("new/f.csv", "1", ARN, "FAILED", "CountRecords", "Boom"))
    assert [item["kind"] for item in document["verdict"]["items"]] == ["failed", "unusual"]


@pytest.mark.parametrize(
    "given", [{"muted": ["orders/"]}, {"generated_at": f"{DATE}T12:00:00Z"}], ids=str
)
def test_nothing_is_unusual_where_it_is_muted_or_the_day_is_not_over(given):
    document = report(**given)
    assert document["unusual"] == []
    assert document["verdict"]["good"]


def test_names_of_columns_neither_break_nor_overflow_a_subject():
    known = Day.of({"by_prefix": [], "by_reading": [WAY], "cost": {"total": 0}})
    found = Findings(DATE, settled=True, origin=ORIGIN, earlier=dict.fromkeys(DAYS_AGO, known))
    columns = ["id", "prix\n\u202e\N{EURO SIGN}" + "x" * 60]
    file = record("orders/a.csv") | {"columns": columns, "delimiter": ",", "encoding": "utf-8"}
    subject = announce(build(summarize([file]), found, AFTER, None))["subject"]
    assert subject.startswith("[prod] orders: columns renamed: name to prix\\n")
    assert len(subject) < 100
    assert subject.isascii()
    assert subject.isprintable()


@pytest.mark.parametrize(
    ("expected", "kinds"), [("orders/daily/", ["missing"]), ("a/", ["unusual"])]
)
def test_what_a_contract_expects_is_not_missing_twice(expected, kinds):
    days = dict.fromkeys(DAYS_AGO, Day({"orders/": any_row(20, 1000)}))
    contract = Expected("daily", expected, came=expected == "a/", processed=expected == "a/")
    found = Findings(DATE, settled=True, origin=ORIGIN, earlier=days, expected=[contract])
    document = build(summarize([]), found, AFTER, None)
    assert [item["kind"] for item in document["verdict"]["items"]] == kinds
