"""Write a day's report: everything of the day found, merged and shown in three forms."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

from functions.core import keys
from functions.core.contracts.contract import NONE
from functions.core.reporting.document import (
    HISTORY_DAYS,
    LISTED,
    Document,
    Expected,
    Findings,
    Unfinished,
    build,
    day_totals,
    in_order,
)
from functions.core.reporting.page import to_html
from functions.core.reporting.plan_report import Day
from functions.core.reporting.summarize_batch import Summary, merged
from functions.core.reporting.table import to_csv

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from functions.core.contracts.contract import Contracts

FAILED = ("FAILED", "TIMED_OUT", "ABORTED")
RUNNING = ("RUNNING",)
NAMED = 10


class Executions(Protocol):
    """Step Functions, asked what left no record."""

    def unfinished(
        self, date: str, start: datetime, statuses: tuple[str, ...]
    ) -> Iterator[Unfinished]:
        """The uploads of a day whose executions have such a status, their states not told."""

    def with_state(self, upload: Unfinished) -> Unfinished:
        """The same, with the state that its execution entered last."""


class Reports(Protocol):
    """The reports bucket."""

    bucket: str

    def results(self, manifest_key: str) -> Iterator[dict[str, Any]]:
        """Every partial summary of a Map Run."""

    def has_record(self, date: str, key: str, version_id: str) -> bool:
        """Whether an object version has a record."""

    def has_processed(self, date: str, prefix: str) -> bool:
        """Whether any file of that day whose key begins so was processed."""

    def report(self, date: str) -> Document | None:
        """A day's report, if there is one."""

    def latest_date(self) -> str | None:
        """The day of the newest report."""

    def write(self, key: str, form: str, text: str) -> None:
        """Write one form."""


def write(
    date: str,
    *,
    settled: bool,
    manifest_key: str | None,
    generated_at: str,
    executions: Executions,
    reports: Reports,
    contracts: Contracts = NONE,
    ignored_keys: Sequence[str] = (),
) -> dict[str, Any]:
    """Write the report of a day; its totals and where it is. Without a manifest: no records."""
    day = Day(date, asked_for=True)
    failed, in_flight = _unfinished(day, executions, reports)
    findings = Findings(
        date=date,
        settled=settled,
        failed=failed,
        in_flight=in_flight,
        expected=[
            Expected(each.name, each.prefix, came=reports.has_processed(date, each.prefix))
            for each in contracts.expecting(date)
        ],
        ignored_keys=ignored_keys,
        history=list(_history(day, reports)),
    )
    summary = Summary()
    if manifest_key is not None:
        summary = merged(Summary.from_json(part) for part in reports.results(manifest_key))
    document = build(summary, findings, generated_at, reports.report(date))
    return {
        "date": date,
        **document["totals"],
        "report": _store(document, reports),
        "announcement": announce(document),
    }


def announce(document: Document) -> dict[str, str]:
    """The few lines that subscribers get; a subject is ASCII and at most 100 characters (SNS)."""
    totals, date = document["totals"], document["date"]
    missing = [each for each in document["expected"] if not each["came"]]
    trouble = totals["failed"] + totals["in_flight"] + len(missing)
    subject = f"Files of {date}: {totals['received']:,} received"
    equation = (
        f"{totals['received']:,} received = {totals['processed']:,} processed"
        f" + {totals['rejected']:,} rejected + {totals['failed']:,} failed"
        f" + {totals['in_flight']:,} in flight"
    )
    lines = [
        equation,
        f"{totals['records']:,} records, {totals['bytes']:,} bytes",
        *(f"did not come: {each['contract']} ({each['prefix']})" for each in missing[:NAMED]),
        *(f"failed: {each['key']} at {each['state']}" for each in document["failures"][:NAMED]),
        *(f"rejected: {each['key']} ({each['code']})" for each in document["rejections"][:NAMED]),
    ]
    return {
        "subject": subject + (", some need a look" if trouble else ""),
        "message": "\n".join(lines),
    }


def _unfinished(
    day: Day, executions: Executions, reports: Reports
) -> tuple[list[Unfinished], list[Unfinished]]:
    """What failed and what runs still; an object version is named once, and only without record."""
    failed = _by_version(executions.unfinished(day.date, day.start, FAILED))
    running = _by_version(executions.unfinished(day.date, day.start, RUNNING))
    left = {
        version: each
        for version, each in {**failed, **running}.items()
        if not reports.has_record(day.date, each.key, each.version_id)
    }
    in_flight = [each for version, each in left.items() if version in running]
    ended = [each for version, each in left.items() if version not in running]
    return _with_states(ended, executions), _with_states(in_flight, executions)


def _with_states(found: Iterable[Unfinished], executions: Executions) -> list[Unfinished]:
    """In order; only those that the report lists are asked for, as that takes a call for each."""
    ordered = in_order(found)
    return [*map(executions.with_state, ordered[:LISTED]), *ordered[LISTED:]]


def _history(day: Day, reports: Reports) -> Iterator[dict[str, Any]]:
    """The totals of the days before that have a report, oldest first."""
    for days in range(HISTORY_DAYS, 0, -1):
        report = reports.report(day.before(days))
        if report is not None:
            yield day_totals(report)


def _by_version(found: Iterable[Unfinished]) -> dict[tuple[str, str], Unfinished]:
    return {(each.key, each.version_id): each for each in found}


def _store(document: Document, reports: Reports) -> dict[str, Any]:
    """Write the forms, and their copies under `latest` where no later day has a report."""
    forms = {
        "json": json.dumps(document, ensure_ascii=False, indent=2) + "\n",
        "html": to_html(document),
        "csv": to_csv(document),
    }
    date, latest = document["date"], reports.latest_date()
    newest = latest is None or latest <= date
    for form, text in forms.items():
        reports.write(keys.report_key(date, form), form, text)
        if newest:
            reports.write(keys.latest_key(form), form, text)
    return {
        "bucket": reports.bucket,
        "keys": {form: keys.report_key(date, form) for form in forms},
    }
