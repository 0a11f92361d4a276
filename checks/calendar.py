"""What a calendar ends, from `docs/calendar.md`: `python -m checks.calendar [TODAY]`.

Prints a warning for every date of the page that is over, or at most 60 days away. A date alone
breaks nothing, so the exit status is 0 whatever the dates are.
"""

from __future__ import annotations

import re
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "calendar.md"
NOTICE = timedelta(days=60)
ROW = re.compile(r"^\| (\d{4}-\d\d-\d\d) \| (.+?) \| (.+?) \|", re.MULTILINE)


def warnings(page: str, today: date) -> list[str]:
    """A line for each row of the page's table whose date is near or over."""
    rows = [(date.fromisoformat(day), what, do) for day, what, do in ROW.findall(page)]
    return [
        f"warning: {what} {'ended' if day < today else 'ends'} on {day}: {do} (docs/calendar.md)"
        for day, what, do in rows
        if day - today <= NOTICE
    ]


def main(arguments: list[str]) -> int:
    """Print the warnings as of today, or of the day that is given as YYYY-MM-DD."""
    today = date.fromisoformat(arguments[0]) if arguments else datetime.now(UTC).date()
    sys.stdout.writelines(f"{line}\n" for line in warnings(PAGE.read_text(), today))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
