"""The verdict of a day in words: that all is well, or what needs somebody, the worst first."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from functions.core.reporting.deliveries import said
from functions.core.reporting.plain_text import quoted
from functions.core.reporting.prefix_amounts import NOT_ASKED, OTHER
from functions.core.reporting.summarize_batch import top_prefix

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from functions.core.reporting.deliveries import Delivery
    from functions.core.reporting.findings import Findings, Unfinished
    from functions.core.reporting.origin import Origin
    from functions.core.reporting.prefix_amounts import PrefixAmounts
    from functions.core.reporting.summarize_batch import Summary
    from functions.core.reporting.unusual.find import Unusual

LISTED: Final = 50
"""So many things are listed; a day with more has the same trouble in many places."""
CODES: Final = 3
"""So many codes of a prefix are named."""

DELIVERY: Final = "delivery"
UNUSUAL: Final = "unusual"
KINDS: Final = (
    *("failed", "none_processed", "missing", DELIVERY),
    *("rejected", "in_flight", UNUSUAL),
)
"""The most urgent first: a failure waits for a redrive, which is possible for 14 days; what did not
come has to be asked for, all of it or a part of a delivery; a rejected file is a sender's to mend;
what runs may end by itself; what is only unusual may be right."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing that needs somebody: `what` happened to `count` `of` a prefix's files, and why."""

    kind: str
    prefix: str
    count: int = 0
    of: int = 0
    what: str
    cause: str
    command: str
    console_url: str

    def to_json(self) -> dict[str, Any]:
        """With `text`, which says it in one line."""
        why = f" ({self.cause})" if self.cause else ""
        return {**asdict(self), "text": f"{self.prefix}: {self.what}{why}"}


def verdict(
    summary: Summary, amounts: PrefixAmounts, findings: Findings, unusual: Iterable[Unusual] = ()
) -> dict[str, Any]:
    """The headline and what needs somebody; `good` if nothing does."""
    items = sorted(
        [
            *_failed(amounts, findings),
            *_expected(findings),
            *_deliveries(findings.deliveries, findings.date, findings.origin),
            *_rejected(summary, amounts, findings),
            *_in_flight(amounts, findings),
        ],
        key=lambda item: _urgency(asdict(item)),
    )
    items += [_unusual(each, findings) for each in unusual]
    return {
        "good": not items,
        "headline": _headline(amounts, findings),
        "items": [item.to_json() for item in items[:LISTED]],
        "items_total": len(items),
    }


def with_deliveries(
    said: Mapping[str, Any],
    known: Mapping[str, Any],
    found: Iterable[Delivery],
    date: str,
    origin: Origin,
) -> dict[str, Any]:
    """A stored verdict with deliveries as they stand by now; `known` is what its report had."""
    others = [item for item in said["items"] if item["kind"] != DELIVERY]
    new = [item.to_json() for item in _deliveries(found, date, origin)]
    total = said["items_total"] - (known["total"] - known["complete"]) + len(new)
    items = sorted([*others, *new], key=_urgency)
    return {**said, "good": not total, "items": items[:LISTED], "items_total": total}


def _urgency(item: Mapping[str, Any]) -> tuple[int, int, str, str]:
    """By which what needs somebody is sorted; what is only unusual stays as it is given."""
    place = KINDS.index(item["kind"])
    if item["kind"] == UNUSUAL:
        return place, 0, "", ""
    return place, -item["count"], item["prefix"], item["cause"]


def unsettled_because(findings: Findings, *, over: bool) -> str | None:
    """Why the numbers may still change; None if the day is settled."""
    if findings.settled and not findings.redriven:
        return None
    running = len(findings.in_flight)
    reasons = [] if over else ["the day is not over"]
    if running:
        reasons.append(f"{running:,} {'runs' if running == 1 else 'run'} still")
    if findings.redriven:
        reasons.append("what had failed may have been redriven while this was written")
    return "; ".join(reasons) or "files of the day ran until just before this was written"


def files(number: int) -> str:
    """A number of files in words."""
    return f"{number:,} file{'' if number == 1 else 's'}"


def _headline(amounts: PrefixAmounts, findings: Findings) -> str:
    received = sum(each.received for each in amounts.values())
    counted = sum(each.files - each.rejected for each in amounts.values())
    absent = sum(not each.came for each in findings.expected)
    if counted < received:
        said = (
            f"{received - counted:,} of {files(received)} {_were(received - counted)} not counted"
        )
    elif received:
        said = (
            "The only file was counted" if received == 1 else f"All {files(received)} were counted"
        )
    else:
        said = "No file came"
    if absent:
        said += f"; {files(absent)} that {_were(absent)} expected did not come"
    return f"{said}."


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _failed(amounts: PrefixAmounts, findings: Findings) -> Iterable[Item]:
    """By prefix, state and error: one redrive mends them together."""
    alike: dict[tuple[str, str, str], list[Unfinished]] = defaultdict(list)
    for each in findings.failed:
        place = prefix_of(each)
        alike[place, each.state or "", each.error or ""].append(each)
    for (prefix, state, error), found in alike.items():
        of = amounts[prefix].received if prefix in amounts else len(found)
        cause = ": ".join(filter(None, (state, error))) or found[0].status
        only = f" --error {quoted(error)}" if error else ""
        yield Item(
            kind="failed",
            prefix=prefix,
            count=len(found),
            of=of,
            what=f"{len(found):,} of {files(of)} failed",
            cause=cause,
            command=f"{findings.origin.command} redrive --failed{only}",
            console_url=findings.origin.executions_url("FAILED"),
        )


def _expected(findings: Findings) -> Iterable[Item]:
    for each in findings.expected:
        if each.processed:
            continue
        kind = "none_processed" if each.came else "missing"
        said = "files came, none was processed" if each.came else "no file came"
        yield Item(
            kind=kind,
            prefix=each.prefix,
            what=said,
            cause=f"contract {each.contract} expects one a day",
            command=f"{findings.origin.command} {'dlq' if each.came else 'audit'}",
            console_url=findings.origin.records_url(findings.date, each.prefix),
        )


def _deliveries(found: Iterable[Delivery], date: str, origin: Origin) -> Iterable[Item]:
    for each in found:
        if each.state == "complete":
            continue
        manifest = f", manifest {each.manifest}" if each.manifest else ""
        yield Item(
            kind=DELIVERY,
            prefix=each.prefix,
            count=len(each.problems),
            of=each.listed,
            what=f"delivery {said(each.to_json())}",
            cause=f"contract {each.contract}{manifest}",
            command=f"{origin.command} status --date {date}",
            console_url=origin.records_url(date, each.prefix),
        )


def _rejected(summary: Summary, amounts: PrefixAmounts, findings: Findings) -> Iterable[Item]:
    codes = _codes(summary.causes)
    for prefix, amount in amounts.items():
        if not amount.rejected:
            continue
        most = codes[prefix].most_common()
        named = [f"{code} {number:,}" for code, number in _in_order(most)[:CODES]]
        cause = ", ".join(named) + (", and other codes" if len(most) > CODES else "")
        yield Item(
            kind="rejected",
            prefix=prefix,
            count=amount.rejected,
            of=amount.received,
            what=f"{amount.rejected:,} of {files(amount.received)} rejected",
            cause=cause,
            command=f"{findings.origin.command} dlq",
            console_url=findings.origin.records_url(findings.date, prefix),
        )


def _in_order(found: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(found, key=lambda each: (-each[1], each[0]))


def _codes(causes: Mapping[str, int]) -> dict[str, Counter[str]]:
    """How often each code, by prefix."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for name, number in causes.items():
        if name != OTHER:
            code, _, prefix = name.partition(" ")
            found[prefix][code] += number
    return found


def _in_flight(amounts: PrefixAmounts, findings: Findings) -> Iterable[Item]:
    for prefix, amount in amounts.items():
        if amount.in_flight:
            yield Item(
                kind="in_flight",
                prefix=prefix,
                count=amount.in_flight,
                of=amount.received,
                what=f"{amount.in_flight:,} of {files(amount.received)} in flight",
                cause="still running",
                command=f"{findings.origin.command} executions --status running",
                console_url=findings.origin.executions_url("RUNNING"),
            )


def _unusual(found: Unusual, findings: Findings) -> Item:
    """Last, in the order in which they are given."""
    below = "" if found.prefix.startswith("(") else f" --prefix {quoted(found.prefix)}"
    return Item(
        kind=UNUSUAL,
        prefix=found.prefix,
        what=found.what,
        cause="unusual",
        command=f"{findings.origin.command} files --date {findings.date}{below}",
        console_url=findings.origin.records_url(findings.date, found.prefix),
    )


def prefix_of(upload: Unfinished) -> str:
    """The row that it is counted in."""
    return top_prefix(upload.key) if upload.described else NOT_ASKED
