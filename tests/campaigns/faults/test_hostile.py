"""Hostile files, in their small form: a count or a rejection, in bounded time and memory."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from hostile import CASES, in_a_process, made, outcome

PAYLOAD_BYTES = 256 * 1024
"""The most that a state hands on (AWS Step Functions quotas)."""

MEMORY_MB = 200
"""Of the functions' 256, Lambda's runtime takes some."""

LITTLE = {
    "a.csv": b'id,name\n1,"a,b"\n',
    "a.tsv": b"id\tname\n1\t2\n",
    "a.jsonl": b'{"a": 1}\n[2]\n',
    "a.json": b'[{"a": "b"}, 2]\n',
    "a.txt": b"one\ntwo\n",
}
KEYS = [
    "a\tb\x01\x7f\r\n.csv",
    "../../etc/passwd.csv",
    "/leading//double/.csv/a.csv",
    "\N{GRINNING FACE}\u202e\u0000.csv",
    "k" * 1020 + ".csv",
    "\N{GRINNING FACE}" * 255 + ".csv",
]


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_file_ends_in_a_count_or_a_rejection(name, tmp_path):
    wanted = CASES[name][-1]
    ended = in_a_process(made(name, tmp_path, full=False))
    assert ended["outcome"] == wanted if wanted is not None else "answer" in ended, ended
    assert ended["answer"] < PAYLOAD_BYTES
    assert ended["peak_mb"] < MEMORY_MB


@pytest.mark.parametrize("name", LITTLE)
@pytest.mark.parametrize("unit", [b"\0", b"\xff", b"\xed\xa0\x80", b'"', b"\\", b"\xef\xbb\xbf"])
def test_a_strange_byte_at_any_place_is_a_count_or_a_rejection(name, unit, tmp_path):
    path, whole = tmp_path / name, LITTLE[name]
    for at in range(len(whole) + 1):
        path.write_bytes(whole[:at] + unit + whole[at:])
        ended, _ = outcome(path)
        assert ended in range(4) or ended in CODES, at


CODES = {"FORMAT_MISMATCH", "BAD_ENCODING", "MALFORMED_CSV", "MALFORMED_JSON"}


@pytest.mark.parametrize("key", KEYS)
def test_a_strange_key_is_counted_as_any_other(key, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(LITTLE["a.csv"])
    assert outcome(path, key)[0] == 1
