"""What a compressed file may hold: how much, in how many members, and what ends it too early."""

import bz2
import gzip
import lzma
import sys

import pytest

from functions.core.counting import compression
from functions.core.counting.compression import compression_of, decompressed
from functions.core.errors import InvalidFile

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

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
    told = ("TRUNCATED", f"the {name} content ends before its end: upload the whole file")
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


def test_what_comes_out_is_bounded_by_its_size_and_not_by_its_ratio(monkeypatch):
    body = gzip.compress(b"\n" * 100_000)
    monkeypatch.setattr(compression, "OUTPUT_LIMIT", 100_000)
    assert sum(map(len, opened(body))) == 100_000
    monkeypatch.setattr(compression, "OUTPUT_LIMIT", 99_999)
    assert refused(opened(body))[0] == "DECOMPRESSION_LIMIT"


def test_an_honest_file_of_zeros_is_no_bomb():
    """A thousand bytes of zeros are one of gzip's: 96 MB of a sparse table."""
    row = b"0,0,0,0\n"
    body = gzip.compress(row * (96_000_000 // len(row)))
    assert sum(map(len, opened(body))) == 96_000_000


def skippable(content, number=0):
    """A frame of Zstandard that decoders pass over (RFC 8878, 3.1.2)."""
    magic = (0x184D2A50 + number).to_bytes(4, "little")
    return magic + len(content).to_bytes(4, "little") + content


@pytest.mark.parametrize("size", [1, 5, 5000])
def test_skippable_frames_are_passed_over_wherever_they_stand(size):
    frame = zstd.compress(b"one\n")
    body = skippable(b"", 15) + frame + skippable(b"x" * 99, 5) + skippable(b"") + frame
    assert b"".join(opened(body, "zstd", size)) == b"one\none\n"
    assert compression_of(body) == "zstd"


@pytest.mark.parametrize("size", [1, 3, 5000])
@pytest.mark.parametrize(
    "garbage", [b"g", b"garbage\n", b"\x1f garbage", b"\0\0\0g", b"\x1f\x8b\xff"]
)
def test_garbage_after_a_member_is_corrupt_and_not_truncated(garbage, size):
    code, message = refused(opened(gzip.compress(b"id\n1\n") + garbage, size=size))
    assert code == "CORRUPT_COMPRESSION"
    assert "gzip -t" in message


def test_garbage_is_said_to_come_after_the_content():
    _, message = refused(opened(gzip.compress(b"id\n1\n") + b"garbage\n"))
    assert message.startswith("gzip: after 5 bytes of content comes something else: ")


def test_a_member_that_has_only_begun_is_truncated():
    for size in (1, 5000):
        assert refused(opened(gzip.compress(b"1\n") + b"\x1f", size=size))[0] == "TRUNCATED"


def a_gigabyte_of_xz():
    return lzma.compress(b"1\n", filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 30}])


def two_gigabytes_of_zstd():
    return b"\x28\xb5\x2f\xfd\x00" + bytes([21 << 3]) + b"\x11\0\x0012"


@pytest.mark.parametrize(
    ("name", "made", "advice"),
    [("xz", a_gigabyte_of_xz, "xz -9"), ("zstd", two_gigabytes_of_zstd, "zstd --long=27")],
)
def test_a_window_over_the_memory_is_said_to_be_one(name, made, advice):
    code, message = refused(opened(made(), name))
    assert code == "DECOMPRESSION_LIMIT"
    assert message.endswith(f"compress it by `{advice}` or less")


def test_an_error_that_is_not_of_the_data_passes_through(monkeypatch):
    class Broken:
        eof, needs_input = False, True

        def decompress(self, data, length):
            raise KeyError("not of the data")

    kind = compression.Compression("gzip", (), (b"x",), Broken)
    monkeypatch.setitem(compression.BY_NAME, "gzip", kind)
    with pytest.raises(KeyError):
        list(opened(b"x"))
