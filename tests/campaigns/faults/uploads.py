"""Files of mixed formats and sizes, with their records as whoever made them counted."""

import bz2
import gzip
import io
import json
import lzma
import sys
from dataclasses import dataclass
from functools import cache, partial

import fastavro
import openpyxl
import pyarrow as pa
from pyarrow import parquet

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

SIZES = (1, 3, 50, 400)
LARGE_ROWS = 6000
"""Rows of a file that is over LARGE_FILE_BYTES, and so is counted in ranges."""

LARGE_FILE_BYTES = 32 << 10
LARGE_SHARE = 0.01


def table(rows, mark=",", start=0):
    return f"id{mark}name\n" + "".join(f'{row}{mark}"n\n{row}"\n' for row in range(start, rows))


def lines(rows):
    return "".join(f'{{"id": {row}}}\n' for row in range(rows))


def text(rows):
    return "".join(f"line {row}\n" for row in range(rows))


def items(rows):
    return json.dumps(list(range(rows)))


def of_parquet(rows):
    out = io.BytesIO()
    parquet.write_table(pa.table({"id": range(rows)}), out, row_group_size=64)
    return out.getvalue()


def of_avro(rows):
    schema = {"type": "record", "name": "r", "fields": [{"name": "id", "type": "long"}]}
    out = io.BytesIO()
    fastavro.writer(out, schema, ({"id": row} for row in range(rows)), sync_interval=500)
    return out.getvalue()


def of_xlsx(rows):
    book = openpyxl.Workbook()
    book.active.append(["id", "name"])
    for row in range(rows):
        book.active.append([row, "n"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def encoded(make, encoding="utf-8"):
    return lambda rows: make(rows).encode(encoding)


def packed(compress, make):
    return lambda rows: compress(make(rows).encode())


GOOD = {
    "csv": encoded(table),
    "tsv": encoded(partial(table, mark="\t")),
    "jsonl": encoded(lines),
    "json": encoded(items),
    "txt": encoded(text),
    "log": encoded(text, "utf-16"),
    "parquet": of_parquet,
    "avro": of_avro,
    "xlsx": of_xlsx,
    "csv.gz": packed(gzip.compress, table),
    "csv.bz2": packed(bz2.compress, table),
    "jsonl.xz": packed(lzma.compress, lines),
    "jsonl.zst": packed(zstd.compress, lines),
}
BAD = {
    "csv": lambda _: b"",
    "tsv": lambda rows: table(rows, "\t").encode() + b"\xff\t\xfe",
    "jsonl": lambda rows: lines(rows).encode() + b"{",
    "json": lambda rows: items(rows).encode()[:-1],
    "parquet": lambda rows: of_parquet(rows)[:-5],
    "avro": lambda rows: of_avro(rows)[:-5],
    "xlsx": lambda rows: of_xlsx(rows)[:-30],
    "csv.gz": lambda rows: gzip.compress(table(rows).encode())[:-5],
    "csv.bz2": lambda rows: bz2.compress(table(rows).encode())[:-5],
    "jsonl.xz": lambda rows: lzma.compress(lines(rows).encode())[:-5],
    "jsonl.zst": lambda rows: zstd.compress(lines(rows).encode())[:-5],
}
BAD_SHARE = 0.2
TYPES = {"log": "text/plain; charset=utf-16"}
LARGE = ("csv", "tsv", "jsonl", "txt")
"""Formats that are counted in ranges."""


@dataclass(frozen=True)
class File:
    """What is uploaded. `records` is None where it must be rejected."""

    kind: str
    bad: bool
    rows: int
    key: str

    @property
    def records(self):
        return None if self.bad else self.rows

    @property
    def content_type(self):
        return TYPES.get(self.kind, "application/octet-stream")

    @property
    def body(self):
        return made(self.kind, self.bad, self.rows)

    def again(self, chance):
        """Another content under the same key."""
        return any_of(chance, self.kind, self.key)


@cache
def made(kind, bad, rows):
    return (BAD if bad else GOOD)[kind](rows)


def any_of(chance, kind, key):
    bad = kind in BAD and chance.random() < BAD_SHARE
    large = kind in LARGE and (kind, bad) != ("csv", True) and chance.random() < LARGE_SHARE * 3
    return File(kind, bad, LARGE_ROWS if large else chance.choice(SIZES), key)


def any_file(chance, number):
    """A file by chance, of a key of its own."""
    kind = chance.choice(list(GOOD))
    folder = chance.choice(["sales", "events", "lists"])
    return any_of(chance, kind, f"{folder}/{number}.{kind}")
