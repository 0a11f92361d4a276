"""What costs much for few bytes is bounded: long values, many members, absurd names."""

import bz2
import gzip
import io
import json
import lzma
import subprocess
import sys
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path
from random import randbytes

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from hostile_binary import avro, workbook

from functions.core.counting import compression
from functions.core.counting.detection import detect
from functions.core.counting.whole_file import count_source
from functions.core.errors import InvalidFile
from functions.core.processing import records

ROOT = Path(__file__).resolve().parents[3]
MIB = 1 << 20
LAMBDA_MB = 256 - 40
"""What the functions have, less what AWS's client takes of it."""

COUNTED = """
import json, pathlib, sys
from functions.core.processing.local_file import count_path
from functions.core.errors import InvalidFile
try:
    found = count_path(pathlib.Path(sys.argv[1])).records
except InvalidFile as why:
    found = why.code
status = pathlib.Path("/proc/self/status").read_text().splitlines()
(peak,) = (line.split()[1] for line in status if line.startswith("VmHWM"))
print(json.dumps([found, int(peak) >> 10]))
"""


class Memory:
    def __init__(self, body):
        self.size = len(body)
        self.body = body

    def blocks(self):
        return (self.body[at : at + MIB] for at in range(0, len(self.body), MIB))

    def read(self, start, length):
        return self.body[start : start + length]


def ends(name, body, content_type=None):
    """The count, or the rejection's code."""
    try:
        return count_source(detect(name, body[:4096], content_type), Memory(body)).records
    except InvalidFile as why:
        return why.code


def alone(path, body):
    """How a file ends in a process of its own, and the MB that it took."""
    path.write_bytes(body)
    words = [sys.executable, "-c", COUNTED, path]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("name", "parts", "expected"),
    [
        ("lone surrogates.jsonl", (b'["\\ud800",', b"[],", b"1]\n"), 1),
        ("a bracket is missing.jsonl", (b"[", b"[],", b"1\n"), "MALFORMED_JSON"),
        ("values in one line.jsonl", (b"1", b" 1", b"\n"), "MALFORMED_JSON"),
        ("escapes.jsonl", (b'"', b"\\n", b'"\n'), 1),
        ("an element.json", (b'["', b"xyz", b'"]'), 1),
    ],
)
def test_a_value_just_within_the_limit_fits_into_the_memory_of_the_function(
    name, parts, expected, tmp_path
):
    first, again, last = parts
    found, peak = alone(tmp_path / name, first + again * (62 * MIB // len(again)) + last)
    assert found == expected
    assert peak < LAMBDA_MB


@pytest.mark.parametrize("line", [b"1\0", b"\0" + b"1", b"1\0\0\0", b"\xef\xbb\xbf1"])
def test_no_other_encoding_is_guessed_for_a_line_of_json(line):
    assert ends("a.jsonl", b"{}\n" * 2000 + line + b"\n") == "MALFORMED_JSON"


def test_lone_surrogates_are_json_and_a_backslash_before_one_hides_none():
    assert ends("a.jsonl", rb'["\ud800", "\uDBFF\\udc00", "\\\udc00"]' + b"\n") == 1
    assert ends("a.jsonl", rb'["\ud80x"]' + b"\n") == "MALFORMED_JSON"
    assert ends("a.json", rb'["\udc00", {"\ud800": 1}]') == 2


def test_lines_around_a_long_one_are_counted_each():
    long = b'["' + b"x" * (3 * MIB) + b'"]'
    assert ends("a.jsonl", b"1\n2\n" + long + b"\n3\n\n4\n" + long) == 6
    assert ends("a.jsonl", b"1\n" + long + b" 2\n3\n") == "MALFORMED_JSON"


class Weighed:
    """A decompressor that adds up what it is given."""

    given = 0

    def __init__(self, inner):
        self.inner = inner

    def decompress(self, data, length):
        Weighed.given += len(data)
        return self.inner.decompress(data, length)

    def __getattr__(self, name):
        return getattr(self.inner, name)


def test_a_file_of_short_members_is_not_copied_for_each_of_them(monkeypatch):
    kind = compression.BY_NAME["gzip"]
    weighed = replace(kind, make=lambda: Weighed(kind.make()))
    monkeypatch.setitem(compression.BY_NAME, "gzip", weighed)
    monkeypatch.setattr(Weighed, "given", 0)
    body = gzip.compress(b"1\n") * 20_000
    assert ends("a.txt.gz", body) == 20_000
    assert Weighed.given < 200 * len(body)


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_zeros_after_a_member_are_padding_wherever_they_end(compress):
    member = compress(b"1\n")
    for padding in (4, 4096 - len(member), 3 * MIB):
        assert ends("a.txt", member + bytes(padding) + member + bytes(padding)) == 2


def test_a_dictionary_of_4_gib_is_refused_and_not_reserved(tmp_path):
    """The size is a byte of the first block's head (xz format, 5.3.1), which ends with a CRC32."""
    head = bytearray(lzma.compress(b"id\n1\n"))
    size = (head[12] + 1) * 4
    place = head.index(b"\x21\x01", 12) + 2
    head[place] = 40
    checked = head[12 : 12 + size - 4]
    head[12 + size - 4 : 12 + size] = zlib.crc32(checked).to_bytes(4, "little")
    found, peak = alone(tmp_path / "a.csv.xz", bytes(head))
    assert (found, peak < LAMBDA_MB) == ("DECOMPRESSION_LIMIT", True)


def test_a_window_of_2_gib_is_refused_and_not_reserved(tmp_path):
    """The frame's head says its window as 2 to the power of 10 and five bits (RFC 8878, 3.1.1)."""
    frame = b"\x28\xb5\x2f\xfd\x00" + bytes([21 << 3]) + b"\x11\x00\x00" + b"12"
    found, peak = alone(tmp_path / "a.csv.zst", frame)
    assert (found, peak < LAMBDA_MB) == ("DECOMPRESSION_LIMIT", True)


@pytest.mark.parametrize(
    "charset",
    [
        *("zlib", "bz2", "base64", "hex", "uu", "quopri", "rot13", "undefined"),  # no text
        *("utf-7", "punycode", "idna", "unicode_escape", "raw_unicode_escape"),  # no bound
        *("a\0b", "../utf8", "x" * 5000, "'", '"', "=", "utf-8''utf-8"),
    ],
)
@pytest.mark.parametrize("body", [b"id\n1\n", b"+AAAA" * 99])
def test_a_charset_that_decodes_no_text_or_without_a_bound_is_refused(charset, body):
    assert ends("a.csv", body, f"text/csv; charset={charset}") == "BAD_ENCODING"


@pytest.mark.parametrize("form", ["charset*=us-ascii'en'utf-16", "charset*0=utf; charset*1=-16"])
def test_a_charset_in_the_extended_forms_is_read(form):
    """RFC 2231, sections 3 and 4."""
    assert ends("a.csv", "id\n1\n".encode("utf-16"), f"text/csv; {form}") == 1


def sheet(*pieces):
    out = io.BytesIO()
    workbook(out, pieces)
    return out.getvalue()


@pytest.mark.parametrize(
    "pieces",
    [
        [b"<a>" * 1000],
        [b'<a b="', b"x" * (6 * MIB), b'"/>'],
        [b"<!--", b"x" * (6 * MIB), b"-->"],
        [b"<a%d/>" % number for number in range(20_000)],
        [b'<a b%d="1"/>' % number for number in range(20_000)],
        [b'<a xmlns:b%d="u"/>' % number for number in range(20_000)],
    ],
    ids=["nested", "an attribute", "a comment", "names", "names of attributes", "prefixes"],
)
def test_what_the_parser_of_a_sheet_would_keep_is_bounded(pieces):
    assert ends("a.xlsx", sheet(*pieces)) == "MALFORMED_FILE"


def test_a_long_text_of_a_sheet_is_passed_over():
    row = b"<row><c><v>%s</v></c></row>"
    text = randbytes(3 * MIB).hex().encode()
    assert ends("a.xlsx", sheet(row % b"1", row % text, text, b" " * (5 * MIB))) == 1


def test_an_archive_of_very_many_parts_is_not_listed():
    out = io.BytesIO(sheet(b""))
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(10_000):
            archive.writestr(f"{number}", b"")
    assert ends("a.xlsx", out.getvalue()) == "MALFORMED_FILE"


def test_a_rejection_quotes_little_of_the_file():
    """The name that a part has in its own header is in the message of zipfile."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", b"")
    body = bytearray(out.getvalue())
    body[26:28] = (60_000).to_bytes(2, "little")
    body[30:30] = bytes(60_000)
    end = body.index(b"PK\x05\x06")
    body[end + 16 : end + 20] = (body.index(b"PK\x01\x02")).to_bytes(4, "little")
    with pytest.raises(InvalidFile) as caught:
        count_source(detect("a.xlsx", bytes(body[:4096])), Memory(bytes(body)))
    assert len(str(caught.value)) < 2000


def test_a_column_named_by_a_lone_surrogate_can_be_stored():
    schema = rb'{"type":"record","name":"r","fields":[{"name":"\ud800","type":"int"}]}'
    out = io.BytesIO()
    avro(out, [(b"avro.schema", schema)], b"")
    counted = count_source(detect("a.avro", out.getvalue()), Memory(out.getvalue()))
    assert records.capped(counted.columns) == ["?"]


def test_names_of_columns_are_told_whole_or_not_at_all():
    header = ",".join(f"column_{number}" for number in range(70_000))
    for text, columns in [(header, 70_000), (f"{header},{header}", None)]:
        body = f"{text}\n1,2\n".encode()
        counted = count_source(detect("a.csv", body[:4096]), Memory(body))
        assert (counted.records, counted.ragged_rows) == (1, 1)
        assert (counted.columns and len(counted.columns)) == columns


def test_line_ends_of_old_end_rows_beside_any_other():
    assert ends("a.csv", b"id,note\r" + b'1,"a\rb"\r\r2,c\r\n' * 1000) == 2000
