"""The report as a document: the equation of the day and what it is made of."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import date as calendar
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from functions.core.reporting import cost, deliveries, prefix_amounts
from functions.core.reporting.origin import Origin
from functions.core.reporting.trend import PrefixesOfDay, restated, trend, with_day
from functions.core.reporting.unusual.day import Day
from functions.core.reporting.unusual.find import find
from functions.core.reporting.verdict import prefix_of, unsettled_because, verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from functions.core.reporting.findings import Findings, Unfinished
    from functions.core.reporting.summarize_batch import Amounts, Summary
    from functions.core.reporting.unusual.find import Unusual

SCHEMA_VERSION = 2
"""2 has a verdict, whose report it is, and rows of prefixes with failures; `current` reads 1.

What was only added since is not in every stored report of version 2 (`ADDED`).
"""
ADDED = (
    *("by_reading", "deliveries", "doubtful", "repeated", "unusual"),
    *("files", "trend", "runtime_off"),
)
ADDED_TO_ROWS = ("median_seconds",)
"""The same, of the rows of prefixes."""
LISTED = 10_000
"""So many failed files are named, and as many in flight; the totals count them all."""
ARRIVALS = ("first_arrival", "last_arrival")
UNUSUAL = 100
"""So many unusual things are listed."""
HISTORY_DAYS = 7
HOURS = [f"{hour:02}" for hour in range(24)]
KEPT_TOTALS = ("received", "processed", "rejected", "failed", "in_flight", "records", "bytes")

Document = dict[str, Any]


def build(
    summary: Summary, findings: Findings, generated_at: str, previous: Document | None
) -> Document:
    """The report of a day. The same findings give the same document, but for `generated_at`."""
    amounts = prefix_amounts.with_unfinished(
        summary.prefixes, _by_prefix(findings.failed), _by_prefix(findings.in_flight)
    )
    totals, over = _totals(summary, findings), _over(findings, generated_at)
    compared = {
        "by_prefix": prefix_amounts.rows(amounts),
        "by_reading": summary.readings.to_rows(),
        "cost": cost.estimate(
            totals["processed"],
            totals["rejected"],
            totals["bytes"],
            summary.checked.files,
            summary.checked.bytes,
        ),
    }
    unusual = _unusual(compared, findings) if over else []
    said = verdict(summary, amounts, findings, unusual)
    document = {
        "schema_version": SCHEMA_VERSION,
        "date": findings.date,
        "generated_at": generated_at,
        "deployment": findings.origin.to_json(),
        "settled": findings.settled and not findings.redriven,
        "unsettled_because": unsettled_because(findings, over=over),
        "runtime_off": [each.to_json() for each in findings.runtime_off],
        "verdict": said,
        "totals": totals,
        "duplicates": summary.duplicates,
        "open_executions": findings.open_executions,
        "files": findings.origin.files(findings.date),
        "by_format": _table("format", summary.formats),
        "unusual": [asdict(each) for each in unusual[:UNUSUAL]],
        "by_prefix": compared["by_prefix"],
        "by_hour": _table("hour", summary.hours, HOURS),
        "by_reading": compared["by_reading"],
        "doubtful": summary.doubtful.to_json(),
        "repeated": findings.repeated.to_json(),
        "errors": {name: amount.files for name, amount in sorted(summary.errors.items())},
        "largest": list(summary.largest),
        "rejections": list(summary.rejections),
        "failures": _listed(findings.failed),
        "in_flight": _listed(findings.in_flight),
        "expected": [asdict(each) for each in findings.expected],
        "deliveries": deliveries.section(findings.deliveries),
        "ignored_keys": list(findings.ignored_keys),
        "acknowledged": _acknowledged(findings.acknowledged),
        "history": list(findings.history),
        "trend": _trend(compared, said, findings),
        "cost": compared["cost"],
    }
    return {**document, "changes": changes(document, previous)}


def _trend(compared: Document, said: Document, findings: Findings) -> Document:
    """Of the last days and this one; first the prefixes that need somebody."""
    reported = {**findings.reported, findings.date: prefixes_of_day(compared)}
    return trend(findings.date, reported, [item["prefix"] for item in said["items"]])


def prefixes_of_day(document: Mapping[str, Any]) -> PrefixesOfDay:
    """What of a report a trend is made of."""
    return PrefixesOfDay.of(document, prefix_amounts.OTHER)


def _totals(summary: Summary, findings: Findings) -> dict[str, int]:
    failed, in_flight = len(findings.failed), len(findings.in_flight)
    return {
        "received": summary.processed.files + summary.rejected.files + failed + in_flight,
        "processed": summary.processed.files,
        "rejected": summary.rejected.files,
        "failed": failed,
        "in_flight": in_flight,
        "records": summary.processed.records,
        "bytes": summary.processed.bytes + summary.rejected.bytes,
    }


def _unusual(compared: Mapping[str, Any], findings: Findings) -> list[Unusual]:
    """What is unusual of a day that is over: until then it lacks files anyhow.

    What a contract expects is said to be missing by its name, and not once more.
    """
    weekday = calendar.fromisoformat(findings.date).weekday()
    found = find(weekday, compared_parts(compared), findings.earlier, findings.mute_unusual)
    expected = [each.prefix for each in findings.expected]
    return [
        each
        for each in found
        if each.kind != "missing" or not any(name.startswith(each.prefix) for name in expected)
    ]


def compared_parts(document: Mapping[str, Any]) -> Day:
    """What of a report is compared with other days."""
    return Day.of(document, others=prefix_amounts.OTHER, unknown=prefix_amounts.NOT_ASKED)


def equation(totals: Mapping[str, int]) -> str:
    """A day's totals as the sum that they are."""
    return (
        f"{totals['received']:,} received = {totals['processed']:,} processed"
        f" + {totals['rejected']:,} rejected + {totals['failed']:,} failed"
        f" + {totals['in_flight']:,} in flight"
    )


def current(document: Document) -> Document:
    """A stored report of any version, as one of this version; what it does not know is None."""
    unknown = dict.fromkeys(ADDED_TO_ROWS)
    document = {
        **dict.fromkeys(ADDED),
        **document,
        "by_prefix": [{**unknown, **row} for row in document["by_prefix"]],
    }
    if document["schema_version"] >= SCHEMA_VERSION:
        return document
    names = (
        "processed",
        "rejected",
        "failed",
        "in_flight",
        *ARRIVALS,
        "ragged_rows",
        *ADDED_TO_ROWS,
    )
    unknown = dict.fromkeys(names)
    return {
        "deployment": Origin().to_json(),
        "unsettled_because": None if document["settled"] else "some were still running",
        "verdict": None,
        **document,
        "schema_version": SCHEMA_VERSION,
        "by_prefix": [
            {"prefix": each["prefix"], "received": each["files"], **unknown}
            | {name: each[name] for name in ("records", "bytes")}
            for each in document["by_prefix"]
        ],
        "expected": [{**each, "processed": each["came"]} for each in document["expected"]],
    }


def _by_prefix(found: Iterable[Unfinished]) -> Counter[str]:
    return Counter(map(prefix_of, found))


def _over(findings: Findings, generated_at: str) -> bool:
    """Whether the report was begun after its day."""
    end = datetime.fromisoformat(f"{findings.date}T00:00:00+00:00") + timedelta(days=1)
    return datetime.fromisoformat(generated_at) >= end


def changes(document: Document, previous: Document | None) -> dict[str, Any] | None:
    """What is different since the report before; that report's own word if nothing is."""
    if previous is None:
        return None
    previous = current(previous)
    before, now = previous["totals"], document["totals"]
    moved = {name: now[name] - before[name] for name in KEPT_TOTALS if now[name] != before[name]}
    days = _restated_days(previous, document)
    if not moved and not days:
        kept: dict[str, Any] | None = previous["changes"]
        return kept
    return {"since": previous["generated_at"], "totals": moved, "history": days}


def with_day_before(document: Document, report: Document) -> Document | None:
    """A stored report with what an earlier day's says of that day now; None if it says it already.

    When the earlier day's report was made goes into `changes`.
    """
    date = report["date"]
    taken_up = {
        **document,
        "history": _with_totals(document, day_totals(report)),
        "trend": with_day(document["trend"], date, prefixes_of_day(report)),
    }
    days = _restated_days(document, taken_up)
    if not days:
        return None
    changed = {"totals": {}, "history": [], **(document["changes"] or {})}
    changed |= {"since": report["generated_at"], "history": sorted({*changed["history"], *days})}
    return {**taken_up, "changes": changed}


def _with_totals(document: Document, day: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The history of a report, with these totals if their day is one of it."""
    end = calendar.fromisoformat(document["date"])
    if end - calendar.fromisoformat(day["date"]) > timedelta(days=HISTORY_DAYS):
        return list(document["history"])
    others = [each for each in document["history"] if each["date"] != day["date"]]
    return sorted([*others, day], key=lambda each: str(each["date"]))


def _restated_days(before: Document, now: Document) -> list[str]:
    """The days before of which two reports of a day say different things."""
    totals = _restated(before["history"], now["history"])
    return sorted({*totals, *restated(before["trend"], now["trend"])})


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
