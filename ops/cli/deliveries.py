"""Deliveries as they stand now, judged by the report's own core, for `tally status`."""

from __future__ import annotations

from datetime import date as calendar
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from functions.core.contracts.contract import Contract, Contracts
from functions.core.deliveries.listing import unpacked
from functions.core.reporting.deliveries import delivered_file, judge, said, section
from functions.core.reporting.table import file_problem
from ops.pipeline import times
from ops.pipeline.listings import listings_of
from ops.pipeline.recorded_files import records_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from functions.core.deliveries.listing import Listing
    from ops.pipeline.day import Day
    from ops.pipeline.deployment import Deployment


def deliveries_of(deployment: Deployment, day: Day) -> dict[str, Any]:
    """A day's deliveries, as its report has them, by the records of the days around it.

    Records are read only where a manifest came on the day.
    """
    listings = [unpacked(each) for each in listings_of(deployment, day.date)]
    if not listings:
        return section([])
    before, after = _beside(day.date, -1), _beside(day.date, 1)
    days = [before, day.date, *([after] if after <= times.today() else [])]
    manifests = {each.key for each in listings}
    files = [
        delivered_file(record)
        for each in days
        for record in records_of(deployment, each)
        if record["key"] not in manifests
    ]
    unfinished = [*day.failed, *day.in_flight]
    others = [unpacked(each) for each in listings_of(deployment, before)]
    return section(
        judge(
            listings,
            others,
            files,
            date=day.date,
            contracts=_contracts(listings),
            unfinished={each.upload.key: each.status for each in unfinished if each.upload},
        )
    )


def lines(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each delivery and each of its files that is named, with how it stands."""
    for row in found["named"]:
        yield f"delivery {row['manifest'] or row['prefix']}:", said(row)
        for file in row["files"]:
            yield f"  {file['key']}", file_problem(file)


def _contracts(listings: list[Listing]) -> Contracts:
    """The contracts that the manifests were read by, as far as they are known from them."""
    names = {each.prefix: each.contract for each in listings}
    # The manifests themselves were left out by their keys: a pattern that no key has will do.
    return Contracts(tuple(Contract(name, prefix, manifest="\0") for prefix, name in names.items()))


def _beside(date: str, days: int) -> str:
    return (calendar.fromisoformat(date) + timedelta(days=days)).isoformat()
