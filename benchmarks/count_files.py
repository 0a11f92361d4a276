"""Files for `count_speed`, of about a size; a block of rows is made once and written again."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EXTENSIONS = {
    "csv": ".csv",
    "quoted": ".csv",
    "jsonl": ".jsonl",
    "json": ".json",
    "gzip": ".csv.gz",
    "parquet": ".parquet",
    "avro": ".avro",
}
BLOCK_ROWS = 50_000
COLUMNS = ("id", "name", "city", "amount", "note")
CITIES = ("Lisbon", "Zürich", "Oslo", "São Paulo", "Kyoto")


def rows() -> list[tuple[int, str, str, float, str]]:
    """The rows of one block: some eighty bytes each, as CSV."""
    chance = random.Random(7)
    return [
        (
            chance.randrange(10**9),
            f"customer {chance.randrange(10**6)}",
            chance.choice(CITIES),
            round(chance.random() * 1000, 2),
            "x" * chance.randrange(10, 60),
        )
        for _ in range(BLOCK_ROWS)
    ]


def table(*, quoted: bool) -> tuple[bytes, bytes]:
    """The header and one block of a CSV file; quoted: commas, quotes and newlines in the notes."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC if quoted else csv.QUOTE_MINIMAL)
    for number, row in enumerate(rows()):
        note = f'a "{row[4][:20]}",\r\nand {number}' if quoted and number % 4 == 0 else row[4]
        writer.writerow((*row[:4], note))
    return (",".join(COLUMNS) + "\r\n").encode(), out.getvalue().encode()


def objects() -> list[bytes]:
    """One block's rows as JSON objects."""
    made = (dict(zip(COLUMNS, row, strict=True)) for row in rows())
    return [json.dumps(each, ensure_ascii=False).encode() for each in made]


def make(kind: str, path: Path, size: int) -> tuple[int, int]:
    """Write a file with about `size` bytes of content: the bytes it has, and its records."""
    return MAKERS[kind](path, size)


def _text(path: Path, head: bytes, block: bytes, size: int) -> tuple[int, int]:
    blocks = max(size // len(block), 1)
    with path.open("wb") as out:
        out.write(head)
        for _ in range(blocks):
            out.write(block)
    return path.stat().st_size, blocks * BLOCK_ROWS


def _csv(path: Path, size: int) -> tuple[int, int]:
    return _text(path, *table(quoted=False), size)


def _quoted(path: Path, size: int) -> tuple[int, int]:
    return _text(path, *table(quoted=True), size)


def _jsonl(path: Path, size: int) -> tuple[int, int]:
    return _text(path, b"", b"\n".join(objects()) + b"\n", size)


def _json(path: Path, size: int) -> tuple[int, int]:
    block = b",\n ".join(objects())
    blocks = max(size // len(block), 1)
    with path.open("wb") as out:
        out.write(b"[")
        for number in range(blocks):
            out.write((b",\n " if number else b"") + block)
        out.write(b"]\n")
    return path.stat().st_size, blocks * BLOCK_ROWS


def _gzip(path: Path, size: int) -> tuple[int, int]:
    """One member, as gzip makes it."""
    head, block = table(quoted=False)
    blocks = max(size // len(block), 1)
    with gzip.open(path, "wb", compresslevel=6) as out:
        out.write(head)
        for _ in range(blocks):
            out.write(block)
    return len(head) + blocks * len(block), blocks * BLOCK_ROWS


def _parquet(path: Path, size: int) -> tuple[int, int]:
    import pyarrow as pa
    from pyarrow import parquet

    block = pa.table(
        {
            name: list(column)
            for name, column in zip(COLUMNS, zip(*rows(), strict=True), strict=True)
        }
    )
    blocks = 0
    with path.open("wb") as out, parquet.ParquetWriter(out, block.schema) as writer:
        while out.tell() < size:
            writer.write_table(block)
            blocks += 1
    return path.stat().st_size, blocks * BLOCK_ROWS


def _avro(path: Path, size: int) -> tuple[int, int]:
    import fastavro

    kinds = ("long", "string", "string", "double", "string")
    fields = [{"name": name, "type": kind} for name, kind in zip(COLUMNS, kinds, strict=True)]
    schema = {"type": "record", "name": "row", "fields": fields}
    made = [dict(zip(COLUMNS, row, strict=True)) for row in rows()]
    blocks = 0
    with path.open("w+b") as out:
        while out.tell() < size:
            fastavro.writer(out, schema, made)
            blocks += 1
            out.seek(0, io.SEEK_END)
    return path.stat().st_size, blocks * BLOCK_ROWS


MAKERS: dict[str, Callable[[Path, int], tuple[int, int]]] = {
    "csv": _csv,
    "quoted": _quoted,
    "jsonl": _jsonl,
    "json": _json,
    "gzip": _gzip,
    "parquet": _parquet,
    "avro": _avro,
}
