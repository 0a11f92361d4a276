"""What a day cost on AWS, estimated from what was counted (us-east-1, November 2026).

Prices are public list prices without free tiers, in US dollars.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

TRANSITION = 25e-6
LAMBDA_REQUEST = 0.20e-6
LAMBDA_GB_SECOND = 0.0000133334
S3_PUT = 5e-6
S3_GET = 0.40e-6
SQS_REQUEST = 0.40e-6
LOG_GB = 0.50

FILE_TRANSITIONS = 3
"""Each step that is executed counts (AWS Step Functions, "Pricing")."""
REJECTED_TRANSITIONS = 5
FILE_MEMORY_GB = 0.25
SECONDS_A_CALL = 0.15
SECONDS_A_GB = 12.0  # what S3 delivers to one function, about 85 MB a second
CHECK_MEMORY_GB = 1769 / 1024
CHECK_SECONDS_A_GB = 13.0
"""Beside its delivery: what field rules take of one processor (docs/lab/benchmarks.md)."""
LOG_BYTES_A_CALL = 700
BATCH = 500


@dataclass(frozen=True)
class Line:
    """One line of the estimate: what, how many, at what price each."""

    what: str
    quantity: float
    price: float

    @property
    def dollars(self) -> float:
        """What it comes to."""
        return self.quantity * self.price

    def to_json(self) -> dict[str, Any]:
        """With the amount rounded to millionths of a dollar."""
        return {
            "what": self.what,
            "quantity": round(self.quantity, 3),
            "price": self.price,
            "dollars": round(self.dollars, 6),
        }


def lines(
    processed: int, rejected: int, size_bytes: int, checked: int = 0, checked_bytes: int = 0
) -> list[Line]:
    """The estimate for so many files of so many bytes in all, their report included.

    `checked` of them, of `checked_bytes`, have field rules: CheckFields in CountRecords's place.
    """
    files = processed + rejected
    calls = 2 * processed + 1.5 * rejected
    batches = -(-files // BATCH)
    seconds = (calls - checked) * SECONDS_A_CALL + (size_bytes - checked_bytes) / 1e9 * SECONDS_A_GB
    check_seconds = checked * SECONDS_A_CALL
    check_seconds += checked_bytes / 1e9 * (SECONDS_A_GB + CHECK_SECONDS_A_GB)
    check = Line(
        "Lambda GB-seconds of field rules", check_seconds * CHECK_MEMORY_GB, LAMBDA_GB_SECOND
    )
    return [
        Line(
            "state transitions",
            processed * FILE_TRANSITIONS + rejected * REJECTED_TRANSITIONS + batches + 10,
            TRANSITION,
        ),
        Line("Lambda requests", calls + batches + 2, LAMBDA_REQUEST),
        Line("Lambda GB-seconds", seconds * FILE_MEMORY_GB + batches * 2, LAMBDA_GB_SECOND),
        *([check] if checked else []),
        Line("S3 PUT and LIST requests", 2 * files + files / 1000 + batches + 10, S3_PUT),
        Line("S3 GET and HEAD requests", 4 * files + 2 * batches, S3_GET),
        Line("SQS requests", rejected, SQS_REQUEST),
        Line("log gigabytes", (calls + batches) * LOG_BYTES_A_CALL / 1e9, LOG_GB),
    ]


def estimate(
    processed: int, rejected: int, size_bytes: int, checked: int = 0, checked_bytes: int = 0
) -> dict[str, Any]:
    """The estimate with its arithmetic; see `lines`."""
    parts = lines(processed, rejected, size_bytes, checked, checked_bytes)
    total = round(sum(part.dollars for part in parts), 6)
    return {"currency": "USD", "total": total, "lines": [part.to_json() for part in parts]}
