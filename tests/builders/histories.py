"""Weeks of days of one prefix, as senders make them: with noise, growth and odd days."""

import math

from functions.core.reporting.durations import Durations
from functions.core.reporting.unusual.day import Day
from functions.core.reporting.unusual.rule import DAYS_AGO

WEEK, DAYS = 7, 60
WEEKS = {
    "every day": (1,) * 7,
    "working days": (1, 1, 1, 1, 1, 0, 0),
    "less on weekends": (1, 1, 1, 1, 1, 0.3, 0.2),
    "each day another": (0.6, 1.4, 1, 0.8, 1.2, 0.5, 1.5),
    "Mondays": (1, 0, 0, 0, 0, 0, 0),
}
PREFIX = "orders/"


def any_row(files, records, at=7200, rejected=0, seconds=4):
    """A prefix's row of a report."""
    moment = f"2026-11-02T{at // 3600 % 24:02}:{at // 60 % 60:02}:{at % 60:02}Z"
    return {
        "prefix": PREFIX,
        "received": files,
        "processed": files - rejected,
        "rejected": rejected,
        "failed": 0,
        "in_flight": 0,
        "records": records,
        "bytes": records * 40,
        "first_arrival": moment,
        "last_arrival": moment,
        "median_seconds": seconds,
    }


def any_history(random, noise, week):
    """(a day, whether it is odd itself) of `DAYS` days; `noise` is the deviation of a day's log.

    How long files take has double that.
    """
    files, size = random.choice((1, 1, 2, 5, 24, 96, 300)), 10 ** random.uniform(2, 4)
    took = 10 ** random.uniform(0, 3.5)
    growth, spread = 1 + random.uniform(-0.02, 0.05) / WEEK, random.choice((60, 600, 1800))
    days = []
    for number in range(DAYS):
        share = WEEKS[week][number % WEEK]
        if not share:
            days.append((Day(), False))
            continue
        odd = random.random() < 0.02
        came = files if files < 10 else max(1, round(random.gauss(files * share, files * noise)))
        much = files * size * share * growth**number * math.exp(random.gauss(0, noise))
        records = round(much * (random.choice((0.3, 3)) if odd else 1))
        at = max(0, min(86399, round(random.gauss(30_000, spread))))
        seconds = Durations.of(took * math.exp(random.gauss(0, 2 * noise))).median
        bad = sum(random.random() < 0.01 for _ in range(came))
        days.append((Day({PREFIX: any_row(came, records, at, bad, seconds)}), odd))
    return days


def before(days, number):
    """The days before one of them, by how many days ago."""
    return {ago: days[number - ago][0] for ago in DAYS_AGO}


def halved(day):
    """The same day with half of its files and records."""
    row = day.rows[PREFIX]
    files = max(1, row["received"] // 2)
    row = row | {"received": files, "processed": files, "rejected": 0}
    return Day({PREFIX: row | {"records": row["records"] // 2, "bytes": row["bytes"] // 2}})
