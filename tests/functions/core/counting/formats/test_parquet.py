"""Parquet in the many ways that it is written: the rows and the columns, as pyarrow reads them."""

import datetime as dt
import decimal
import io
import uuid

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from functions.core.counting.detection import detect
from functions.core.counting.whole_file import count_source
from functions.core.errors import InvalidFile
from tests.builders.contents import Memory

ROWS = 300
NUMBERS = list(range(ROWS))
TEXTS = [f"text {number % 7}" for number in NUMBERS]
PLAIN = pa.table({"number": NUMBERS, "text": TEXTS})
DAY = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
TABLES = {
    "no columns": pa.table({}),
    "no rows": PLAIN.slice(0, 0),
    "one row": PLAIN.slice(0, 1),
    "nothing but nulls": pa.table({"a": pa.nulls(ROWS), "b": pa.nulls(ROWS, pa.int64())}),
    "lists": pa.table({"a": [[n] * (n % 4) for n in NUMBERS], "b": [None] * ROWS}),
    "lists of lists": pa.table({"a": [[[1, 2], []], None, [[]]]}),
    "maps": pa.table({"a": pa.array([[("k", n)] for n in range(9)], pa.map_("string", "int64"))}),
    "structures": pa.table({"a": [{"b": {"c": [{"d": n}]}} for n in NUMBERS], "e": TEXTS}),
    "decimals": pa.table({"a": [decimal.Decimal("1.23")] * 5}),
    "times": pa.table({"a": [DAY] * 5, "b": [DAY.date()] * 5, "c": [DAY.time()] * 5}),
    "bytes of a fixed width": pa.table({"a": pa.array([uuid.uuid4().bytes] * 5, pa.binary(16))}),
    "large text": pa.table({"a": pa.array(TEXTS, pa.large_string())}),
    "views of text": pa.table({"a": pa.array(TEXTS, pa.string_view())}),
    "dictionaries": pa.table({"a": pa.array(TEXTS).dictionary_encode()}),
    "half floats": pa.table({"a": pa.array([1.5, 2.5], pa.float16())}),
    "unsigned numbers": pa.table({"a": pa.array([2**64 - 1], pa.uint64())}),
    "names of any kind": pa.table({"": [1], "a.b": [2], "é\U0001f600": [3], "x" * 300: [4]}),
    "names that are there twice": pa.Table.from_arrays([[1], [2]], ["a", "a"]),
    "many columns": pa.table({f"c{n}": [n] for n in range(900)}),
    "metadata": PLAIN.replace_schema_metadata({"k": "v" * 20_000}),
}
WAYS = {
    **{f"compressed by {name}": {"compression": name} for name in ("none", "snappy", "gzip")},
    **{f"compressed by {name}": {"compression": name} for name in ("brotli", "lz4", "zstd")},
    **{f"version {name}": {"version": name} for name in ("1.0", "2.4", "2.6")},
    "pages of version 2": {"data_page_version": "2.0"},
    "many row groups": {"row_group_size": 7},
    "little pages": {"data_page_size": 64, "write_batch_size": 8},
    "no dictionaries": {"use_dictionary": False},
    "split streams of bytes": {"use_dictionary": False, "use_byte_stream_split": ["number"]},
    "delta encodings": {
        "use_dictionary": False,
        "column_encoding": {"number": "DELTA_BINARY_PACKED", "text": "DELTA_BYTE_ARRAY"},
    },
    "no statistics": {"write_statistics": False},
    "an index of pages": {"write_page_index": True},
    "checksums of pages": {"write_page_checksum": True},
    "no schema of Arrow's": {"store_schema": False},
    "sorted": {"sorting_columns": [pq.SortingColumn(0)]},
    "times of 96 bits": {"use_deprecated_int96_timestamps": True},
}


def written(table, **options):
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


def counted(body):
    return count_source(detect("a.parquet", body[:4096]), Memory(body))


@pytest.mark.parametrize("name", TABLES)
def test_any_type_of_column_is_counted_as_pyarrow_reads_it(name):
    body = written(TABLES[name])
    found, expected = counted(body), pq.ParquetFile(io.BytesIO(body))
    assert (found.records, list(found.columns)) == (
        expected.metadata.num_rows,
        expected.schema_arrow.names,
    )


@pytest.mark.parametrize("way", WAYS)
def test_any_way_of_writing_is_counted_alike(way):
    found = counted(written(PLAIN, **WAYS[way]))
    assert (found.records, found.columns) == (ROWS, ("number", "text"))


def test_a_file_whose_footer_is_encrypted_is_rejected_by_name():
    body = written(PLAIN)
    with pytest.raises(InvalidFile) as caught:
        counted(b"PARE" + body[4:-4] + b"PARE")
    assert caught.value.code == "UNSUPPORTED_FORMAT"
    assert "encrypted" in str(caught.value)
