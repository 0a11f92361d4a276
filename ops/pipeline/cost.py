"""What a day costs: the reports' own estimate, or the same arithmetic for numbers to come."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Protocol

from ops.pipeline import reports
from ops.pipeline.errors import BAD_USAGE, OpsError

if TYPE_CHECKING:
    from ops.pipeline.deployment import Deployment

DAYS_A_MONTH: Final = 30
UNITS: Final = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
BINARY: Final = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


class Estimate(Protocol):
    """The pipeline's arithmetic (`functions/core/reporting/cost.py`), handed in by the command."""

    def __call__(
        self,
        processed: int,
        rejected: int,
        size_bytes: int,
        checked: int = 0,
        checked_bytes: int = 0,
    ) -> dict[str, Any]:
        """`currency`, `total` in it, and `lines` of what, quantity, price and dollars."""


def of_day(deployment: Deployment, date: str) -> dict[str, Any]:
    """The estimate that a day's report carries, with the numbers that it is made from.

    Raises:
        NotFoundError: the day has no report.
    """
    report = reports.report(deployment, date)
    totals = report["totals"]
    files = {name: totals[name] for name in ("processed", "rejected", "bytes")}
    return {"date": date, **files, **report["cost"]}


def of_plan(
    files: int, mean_bytes: int, estimate: Estimate, with_field_rules: int = 0
) -> dict[str, Any]:
    """The estimate of a day of so many files, and of a month of such days.

    Raises:
        OpsError: more files have field rules than there are files.
    """
    if with_field_rules > files:
        problem = f"--with-field-rules {with_field_rules} is more than the {files} files a day"
        raise OpsError(f"{problem}: give how many of these have field rules", BAD_USAGE)
    day = estimate(files, 0, files * mean_bytes, with_field_rules, with_field_rules * mean_bytes)
    plan = {"files_per_day": files, "mean_size_bytes": mean_bytes}
    plan["with_field_rules"] = with_field_rules
    return {**plan, **day, "month": round(day["total"] * DAYS_A_MONTH, 4)}


def size(text: str) -> int:
    """Bytes of a size such as 250000, 1MB, 1.5 GiB or 800k.

    Raises:
        OpsError: it is none.
    """
    found = re.fullmatch(r"\s*(\d{1,15}(?:\.\d{1,6})?)\s*([KMGT]?)(I?)B?\s*", text.upper())
    if found is None or (found[3] and not found[2]):
        raise OpsError(f"a size is a number such as 250000, 1MB or 1.5GiB, not {text!r}", BAD_USAGE)
    return round(float(found[1]) * (BINARY if found[3] else UNITS)[found[2]])
