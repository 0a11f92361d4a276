"""Compressed tables as the tools of other people make them, counted as many rows as went in."""

import bz2
import gzip
import io
import lzma
import shutil
import subprocess
import sys
import zipfile
import zlib

import cramjam
import pyarrow as pa
import pytest
from isal import igzip

from functions.core.processing.local_file import count_path
from tests.builders.compressed import bgzip, pigz, pzstd
from tests.builders.foreign_data import FRAME, ROWS

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

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
