"""Wait: for so many seconds, or until a moment."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime
from typing import TYPE_CHECKING

from local.asl.expressions import EvaluationError

if TYPE_CHECKING:
    from local.asl.visit import Exit, Visit

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
LONGEST_SECONDS = 99_999_999  # Amazon States Language, "Wait"


async def wait(visit: Visit) -> Exit:
    """Wait, then hand the input on. A moment in the past is no wait.

    Raises:
        EvaluationError: not a number of seconds, or not a moment with its zone (RFC 3339).
    """
    if "Seconds" in visit.state:
        await asyncio.sleep(_seconds(visit))
    else:
        await asyncio.sleep(max(0.0, _moment(visit) - visit.branch.run.world.now()))
    return visit.leave(visit.input)


def _seconds(visit: Visit) -> float:
    seconds = visit.field("Seconds")
    number = isinstance(seconds, (int, float)) and not isinstance(seconds, bool)
    if not number or not 0 <= seconds <= LONGEST_SECONDS:
        raise EvaluationError(
            f"{visit.where} The Seconds field must be a number from 0 to {LONGEST_SECONDS}: "
            f"{seconds}",
            "Seconds",
        )
    return float(seconds)


def _moment(visit: Visit) -> float:
    text = visit.field("Timestamp")
    if not isinstance(text, str) or not MOMENT.fullmatch(text):
        raise EvaluationError(
            f"{visit.where} The Timestamp field cannot be parsed as an ISO-8601 extended offset "
            f"date-time format string: {text}",
            "Timestamp",
            began=True,
        )
    return datetime.fromisoformat(text).timestamp()
