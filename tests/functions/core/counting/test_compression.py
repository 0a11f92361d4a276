"""What a compressed file may hold: how much, in how many members, and what ends it too early."""

import bz2
import gzip
import lzma

import pytest

from functions.core.counting import compression
from functions.core.counting.compression import compression_of, decompressed
from functions.core.errors import InvalidFile

COMPRESS = {"gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress}


def opened(body, name="gzip", size=1 << 20):
    """The content, of a body that comes in blocks of this size."""
    return decompressed((body[at : at + size] for at in range(0, len(body), size)), name)


def refused(blocks):
    with pytest.raises(InvalidFile) as caught:
        list(blocks)
    return caught.value.code, caught.value.message


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\x1f\x8b\x08", "gzip"),
        (b"BZh9", "bzip2"),
        (b"\xfd7zXZ\x00\x00", "xz"),
        (b"\x28\xb5\x2f\xfd\x00", "zstd"),
        (b"BZ", None),
        (b"", None),
        (b"id\n", None),
    ],
)
def test_a_compression_is_known_by_its_first_bytes(head, name):
    assert compression_of(head) == name


@pytest.mark.parametrize("name", COMPRESS)
@pytest.mark.parametrize("size", [1, 7, 5000])
def test_members_and_padding_come_out_as_one_wherever_blocks_end(name, size):
    one, two = COMPRESS[name](b"one\n" * 3000), COMPRESS[name](b"two\n")
    body = one + bytes(9) + two + bytes(5) + COMPRESS[name](b"") + two
    assert b"".join(opened(body, name, size)) == b"one\n" * 3000 + b"two\ntwo\n"


@pytest.mark.parametrize("name", COMPRESS)
def test_what_ends_before_its_end_is_truncated(name):
    body = COMPRESS[name](b"one\n" * 3000)
    told = ("TRUNCATED", f"the {name} content ends before its end")
    assert refused(opened(body[:-1], name)) == told
    assert refused(opened(body[:12], name, 5)) == told
    assert b"".join(opened(b"", name)) == b"".join(opened(bytes(9), name)) == b""


@pytest.mark.parametrize("name", COMPRESS)
def test_what_is_no_member_after_one_is_corrupt(name):
    code, message = refused(opened(COMPRESS[name](b"1\n") + b"something else", name))
    assert code == "CORRUPT_COMPRESSION"
    assert message.startswith(f"{name}: ")


def test_a_little_that_becomes_much_comes_a_step_at_a_time():
    pieces = list(opened(gzip.compress(b"\n" * (5 << 20))))
    assert max(map(len, pieces)) <= 1 << 20
    assert sum(map(len, pieces)) == 5 << 20


def test_only_what_is_over_both_limits_is_a_bomb(monkeypatch):
    body = gzip.compress(b"\n" * 100_000)
    monkeypatch.setattr(compression, "FREE_BYTES", 100_000)
    monkeypatch.setattr(compression, "RATIO_LIMIT", 1)
    assert sum(map(len, opened(body))) == 100_000
    monkeypatch.setattr(compression, "FREE_BYTES", 99_999)
    told = ("DECOMPRESSION_LIMIT", "over 1 bytes come out of each compressed one")
    assert refused(opened(body)) == told
    monkeypatch.setattr(compression, "RATIO_LIMIT", 100_000 // len(body) + 1)
    assert sum(map(len, opened(body))) == 100_000


def test_a_ratio_of_just_the_limit_is_no_bomb(monkeypatch):
    monkeypatch.setattr(compression, "FREE_BYTES", 0)
    body = gzip.compress(bytes(range(256)) * 4, mtime=0)
    monkeypatch.setattr(compression, "RATIO_LIMIT", 1024 / len(body))
    assert sum(map(len, opened(body))) == 1024


def test_the_ratio_is_of_what_was_taken_so_far(monkeypatch):
    monkeypatch.setattr(compression, "FREE_BYTES", 1000)
    monkeypatch.setattr(compression, "RATIO_LIMIT", 20)
    even = gzip.compress(bytes(range(256)) * 3)
    bomb = gzip.compress(b"\n" * 20_000)
    assert sum(map(len, opened(even * 20, size=50))) == 768 * 20
    assert refused(opened(bomb + even * 20, size=50))[0] == "DECOMPRESSION_LIMIT"


def test_many_members_must_take_some_bytes_each(monkeypatch):
    member = gzip.compress(b"1\n")
    monkeypatch.setattr(compression, "FREE_MEMBERS", 10)
    monkeypatch.setattr(compression, "MEMBER_BYTES", len(member))
    assert b"".join(opened(member * 50)) == b"1\n" * 50
    monkeypatch.setattr(compression, "MEMBER_BYTES", len(member) + 1)
    assert b"".join(opened(member * 10)) == b"1\n" * 10
    told = ("DECOMPRESSION_LIMIT", f"over 10 members of less than {len(member) + 1} bytes")
    assert refused(opened(member * 11)) == told


def test_an_error_that_is_not_of_the_data_passes_through(monkeypatch):
    class Broken:
        eof, needs_input = False, True

        def decompress(self, data, length):
            raise KeyError("not of the data")

    kind = compression.Compression("gzip", (), b"", Broken)
    monkeypatch.setitem(compression.BY_NAME, "gzip", kind)
    with pytest.raises(KeyError):
        list(opened(b"x"))
