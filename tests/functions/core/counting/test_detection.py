"""What a file is, by its name, its first bytes and its Content-Type together."""

import codecs
import gzip
import io
import zipfile

import pytest

from functions.core.counting.detection import NO_CONTENT, detect
from functions.core.counting.formats.base import Reading
from functions.core.errors import InvalidFile

HEADS = {
    "parquet": b"PAR1",
    "avro": b"Obj\x01",
    "xlsx": b"PK\x03\x04",
    "orc": b"ORC",
}


def zip_of(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


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
        ("a.xlsm", "xlsx"),
        ("a.orc", "orc"),
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
        (".gz", b"\x1f\x8b\x08", "gzip"),
        (".gzip", b"\x1f\x8b\x08", "gzip"),
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
    other = b"BZh" if kind != "bzip2" else b"\x1f\x8b\x08"
    for content in (b"x", other):
        code, message = refused(f"a.csv{ending}", content)
        assert code == "FORMAT_MISMATCH"
        assert message.startswith(f"the name says {kind}, the content does not: ")


@pytest.mark.parametrize("found", HEADS)
def test_a_format_that_is_no_text_has_its_own_first_bytes_and_no_wrapping(found):
    for content in (b"x" + HEADS[found], HEADS[found][:-1]):
        code, message = refused(f"a.{found}", content)
        assert code == "FORMAT_MISMATCH"
        assert message.startswith(f"the name says {found}, the content does not: ")
    told = f"{found} inside of gzip is not counted: upload it without gzip"
    packed = gzip.compress(HEADS[found])
    assert refused(f"a.{found}.gz", packed) == ("UNSUPPORTED_FORMAT", told)


def test_a_nul_is_no_text_unless_the_encoding_is_a_wide_one():
    for content_type in (None, "application/json; charset=latin-1"):
        code, message = refused("a.json", b'"\0"', content_type)
        assert code == "FORMAT_MISMATCH"
        assert message.startswith("the name says json, the content has a NUL byte at byte 1, ")
    for charset in ("utf-16", "UTF-16LE", "utf-32-be"):
        declared = f"application/json; charset={charset}"
        assert detect("a.json", b"i\0d\0", declared).format == "json"


@pytest.mark.parametrize(
    "page", [b"<html>", b"\n <!DOCTYPE HTML>", b'\xef\xbb\xbf<?xml version="1.0"?>']
)
def test_a_page_is_no_table_but_text_as_any_other(page):
    code, message = refused("a.csv", page)
    assert code == "FORMAT_MISMATCH"
    assert message.endswith("perhaps an error message: download the file itself, and upload that")
    assert detect("a.log", page).format == "log"


@pytest.mark.parametrize(
    ("name", "what", "advice"),
    [
        (
            "a",
            "no extension",
            "declare its Content-Type (as text/csv) when you upload it",
        ),
        ("in.csv/a", "no extension", "declare its Content-Type"),
        ("a.gz", "no extension", "declare its Content-Type"),
        (".csv", ".csv", "declare its Content-Type"),
        ("a.dat", ".dat", "declare its Content-Type"),
        ("a.tar.gz", ".tar", "an archive: upload the files in it one by one"),
        ("a.TGZ", ".tgz", "an archive: "),
        ("a.7z", ".7z", "an archive: "),
        ("a.rar", ".rar", "an archive: "),
        ("a.xls", ".xls", "save it as .xlsx or .csv"),
        ("a.xlsb", ".xlsb", "save it as .xlsx or .csv"),
        ("a.pdf", ".pdf", "export the table as csv"),
        ("a.feather", ".feather", "write the table as parquet or csv"),
        ("a.csv.lz4", ".lz4", "compress it by gzip or zstd"),
    ],
)
def test_another_name_is_no_format_and_the_message_says_what_to_do(name, what, advice):
    code, message = refused(name, b"x")
    assert code == "UNSUPPORTED_FORMAT"
    assert message.startswith(f"not a format that is counted: {what}: {advice}")


@pytest.mark.parametrize("found", ["parquet", "avro", "orc"])
@pytest.mark.parametrize("name", ["a", "part-00000", "a.bak", "a.dat"])
def test_content_that_says_what_it_is_needs_no_name(found, name):
    assert detect(name, HEADS[found] + b"\0" * 9).format == found


def test_a_workbook_needs_no_name_and_is_no_zip_archive():
    head = zip_of(**{"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b""})
    assert detect("export", head).format == "xlsx"
    assert detect("export.xls", head).format == "xlsx"
    told = ("FORMAT_MISMATCH", "the name says csv, the content is an Excel workbook: name it .xlsx")
    assert refused("a.csv", head) == told


@pytest.mark.parametrize(
    ("head", "noun"),
    [
        (b"%PDF-1.7\n", "a PDF document"),
        (b"7z\xbc\xaf\x27\x1c\0\x04", "a 7z archive"),
        (b"Rar!\x1a\x07\x01\0", "a rar archive"),
        (b"a.csv".ljust(257, b"\0") + b"ustar\x0000", "a tar archive"),
        (b"PAR1\x15\x04", "a Parquet file"),
        (b"Obj\x01\x04", "an Avro file"),
        (b"ORC\x08\x03", "an ORC file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls)"),
        (b"SQLite format 3\0", "a SQLite database"),
        (b"ARROW1\0\0", "an Arrow or Feather file"),
        (b"\x04\x22\x4d\x18", "compressed by lz4"),
        (b"\x89PNG\r\n\x1a\n", "a picture (PNG)"),
    ],
)
def test_content_that_is_no_text_is_named_as_what_it_is(head, noun):
    code, message = refused("a.csv", head)
    assert code == "FORMAT_MISMATCH"
    assert message.startswith(f"the name says csv, the content is {noun}")
    assert ": " in message.removeprefix(f"the name says csv, the content is {noun}")


@pytest.mark.parametrize("text", [b"PAR1,x\n1,2\n", b"ORC,x\n", b"ORCHARD\napple\n"])
def test_letters_that_a_binary_format_begins_with_may_begin_a_text(text):
    assert detect("a.csv", text).format == "csv"


def test_no_content_is_told_before_the_name():
    assert refused("a.pdf", b"") == ("EMPTY_FILE", NO_CONTENT)


@pytest.mark.parametrize(
    ("content_type", "reading"),
    [
        (None, Reading("utf-8", True)),
        ("", Reading("utf-8", True)),
        ("text/csv", Reading("utf-8", True)),
        ("text/csv; header=present", Reading("utf-8", True)),
        ("text/csv; HEADER=Absent", Reading("utf-8", False)),
        ("text/csv; Charset=ISO-8859-1", Reading("cp1252", True)),
        ('text/csv; charset="utf8"; header="absent"', Reading("utf-8", False)),
        ("text/csv; charset=ascii", Reading("cp1252", True)),
        ("text/csv; charset=utf-16", Reading("utf-16-le", True)),
        ("text/csv; charset=Shift_JIS", Reading("cp932", True)),
        ("text/csv; charset=gb2312", Reading("gbk", True)),
        ('text/csv; delimiter=";"', Reading("utf-8", True, ";")),
        ("text/csv; delimiter=tab", Reading("utf-8", True, "\t")),
    ],
)
def test_a_content_type_says_how_to_read(content_type, reading):
    assert detect("a.csv", b"id", content_type).reading == reading


def test_a_charset_that_nobody_knows_is_told_in_fifty_characters():
    told = (
        "BAD_ENCODING",
        "unknown charset in the Content-Type: Klingon: name one as browsers know it",
    )
    assert refused("a.csv", b"id", "text/csv; charset=Klingon") == told
    _, message = refused("a.csv", b"id", f"text/csv; charset={'x' * 60}")
    assert message.startswith(f"unknown charset in the Content-Type: {'x' * 50}: ")


@pytest.mark.parametrize("given", ["ab", "é", "\\n", '\\"', ""])
def test_a_delimiter_is_one_ascii_character(given):
    code, message = refused("a.csv", b"id", f'text/csv; delimiter="{given}"')
    assert code == "FORMAT_MISMATCH"
    assert message.endswith(": declare one, such as ;")


@pytest.mark.parametrize(
    ("content_type", "found"),
    [
        ("text/csv", "csv"),
        ("TEXT/CSV; charset=utf-8", "csv"),
        ("application/x-ndjson", "jsonl"),
        ("application/json", "json"),
        ("text/tab-separated-values", "tsv"),
        ("text/plain", "txt"),
    ],
)
def test_a_name_that_tells_nothing_is_of_the_format_that_its_sender_declares(content_type, found):
    assert detect("part-00000", b"a\n", content_type).format == found
    assert detect("a.csv", b"a\n", content_type).format == "csv"


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
    ],
)
def test_a_byte_order_mark_says_more_than_the_sender(mark, encoding):
    head = mark + b"\0i\0d" * 4
    assert detect("a.csv", head, "text/csv; charset=iso-8859-1").reading.encoding == encoding


@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.parquet"])
def test_a_pointer_of_git_lfs_is_no_table_of_two_records(name):
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
    with pytest.raises(InvalidFile, match=r"pointer of Git LFS.*git lfs pull") as raised:
        detect(name, pointer)
    assert raised.value.code == "FORMAT_MISMATCH"
