"""Wait: for so many seconds, or until a moment."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime
from typing import TYPE_CHECKING

from local.asl.jsonata.expressions import EvaluationError
from local.asl.model.values import SECONDS_MAX

if TYPE_CHECKING:
    from local.asl.runtime.exit import Exit
    from local.asl.runtime.visit import Visit

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")


async def wait(visit: Visit) -> Exit:
    """Wait, then hand the input on. A moment in the past is no wait.

    Raises:
        EvaluationError: not a number of seconds, or not a moment with its zone (RFC 3339).
    """
    now = visit.branch.run.world.now()
    seconds = _seconds(visit, now) if visit.until is None else visit.until - now
    visit.until = now + seconds
    visit.branch.run.keep()
    await asyncio.sleep(max(0.0, seconds))
    return visit.leave(visit.input)


def _seconds(visit: Visit, now: float) -> float:
    if "Seconds" in visit.state:
        return visit.number("Seconds", most=SECONDS_MAX)
    return _moment(visit) - now


def _moment(visit: Visit) -> float:
    text = visit.field("Timestamp")
    try:
        if isinstance(text, str) and MOMENT.fullmatch(text):
            return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError):
        pass  # such as a 30th of February
    raise EvaluationError(
        f"{visit.where} The Timestamp field cannot be parsed as an ISO-8601 extended offset "
        f"date-time format string: {text}",
        "Timestamp",
        began=True,
    )
