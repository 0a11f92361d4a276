"""How an execution ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]


@dataclass(frozen=True)
class Outcome:
    """How an execution ended; `output` is JSON text."""

    status: Status
    output: str | None = None
    error: str | None = None
    cause: str | None = None
