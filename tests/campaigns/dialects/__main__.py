"""Thousands of tables in generated dialects, against the csv module and DuckDB.

    make dialects TABLES=20000 SEED=1

Each table is read in one piece, in blocks of several sizes and in ranges of several sizes; every
reading must say what the csv module makes of the table (tests/builders/dialects.py). One table in
twenty was written by the csv module itself, and DuckDB counts it, too.
"""

import random
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT)]

from hypothesis import HealthCheck, Phase, given, seed, settings  # noqa: E402 - run as a script
from hypothesis import strategies as st  # noqa: E402

from tests.builders import dialects  # noqa: E402
from tests.functions.core.counting.ranges.test_ranges import in_ranges, whole  # noqa: E402

SIZES = (1, 2, 3, 7, 13, 40, 100)
DUCKDB_EVERY = 20


def hold(tables, first):
    """Raise AssertionError for a table that is read otherwise somewhere."""

    @seed(first)
    @settings(
        deadline=None,
        database=None,
        max_examples=tables,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(dialects.tables(), st.sampled_from(["a.csv", "a.tsv"]))
    def every_reading_agrees(table, name):
        words, text = table
        body, declared = text.encode(), dialects.content_type(words)
        expected = dialects.expected(words, text, name)
        one = whole(name, body, declared)
        assert dialects.found(one) == expected
        for size in SIZES:
            assert in_ranges(name, body, size, declared) == one

    every_reading_agrees()


def hold_duckdb(tables, first):
    """The same of tables that the csv module wrote, with DuckDB as a further reader."""
    for number in range(first, first + tables):
        words, text, records = dialects.written(random.Random(number))
        counted = whole("a.csv", text.encode(), dialects.content_type(words))
        assert counted.records == records == dialects.by_duckdb(words, text), number


def main():
    tables, first = int(sys.argv[1]), int(sys.argv[2])
    began = time.monotonic()
    hold(tables, first)
    hold_duckdb(tables // DUCKDB_EVERY, first)
    seconds = time.monotonic() - began
    readings = tables * (1 + len(SIZES))
    sys.stdout.write(
        f"{tables:,} tables in {readings:,} readings, and {tables // DUCKDB_EVERY:,} by DuckDB:"
        f" all agree, in {seconds:,.0f} seconds, from seed {first} on\n"
    )


if __name__ == "__main__":
    main()
