"""A month of reports as nights write them, with failures, rejections and days without a report."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from functions.core import keys
from functions.core.reporting.origin import Origin
from functions.core.reporting.summarize_batch import summarize
from tests.builders.day_reports import ARN, DATE, FakeExecutions, FakeReports, unfinished, write

ORIGIN = Origin.of(f"{ARN.replace('execution', 'stateMachine')}x", "reports", "tally", "prod")
PREFIXES = ("orders/", "invoices/", "naïve ☃ <b>bold</b>/", "")
CODES = ("EMPTY_FILE", "MALFORMED_FILE", "BAD_ENCODING")
NOON = 1795348800
"""2026-11-22T12:00:00Z, in seconds since 1970."""


def any_files(random, day, prefixes=PREFIXES):
    """The records of a day."""
    return [
        _record(random, f"{prefix}{number}.csv", day)
        for prefix in prefixes
        for number in range(random.randrange(6))
    ]


def _record(random, key, day):
    uploaded = f"{day}T{random.randrange(24):02}:{random.randrange(60):02}:00Z"
    record = {"key": key, "version_id": "1", "uploaded_at": uploaded}
    record["size_bytes"] = random.randrange(10**6)
    if random.random() < 0.2:
        error = {"code": random.choice(CODES), "message": "a reason; upload it again"}
        return record | {"status": "rejected", "records": None, "format": None, "error": error}
    way = {"delimiter": random.choice(",;"), "columns": ["id", "name"], "encoding": "utf-8"}
    odd = {"ragged_rows": 2, "warnings": ["it is odd"]} if random.random() < 0.1 else {}
    numbers = {"records": random.randrange(10**5), "format": "csv"}
    return record | {"status": "processed"} | numbers | way | odd


def any_executions(random):
    """Executions that failed, and some that run."""
    failed = [
        replace(unfinished(f"orders/f{n}.csv"), error=random.choice(("Boom", "Bang")))
        for n in range(random.randrange(4))
    ]
    running = [unfinished(f"new/r{n}.csv", "RUNNING") for n in range(random.randrange(3))]
    return FakeExecutions(*failed, *running)


class Month:
    """The bucket after so many nights; those days ago in `gaps` have no report."""

    def __init__(self, seed, days=30, gaps=(3, 17), prefixes=PREFIXES):
        random, self.reports = Random(seed), FakeReports()
        self.answer = None
        for ago in reversed(range(days)):
            if ago not in gaps:
                self._night(
                    random, date.fromisoformat(DATE) - timedelta(ago), prefixes, last=not ago
                )

    def _night(self, random, day, prefixes, *, last):
        records = any_files(random, day.isoformat(), prefixes)
        stored = {_stored_key(record): NOON for record in records}
        night = FakeReports(records)
        self.reports.batches = [night.batches[0] | summarize(records, stored).to_json()]
        self.reports.kept = night.kept
        self.reports.without_record = lambda _, files: set(files)
        self.answer, _ = write(
            self.reports,
            any_executions(random) if last else None,
            date=day.isoformat(),
            generated_at=f"{day + timedelta(1)}T00:05:00Z",
            origin=ORIGIN,
        )

    def form(self, form):
        """A form of the last day's report, as it is stored."""
        return self.reports.written[keys.report_key(DATE, form)]


def _stored_key(record):
    date_, rejected = record["uploaded_at"][:10], record["status"] == "rejected"
    return keys.record_key(date_, record["key"], "1", rejected=rejected)
