"""Files as the writers of other people make them, counted as many as was written.

Those of JavaScript are made by tests/foreign_writers, whose libraries also read them again.
"""

import bz2
import csv
import gzip
import io
import json
import lzma
import shutil
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import cramjam
import duckdb
import fastavro
import fastparquet
import msgspec
import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pyorc
import pytest
import xlsxwriter
from avro import datafile as avro_datafile
from avro import io as avro_io
from avro import schema as avro_schema
from isal import igzip
from pyarrow import csv as arrow_csv
from pyarrow import orc as arrow_orc

from functions.core.processing.local_file import count_path
from tests.builders.compressed import bgzip, pigz, pzstd
from tests.builders.dialects import content_type
from tests.builders.encoded import varint

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ROOT = Path(__file__).resolve().parents[4]
JAVASCRIPT = ROOT / "tests" / "foreign_writers"
ROWS = 1234
IDS = list(range(ROWS))
NAMES = [f'row {number}, "quoted"\nand broken' for number in IDS]
DATA = {"id": IDS, "name": NAMES, "share": [number / 7 for number in IDS]}
FRAME = pd.DataFrame(DATA)
POLARS = pl.DataFrame(DATA)
ARROW = pa.table(DATA)


def fast(path, frame=FRAME, **options):
    fastparquet.write(str(path), frame, **options)


def duck(path, query="select * from data", options=""):
    with duckdb.connect() as connection:
        connection.register("data", ARROW)
        connection.sql(f"copy ({query}) to '{path}' {options}")


PARQUET = {
    "fastparquet": fast,
    "fastparquet, row groups": lambda path: fast(path, row_group_offsets=100),
    "fastparquet, gzip": lambda path: fast(path, compression="GZIP"),
    "fastparquet, nulls": lambda path: fast(path, FRAME.assign(name=None)),
    "fastparquet, categories": lambda path: fast(path, FRAME.astype({"name": "category"})),
    "fastparquet, times": lambda path: fast(path, FRAME.assign(at=pd.Timestamp("2026-11-22"))),
    "fastparquet, an index": lambda path: fast(path, FRAME.set_index("id"), write_index=True),
    "pandas": FRAME.to_parquet,
    "pyarrow": lambda path: pq.write_table(ARROW, path),
    "pyarrow, row groups": lambda path: pq.write_table(ARROW, path, row_group_size=10),
    "Polars": POLARS.write_parquet,
    "Polars, no statistics": lambda path: POLARS.write_parquet(path, statistics=False),
    "Polars, row groups": lambda path: POLARS.write_parquet(path, row_group_size=100),
    "Polars, streamed": lambda path: POLARS.lazy().sink_parquet(path),
    "Polars, no columns": lambda path: pl.DataFrame(height=ROWS).write_parquet(path),
    "DuckDB": duck,
    "DuckDB, zstd": lambda path: duck(path, options="(format parquet, compression zstd)"),
    "DuckDB, version 2": lambda path: duck(path, options="(format parquet, parquet_version v2)"),
    "DuckDB, nulls": lambda path: duck(path, "select null::int as id from data"),
}


@pytest.mark.parametrize("writer", PARQUET)
def test_parquet_of_any_writer_has_its_rows(writer, tmp_path):
    path = tmp_path / "a.parquet"
    PARQUET[writer](path)
    assert count_path(path).records == ROWS == pq.ParquetFile(path).metadata.num_rows


NOTHING = {
    "fastparquet": lambda path: fast(path, FRAME.iloc[:0]),
    "pyarrow": lambda path: pq.write_table(ARROW.slice(0, 0), path),
    "Polars": POLARS.clear().write_parquet,
    "DuckDB": lambda path: duck(path, "select * from data where false"),
}


@pytest.mark.parametrize("writer", NOTHING)
def test_parquet_of_no_rows_has_none_whoever_wrote_it(writer, tmp_path):
    path = tmp_path / "a.parquet"
    NOTHING[writer](path)
    counted = count_path(path)
    assert (counted.records, counted.columns) == (0, tuple(DATA))


def test_a_data_set_of_dask_is_counted_once_by_its_parts_and_not_by_its_summary(tmp_path):
    fast(tmp_path / "set", file_scheme="hive", row_group_offsets=500)
    parts = sorted((tmp_path / "set").glob("*.parquet"))
    assert sum(count_path(part).records for part in parts) == ROWS
    with pytest.raises(Exception, match="a summary of other files"):
        count_path(tmp_path / "set" / "_metadata")


SCHEMA = {
    "type": "record",
    "name": "row",
    "fields": [{"name": "id", "type": "long"}, {"name": "name", "type": ["null", "string"]}],
}


def avro(path, codec, schema=SCHEMA, records=None, **options):
    given = [{"id": each, "name": None} for each in IDS] if records is None else records
    with path.open("wb") as out:
        fastavro.writer(out, fastavro.parse_schema(schema), given, codec=codec, **options)


def by_apache(path, codec="null"):
    schema = avro_schema.parse(json.dumps(SCHEMA))
    with (
        path.open("wb") as out,
        avro_datafile.DataFileWriter(out, avro_io.DatumWriter(), schema, codec=codec) as writer,
    ):
        for record in IDS:
            writer.append({"id": record, "name": None})


NULLS = {"type": "record", "name": "n", "fields": [{"name": "a", "type": "null"}]}
SAME = [{"id": 0, "name": None}] * ROWS
AVRO = {
    "fastavro": lambda path: avro(path, "null"),
    "fastavro, small blocks": lambda path: avro(path, "null", sync_interval=16),
    "fastavro, deflate": lambda path: avro(path, "deflate", records=SAME),
    "fastavro, bzip2": lambda path: avro(path, "bzip2", records=SAME),
    "fastavro, xz": lambda path: avro(path, "xz", records=SAME),
    "fastavro, snappy": lambda path: avro(path, "snappy", records=SAME),
    "fastavro, nulls": lambda path: avro(path, "null", NULLS, [{"a": None}] * ROWS),
    "fastavro, numbers": lambda path: avro(path, "null", "long", IDS),
    "Apache avro": by_apache,
    "Apache avro, deflate": lambda path: by_apache(path, "deflate"),
    "Polars": POLARS.write_avro,
    "Polars, deflate": lambda path: POLARS.write_avro(path, "deflate"),
    "Polars, snappy": lambda path: POLARS.write_avro(path, "snappy"),
}


@pytest.mark.parametrize("writer", AVRO)
def test_avro_of_any_writer_has_its_objects(writer, tmp_path):
    path = tmp_path / "a.avro"
    AVRO[writer](path)
    with path.open("rb") as content:
        blocks = sum(block.num_records for block in fastavro.block_reader(content))
    assert count_path(path).records == ROWS == blocks


def with_openpyxl(path, *, write_only=False):
    book = openpyxl.Workbook(write_only=write_only)
    sheet = book.create_sheet("data", 0)
    sheet.append(list(DATA))
    for row in zip(*DATA.values(), strict=True):
        sheet.append(row)
    book.save(path)


def openpyxl_chart_first(path):
    with_openpyxl(path)
    book = openpyxl.load_workbook(path)
    book.create_chartsheet("chart", 0)
    book.create_sheet("hidden", 1).sheet_state = "veryHidden"
    book.save(path)


def with_xlsxwriter(path, *, first=None, **options):
    book = xlsxwriter.Workbook(path, options)
    if first == "hidden":
        book.add_worksheet("hidden").hide()
    if first == "chart":
        sheet = book.add_chartsheet()
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=data!$A$2:$A$9"})
        sheet.set_chart(chart)
    sheet = book.add_worksheet("data")
    sheet.activate()
    sheet.write_row(0, 0, DATA)
    for number, row in enumerate(zip(*DATA.values(), strict=True)):
        sheet.write_row(number + 1, 0, row)
    sheet.write_blank(ROWS + 9, 0, None, book.add_format({"bold": True}))
    book.close()


def formulas(path):
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write(0, 0, "id")
    for number in IDS:
        sheet.write_formula(number + 1, 0, "=ROW()", value="")
    book.close()


XLSX = {
    "openpyxl": with_openpyxl,
    "openpyxl, write only": lambda path: with_openpyxl(path, write_only=True),
    "openpyxl, chart and hidden sheet first": openpyxl_chart_first,
    "XlsxWriter": with_xlsxwriter,
    "XlsxWriter, constant memory": lambda path: with_xlsxwriter(path, constant_memory=True),
    "XlsxWriter, texts in place": lambda path: with_xlsxwriter(path, in_memory=True),
    "XlsxWriter, hidden first": lambda path: with_xlsxwriter(path, first="hidden"),
    "XlsxWriter, chart first": lambda path: with_xlsxwriter(path, first="chart"),
    "XlsxWriter, formulas": formulas,
    "pandas": lambda path: FRAME.to_excel(path, index=False),
    "pandas by XlsxWriter": lambda path: FRAME.to_excel(path, index=False, engine="xlsxwriter"),
    "Polars": POLARS.write_excel,
}


@pytest.mark.parametrize("writer", XLSX)
def test_a_workbook_of_any_writer_has_the_rows_of_its_first_sheet(writer, tmp_path):
    path = tmp_path / "a.xlsx"
    XLSX[writer](path)
    assert count_path(path).records == ROWS


def with_csv(path, **dialect):
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, **dialect)
        writer.writerow(DATA)
        writer.writerows(zip(*DATA.values(), strict=True))


def as_r(path):
    """write.csv of R: texts and names in quotes, row names in a first column without a name."""
    rows = zip(*DATA.values(), strict=True)
    lines = ['"","id","name","share"']
    for number, (one, name, share) in enumerate(rows, 1):
        quoted = name.replace('"', '""')
        lines.append(f'"{number}",{one},"{quoted}",{share}')
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")


CSV = {
    "csv, excel": with_csv,
    "csv, unix": lambda path: with_csv(path, dialect="unix"),
    "csv, all quoted": lambda path: with_csv(path, quoting=csv.QUOTE_ALL),
    "pandas": FRAME.to_csv,
    "pandas, Windows": lambda path: FRAME.to_csv(path, index=False, lineterminator="\r\n"),
    "pandas, a mark": lambda path: FRAME.to_csv(path, index=False, encoding="utf-8-sig"),
    "Polars": POLARS.write_csv,
    "Polars, all quoted": lambda path: POLARS.write_csv(path, quote_style="always"),
    "DuckDB": duck,
    "DuckDB, all quoted": lambda path: duck(path, options="(header, force_quote *)"),
    "pyarrow": lambda path: arrow_csv.write_csv(ARROW, path),
    "R": as_r,
}


@pytest.mark.parametrize("writer", CSV)
def test_a_table_of_any_writer_has_its_rows(writer, tmp_path):
    path = tmp_path / "a.csv"
    CSV[writer](path)
    with path.open(newline="", encoding="utf-8") as content:
        rows = sum(1 for row in csv.reader(content) if row) - 1
    assert count_path(path).records == ROWS == rows


PLAIN = {"id": IDS, "name": [f'row {number}, "quoted"' for number in IDS]}
PLAIN_FRAME = pd.DataFrame(PLAIN)


def as_mysql(path):
    """mysqldump --tab: no header, tabs, a backslash before what means something, \\N for NULL."""
    lines = [f"{number}\trow\\\n{number}\t\\N\n" for number in IDS]
    path.write_text("".join(lines), encoding="utf-8", newline="")


TSV = {
    "csv": lambda path: with_csv(path, delimiter="\t"),
    "csv, excel-tab": lambda path: with_csv(path, dialect="excel-tab"),
    "pandas": lambda path: FRAME.to_csv(path, sep="\t", index=False),
    "Polars": lambda path: POLARS.write_csv(path, separator="\t"),
    "Polars, never quoted": lambda path: pl.DataFrame(PLAIN).write_csv(
        path, separator="\t", quote_style="never"
    ),
    "DuckDB": lambda path: duck(path, options="(header, format csv, delimiter '\t')"),
    "pyarrow": lambda path: arrow_csv.write_csv(
        ARROW, path, arrow_csv.WriteOptions(delimiter="\t")
    ),
    "Unicode Text of Excel": lambda path: FRAME.to_csv(
        path, sep="\t", index=False, encoding="utf-16", lineterminator="\r\n"
    ),
}


@pytest.mark.parametrize("writer", TSV)
def test_a_table_with_tabs_of_any_writer_has_its_rows(writer, tmp_path):
    path = tmp_path / "a.tsv"
    TSV[writer](path)
    counted = count_path(path)
    assert (counted.records, counted.ragged_rows, counted.delimiter) == (ROWS, 0, "\t")


def test_a_dump_of_mysql_has_its_rows_once_its_dialect_is_declared(tmp_path):
    path = tmp_path / "a.tsv"
    as_mysql(path)
    words = {"header": False, "escapeChar": "\\", "quoteChar": "", "nullSequence": "\\N"}
    counted = count_path(path, content_type=content_type({"delimiter": "\t", **words}))
    assert (counted.records, counted.ragged_rows) == (ROWS, 0)


def lines(encode):
    """Lines of JSON by an encoder."""

    def write(path):
        rows = zip(*DATA.values(), strict=True)
        texts = (encode(dict(zip(DATA, row, strict=True))) for row in rows)
        path.write_bytes(b"".join(text + b"\n" for text in texts))

    return write


JSON_LINES = {
    "json": lines(lambda row: json.dumps(row).encode()),
    "json, not only ASCII": lines(lambda row: json.dumps(row, ensure_ascii=False).encode()),
    "msgspec": lines(msgspec.json.encode),
    "pandas": lambda path: FRAME.to_json(path, orient="records", lines=True),
    "Polars": POLARS.write_ndjson,
    "Polars, streamed": lambda path: POLARS.lazy().sink_ndjson(path),
    "DuckDB": lambda path: duck(path, options="(format json)"),
}


@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
@pytest.mark.parametrize("writer", JSON_LINES)
def test_lines_of_json_of_any_writer_have_their_values_whatever_the_name(writer, name, tmp_path):
    path = tmp_path / name
    JSON_LINES[writer](path)
    counted = count_path(path)
    assert (counted.records, counted.format) == (ROWS, "jsonl")


RECORDS = [dict(zip(DATA, row, strict=True)) for row in zip(*DATA.values(), strict=True)]
JSON = {
    "json": lambda path: path.write_text(json.dumps(RECORDS)),
    "json, indented": lambda path: path.write_text(json.dumps(RECORDS, indent=2)),
    "msgspec": lambda path: path.write_bytes(msgspec.json.encode(RECORDS)),
    "pandas": lambda path: FRAME.to_json(path, orient="records"),
    "pandas, indented": lambda path: FRAME.to_json(path, orient="records", indent=4),
    "Polars": POLARS.write_json,
    "DuckDB": lambda path: duck(path, options="(format json, array true)"),
}


@pytest.mark.parametrize("writer", JSON)
def test_an_array_of_any_writer_has_its_elements(writer, tmp_path):
    path = tmp_path / "a.json"
    JSON[writer](path)
    counted = count_path(path)
    assert (counted.records, counted.format) == (len(json.loads(path.read_bytes())), "json")


def orc_by_pyorc(path, rows=None, **options):
    with path.open("wb") as out, pyorc.Writer(out, "struct<id:int,name:string>", **options) as orc:
        orc.writerows(zip(IDS, NAMES, strict=True) if rows is None else rows)


ORC = {
    "pyarrow": lambda path: arrow_orc.write_table(ARROW, path),
    "pyarrow, zlib": lambda path: arrow_orc.write_table(ARROW, path, compression="zlib"),
    "pandas": FRAME.to_orc,
    "pyorc": orc_by_pyorc,
    "pyorc, snappy": lambda path: orc_by_pyorc(path, compression=pyorc.CompressionKind.SNAPPY),
    "pyorc, stripes": lambda path: orc_by_pyorc(path, stripe_size=1024, batch_size=10),
    "pyorc, plain": lambda path: orc_by_pyorc(path, compression=pyorc.CompressionKind.NONE),
}
"""Both libraries have the one writer in C++, and no registry has another."""

ORC_WRITERS = {"Java": 0, "Presto": 2, "Go": 3, "Trino": 4, "cuDF": 5}
"""The others by their numbers (orc_proto.proto, Footer.writer); made of a file of the above:
the layout of stripes is that of C++, the words of the footer are theirs."""


def orc_in_image_of(writer, path):
    """A file whose footer names another writer and its software, as theirs do."""
    orc_by_pyorc(path, compression=pyorc.CompressionKind.NONE)
    body = path.read_bytes()
    script = body[-1 - body[-1] : -1]
    length, rest = varint_of(script[1:])
    footer = body[-1 - len(script) - length : -1 - len(script)]
    software = f"{writer} 1.0".encode()
    footer += bytes([9 << 3, ORC_WRITERS[writer], 12 << 3 | 2, len(software)]) + software
    script = script[:1] + varint(len(footer)) + rest
    path.write_bytes(body[: -1 - body[-1] - length] + footer + script + bytes([len(script)]))


def varint_of(text):
    """The first number, and what is after it."""
    end = next(place for place, byte in enumerate(text) if byte < 0x80) + 1
    return sum((byte & 0x7F) << 7 * place for place, byte in enumerate(text[:end])), text[end:]


@pytest.mark.parametrize("writer", ORC_WRITERS)
def test_orc_in_the_image_of_other_writers_has_its_rows(writer, tmp_path):
    path = tmp_path / "a.orc"
    orc_in_image_of(writer, path)
    with path.open("rb") as content:
        reader = pyorc.Reader(content)
        assert f"{writer} 1.0" in reader.software_version
        assert count_path(path).records == ROWS == len(reader)


@pytest.mark.parametrize("writer", ORC)
def test_orc_of_any_writer_has_its_rows(writer, tmp_path):
    path = tmp_path / "a.orc"
    ORC[writer](path)
    with path.open("rb") as content:
        assert count_path(path).records == ROWS == len(pyorc.Reader(content))


TEXT = FRAME.to_csv(index=False).encode() * 9
TEXT_ROWS = 9 * (ROWS + 1) - 1


def zipped(content):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", content)
    return out.getvalue()


def pieces(text):
    """As parallel tools cut it: each piece is a member of its own."""
    return [text[at : at + 10_000] for at in range(0, len(text), 10_000)]


def by_pyarrow(text, codec):
    out = pa.BufferOutputStream()
    with pa.CompressedOutputStream(out, codec) as stream:
        stream.write(text)
    return out.getvalue().to_pybytes()


def flushed(text):
    """As a server that logs: each piece is flushed to the disk."""
    packer = zlib.compressobj(wbits=31)
    parts = [packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH) for piece in pieces(text)]
    return b"".join([*parts, packer.flush()])


def zstd_streamed(text):
    packer = zstd.ZstdCompressor()
    return b"".join([*(packer.compress(piece) for piece in pieces(text)), packer.flush()])


PACKED = {
    "bgzip": ("gz", bgzip),
    "pigz": ("gz", pigz),
    "gzip, appended": ("gz", lambda text: gzip.compress(text[:999]) + gzip.compress(text[999:])),
    "gzip, padded": ("gz", lambda text: gzip.compress(text) + bytes(512)),
    "isal": ("gz", igzip.compress),
    "pyarrow, gzip": ("gz", lambda text: by_pyarrow(text, "gzip")),
    "zlib, flushed": ("gz", flushed),
    "pzstd": ("zst", pzstd),
    "pyarrow, zstd": ("zst", lambda text: by_pyarrow(text, "zstd")),
    "cramjam": ("zst", lambda text: bytes(cramjam.zstd.compress(text))),
    "zstd, without its size": ("zst", zstd_streamed),
    "zstd, appended": ("zst", lambda text: zstd.compress(text[:99]) + zstd.compress(text[99:])),
    "bzip2": ("bz2", bz2.compress),
    "pyarrow, bz2": ("bz2", lambda text: by_pyarrow(text, "bz2")),
    "cramjam, bzip2": ("bz2", lambda text: bytes(cramjam.bzip2.compress(text))),
    "pbzip2": ("bz2", lambda text: b"".join(map(bz2.compress, pieces(text)))),
    "xz": ("xz", lzma.compress),
    "xz, no check": ("xz", lambda text: lzma.compress(text, check=lzma.CHECK_NONE)),
    "xz, SHA-256": ("xz", lambda text: lzma.compress(text, check=lzma.CHECK_SHA256)),
    "cramjam, xz": ("xz", lambda text: bytes(cramjam.xz.compress(text))),
    "pixz": ("xz", lambda text: b"".join(map(lzma.compress, pieces(text)))),
    "bzip2, appended": ("bz2", lambda text: bz2.compress(text[:99]) + bz2.compress(text[99:])),
    "xz, appended": (
        "xz",
        lambda text: lzma.compress(text[:9]) + bytes(4) + lzma.compress(text[9:]),
    ),
    "zipfile": ("zip", zipped),
}


@pytest.mark.parametrize("packer", PACKED)
def test_content_in_the_image_of_any_packer_has_its_rows(packer, tmp_path):
    ending, pack = PACKED[packer]
    path = tmp_path / f"a.csv.{ending}"
    path.write_bytes(pack(TEXT))
    counted = count_path(path)
    assert (counted.records, counted.uncompressed_bytes) == (TEXT_ROWS, len(TEXT))


TOOLS = [
    ("gz", "gzip", "-9"),
    ("gz", "pigz", "-p2"),
    ("gz", "bgzip"),
    ("bz2", "bzip2", "-1"),
    ("xz", "xz", "-T2", "--block-size=65536"),
    ("xz", "xz", "-9e", "--check=none"),
    ("zst", "zstd", "-19"),
    ("zst", "zstd", "-T2", "--long=27"),
    ("zst", "pzstd"),
]


@pytest.mark.parametrize("words", TOOLS, ids=" ".join)
def test_content_of_a_tool_of_this_machine_has_its_rows(words, tmp_path):
    ending, tool, *options = words
    if shutil.which(tool) is None:
        pytest.skip(f"this machine has no {tool}; its image is tested beside this")
    plain = tmp_path / "a.csv"
    plain.write_bytes(TEXT)
    path = tmp_path / f"a.csv.{ending}"
    with plain.open("rb") as given, path.open("wb") as out:
        subprocess.run([tool, *options, "-c"], stdin=given, stdout=out, check=True)
    assert count_path(path).records == TEXT_ROWS


@pytest.mark.parametrize("compression", ["gzip", "bz2", "xz", "zip", "zstd"])
def test_a_table_that_pandas_compresses_has_its_rows(compression, tmp_path):
    endings = {"gzip": "gz", "zstd": "zst"}
    path = tmp_path / f"a.csv.{endings.get(compression, compression)}"
    if compression == "zstd" and sys.version_info < (3, 14):
        path.write_bytes(pzstd(FRAME.to_csv(index=False).encode()))
    else:
        FRAME.to_csv(path, index=False, compression=compression)
    assert count_path(path).records == ROWS


@pytest.fixture(scope="module")
def javascript(tmp_path_factory):
    """The folder of files, and what each library reads in its own."""
    if not (JAVASCRIPT / "node_modules").is_dir():
        pytest.skip("`make test` installs the writers of JavaScript: tests/foreign_writers")
    folder = tmp_path_factory.mktemp("javascript")
    words = [ROOT / ".venv" / "bin" / "node", JAVASCRIPT / "write.mjs", folder]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=100)
    return folder, json.loads(done.stdout)


@pytest.mark.parametrize("ending", ["parquet", "avro", "xlsx", "xlsm", "csv"])
def test_files_of_javascript_have_the_records_that_their_libraries_read(ending, javascript):
    folder, counts = javascript
    expected = {name: each for name, each in counts.items() if name.endswith(ending)}
    assert len(expected) >= 1
    assert {name: count_path(folder / name).records for name in expected} == expected
