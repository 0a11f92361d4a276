"""The deliveries of a day, from what their manifests list and the records of the files.

A manifest of the day is looked at with the files of the day and of the day before; one of the day
before, that was not complete then, once more. So what a day's report says changes with the two days
before it: once one of these is restated, the day's deliveries are judged again.
"""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any, Final, Protocol

from functions.core.deliveries.listing import unpacked
from functions.core.reporting.deliveries import Delivery, delivered_file, judge, section
from functions.core.reporting.plan_report import Day
from functions.core.reporting.record_files import packed
from functions.core.reporting.verdict import with_deliveries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from functions.core.contracts.contract import Contracts
    from functions.core.deliveries.listing import Listing
    from functions.core.reporting.document import Document
    from functions.core.reporting.findings import Unfinished
    from functions.core.reporting.origin import Origin

DAYS_OF_A_FILE: Final = 2
"""So many days after its own, a file may complete what a report says of deliveries."""


class DeliveriesStore(Protocol):
    """The reports bucket, of what manifests list and of the files that can be listed."""

    def batch_records(self, batch_keys: Iterable[str]) -> Iterator[dict[str, Any]]:
        """The records of batches, in no order."""

    def listings(self, date: str) -> Iterator[bytes]:
        """What the manifests of a day list, each as `Listing.packed` has it."""

    def delivered(self, date: str) -> bytes | None:
        """What `keep_delivered` kept of a day."""

    def keep_delivered(self, date: str, content: bytes) -> None:
        """Keep the day's files that can be listed, for the report of the next day."""

    def report(self, date: str) -> dict[str, Any] | None:
        """A day's report, if there is one."""


def day_deliveries(
    day: Day,
    batch_keys: Iterable[str],
    unfinished: Iterable[Unfinished],
    contracts: Contracts,
    store: DeliveriesStore,
) -> list[Delivery]:
    """How the deliveries of a day stand; none where no contract has manifests.

    `batch_keys` are of the batches that have such files.
    """
    if not contracts.deliver:
        return []
    files = [
        delivered_file(record)
        for record in store.batch_records(batch_keys)
        if contracts.delivering(record["key"])
    ]
    store.keep_delivered(day.date, packed(files))
    statuses = {each.key: each.status for each in unfinished if each.described}
    return _judged(day, files, statuses, contracts, store)


def judged_again(
    document: Document, contracts: Contracts, store: DeliveriesStore, origin: Origin
) -> Document | None:
    """A stored report with its deliveries as they stand by now; None if it says so already."""
    known = document["deliveries"]
    if not contracts.deliver or known is None:
        return None
    statuses = {each["key"]: each["status"] for each in _unfinished(document)}
    day = Day(document["date"], asked_for=True)
    found = _judged(day, list(_files(store.delivered(day.date))), statuses, contracts, store)
    now = section(found)
    if now == known:
        return None
    verdict = with_deliveries(document["verdict"], known, found, day.date, origin)
    return {**document, "deliveries": now, "verdict": verdict}


def _unfinished(document: Document) -> Iterator[dict[str, Any]]:
    yield from document["failures"]
    yield from document["in_flight"]


def _judged(
    day: Day,
    files: list[dict[str, Any]],
    statuses: Mapping[str, str],
    contracts: Contracts,
    store: DeliveriesStore,
) -> list[Delivery]:
    """How they stand. `files` are the day's; `statuses` what executions do, by the file's key."""
    before = [unpacked(each) for each in store.listings(day.before(1))]
    open_before = _left_open(store.report(day.before(1)), before)
    days = (1, 2) if open_before else (1,)
    return judge(
        [*map(unpacked, store.listings(day.date)), *open_before],
        before,
        [*files, *(file for ago in days for file in _files(store.delivered(day.before(ago))))],
        date=day.date,
        contracts=contracts,
        unfinished=statuses,
    )


def _files(content: bytes | None) -> Iterator[dict[str, Any]]:
    lines = [] if content is None else gzip.decompress(content).splitlines()
    return map(json.loads, lines)


def _left_open(report: Mapping[str, Any] | None, listings: Iterable[Listing]) -> list[Listing]:
    """Those manifests that a day's report names as not complete."""
    named = ((report or {}).get("deliveries") or {}).get("named", ())
    places = {(each["manifest"], each["version_id"]) for each in named if each["state"] == "short"}
    return [each for each in listings if (each.key, each.version_id) in places]
