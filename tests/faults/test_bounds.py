"""What costs much for few bytes is bounded: long values, many members, absurd names."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from functions.core.counting import count_source
from functions.core.detection import detect
from functions.core.errors import InvalidFile

ROOT = Path(__file__).resolve().parents[2]
MIB = 1 << 20
LAMBDA_MB = 256 - 40
"""What the functions have, less what AWS's client takes of it."""

COUNTED = """
import json, pathlib, sys
from functions.core.counting import count_path
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
    ("name", "first", "again", "last", "expected"),
    [
        ("lone surrogates.jsonl", b'["\\ud800",', b"[],", b"1]\n", 1),
        ("a bracket is missing.jsonl", b"[", b"[],", b"1\n", "MALFORMED_JSON"),
        ("values in one line.jsonl", b"1", b" 1", b"\n", "MALFORMED_JSON"),
        ("escapes.jsonl", b'"', b"\\n", b'"\n', 1),
        ("an element.json", b'["', b"xyz", b'"]', 1),
    ],
)
def test_a_value_just_within_the_limit_fits_into_the_memory_of_the_function(
    name, first, again, last, expected, tmp_path
):
    body = first + again * (62 * MIB // len(again)) + last
    found, peak = alone(tmp_path / name, body)
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
