"""Files made to hurt: what each is, and what it must end in. `make hostile` prints a table.

Each case runs in a process of its own, which validates and counts as the two functions do. It ends
in a count or in one of our rejections; whatever else comes out of it is a defect.
"""

import bz2
import gzip
import io
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from functools import partial
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

import hostile_binary as binary  # noqa: E402 - run as a script

from functions.core.counting.deadline import RESERVE  # noqa: E402
from functions.core.counting.path_source import PathSource  # noqa: E402
from functions.core.errors import Accounted  # noqa: E402
from functions.core.processing import count_records, validate_file  # noqa: E402
from functions.core.processing.records import ExecutionInfo  # noqa: E402
from functions.core.uploads import Upload  # noqa: E402

MEGABYTE = 1_000_000
CPU_SECONDS = 900
"""Lambda's longest call."""

SHARE = 1_769 / 256
"""How many times as long a function of 256 MB takes: it has so small a share of a processor."""


class Content(PathSource):
    """A file as the functions see an object."""

    content_type = checksum = None
    metadata = {}  # noqa: RUF012 - nobody changes it


def repeated(piece, size, out, before=b"", after=b""):
    """A file of about that size."""
    many = piece * max(1, MEGABYTE // len(piece))
    out.write(before)
    for _ in range(max(1, size // len(many))):
        out.write(many)
    out.write(after)


def bomb(opened, size, out):
    with opened(out) as packed:
        repeated(b"1\n", size, packed)


def zstd_bomb(size, out):
    bomb(partial(zstd.ZstdFile, mode="wb"), size, out)


def module_bomb(name, size, out):
    bomb(partial(import_module(name).open, mode="wb"), size, out)


def bzip2_bomb(size, out):
    """Of many members: bzip2 takes long to compress what is all the same."""
    member = bz2.compress(b"1\n" * (2 * MEGABYTE))
    for _ in range(size // (4 * MEGABYTE)):
        out.write(member)


def members(name, size, out):
    """Nothing, packed again and again."""
    repeated(__import__(name).compress(b""), size, out)


def empty_frames(size, out):
    repeated(b"\x28\xb5\x2f\xfd\x20\x00\x01\x00\x00", size, out)


def packed(piece, size, out):
    with gzip.open(out, "wb", compresslevel=1) as inside:
        repeated(piece, size, inside)


def in_itself(size, out):
    """A gzip of a gzip of a bomb."""
    inner = io.BytesIO()
    module_bomb("gzip", size, inner)
    out.write(gzip.compress(inner.getvalue()))


CASES = {
    # name: (file, how it is made, full size, size in the tests, outcome)
    "gzip bomb": ("a.csv.gz", partial(module_bomb, "gzip"), 10_000, 8, None),
    "bzip2 bomb": ("a.csv.bz2", bzip2_bomb, 10_000, 8, None),
    "xz bomb": ("a.csv.xz", partial(module_bomb, "lzma"), 2_000, 8, None),
    "zstd bomb": ("a.csv.zst", zstd_bomb, 10_000, 8, None),
    "gzip in gzip": ("a.csv.gz", in_itself, 10_000, 4, None),
    "zip bomb as xlsx": ("a.xlsx", binary.xlsx_bomb, 4_000, 8, None),
    "gzip, empty members": ("a.csv.gz", partial(members, "gzip"), 100, 0.1, None),
    "zstd, empty frames": ("a.csv.zst", empty_frames, 20, 0.1, None),
    "gzip of NULs": ("a.jsonl.gz", partial(packed, b"\0"), 1_000, 2, None),
    "csv, one line": ("a.csv", partial(repeated, b"abcdefghi,"), 1_000, 8, 0),
    "csv, one quoted field": (
        "a.csv",
        partial(repeated, b'a,\n""', before=b'a\n"', after=b'"\n'),
        1_000,
        8,
        1,
    ),
    "csv, a quote never closed": (
        "a.csv",
        partial(repeated, b"a,\n", before=b'"'),
        1_000,
        8,
        "MALFORMED_CSV",
    ),
    "txt, one line": ("a.txt", partial(repeated, b"abcdefghi "), 1_000, 8, 1),
    "jsonl, one line": (
        "a.jsonl",
        partial(repeated, b"1234567890,", before=b"[", after=b"1]"),
        1_000,
        70,
        "TOO_LARGE",
    ),
    "json, one string": (
        "a.json",
        partial(repeated, b"abc", before=b'["', after=b'"]'),
        1_000,
        70,
        "TOO_LARGE",
    ),
    "json, one object": (
        "a.json",
        partial(repeated, b'"a":1,', before=b"{", after=b'"b":1}'),
        1_000,
        70,
        "TOO_LARGE",
    ),
    "json, only commas": (
        "a.json",
        partial(repeated, b",", before=b"["),
        1_000,
        2,
        "MALFORMED_JSON",
    ),
    "csv, a quote astray in each MB": (
        "a.csv",
        partial(repeated, b'a"b' + b"," * 999_997),
        10,
        1,
        0,
    ),
    "csv, a quote astray in each row": ("a.csv", partial(repeated, b'5" pipe,1\n'), 1_000, 2, None),
    "csv, every other byte a quote astray": ("a.csv", partial(repeated, b'x"'), 1_000, 2, 0),
    "csv, only line ends": ("a.csv", partial(repeated, b"\n"), 1_000, 2, 0),
    "csv, only carriage returns": ("a.csv", partial(repeated, b"a\r"), 100, 2, None),
    "jsonl, 62 MB of values in a line": (
        "a.jsonl",
        partial(repeated, b"1 "),
        62,
        62,
        "MALFORMED_JSON",
    ),
    "jsonl, 62 MB with a lone surrogate": (
        "a.jsonl",
        partial(repeated, b"[],", before=b'["\\ud800",', after=b"1]"),
        62,
        62,
        1,
    ),
    "csv, a million columns": ("a.csv", partial(repeated, b"a,", after=b"a\n1\n"), 2, 2, 1),
    "json, 100,000 deep": ("a.json", binary.deep, 0.1, 0.1, "MALFORMED_JSON"),
    "json, deep in an array": (
        "a.json",
        partial(binary.deep, before=b"[1,", after=b"]"),
        0.1,
        0.1,
        "MALFORMED_JSON",
    ),
    "jsonl, 100,000 deep": ("a.jsonl", binary.deep, 0.1, 0.1, "MALFORMED_JSON"),
    "csv, lone surrogates": (
        "a.csv",
        partial(repeated, b"a,\xed\xa0\x80\n"),
        0.001,
        0.001,
        "BAD_ENCODING",
    ),
    "json, lone surrogates": (
        "a.json",
        partial(repeated, b'"\\ud800",', before=b"[", after=b"1]"),
        0.001,
        0.001,
        None,
    ),
    "parquet, absurd length": ("a.parquet", binary.parquet_length, 0, 0, "MALFORMED_FILE"),
    "parquet, list of 60 MB": ("a.parquet", binary.parquet_list, 60, 2, None),
    "parquet, 60 MB of empty structs": ("a.parquet", binary.parquet_structs, 60, 1, None),
    "parquet, names of numbers": ("a.parquet", binary.parquet_names, 0, 0, "MALFORMED_FILE"),
    "parquet, 9 trillion children": ("a.parquet", binary.parquet_children, 0, 0, "MALFORMED_FILE"),
    "parquet, nested structs": ("a.parquet", binary.parquet_deep, 0.1, 0.1, "MALFORMED_FILE"),
    "avro, absurd block": ("a.avro", binary.avro_block, 0, 0, "TRUNCATED"),
    "avro, a million keys": ("a.avro", binary.avro_keys, 15, 1, None),
    "avro, a deep schema": ("a.avro", binary.avro_schema, 2, 0.1, "MALFORMED_FILE"),
    "xlsx, a million empty rows": ("a.xlsx", binary.xlsx_empty_rows, 15, 0.15, 0),
    "xlsx, nested for ever": (
        "a.xlsx",
        partial(binary.xlsx_of, b"<a>"),
        1_000,
        8,
        "MALFORMED_FILE",
    ),
    "xlsx, an endless comment": (
        "a.xlsx",
        partial(binary.xlsx_of, b"x", before=b"<!--"),
        1_000,
        8,
        "MALFORMED_FILE",
    ),
    "xlsx, names without number": ("a.xlsx", binary.xlsx_names, 50, 0.5, "MALFORMED_FILE"),
    "xlsx, 300,000 parts": ("a.xlsx", binary.xlsx_parts, 0.3, 0.011, "MALFORMED_FILE"),
    "xlsx, external entity": ("a.xlsx", binary.xlsx_entity, 0, 0, "MALFORMED_FILE"),
    "xlsx, billion laughs": ("a.xlsx", binary.xlsx_laughs, 0, 0, "MALFORMED_FILE"),
    "xlsx, a default attribute": ("a.xlsx", binary.xlsx_attributes, 4, 4, "MALFORMED_FILE"),
    "xlsx, the same in the workbook": (
        "a.xlsx",
        binary.xlsx_attributes_of_the_book,
        4,
        4,
        "MALFORMED_FILE",
    ),
    "xlsx, attributes of 4 MB": ("a.xlsx", binary.xlsx_long_attributes, 1_000, 8, 0),
    "xlsx, its sheet outside": ("a.xlsx", binary.xlsx_outside, 0, 0, "MALFORMED_FILE"),
}


IN_FULL = {"xlsx, attributes of 4 MB": "MALFORMED_FILE"}
"""What ends otherwise in full size: expat puts off parsing what is long, so that long tags next to
each other seem to be one that is over the limit."""


def outcome(path, name=None):
    """How the two functions end: a number of records or a rejection's code; their answers' size."""
    with path.open("rb") as stream:
        content = Content(stream)
        upload = Upload("raw", name or path.name, "v", "e", content.size, "2026-01-01T00:00:00Z")
        execution = ExecutionInfo("arn", "2026-01-01T00:00:00Z")
        try:
            given = validate_file.validate(upload, content, lambda _: False, execution, force=False)
            answer = count_records.count(upload, given, content, execution)
        except Accounted as why:
            return str(getattr(why, "code", why)), len(str(why).encode())
        return answer["record"]["records"], len(json.dumps(answer).encode())


def made(name, folder, *, full):
    """The case's file."""
    file, make, most, least, _ = CASES[name]
    path = Path(folder) / file
    with path.open("wb") as out:
        make(int((most if full else least) * MEGABYTE), out)
    return path


def tried(path):
    """One file in this process."""
    began = time.process_time()
    ended, answer = outcome(path)
    return {
        "bytes": path.stat().st_size,
        "outcome": ended,
        "answer": answer,
        "seconds": time.process_time() - began,
        "peak_mb": peak_mb(),
    }


def peak_mb():
    """This process's peak; ru_maxrss would be its parent's, where that was larger."""
    (line,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(line) / 1024


def on_share(seconds):
    """What so many processor seconds are for a function of 256 MB: its deadline ends the rest."""
    most = CPU_SECONDS * (1 - RESERVE)
    return f"{seconds * SHARE:.0f} s" if seconds * SHARE < most else f"`TOO_SLOW` at {most:.0f} s"


def in_a_process(path):
    """One file in a process of its own."""
    words = (sys.executable, __file__, str(path))
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return {"outcome": f"DEFECT {done.returncode}: {last[:80]}"}
    return json.loads(done.stdout)


def say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def table():
    """Each case in full, as a table for the docs."""
    say("| case | bytes | ends in | seconds | at 256 MB | peak memory |\n|" + "---|" * 6)
    wrong = 0
    for name, (*_, wanted) in CASES.items():
        with tempfile.TemporaryDirectory() as folder:
            run = in_a_process(made(name, folder, full=True))
        right = "answer" in run and IN_FULL.get(name, wanted) in {None, run["outcome"]}
        wrong += not right
        if "answer" not in run:
            say(f"| {name} | | {run['outcome']} | | | |")
            continue
        ended = run["outcome"] if isinstance(run["outcome"], str) else f"{run['outcome']:,} records"
        say(
            f"| {name} | {run['bytes']:,} | {ended}{'' if right else ' (WRONG)'} |"
            f" {run['seconds']:.1f} | {on_share(run['seconds'])} | {run['peak_mb']:.0f} MB |",
        )
    return wrong


def main(words):
    if not words:
        return table()
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    say(json.dumps(tried(Path(words[0]))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
