"""One count by one way, in this process: prints seconds, records and the peak memory as JSON.

Each way is what its own documentation shows for counting the rows of a file, and the quickest that
it has. Its imports are done before the clock starts.
"""

from __future__ import annotations

import csv
import gzip
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def tally() -> Callable[[Path, str], int]:
    """Ours; the lazy imports are done by a count of two rows."""
    import isal.isal_zlib
    import msgspec
    import numpy

    from functions.core.processing.local_file import count_path

    del isal, msgspec, numpy
    return lambda path, _: count_path(path).records


def wc() -> Callable[[Path, str], int]:
    """Newlines, less a header."""
    return lambda path, kind: _newlines(["wc", "-l", str(path)]) - (kind != "jsonl")


def zcat() -> Callable[[Path, str], int]:
    """Newlines of what zcat gives, less a header."""
    return lambda path, _: _newlines(["sh", "-c", f"zcat '{path}' | wc -l"]) - 1


def _newlines(words: list[str]) -> int:
    return int(subprocess.run(words, capture_output=True, check=True).stdout.split()[0])


def polars() -> Callable[[Path, str], int]:
    """All threads; a lazy count, which reads no more than it needs."""
    import polars

    readers = {
        "csv": polars.scan_csv,
        "quoted": polars.scan_csv,
        "gzip": polars.scan_csv,
        "jsonl": polars.scan_ndjson,
        "parquet": polars.scan_parquet,
    }

    def count(path: Path, kind: str) -> int:
        if kind == "avro":
            return polars.read_avro(path, columns=["id"]).height
        return int(readers[kind](path).select(polars.len()).collect().item())

    return count


def polars_read() -> Callable[[Path, str], int]:
    """All threads; the whole table, with no time spent on the types of its columns."""
    import polars

    return lambda path, _: polars.read_csv(path, infer_schema=False).height


def duckdb() -> Callable[[Path, str], int]:
    """One thread."""
    import duckdb

    readers = {
        "csv": "read_csv('{}')",
        "quoted": "read_csv('{}')",
        "gzip": "read_csv('{}')",
        "jsonl": "read_ndjson('{}')",
        "json": "read_json('{}', format='array')",
        "parquet": "read_parquet('{}')",
    }

    def count(path: Path, kind: str) -> int:
        duckdb.execute("SET threads = 1")
        return len(duckdb.sql("FROM " + readers[kind].format(path)))

    return count


def pyarrow() -> Callable[[Path, str], int]:
    """Its streaming readers, which use its threads; parquet by the footer."""
    from pyarrow import csv as table
    from pyarrow import json as objects
    from pyarrow import parquet

    multiline = table.ParseOptions(newlines_in_values=True)

    def count(path: Path, kind: str) -> int:
        if kind == "parquet":
            return int(parquet.read_metadata(path).num_rows)
        if kind == "jsonl":
            return int(sum(batch.num_rows for batch in objects.open_json(path)))
        options = multiline if kind == "quoted" else None
        return int(sum(b.num_rows for b in table.open_csv(path, parse_options=options)))

    return count


def csv_module() -> Callable[[Path, str], int]:
    """Python's own."""

    def count(path: Path, kind: str) -> int:
        opened = gzip.open if kind == "gzip" else open
        with opened(path, "rt", newline="", encoding="utf-8") as text:
            return sum(1 for row in csv.reader(text) if row) - 1

    return count


def json_lines() -> Callable[[Path, str], int]:
    """Python's own parser, line by line."""
    return lambda path, _: _parsed_lines(path, json.loads)


def orjson_lines() -> Callable[[Path, str], int]:
    """The quickest parser for Python, line by line."""
    import orjson

    return lambda path, _: _parsed_lines(path, orjson.loads)


def _parsed_lines(path: Path, parse: Callable[[bytes], object]) -> int:
    records = 0
    with path.open("rb") as lines:
        for line in lines:
            if not line.isspace():
                parse(line)
                records += 1
    return records


def json_module() -> Callable[[Path, str], int]:
    """Python's own parser."""
    return lambda path, _: len(json.loads(path.read_bytes()))


def orjson() -> Callable[[Path, str], int]:
    """The quickest parser for Python."""
    import orjson

    return lambda path, _: len(orjson.loads(path.read_bytes()))


def ijson() -> Callable[[Path, str], int]:
    """A stream of elements, by its C backend."""
    import ijson

    def count(path: Path, _: str) -> int:
        with path.open("rb") as text:
            return sum(1 for _ in ijson.items(text, "item"))

    return count


def fastavro() -> Callable[[Path, str], int]:
    """Its block reader, which reads no object."""
    import fastavro

    def count(path: Path, _: str) -> int:
        with path.open("rb") as content:
            return sum(block.num_records for block in fastavro.block_reader(content))

    return count


WAYS = {
    "tally": tally,
    "wc": wc,
    "zcat": zcat,
    "polars": polars,
    "polars_read": polars_read,
    "duckdb": duckdb,
    "pyarrow": pyarrow,
    "csv": csv_module,
    "json_lines": json_lines,
    "orjson_lines": orjson_lines,
    "json": json_module,
    "orjson": orjson,
    "ijson": ijson,
    "fastavro": fastavro,
}


def cpu_seconds() -> float:
    """Processor time of this process with all its threads, and of its children."""
    told = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in told)


def peak_of_children() -> float:
    """MB that the largest child held."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def peak_of_this() -> float:
    """MB that this process held at most; `ru_maxrss` would tell of the one that started it, too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = (each for each in lines if each.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def main() -> None:
    """Count once, told the kind of file, the way, and the path."""
    kind, way, path = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    count = WAYS[way]()
    started, spent = time.perf_counter(), cpu_seconds()
    records = count(path, kind)
    seconds, cpu = time.perf_counter() - started, cpu_seconds() - spent
    child = way in {"wc", "zcat"}
    peak = peak_of_children() if child else peak_of_this()
    print(json.dumps({"seconds": seconds, "cpu_seconds": cpu, "records": records, "peak_mb": peak}))


if __name__ == "__main__":
    main()
