"""Formats that are not text, and the wrappings of those that are, against their own libraries."""

import bz2
import contextlib
import gzip
import io
import lzma
import re
import sys
import zipfile
from pathlib import Path

import fastavro
import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from functions.core.counting import compression
from functions.core.counting.compression import COMPRESSIONS, decompressed
from functions.core.counting.detection import detect
from functions.core.counting.formats.registry import FORMATS
from functions.core.counting.whole_file import count_source
from functions.core.errors import InvalidFile, RejectionCode
from tests.builders.contents import Memory

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

DOCS = Path(__file__).resolve().parents[5] / "docs" / "formats.md"
fast = settings(max_examples=60)


def count(name, body):
    return count_source(detect(name, body[:4096]), Memory(body, 700))


def code(name, body):
    with pytest.raises(InvalidFile) as caught:
        count(name, body)
    return caught.value.code


def parquet_file(rows, columns=2, **options):
    table = pa.table({f"c{n}": list(range(rows)) for n in range(columns)})
    out = io.BytesIO()
    parquet.write_table(table, out, **options)
    return out.getvalue()


def avro_file(rows, codec="null"):
    schema = {
        "type": "record",
        "name": "r",
        "fields": [{"name": "id", "type": "long"}, {"name": "note", "type": "string"}],
    }
    out = io.BytesIO()
    records = [{"id": n, "note": "x" * (n % 50)} for n in range(rows)]
    fastavro.writer(out, schema, records, codec=codec, sync_interval=300)
    return out.getvalue()


def xlsx_file(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.create_sheet("second").append(["not", "counted"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@fast
@given(st.integers(0, 400), st.integers(1, 5), st.integers(1, 100))
def test_parquet_rows_and_columns_come_from_the_footer(rows, columns, group):
    counted = count("a.parquet", parquet_file(rows, columns, row_group_size=group))
    assert counted.records == rows
    assert counted.columns == tuple(f"c{n}" for n in range(columns))


def test_a_nested_parquet_column_is_one_column():
    table = pa.table({"a": [{"x": 1, "y": [1, 2]}], "b": [1]})
    out = io.BytesIO()
    parquet.write_table(table, out)
    assert count("a.parquet", out.getvalue()).columns == ("a", "b")


@fast
@given(st.integers(0, 300), st.sampled_from(["null", "deflate"]))
def test_avro_objects_come_from_the_heads_of_the_blocks(rows, codec):
    counted = count("a.avro", avro_file(rows, codec))
    assert (counted.records, counted.columns) == (rows, ("id", "note"))


@settings(max_examples=20)
@given(st.lists(st.lists(st.sampled_from([None, 1, "x"]), max_size=3), max_size=8))
def test_the_filled_rows_of_the_first_sheet_are_counted(rows):
    filled = [row for row in rows if any(cell is not None for cell in row)]
    assert count("a.xlsx", xlsx_file(rows)).records == max(len(filled) - 1, 0)


@pytest.mark.parametrize(
    ("ending", "compress"),
    [
        (".gz", gzip.compress),
        (".bz2", bz2.compress),
        (".xz", lzma.compress),
        (".zst", zstd.compress),
    ],
)
def test_every_wrapping_is_taken_off_in_any_number_of_members(ending, compress):
    body = compress(b"id\n" + b"1\n" * 5000) + compress(b"2\n" * 70)
    counted = count(f"a.csv{ending}", body)
    assert counted.records == 5070
    assert counted.compression == next(c.name for c in COMPRESSIONS if ending in c.extensions)
    assert code(f"a.csv{ending}", body[:-5]) == "TRUNCATED"
    assert code(f"a.csv{ending}", b"id\n1\n") == "FORMAT_MISMATCH"
    assert code(f"a.csv{ending}", compress(b"")) == "EMPTY_FILE"
    assert count("a.csv", body).records == 5070


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress, zstd.compress])
def test_damaged_compression_is_corrupt(compress):
    body = bytearray(compress(bytes(range(256)) * 200))
    body[20:40] = bytes(20)
    assert code("a.txt", bytes(body)) in {"CORRUPT_COMPRESSION", "TRUNCATED", "BAD_ENCODING"}


@pytest.mark.parametrize("block_bytes", [5, 7, 4096])
def test_a_frame_that_holds_less_than_it_says_is_corrupt_wherever_blocks_end(block_bytes):
    head, block, last = b"\x28\xb5\x2f\xfd\x20", b"\x18\x00\x00a\n1", b"\x01\x00\x00"
    true, false = (head + bytes([size]) + block + last for size in (3, 36))
    assert b"".join(decompressed(pieces(true, block_bytes), "zstd")) == b"a\n1"
    with pytest.raises(InvalidFile) as caught:
        list(decompressed(pieces(false, block_bytes), "zstd"))
    assert caught.value.code == "CORRUPT_COMPRESSION"


def pieces(body, size):
    return (body[at : at + size] for at in range(0, len(body), size))


@pytest.mark.parametrize("compress", [gzip.compress, lzma.compress, zstd.compress])
def test_more_output_than_the_limit_is_refused(compress, monkeypatch):
    monkeypatch.setattr(compression, "OUTPUT_LIMIT", 10 << 20)
    assert code("a.txt", compress(b"\n" * (11 << 20))) == "DECOMPRESSION_LIMIT"


NESTED = b"PAR1" + b"\x1c" * 90 + (90).to_bytes(4, "little") + b"PAR1"


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        ("a.parquet", parquet_file(5)[:-6], "TRUNCATED"),
        ("a.parquet", b"PAR1", "TRUNCATED"),
        ("a.parquet", b"PAR1" + bytes(20) + b"\xff\xff\xff\x7fPAR1", "MALFORMED_FILE"),
        (
            "a.parquet",
            b"PAR1" + b"\x1c" * 90 + (90).to_bytes(4, "little") + b"PAR1",
            "MALFORMED_FILE",
        ),
        ("a.parquet", b"id\n1\n", "FORMAT_MISMATCH"),
        ("a.avro", avro_file(50)[:-3], "TRUNCATED"),
        ("a.avro", b"Obj\x01\x00", "TRUNCATED"),
        ("a.xlsx", xlsx_file([[1]])[:-30], "TRUNCATED"),
        ("a.orc", b"ORC", "TRUNCATED"),
    ],
    ids=lambda value: value if isinstance(value, str) else "body",
)
def test_a_bad_file_is_rejected_with_its_code(name, body, expected):
    assert code(name, body) == expected


def test_a_workbook_that_declares_entities_is_refused():
    source = io.BytesIO(xlsx_file([[1], [2]]))
    out = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            text = old.read(part)
            if part.filename.endswith("sheet1.xml"):
                evil = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
                text = text.replace(b"<worksheet", evil + b"<worksheet", 1)
            new.writestr(part.filename, text)
    assert code("a.xlsx", out.getvalue()) == "MALFORMED_FILE"


def repacked(change, method=zipfile.ZIP_DEFLATED):
    """A workbook whose parts went through `change`, with this method of compression."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx_file([[1], [2]]))) as old,
        zipfile.ZipFile(out, "w", method) as new,
    ):
        for part in old.infolist():
            new.writestr(part.filename, change(part.filename, old.read(part)))
    return out.getvalue()


def test_a_workbook_whose_archive_lost_bytes_amid_is_malformed():
    body = xlsx_file([[1], [2]])
    directory = body.find(b"PK\x01\x02")
    assert code("a.xlsx", body[:60] + body[directory:]) == "MALFORMED_FILE"


@pytest.mark.parametrize("encoding", ["nobody-knows", "shift_jis"])
@pytest.mark.parametrize("part", ["sheet1.xml", "workbook.xml"])
def test_a_workbook_in_an_encoding_that_expat_does_not_read_is_malformed(part, encoding):
    def plain(name, text):
        declared = b'<?xml version="1.0"?>'
        text = text.partition(b"?>")[2] if text.startswith(b"<?xml") else text
        return declared + text if name.endswith(part) else text

    def declared(name, text):
        return plain(name, text).replace(b'"1.0"', b'"1.0" encoding="%b"' % encoding.encode(), 1)

    assert count("a.xlsx", repacked(plain)).records == 1
    assert code("a.xlsx", repacked(declared)) == "MALFORMED_FILE"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_workbook_may_be_compressed_only_as_its_standard_says(method):
    assert code("a.xlsx", repacked(lambda _, text: text, method)) == "UNSUPPORTED_FORMAT"


SEEDS = [
    ("a.parquet", parquet_file(3)),
    ("a.avro", avro_file(9)),
    ("a.xlsx", xlsx_file([[1], [2]])),
    ("a.csv.gz", gzip.compress(b"id\n1\n")),
    ("a.csv.zst", zstd.compress(b"id\n1\n")),
    ("a.csv.xz", lzma.compress(b"id\n1\n")),
]


@settings(max_examples=300)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), max_size=6),
    st.integers(0, 5000),
)
def test_a_damaged_file_is_counted_or_rejected_and_nothing_else(seed, changes, cut):
    name, body = seed
    damaged = bytearray(body)
    for place, byte in changes:
        damaged[place % len(damaged)] = byte
    with contextlib.suppress(InvalidFile):
        assert count(name, bytes(damaged[: cut or None])).records >= 0


def test_the_docs_name_every_format_and_every_code():
    text = DOCS.read_text()
    named = set(re.findall(r"`([A-Z][A-Z_]{5,})`", text))
    assert {code.value for code in RejectionCode} == named
    extensions = set(re.findall(r"`(\.\w+)`", text))
    assert {ending for each in FORMATS for ending in each.extensions} <= extensions


class Asked(Memory):
    """Remembers how much was read, and how often."""

    def __init__(self, body):
        super().__init__(body)
        self.requests = []

    def read(self, start, length):
        self.requests.append(length)
        return super().read(start, length)


def test_many_little_blocks_of_avro_take_few_requests():
    """Each is a GET and some twenty milliseconds on S3."""
    body = avro_file(40_000)
    source = Asked(body)
    assert count_source(detect("a.avro", body[:4096]), source).records == 40_000
    assert body.count(body[-16:]) > 2_000, "blocks"
    assert len(source.requests) < 20


def test_the_data_of_large_blocks_of_avro_is_skipped():
    schema = {"type": "record", "name": "r", "fields": [{"name": "blob", "type": "bytes"}]}
    out = io.BytesIO()
    rows = [{"blob": bytes(300_000)} for _ in range(100)]
    fastavro.writer(out, schema, rows, sync_interval=1)
    source = Asked(out.getvalue())
    assert count_source(detect("a.avro", source.body[:4096]), source).records == 100
    assert sum(source.requests) < len(source.body) / 10


def test_a_long_schema_of_avro_is_read_to_its_end():
    fields = [{"name": f"column_{number}", "type": "long"} for number in range(5_000)]
    out = io.BytesIO()
    fastavro.writer(out, {"type": "record", "name": "r", "fields": fields}, [])
    counted = count("a.avro", out.getvalue())
    assert (counted.records, len(counted.columns)) == (0, 5_000)
