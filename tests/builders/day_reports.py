"""A day's report as WriteReport makes it: records, executions and a bucket, all in memory."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from functions.core import keys
from functions.core.reporting import write_report
from functions.core.reporting.contents import packed_fingerprints
from functions.core.reporting.failed_so_far import FailedSoFar
from functions.core.reporting.findings import Unfinished
from functions.core.reporting.record_files import in_order
from functions.core.reporting.summarize_batch import summarize

DATE = "2026-11-22"
ARN = "arn:aws:states:eu-west-1:123456789012:execution:process-file:"
DAYS = timedelta(days=30)
FAILED = ("FAILED", "TIMED_OUT", "ABORTED")
SCHEMA = json.loads(
    (Path(__file__).resolve().parents[2] / "docs" / "report.schema.json").read_text()
)


def any_record(key="in/a.csv", version="1", **fields):
    return {
        "key": key,
        "version_id": version,
        "status": "processed",
        "format": "csv",
        "records": 3,
        "size_bytes": 10,
        "uploaded_at": f"{DATE}T10:00:00Z",
        **fields,
    }


def any_rejection(key="in/bad.csv", **fields):
    error = {"code": "EMPTY_FILE", "message": "nothing in it"}
    return any_record(key, status="rejected", records=None, format=None, error=error, **fields)


def unfinished(key, status="FAILED", **fields):
    return Unfinished(key, "1", f"{ARN}{key}", status, error="Boom", **fields)


class FakeExecutions:
    def __init__(self, *found):
        self.found = found
        self.asked = 0

    def unfinished(self, date, start, statuses):
        assert start == datetime.fromisoformat(f"{date}T00:00:00+00:00")
        return iter([each for each in self.found if each.status in statuses])

    def failed(self, start):
        assert start.tzinfo
        return iter([(each.execution_arn, start) for each in self.found if each.status in FAILED])

    def with_state(self, upload):
        self.asked += 1
        return replace(upload, state="CountRecords")


class FakeReports:
    """The reports bucket as a dictionary."""

    bucket = "reports"

    def __init__(self, *batches, recorded=()):
        self.batches = [
            {
                **summarize(batch).to_json(),
                "records_key": f"batch-{len(batches) - place}",
                "delivered": len(batch),
                "contents": packed_fingerprints(batch),
            }
            for place, batch in enumerate(batches)
        ]
        self.kept = {
            each["records_key"]: list(batch)
            for each, batch in zip(self.batches, batches, strict=True)
        }
        self.listed = {}
        self.delivered_files = {}
        self.files, self.indexes = {}, {}
        self.joined = {}
        self.recorded = set(recorded)
        self.written = {}
        self.processed = set()
        self.rejected = set()

    def results(self, manifest_key):
        assert manifest_key == "manifest"
        return iter(self.batches)

    def without_record(self, date, files):
        assert not files or date == DATE
        assert {version for _, version in files} <= {"1"}
        return {file for file in files if file[0] not in self.recorded}

    def join_records(self, date, batch_keys):
        """A byte a record: a piece's place is that of its first record."""
        self.joined[date] = list(batch_keys)
        found = [in_order(self.kept[key]) for key in batch_keys]
        self.files[date] = [record for batch in found for record in batch]
        return [len(batch) for batch in found]

    def records_in(self, date, pieces):
        file = self.files.get(date, [])
        return {each: file[each.start : each.start + each.size] for each in pieces}

    def content_index(self, date):
        return self.indexes.get(date)

    def keep_content_index(self, date, index):
        self.indexes[date] = index

    def batch_records(self, batch_keys):
        return iter([record for key in batch_keys for record in self.kept[key]])

    def listings(self, date):
        return iter(self.listed.get(date, ()))

    def delivered(self, date):
        return self.delivered_files.get(date)

    def keep_delivered(self, date, content):
        self.delivered_files[date] = content

    def acknowledged(self, date):
        return []

    def has_processed(self, date, prefix):
        assert date == DATE
        return prefix in self.processed

    def has_rejected(self, date, prefix):
        assert date == DATE
        return prefix in self.rejected

    def report(self, date):
        text = self.written.get(keys.report_key(date, "json"))
        return json.loads(text) if text else None

    def reported(self, first, last):
        found = {keys.reported_date(key): text for key, text in self.written.items()}
        return {date: tag for date, tag in found.items() if date and first <= date <= last}

    def tagged(self, key):
        text = self.written.get(key)
        return (json.loads(text), text) if text else None

    def replace(self, key, text, tag):
        if self.written.get(key) != tag:
            return False
        self.written[key] = text
        return True

    def write(self, key, form, text):
        assert key.endswith(f".{form}")
        self.written[key] = text


def write(reports, executions=None, date=DATE, generated_at="2026-11-23T00:05:00Z", **options):
    executions = executions or FakeExecutions()
    begun = datetime.fromisoformat(f"{date}T00:00:00+00:00")
    before = FailedSoFar.of(executions.failed(begun), begun).to_json()
    given = {"settled": True, "failed_before": before, "manifest_key": "manifest", **options}
    answer = write_report.write(
        date,
        generated_at=generated_at,
        now=datetime.fromisoformat(generated_at) + DAYS,
        executions=executions,
        reports=reports,
        **given,
    )
    return answer, reports.report(date)
