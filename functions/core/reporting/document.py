"""The report as a document: the equation of the day and what it is made of."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from functions.core.reporting import cost

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from functions.core.reporting.summarize_batch import Amounts, Summary

SCHEMA_VERSION = 1
LISTED = 10_000
"""So many failed files are named, and as many in flight; the totals count them all."""
HISTORY_DAYS = 7
HOURS = [f"{hour:02}" for hour in range(24)]
KEPT_TOTALS = ("received", "processed", "rejected", "failed", "in_flight", "records", "bytes")

Document = dict[str, Any]


@dataclass(frozen=True)
class Unfinished:
    """An object version without a record: its execution failed, or runs still."""

    key: str
    version_id: str
    execution_arn: str
    status: str
    state: str | None = None
    error: str | None = None
    described: bool = True
    """False where there are so many that which file it is of was not asked: it is only counted."""

    def to_json(self) -> dict[str, Any]:
        """With the execution's page in the AWS console."""
        return {
            "key": self.key,
            "version_id": self.version_id,
            "status": self.status,
            "state": self.state,
            "error": self.error,
            "execution_arn": self.execution_arn,
            "console_url": console_url(self.execution_arn),
        }


@dataclass(frozen=True)
class Expected:
    """A file that a contract expects on the day, and whether one was processed."""

    contract: str
    prefix: str
    came: bool


@dataclass(frozen=True)
class Findings:
    """What the report is made from, beside the summary of the records."""

    date: str
    settled: bool
    failed: Sequence[Unfinished] = ()
    in_flight: Sequence[Unfinished] = ()
    expected: Sequence[Expected] = ()
    open_executions: int = 0
    """Executions of the day that failed or run, also those whose file has a record by another."""
    ignored_keys: Sequence[str] = ()
    """The patterns of keys that start no execution, and so are in no number."""
    acknowledged: Sequence[Mapping[str, Any]] = ()
    """Messages of the dead-letter queue that were taken away on the day, and why."""
    history: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    """Of each day before, what `day_totals` keeps."""


def console_url(execution_arn: str) -> str:
    """Where the AWS console shows an execution."""
    region = execution_arn.split(":")[3]
    return (
        f"https://{region}.console.aws.amazon.com/states/home?region={region}"
        f"#/v2/executions/details/{execution_arn}"
    )


def build(
    summary: Summary, findings: Findings, generated_at: str, previous: Document | None
) -> Document:
    """The report of a day. The same findings give the same document, but for `generated_at`."""
    failed = len(findings.failed)
    in_flight = len(findings.in_flight)
    totals = {
        "received": summary.processed.files + summary.rejected.files + failed + in_flight,
        "processed": summary.processed.files,
        "rejected": summary.rejected.files,
        "failed": failed,
        "in_flight": in_flight,
        "records": summary.processed.records,
        "bytes": summary.processed.bytes + summary.rejected.bytes,
    }
    document = {
        "schema_version": SCHEMA_VERSION,
        "date": findings.date,
        "generated_at": generated_at,
        "settled": findings.settled,
        "totals": totals,
        "duplicates": summary.duplicates,
        "open_executions": findings.open_executions,
        "by_format": _table("format", summary.formats),
        "by_prefix": _table("prefix", summary.prefixes),
        "by_hour": _table("hour", summary.hours, HOURS),
        "errors": {name: amount.files for name, amount in sorted(summary.errors.items())},
        "largest": list(summary.largest),
        "rejections": list(summary.rejections),
        "failures": _listed(findings.failed),
        "in_flight": _listed(findings.in_flight),
        "expected": [asdict(each) for each in findings.expected],
        "ignored_keys": list(findings.ignored_keys),
        "acknowledged": _acknowledged(findings.acknowledged),
        "history": list(findings.history),
        "cost": cost.estimate(totals["processed"], totals["rejected"], totals["bytes"]),
    }
    return {**document, "changes": changes(document, previous)}


def changes(document: Document, previous: Document | None) -> dict[str, Any] | None:
    """What is different since the report before; that report's own word if nothing is."""
    if previous is None:
        return None
    before, now = previous["totals"], document["totals"]
    moved = {name: now[name] - before[name] for name in KEPT_TOTALS if now[name] != before[name]}
    days = _restated(previous["history"], document["history"])
    if not moved and not days:
        kept: dict[str, Any] | None = previous["changes"]
        return kept
    return {"since": previous["generated_at"], "totals": moved, "history": days}


def with_history(document: Document, day: Mapping[str, Any], since: str) -> Document | None:
    """A stored report with an earlier day's totals as they are now; None if it has them so.

    `since` is when the earlier day's report was made; it goes into `changes`.
    """
    history = [day if each["date"] == day["date"] else each for each in document["history"]]
    if day["date"] not in {each["date"] for each in document["history"]}:
        history = sorted([*history, day], key=lambda each: str(each["date"]))
    if history == document["history"]:
        return None
    restated = _restated(document["history"], history)
    changed = {"totals": {}, "history": [], **(document["changes"] or {}), "since": since}
    days = sorted({*changed["history"], *restated})
    return {**document, "history": history, "changes": {**changed, "history": days}}


def _restated(before: Iterable[Mapping[str, Any]], now: Iterable[Mapping[str, Any]]) -> list[str]:
    """The days of a history whose totals are others now, or that are new in it."""
    known = {each["date"]: each for each in before}
    return [each["date"] for each in now if known.get(each["date"]) != each]


def in_order(unfinished: Iterable[Unfinished]) -> list[Unfinished]:
    """As a report lists them."""
    return sorted(unfinished, key=lambda each: (each.key, each.version_id))


def _listed(unfinished: Iterable[Unfinished]) -> list[dict[str, Any]]:
    known = [each for each in unfinished if each.described]
    return [each.to_json() for each in in_order(known)[:LISTED]]


def _acknowledged(found: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    names = ("acknowledged_at", "id", "kind", "error", "key", "version_id", "reason")
    lines = [{name: each.get(name) for name in names} for each in found]
    return sorted(lines, key=lambda line: (str(line["acknowledged_at"]), str(line["id"])))[:LISTED]


def _table(name: str, amounts: Amounts, rows: list[str] | None = None) -> list[dict[str, Any]]:
    if rows is None:
        rows = sorted(amounts, key=lambda row: (-amounts[row].files, row))
    empty = [0, 0, 0]
    found = {row: amounts[row].to_json() if row in amounts else empty for row in rows}
    return [
        {name: row, "files": files, "records": records, "bytes": size}
        for row, (files, records, size) in found.items()
    ]


def day_totals(document: Mapping[str, Any]) -> dict[str, Any]:
    """What a later day's report keeps of a report."""
    totals = {name: document["totals"][name] for name in KEPT_TOTALS}
    return {"date": document["date"], **totals}
