"""Write a day's report: everything of the day found, merged and shown in three forms."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from functions.core import keys
from functions.core.contracts.contract import NONE
from functions.core.errors import TransientError
from functions.core.reporting.announcement import TEXT, announce
from functions.core.reporting.contents import ContentsStore, Repeated, repeated
from functions.core.reporting.day_deliveries import (
    DAYS_OF_A_FILE,
    DeliveriesStore,
    day_deliveries,
    judged_again,
)
from functions.core.reporting.document import (
    HISTORY_DAYS,
    LISTED,
    Document,
    build,
    compared_parts,
    current,
    day_totals,
    in_order,
    prefixes_of_day,
    with_day_before,
)
from functions.core.reporting.failed_so_far import any_redriven
from functions.core.reporting.findings import Expected, Findings, Unfinished
from functions.core.reporting.origin import NOWHERE, Origin
from functions.core.reporting.plan_report import Day
from functions.core.reporting.publish import FORMS, TRIES, FormsStore, publish, publish_latest
from functions.core.reporting.report_order import began_later
from functions.core.reporting.runtime_off import off_in
from functions.core.reporting.summarize_batch import Summary, merged
from functions.core.reporting.trend import DAYS
from functions.core.reporting.unusual.rule import DAYS_AGO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from functions.core.contracts.contract import Contract, Contracts
    from functions.core.reporting.trend import Reported
    from functions.core.reporting.unusual.day import Earlier

FAILED = ("FAILED", "TIMED_OUT", "ABORTED")
RUNNING = ("RUNNING",)


class UnfinishedExecutions(Protocol):
    """Step Functions, asked what left no record."""

    def unfinished(
        self, date: str, start: datetime, statuses: tuple[str, ...]
    ) -> Iterator[Unfinished]:
        """The uploads of a day whose executions have such a status, their states not told."""

    def failed(self, start: datetime) -> Iterator[tuple[str, datetime]]:
        """Those that began at or after a moment and failed: the ARN of each, and when it ended."""

    def with_state(self, upload: Unfinished) -> Unfinished:
        """The same, with the state that its execution entered last."""


class ReportsStore(FormsStore, DeliveriesStore, ContentsStore, Protocol):
    """The reports bucket."""

    bucket: str

    def results(self, manifest_key: str) -> Iterator[dict[str, Any]]:
        """Every partial summary of a Map Run."""

    def without_record(self, date: str, files: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        """Those of these object versions, (key, version id), that have no record."""

    def has_processed(self, date: str, prefix: str) -> bool:
        """Whether any file of that day whose key begins so was processed."""

    def has_rejected(self, date: str, prefix: str) -> bool:
        """Whether any file of that day whose key begins so was rejected."""

    def acknowledged(self, date: str) -> list[dict[str, Any]]:
        """The messages of the dead-letter queue that were acknowledged on a day, in no order."""

    def reported(self, first: str, last: str) -> dict[str, str]:
        """The days from one to another that have a report, with a tag of just its state."""

    def join_records(self, date: str, batch_keys: Iterable[str]) -> list[int]:
        """Make the file of a day's records of those of its batches; how many bytes each has."""


def write(
    date: str,
    *,
    settled: bool,
    failed_before: dict[str, Any] | None,
    manifest_key: str | None,
    generated_at: str,
    now: datetime,
    executions: UnfinishedExecutions,
    reports: ReportsStore,
    contracts: Contracts = NONE,
    ignored_keys: Sequence[str] = (),
    mute_unusual: Sequence[str] = (),
    message: str = TEXT,
    runtime_off: Sequence[str] = (),
    origin: Origin = NOWHERE,
) -> dict[str, Any]:
    """Write the report of a day; its totals and where it is. Without a manifest: no records.

    Where a report is stored that began later, it stays, and is what is answered: it knows at least
    as much. `generated_at` is when this one began.
    `failed_before` is which executions had failed when the report was begun (`FailedSoFar`),
    `message` the form of what subscribers get (`announcement`).
    """
    day = Day(date, asked_for=True)
    open_executions = _open_executions(day, executions)
    failed, in_flight = _unfinished(open_executions, day, executions, reports)
    around = (day.before(DAYS - 1), day.before(1 - DAYS))
    tags = reports.reported(*around)
    before = _days_before(day, tags, reports)
    batches = _batches(day, manifest_key, reports) if manifest_key else Batches()
    findings = Findings(
        date=date,
        settled=settled,
        redriven=any_redriven(failed_before, executions.failed(day.start)),
        failed=failed,
        in_flight=in_flight,
        open_executions=sum(map(len, open_executions)),
        expected=[
            _expected(each, date, [*failed, *in_flight], reports)
            for each in contracts.expecting(date)
        ],
        deliveries=day_deliveries(
            day, batches.delivered, [*failed, *in_flight], contracts, reports
        ),
        repeated=batches.repeated,
        runtime_off=off_in(day, runtime_off),
        origin=origin,
        ignored_keys=ignored_keys,
        acknowledged=reports.acknowledged(date),
        history=before.history,
        earlier=before.earlier,
        reported=before.reported,
        mute_unusual=mute_unusual,
    )
    document = _store(batches.summary, findings, generated_at, now, reports)
    take_up = partial(_take_up, reports=reports, contracts=contracts, origin=origin)
    _agree(day, take_up, tags, reports.reported(*around))
    publish_latest(reports, date)
    return {
        "date": date,
        **document["totals"],
        "report": {
            "bucket": reports.bucket,
            "keys": {form: keys.report_key(date, form) for form in FORMS},
        },
        "announcement": announce(document, message),
    }


@dataclass(frozen=True)
class Batches:
    """All batches of a day together; `delivered` are the keys of those with such files."""

    summary: Summary = field(default_factory=Summary)
    delivered: Sequence[str] = ()
    repeated: Repeated = field(default_factory=Repeated)


def _batches(day: Day, manifest_key: str, reports: ReportsStore) -> Batches:
    """All batches together; their records become the day's file on the way.

    A redrive may go on with batches from before there were such files, or fingerprints.
    """
    found: dict[str, dict[str, Any]] = {}

    def read(part: dict[str, Any]) -> Summary:
        known = ("delivered", "contents")
        found[part.get("records_key", "")] = {name: part.get(name) for name in known}
        return Summary.from_json(part)

    summary = merged(map(read, reports.results(manifest_key)))
    delivered = [key for key in sorted(found) if found[key]["delivered"]]
    if "" in found:
        return Batches(summary, delivered)
    sizes = reports.join_records(day.date, sorted(found))
    if any(each["contents"] is None for each in found.values()):
        return Batches(summary, delivered)
    contents = [base64.b64decode(found[key]["contents"]) for key in sorted(found)]
    return Batches(summary, delivered, repeated(day, contents, sizes, reports))


def _expected(
    contract: Contract, date: str, unfinished: Iterable[Unfinished], reports: ReportsStore
) -> Expected:
    """What of a contract came: a rejected or a failed file came, and was not processed."""
    prefix = contract.prefix
    processed = reports.has_processed(date, prefix)
    came = (
        processed
        or any(each.described and each.key.startswith(prefix) for each in unfinished)
        or reports.has_rejected(date, prefix)
    )
    return Expected(contract.name, prefix, came=came, processed=processed)


Open = tuple[dict[tuple[str, str], Unfinished], dict[tuple[str, str], Unfinished]]
"""By key and version: those whose executions failed, and those whose executions run."""


def _open_executions(day: Day, executions: UnfinishedExecutions) -> Open:
    failed = _by_version(executions.unfinished(day.date, day.start, FAILED))
    running = _by_version(executions.unfinished(day.date, day.start, RUNNING))
    return failed, running


def _unfinished(
    opened: Open, day: Day, executions: UnfinishedExecutions, reports: ReportsStore
) -> tuple[list[Unfinished], list[Unfinished]]:
    """What failed and what runs still; an object version is named once, and only without record."""
    failed, running = opened
    found = {**failed, **running}
    described = [version for version, each in found.items() if each.described]
    without = reports.without_record(day.date, described)
    left = {
        version: each for version, each in found.items() if version in without or not each.described
    }
    in_flight = [each for version, each in left.items() if version in running]
    ended = [each for version, each in left.items() if version not in running]
    return _with_states(ended, executions), _with_states(in_flight, executions)


def _with_states(found: Iterable[Unfinished], executions: UnfinishedExecutions) -> list[Unfinished]:
    """In order; only those that the report lists are asked for, as that takes a call for each."""
    ordered = sorted(in_order(found), key=lambda each: not each.described)
    known = sum(each.described for each in ordered[:LISTED])
    return [*map(executions.with_state, ordered[:known]), *ordered[known:]]


@dataclass(frozen=True)
class DaysBefore:
    """Of the reports of the last days: their totals, oldest first, and all that is compared."""

    history: list[dict[str, Any]] = field(default_factory=list)
    earlier: Earlier = field(default_factory=dict)
    reported: Reported = field(default_factory=dict)


def _days_before(day: Day, dates: Iterable[str], reports: ReportsStore) -> DaysBefore:
    """What the reports of these days say, of those before the day.

    One report is in memory at a time: it may name thousands of files.
    """
    found = DaysBefore()
    for date in sorted(each for each in dates if each < day.date):
        stored = reports.report(date)
        if stored is None:
            continue
        report, ago = current(stored), day.since(date)
        found.reported[date] = prefixes_of_day(report)
        if ago in DAYS_AGO:
            found.earlier[ago] = compared_parts(report)
        if ago <= HISTORY_DAYS:
            found.history.append(day_totals(report))
    return found


def _by_version(found: Iterable[Unfinished]) -> dict[tuple[str, str], Unfinished]:
    return {(each.key, each.version_id): each for each in found}


def _store(
    summary: Summary,
    findings: Findings,
    generated_at: str,
    now: datetime,
    reports: ReportsStore,
) -> Document:
    """Store the day's report unless a later one is there, and answer what is stored then."""
    answer: list[Document] = []

    def make(stored: Document | None) -> Document | None:
        later = stored is not None and began_later(stored["generated_at"], generated_at, now)
        answer[:] = [stored if stored and later else build(summary, findings, generated_at, stored)]
        return None if later else answer[0]

    publish(reports, partial(keys.report_key, findings.date), make)
    return current(answer[0])


def _agree(
    day: Day,
    take_up: Callable[[str, str], None],
    before: Mapping[str, str],
    now: Mapping[str, str],
) -> None:
    """Let this day's report, and those of the days after it, say of each day what its own says.

    Otherwise two stored reports would say different things of one day. Days are restated side by
    side: one before this may have been stored since it was read for this one. `before` and `now`
    are the days that had a report then, and those that have one now, with their tags.
    """
    for date, tag in sorted(now.items()):
        if date < day.date and before.get(date) != tag:
            take_up(day.date, date)
        elif date > day.date:
            take_up(date, day.date)


def _take_up(
    later: str, date: str, *, reports: ReportsStore, contracts: Contracts, origin: Origin
) -> None:
    """Put what is stored of a day by now into a later day's report.

    The day's own may be stored anew meanwhile: it is put there until it stays the same.
    """
    near = Day(later, asked_for=True).since(date) <= DAYS_OF_A_FILE
    seen: list[Document | None] = []

    def make(stored: Document | None) -> Document | None:
        seen[:] = [reports.report(date) if stored else None]
        if stored is None or seen[0] is None:
            return None
        before = current(stored)
        told = with_day_before(before, current(seen[0]))
        again = judged_again(told or before, contracts, reports, origin) if near else None
        return again or told

    for _ in range(TRIES):
        publish(reports, partial(keys.report_key, later), make)
        if seen[0] is None or reports.report(date) == seen[0]:
            return
    raise TransientError(f"the report of {date} is written by others all the time")
