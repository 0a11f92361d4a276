"""Avro and ORC files as the writers of other people make them, counted as many as was written."""

import json

import fastavro
import pyorc
import pytest
from avro import datafile as avro_datafile
from avro import io as avro_io
from avro import schema as avro_schema
from pyarrow import orc as arrow_orc

from functions.core.processing.local_file import count_path
from tests.builders.encoded import varint
from tests.builders.foreign_data import ARROW, FRAME, IDS, NAMES, POLARS, ROWS

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
