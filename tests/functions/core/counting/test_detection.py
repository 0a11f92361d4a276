"""What a file is, by its name, its first bytes and its Content-Type together."""

import gzip

import pytest

from functions.core.counting.detection import detect
from functions.core.counting.formats.base import Reading
from functions.core.errors import InvalidFile

HEADS = {
    "parquet": b"PAR1",
    "avro": b"Obj\x01",
    "xlsx": b"PK\x03\x04",
}


def refused(name, head, content_type=None):
    with pytest.raises(InvalidFile) as caught:
        detect(name, head, content_type)
    return caught.value.code, caught.value.message


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("a.csv", "csv"),
        ("A.CSV", "csv"),
        ("a.tsv", "tsv"),
        ("a.tab", "tsv"),
        ("a.jsonl", "jsonl"),
        ("a.ndjson", "jsonl"),
        ("a.json", "json"),
        ("a.txt", "txt"),
        ("a.text", "txt"),
        ("a.log", "log"),
        ("a.parquet", "parquet"),
        ("a.pq", "parquet"),
        ("a.avro", "avro"),
        ("a.xlsx", "xlsx"),
        ("b.json/a.b.csv", "csv"),
    ],
)
def test_an_extension_names_the_format(name, found):
    detected = detect(name, HEADS.get(found, b"x"))
    assert (detected.format, detected.compression) == (found, None)
    assert detected.reading == Reading("utf-8", True)


@pytest.mark.parametrize(
    ("ending", "head", "kind"),
    [
        (".gz", b"\x1f\x8b", "gzip"),
        (".gzip", b"\x1f\x8b", "gzip"),
        (".bz2", b"BZh", "bzip2"),
        (".xz", b"\xfd7zXZ\x00", "xz"),
        (".zst", b"\x28\xb5\x2f\xfd", "zstd"),
        (".zstd", b"\x28\xb5\x2f\xfd", "zstd"),
    ],
)
def test_a_wrapping_is_known_by_its_bytes_and_its_name_must_not_say_another(ending, head, kind):
    for name in (f"a.csv{ending}", f"a.csv{ending.upper()}", "a.csv"):
        detected = detect(name, head + b"\0")
        assert (detected.format, detected.compression) == ("csv", kind)
    told = ("FORMAT_MISMATCH", f"the name says {kind}, the content does not")
    assert refused(f"a.csv{ending}", b"x") == told
    other = b"BZh" if kind != "bzip2" else b"\x1f\x8b"
    assert refused(f"a.csv{ending}", other) == told


@pytest.mark.parametrize("found", HEADS)
def test_a_format_that_is_no_text_has_its_own_first_bytes_and_no_wrapping(found):
    told = ("FORMAT_MISMATCH", f"the name says {found}, the content does not")
    assert refused(f"a.{found}", b"x" + HEADS[found]) == told
    assert refused(f"a.{found}", HEADS[found][:-1]) == told
    assert refused(f"a.{found}.gz", gzip.compress(HEADS[found])) == told


def test_a_nul_is_no_text_unless_the_encoding_is_a_wide_one():
    told = ("FORMAT_MISMATCH", "the name says csv, the content is binary")
    assert refused("a.csv", b"i\0d\0") == told
    assert refused("a.csv", b"i\0d\0", "text/csv; charset=latin-1") == told
    for charset in ("utf-16", "UTF-16LE", "utf-32-be"):
        assert detect("a.csv", b"i\0d\0", f"text/csv; charset={charset}").format == "csv"


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("a", "no extension"),
        ("in.csv/a", "no extension"),
        ("a.orc", ".orc"),
        ("a.gz", "no extension"),
        ("a.csv.zip", ".zip"),
        (".csv", ".csv"),
    ],
)
def test_another_name_is_no_format_and_is_told(name, what):
    told = ("UNSUPPORTED_FORMAT", f"not a format that is counted: {what}")
    assert refused(name, b"x") == told


def test_no_content_is_told_before_the_name():
    assert refused("a.orc", b"") == ("EMPTY_FILE", "the file has no content")


@pytest.mark.parametrize(
    ("content_type", "reading"),
    [
        (None, Reading("utf-8", True)),
        ("", Reading("utf-8", True)),
        ("text/csv", Reading("utf-8", True)),
        ("text/csv; header=present", Reading("utf-8", True)),
        ("text/csv; HEADER=Absent", Reading("utf-8", False)),
        ("text/csv; Charset=ISO-8859-1", Reading("iso8859-1", True)),
        ('text/csv; charset="utf8"; header="absent"', Reading("utf-8", False)),
        ("text/csv; charset=ascii", Reading("ascii", True)),
        ("text/csv; charset=utf-16", Reading("utf-16", True)),
    ],
)
def test_a_content_type_says_how_to_read(content_type, reading):
    assert detect("a.csv", b"id", content_type).reading == reading


def test_a_charset_that_nobody_knows_is_told_in_fifty_characters():
    told = ("BAD_ENCODING", "unknown charset in the Content-Type: klingon")
    assert refused("a.csv", b"id", "text/csv; charset=Klingon") == told
    _, message = refused("a.csv", b"id", f"text/csv; charset={'x' * 60}")
    assert message == f"unknown charset in the Content-Type: {'x' * 50}"
