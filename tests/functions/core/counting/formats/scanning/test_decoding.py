"""Charsets as browsers know them, marks at the beginning, and what ends a file of DOS."""

import codecs

import pytest

from functions.core.counting.detection import detect
from functions.core.counting.formats.scanning.charsets import codec_of
from functions.core.counting.formats.scanning.decoding import utf8_blocks
from functions.core.counting.whole_file import count_source
from functions.core.errors import InvalidFile
from tests.builders.contents import Memory

TEXT = "id,name\r\n1,Jürgen\r\n2,Zoë\r\n"


def counted(body, content_type=None, name="a.csv", block=1 << 20):
    return count_source(detect(name, body[:4096], content_type), Memory(body, block))


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.jsonl", "a.txt"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("block", [1, 3, 7, 1000])
def test_a_mark_says_the_charset_whatever_the_format(name, encoding, block):
    text = '{"a":"é"}\n{"a":"\U0001f600"}\n'
    found = counted(text.encode(encoding), name=name, block=block)
    assert found.encoding == {"utf-8-sig": "utf-8"}.get(encoding, encoding)
    assert found.records == (1 if name[-3:] in {"csv", "tsv"} else 2)


@pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_both_orders_of_bytes_are_read(mark):
    bom = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
    bom |= {"utf-32-le": codecs.BOM_UTF32_LE, "utf-32-be": codecs.BOM_UTF32_BE}
    assert counted(bom[mark] + TEXT.encode(mark)).columns == ("id", "name")


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("windows-1252", "cp1252"),
        ("ISO-8859-1", "cp1252"),
        ("us-ascii", "cp1252"),
        (" latin1 ", "cp1252"),
        ("iso-8859-9", "cp1254"),
        ("Shift_JIS", "cp932"),
        ("windows-31j", "cp932"),
        ("gb2312", "gbk"),
        ("gb18030", "gb18030"),
        ("euc-kr", "cp949"),
        ("big5", "big5hkscs"),
        ("tis-620", "cp874"),
        ("x-mac-cyrillic", "mac-cyrillic"),
        ("koi8-r", "koi8-r"),
        ("x-cp1251", "cp1251"),
        ("utf-16", "utf-16-le"),
        ("klingon", None),
        ("base64", None),
        ("utf-7", None),
    ],
)
def test_a_charset_is_what_browsers_take_its_label_for(label, codec):
    assert codec_of(label) == codec


def test_a_byte_that_windows_1252_leaves_out_stands_for_itself():
    body = b"id,name\r\n1,\x81\x8d\x8f\x90\x9d\r\n"
    assert counted(body, "text/csv; charset=windows-1252").records == 1


def test_text_of_no_declared_charset_says_where_it_stops_and_what_to_do():
    with pytest.raises(InvalidFile) as why:
        counted(TEXT.encode("cp1252"))
    assert why.value.message == (
        "not utf-8 at about byte 12: invalid start byte: save the file as UTF-8, or declare its"
        " charset when you upload it, as in `Content-Type: text/csv; charset=windows-1252`"
    )
    assert counted(TEXT.encode("cp1252"), "text/csv; charset=windows-1252").records == 2


@pytest.mark.parametrize("block", [1, 2, 5, 1000])
@pytest.mark.parametrize(
    ("ending", "records"), [(b"\x1a", 2), (b"\x1a\x1a", 3), (b"\x1a\r\n", 3), (b"3,\x1ac\x1a", 3)]
)
def test_a_lone_mark_of_dos_at_the_very_end_is_nothing(block, ending, records):
    assert counted(b"id,name\r\n1,a\r\n2,b\r\n" + ending, block=block).records == records


@pytest.mark.parametrize("block", [1, 3, 1000])
def test_a_nul_in_a_table_is_told_with_its_byte_and_in_a_log_it_is_a_warning(block):
    with pytest.raises(InvalidFile) as why:
        counted(b"id,name\n1,\0b\n", block=block)
    assert why.value.code == "BAD_ENCODING"
    assert why.value.message.startswith("a NUL byte at about byte 10, which no table has: ")
    found = counted(b"one\n\0two\n", name="a.log", block=block)
    assert (found.records, len(found.warnings)) == (2, 1)


@pytest.mark.parametrize("block", [1, 2, 3, 5, 1 << 20])
@pytest.mark.parametrize(
    ("bad", "encoding", "before"),
    [
        (b"id\n\xe2\x82\n", "utf-8", "id\n"),
        (b"\xe2\x82\xac\xff", "utf-8", "\u20ac"),
        ("id\n".encode("utf-16-le") + b"\x00\xd8x\x00", "utf-16-le", "id\n"),
        ("\U0001f600".encode("utf-16-le") + b"\x00\xdc", "utf-16-le", "\U0001f600"),
        (codecs.BOM_UTF16_BE + "id".encode("utf-16-be") + b"\xdc\x00", "utf-16", "id"),
        ("\u65e5\n".encode("cp932") + b"\x81\x20", "cp932", "\u65e5\n"),
        ("\u65e5\n".encode("gb18030") + b"\xff", "gb18030", "\u65e5\n"),
    ],
)
def test_what_stands_before_a_fault_is_read_first_and_the_place_is_its_own(
    bad, encoding, before, block
):
    found = []
    with pytest.raises(InvalidFile) as raised:
        found.extend(utf8_blocks(Memory(bad, block).blocks(), encoding))
    assert b"".join(found).decode() == before
    place = len(before.encode(encoding))
    assert f"not {encoding} at about byte {place:,}:" in raised.value.message


@pytest.mark.parametrize(
    "page",
    [
        b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
        b'<?xml version="1.0"?>\n<Error><Code>NoSuchKey</Code></Error>',
    ],
)
def test_an_error_message_of_s3_is_named_as_one_with_or_without_a_declaration(page):
    with pytest.raises(InvalidFile, match=r"an? (XML document, perhaps an )?error message"):
        counted(page)
