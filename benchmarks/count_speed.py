"""Counting, side by side with what others use to count: MB/s and peak memory of each.

    .venv-bench/bin/python -m benchmarks.count_speed [--megabytes 400] [--runs 5] [--only csv,json]
    .venv-bench/bin/python -m benchmarks.count_speed --memory     (ours alone, at 40 MB and at 4 GB)

Every figure is the median of the runs, each in a process of its own that reads a file of the page
cache: the time is that of the count, without the imports, and the memory is the process's peak.
MB/s are megabytes (10^6 bytes) of content, decompressed for gzip, as stored for parquet and avro;
beside them the same for each second of processor time, which other work on the machine hardly
changes. A way whose first run takes over SLOW_SECONDS is run once and no more.
`requirements/environment.py bench` makes `.venv-bench`.
The files are made in a temporary folder and deleted. A count that is not the true one says so.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.count_files import EXTENSIONS, make

ROOT = Path(__file__).resolve().parents[1]
MEGABYTE = 1_000_000
SLOW_SECONDS = 10
AS_DEPLOYED = {
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(64 << 20),
}
"""The environment of the Lambda functions (stacks/processing.py)."""

PEERS = {
    "csv": ("wc", "polars", "polars_read", "duckdb", "pyarrow", "csv"),
    "quoted": ("wc", "polars", "polars_read", "duckdb", "pyarrow", "csv"),
    "jsonl": ("wc", "polars", "duckdb", "pyarrow", "json_lines", "orjson_lines"),
    "json": ("json", "orjson", "ijson", "duckdb"),
    "gzip": ("zcat", "polars", "duckdb", "pyarrow", "csv"),
    "parquet": ("polars", "duckdb", "pyarrow"),
    "avro": ("polars", "fastavro"),
}
"""wc and zcat | wc count newlines, which is no count of records: how fast bytes can pass at all.
polars is its count of rows, which looks at nothing else; polars_read reads the table, and so finds
bad UTF-8, as tally does."""


def once(kind: str, way: str, path: Path) -> dict[str, float]:
    """One count in a process of its own: seconds, records, peak memory in MB."""
    words = [sys.executable, "-m", "benchmarks.count_ways", kind, way, str(path)]
    given = {**os.environ, **(AS_DEPLOYED if way == "tally" else {})}
    done = subprocess.run(words, cwd=ROOT, env=given, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return {"problem": last[:100]}
    return dict(json.loads(done.stdout))


def measure(kind: str, path: Path, runs: int) -> dict[str, list[dict[str, float]]]:
    """All ways by turns, so that none has the machine's better minutes."""
    ways = ("tally", *PEERS[kind])
    found: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
    for _ in range(runs):
        for way in ways:
            if not found[way] or found[way][0].get("seconds", 0) < SLOW_SECONDS:
                found[way].append(once(kind, way, path))
    return found


def show(kind: str, content: int, records: int, found: dict[str, list[dict[str, float]]]) -> None:
    """A table in Markdown."""
    print(f"\n{kind}: {content / MEGABYTE:.0f} MB of content, {records} records\n")
    print("| way | MB/s | MB/cpu s | ours is | per cpu s | peak MB | count |\n|" + "---|" * 7)
    ours = None
    for way, runs in found.items():
        problem = next((run["problem"] for run in runs if "problem" in run), None)
        if problem:
            print(f"| {way} | - | - | - | - | - | {problem} |")
            continue
        speed, each_cpu = (
            content / MEGABYTE / statistics.median(run[clock] for run in runs)
            for clock in ("seconds", "cpu_seconds")
        )
        ours = ours or (speed, each_cpu)
        peak = statistics.median(run["peak_mb"] for run in runs)
        exact = {run["records"] for run in runs} == {records}
        ratio = f"{ours[0] / speed:.2f} x | {ours[1] / each_cpu:.2f} x"
        count = "exact" if exact else f"{runs[0]['records']:.0f}"
        told = f"{speed:,.0f} | {each_cpu:,.0f} | {ratio} | {peak:.0f} | {count}"
        print(f"| {way} | {told} |", flush=True)


def compare(kinds: list[str], megabytes: int, runs: int) -> None:
    """Make one file after the other, count it by every way, delete it."""
    for kind in kinds:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"file{EXTENSIONS[kind]}"
            content, records = make(kind, path, megabytes * MEGABYTE)
            show(kind, content, records, measure(kind, path, runs))


def compare_memory(kinds: list[str], sizes: tuple[int, ...]) -> None:
    """Our peak at each size, and how much the largest is over the smallest."""
    print("| format | " + " | ".join(f"{size} MB" for size in sizes) + " | growth |")
    print("|---" * (len(sizes) + 2) + "|")
    for kind in kinds:
        peaks = []
        for size in sizes:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / f"file{EXTENSIONS[kind]}"
                make(kind, path, size * MEGABYTE)
                peaks.append(once(kind, "tally", path)["peak_mb"])
        told = " | ".join(f"{peak:.0f}" for peak in peaks)
        print(f"| {kind} | {told} | {peaks[-1] / peaks[0] - 1:+.1%} |", flush=True)


def main() -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=400)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", default=",".join(PEERS), help="formats, with commas between")
    parser.add_argument("--memory", action="store_true", help="peak memory at two sizes instead")
    parser.add_argument("--sizes", default="40,4000", help="those sizes, in megabytes")
    given = parser.parse_args()
    kinds = given.only.split(",")
    if given.memory:
        compare_memory(kinds, tuple(int(size) for size in given.sizes.split(",")))
    else:
        compare(kinds, given.megabytes, given.runs)


if __name__ == "__main__":
    main()
