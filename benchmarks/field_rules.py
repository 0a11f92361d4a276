"""A csv of ten columns held to six constraints, by Tally and by peers as their documentation shows.

    field_rules.py [MEGABYTES] [WAY ...]

Each way is a process of its own on one processor. What is told is the time of that processor, since
other processes do not change it, and the peak of memory. Imports are done before the clock starts.
`requirements/environment.py bench-values` makes `.venv-bench-values` for the peers, of which one
takes DuckDB 1.
"""

from __future__ import annotations

import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 5
ROOT = Path(__file__).resolve().parent.parent
STATUSES = ["new", "paid", "sent", "back"]
FIELDS: list[dict[str, Any]] = [
    {"name": "id", "type": "integer", "constraints": {"required": True}},
    {"name": "customer", "type": "string", "constraints": {"maxLength": 12}},
    {"name": "country", "type": "string", "constraints": {"pattern": "[A-Z]{2}"}},
    {"name": "amount", "type": "number", "constraints": {"minimum": 0}},
    {"name": "quantity", "type": "integer", "constraints": {"maximum": 1000}},
    {"name": "status", "type": "string", "constraints": {"enum": STATUSES}},
    {"name": "day", "type": "date"},
    {"name": "email", "type": "string"},
    {"name": "note", "type": "string"},
    {"name": "weight", "type": "number"},
]
SLOW = {"frictionless"}
"""Given a file of this many megabytes at most: a row takes it as long whatever comes after."""
SLOW_MEGABYTES = 10
PEERS = ("frictionless", "datacontract", "pandera")
WAYS = ("tally", *PEERS)


def make(path: Path, megabytes: int) -> None:
    """Rows without a breach, 10,000 of them again and again with ids of their own."""
    chance = random.Random(20)
    rest = [
        f"c{chance.randrange(10**6)},{chance.choice(['DE', 'FR', 'IT'])},"
        f"{chance.random() * 500:.2f},"
        f"{chance.randrange(1000)},{chance.choice(STATUSES)},2026-{chance.randrange(1, 13):02}-11,"
        f"a{chance.randrange(10**6)}@example.com,some words of a note {chance.randrange(99)},"
        f"{chance.random() * 80:.3f}\n"
        for _ in range(10_000)
    ]
    row, left = 0, megabytes * 1_000_000
    with path.open("w") as file:
        left -= file.write(",".join(each["name"] for each in FIELDS) + "\n")
        while left > 0:
            block = "".join(f"{row + number},{text}" for number, text in enumerate(rest))
            row += len(rest)
            left -= file.write(block)


def tally(unique: bool = False) -> Callable[[Path], bool]:  # noqa: FBT001, FBT002 - a way of two
    """Ours: detected, counted and checked, with the profile, as CheckFields does."""
    import numpy  # the count of a table imports it, where it is the first of its process

    import functions.core.values.checking
    from functions.core.contracts.reading import contract_of
    from functions.core.processing.local_file import check_path

    del functions.core.values.checking, numpy
    first, *others = FIELDS
    if unique:
        first = {**first, "constraints": {"required": True, "unique": True}}
    contract = contract_of({"name": "c", "path": "c/", "schema": {"fields": [first, *others]}})
    return lambda path: check_path(path, contract)[1] is not None


def tally_unique() -> Callable[[Path], bool]:
    """Ours with a seventh rule: ids are unique, which takes a second reading."""
    return tally(unique=True)


def frictionless() -> Callable[[Path], bool]:
    """https://framework.frictionlessdata.io/docs/guides/validating-data.html."""
    from frictionless import Resource, Schema, system

    schema = Schema.from_descriptor({"fields": FIELDS})

    def check(path: Path) -> bool:
        with system.use_context(trusted=True):
            return bool(Resource(path=str(path), schema=schema).validate().valid)

    return check


def datacontract() -> Callable[[Path], bool]:
    """https://github.com/datacontract/datacontract-cli, ODCS 3 over a local file."""
    from datacontract.data_contract import DataContract

    def check(path: Path) -> bool:
        run = DataContract(data_contract_str=json.dumps(odcs(path))).test()
        return len(run.checks) >= len(FIELDS) and bool(run.has_passed())

    return check


def odcs(path: Path) -> dict[str, Any]:
    """The same contract in ODCS."""
    options = ("minimum", "maximum", "pattern", "maxLength")
    properties = []
    for field in FIELDS:
        constraints = field.get("constraints", {})
        found = {
            "name": field["name"],
            "logicalType": field["type"],
            "required": constraints.get("required", False),
            "logicalTypeOptions": {
                each: constraints[each] for each in options if each in constraints
            },
        }
        if "enum" in constraints:
            rule = {"type": "library", "metric": "invalidValues", "mustBe": 0}
            found["quality"] = [{**rule, "arguments": {"validValues": constraints["enum"]}}]
        properties.append(found)
    return {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "c",
        "name": "c",
        "version": "1.0.0",
        "status": "active",
        "servers": [{"server": "here", "type": "local", "path": str(path), "format": "csv"}],
        "schema": [{"name": "orders", "properties": properties}],
    }


def pandera() -> Callable[[Path], bool]:
    """https://pandera.readthedocs.io/en/stable/polars.html, of a data frame that is read first."""
    import pandera.polars as pa
    import polars

    kinds = {"integer": polars.Int64, "number": polars.Float64, "date": polars.Date}
    checks = {
        "maximum": pa.Check.le,
        "minimum": pa.Check.ge,
        "pattern": lambda wanted: pa.Check.str_matches(f"^{wanted}$"),
        "maxLength": lambda wanted: pa.Check.str_length(max_value=wanted),
        "enum": pa.Check.isin,
    }
    types = {each["name"]: kinds.get(each["type"], polars.String) for each in FIELDS}
    columns = {
        each["name"]: pa.Column(
            types[each["name"]],
            [checks[n](c) for n, c in each.get("constraints", {}).items() if n in checks],
            nullable="required" not in each.get("constraints", {}),
        )
        for each in FIELDS
    }
    schema = pa.DataFrameSchema(columns)
    return lambda path: schema.validate(polars.read_csv(path, schema=types)).height > 0


def measure(way: str, path: Path) -> None:
    """Check the file by a way; print its figures as JSON."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    check = globals()[way]()
    began, before = time.perf_counter(), time.process_time()
    if not check(path):
        sys.exit(f"{way}: the file keeps its rules, and is refused")
    seconds, busy = time.perf_counter() - began, time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = {"way": way, "seconds": seconds, "processor": busy, "peak_mb": peak}
    print(json.dumps({**found, "mb_a_second": path.stat().st_size / 1e6 / busy}))


def run(way: str, path: Path) -> dict[str, Any] | None:
    """The figures of a process of its own; None, with what it said, where it failed."""
    python = ROOT / ".venv-bench-values/bin/python" if way in PEERS else sys.executable
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "POLARS_MAX_THREADS": "1"}
    command = [str(python), __file__, "--way", way, str(path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(done.stderr[-2000:], flush=True)
        return None
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main(words: list[str]) -> None:
    """Run all ways by turns; print of each the medians, and how many times as fast ours is."""
    if words[:1] == ["--way"]:
        measure(words[1], Path(words[2]))
        return
    megabytes, ways = int(words[0]) if words else 100, words[1:] or WAYS
    turns: dict[str, list[dict[str, Any]]] = {way: [] for way in ways}
    with tempfile.TemporaryDirectory() as folder:
        files = {size: Path(folder, f"{size}.csv") for size in {megabytes, SLOW_MEGABYTES}}
        for size, path in files.items():
            make(path, size)
        for _ in range(ROUNDS):
            for way in ways:
                found = run(way, files[SLOW_MEGABYTES if way in SLOW else megabytes])
                turns[way] += [found] if found else []
    speeds = {way: median(rows, "mb_a_second") for way, rows in turns.items() if rows}
    for way, speed in speeds.items():
        ours = f", ours {speeds['tally'] / speed:.1f} times that" if "tally" in speeds else ""
        peak = median(turns[way], "peak_mb")
        print(f"{way:14} {speed:6.1f} MB/s of a processor{ours}; peak {peak:.0f} MB")


def median(rows: list[dict[str, Any]], name: str) -> float:
    return statistics.median(row[name] for row in rows)


if __name__ == "__main__":
    main(sys.argv[1:])
