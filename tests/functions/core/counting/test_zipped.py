"""A zip archive of one file is a way to compress; one of several is named as what it is."""

import gzip
import io
import zipfile

import pytest

from functions.core.counting.detection import detect
from functions.core.counting.formats.scanning import archive
from functions.core.counting.whole_file import count_source
from functions.core.errors import InvalidFile
from tests.builders.contents import Memory

ROWS = b"id,name\n1,a\n2,b\n"


def zipped(files, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


def count(name, body):
    return count_source(detect(name, body[:4096]), Memory(body, 100))


def refused(name, body):
    with pytest.raises(InvalidFile) as caught:
        count(name, body)
    return caught.value.code, caught.value.message


@pytest.mark.parametrize("name", ["a.csv.zip", "a.zip", "a.csv", "A.CSV.ZIP", "a"])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_of_one_file_is_counted_as_its_file(name, method):
    counted = count(name, zipped({"data.csv": ROWS}, method))
    assert (counted.records, counted.format, counted.compression) == (2, "csv", "zip")
    assert counted.uncompressed_bytes == len(ROWS)


def test_what_macos_adds_and_folders_are_no_files():
    files = {
        "data/": b"",
        "data/data.csv": ROWS,
        "__MACOSX/data/._data.csv": b"\0\5",
        "data/.DS_Store": b"\0",
    }
    assert count("a.zip", zipped(files)).records == 2
    assert count("a.csv.zip", zipped(dict(reversed(files.items())))).records == 2


def test_the_file_inside_may_be_compressed_once_more():
    counted = count("a.zip", zipped({"data.csv.gz": gzip.compress(ROWS)}))
    assert (counted.records, counted.compression) == (2, "zip+gzip")


@pytest.mark.parametrize("name", ["a.zip", "a.csv.zip"])
def test_a_zip_of_several_files_is_named_as_an_archive_with_what_to_do(name):
    told = "a zip archive of 2 files: upload each file by itself, or zipped by itself"
    body = zipped({"one.csv": ROWS, "two.csv": ROWS})
    assert refused(name, body) == ("UNSUPPORTED_FORMAT", told)


@pytest.mark.parametrize("files", [{}, {"folder/": b""}])
def test_a_zip_of_nothing_is_empty(files):
    told = ("EMPTY_FILE", "the zip archive is empty: upload its file")
    assert refused("a.csv.zip", zipped(files)) == told


def test_a_zip_of_nothing_tells_no_format():
    assert refused("a.zip", zipped({}))[0] == "UNSUPPORTED_FORMAT"


def test_a_zip_with_a_password_is_said_to_have_one():
    body = bytearray(zipped({"data.csv": ROWS}))
    body[6] |= 1
    body[body.index(b"PK\x01\x02") + 8] |= 1
    told = "the zip archive is protected by a password: make it without one"
    assert refused("a.csv.zip", bytes(body)) == ("UNSUPPORTED_FORMAT", told)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_way_to_compress_that_may_take_much_memory_is_named(method):
    code, message = refused("a.csv.zip", zipped({"data.csv": ROWS}, method))
    assert code == "UNSUPPORTED_FORMAT"
    assert message.endswith("make it with deflate")


def test_a_zip_that_is_cut_or_damaged_is_said_to_be_so():
    body = zipped({"data.csv": ROWS * 1000})
    told = ("TRUNCATED", "the zip archive has no end: upload the whole file")
    assert refused("a.csv.zip", body[:-40]) == told
    damaged = bytearray(body)
    damaged[60] ^= 0xFF
    assert refused("a.csv.zip", bytes(damaged))[0] == "CORRUPT_COMPRESSION"


@pytest.mark.parametrize("inner", ["tables.zip", "table.xlsx", "table.parquet", "page.pdf"])
def test_what_is_no_text_inside_of_a_zip_is_refused_by_its_name(inner):
    assert refused("a.zip", zipped({inner: b"x"}))[0] == "UNSUPPORTED_FORMAT"


@pytest.mark.parametrize(
    ("content", "noun"),
    [
        (zipped({"data.csv": ROWS}), "a zip archive"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"data.csv".ljust(257, b"\0") + b"ustar\x0000" + bytes(300), "a tar archive"),
        (b"PAR1\x15\x04", "a Parquet file"),
    ],
)
def test_an_archive_inside_of_a_compression_is_named_with_what_to_do(content, noun):
    code, message = refused("a.csv.gz", gzip.compress(content))
    assert code == "UNSUPPORTED_FORMAT"
    assert message.startswith(f"{noun} inside of gzip is not counted: unpack it, then ")


def test_two_layers_of_compression_are_read_and_three_are_not():
    twice = gzip.compress(gzip.compress(ROWS))
    for name in ("a.csv.gz", "a.csv.gz.gz", "a.csv"):
        counted = count(name, twice)
        assert (counted.records, counted.compression) == (2, "gzip+gzip")
    told = "compressed more than twice: compress the file once, and upload it anew"
    assert refused("a.csv.gz", gzip.compress(twice)) == ("DECOMPRESSION_LIMIT", told)


def test_an_archive_of_more_files_than_the_limit_is_not_listed(monkeypatch):
    monkeypatch.setattr(archive, "PARTS_LIMIT", 1)
    assert count("a.csv.zip", zipped({"data.csv": ROWS})).records == 2
    many = zipped({"data.csv": ROWS, "b.csv": b""})
    assert refused("a.csv.zip", many)[0] == "MALFORMED_FILE"
