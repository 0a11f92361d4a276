"""UTF-16 and UTF-32 without a byte order mark are named as what they are."""

import bz2
import gzip

import pytest

from functions.core.counting.detection import detect
from functions.core.counting.whole_file import count_source
from functions.core.counting.wide import wide_charset
from functions.core.errors import InvalidFile
from tests.builders.contents import Memory

CHARSETS = ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]
TEXTS = [
    "id;n\u00e4me\n1;a\n",
    '{"id":1}\n',
    "\u0438\u043c\u044f;\u0433\u043e\u0434\n\u0410\u043d\u043d\u0430;1\n",
    "\u540d\u524d,\u5e74\u9f62\r\n\u592a\u90ce,20\r\n",
    "\U0001f600,b\n1,2\n",
]


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("text", TEXTS)
def test_wide_text_is_told_wherever_the_first_bytes_end(text, charset):
    body = (text * 9).encode(charset)
    found = {wide_charset(body[:length]) for length in range(len(body) // 2, len(body) + 1)}
    assert found == {charset}


@pytest.mark.parametrize(
    "body",
    [
        b"a\0b\n",
        b"id,name\n1,\0a\n",
        b'{"a":1}\n' + bytes(4),
        b"id,name\n" + b"1,a\0\n" * 10,
        bytes(100),
        bytes(range(256)),
        b"\x01\0\x02\0" * 9,
        b"",
        b"\0",
    ],
)
def test_text_with_zeros_in_it_and_binary_content_are_not_wide_text(body):
    assert wide_charset(body) is None


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.jsonl", "a.json", "a.txt", "a.log"])
def test_its_rejection_says_how_to_declare_it_and_that_works(name):
    body = '{"id":"\u00e4"}\n'.encode("utf-16-le")
    with pytest.raises(InvalidFile) as why:
        detect(name, body)
    assert why.value.code == "BAD_ENCODING"
    declared = why.value.message.partition("`Content-Type: ")[2].rstrip("`")
    assert declared.endswith("; charset=utf-16le")
    assert detect(name, body, declared).reading.encoding == "utf-16-le"


def test_lines_of_text_may_have_zeros():
    assert detect("a.txt", "abc\n".encode("utf-16-le")).format == "txt"


def test_a_zero_in_json_is_named_with_its_place():
    with pytest.raises(InvalidFile, match="has a NUL byte at byte 15, which no text has"):
        detect("a.jsonl", b'{"a":1}\n{"a":"x\0y"}\n')


@pytest.mark.parametrize("packed", [gzip.compress, lambda body: gzip.compress(bz2.compress(body))])
@pytest.mark.parametrize("name", ["a.csv.gz", "a.tsv.gz", "a.jsonl.gz", "a.json.gz", "a.txt.gz"])
def test_within_compression_it_is_named_alike_and_read_where_it_is_declared(name, packed):
    lines = '{"id":"\u00e4"}\r\n{"id":2}\r\n'
    body = packed(lines.encode("utf-16-le"))
    with pytest.raises(InvalidFile, match=r"text in utf-16le without a byte order mark") as why:
        count_source(detect(name, body), Memory(body, 7))
    assert why.value.code == "BAD_ENCODING"
    declared = str(why.value).partition("`Content-Type: ")[2].removesuffix("`")
    found = count_source(detect(name, body, declared), Memory(body, 7))
    assert found.records == (1 if name[2:5] in {"csv", "tsv"} else 2)
    marked = packed(b"\xff\xfe" + lines.encode("utf-16-le"))
    assert count_source(detect(name, marked), Memory(marked)).records == found.records


def test_a_log_with_a_nul_in_it_is_counted_within_compression_too():
    body = gzip.compress(b"one\0\ntwo\n")
    assert count_source(detect("a.log.gz", body), Memory(body)).records == 2
