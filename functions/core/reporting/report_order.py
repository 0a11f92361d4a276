"""Which of two reports of a day began later: that one stays, whichever is stored last.

It listed the records later, so it knows at least as much (docs/decisions/two-reports.md).
"""

from __future__ import annotations

from datetime import datetime


def began_later(other: str, begun: str, now: datetime) -> bool:
    """Whether a report that is stored began later than one that began at `begun` (ISO 8601).

    Not if it began in the future, by a clock that was put back since, as one can set it on a
    laptop: no other report of its day would ever be stored.
    """
    return datetime.fromisoformat(begun) < datetime.fromisoformat(other) <= now
