"""What the readers of parquet and avro read with: cursors, numbers, pieces, windows."""

import pytest

from functions.core.counting.formats.scanning.binary import Cursor, Pieces, Window
from functions.core.errors import InvalidFile
from tests.builders.contents import Memory
from tests.builders.encoded import varint, zigzag


def test_a_cursor_takes_what_is_there_and_says_where_it_is():
    cursor = Cursor(b"abc")
    assert (cursor.take(2), cursor.at, cursor.take(0), cursor.take(1)) == (b"ab", 2, b"", b"c")
    with pytest.raises(InvalidFile):
        cursor.take(1)
    with pytest.raises(InvalidFile, match="below zero"):
        Cursor(b"abc").take(-1)


@pytest.mark.parametrize("number", [0, 1, 127, 128, 16383, 16384, 2**32, 2**64 - 1])
def test_a_varint_is_read_as_it_was_written(number):
    assert Cursor(varint(number)).varint() == number


@pytest.mark.parametrize("number", [0, -1, 1, -2, 2, 300, -301, 2**62, -(2**63)])
def test_a_signed_number_is_read_as_it_was_written(number):
    assert Cursor(zigzag(number)).zigzag() == number


def test_numbers_are_passed_over_without_being_read():
    cursor = Cursor(varint(1) + varint(300) + varint(2**40) + b"x")
    cursor.skip_varints(3)
    assert cursor.take(1) == b"x"
    with pytest.raises(InvalidFile):
        Cursor(b"\x80\x80").skip_varints(1)


def test_pieces_grow_while_one_reads_on_and_are_short_again_after_a_leap():
    source = Memory(bytes(4 << 20))
    pieces = Pieces(source)
    for start in range(0, 100_000, 100):
        assert len(pieces.read(start, 100)) == 100
    lengths = [length for _, length in source.asked]
    assert lengths == [8192, 16384, 32768, 65536]
    pieces.read(3 << 20, 10)
    assert source.asked[-1] == (3 << 20, 4096)
    pieces.read(10, 10)
    assert source.asked[-1][0] == 10


def test_a_piece_is_never_longer_than_a_megabyte_unless_that_is_asked_for():
    source = Memory(bytes(9 << 20))
    pieces = Pieces(source)
    for start in range(0, 5 << 20, 4000):
        pieces.read(start, 4000)
    assert max(length for _, length in source.asked) == 1 << 20
    assert len(pieces.read(0, 3 << 20)) == 3 << 20
    assert len(pieces.read(source.size - 5, 10)) == 5


def test_a_window_gives_as_much_as_is_asked_for_or_the_file_is_truncated():
    window = Window(Memory(b"abcdef"), 3)
    assert window.cursor().data == b"abc"
    assert window.cursor(5).data == b"abcde"
    window.offset = 4
    assert window.cursor(2).data == b"ef"
    with pytest.raises(InvalidFile) as caught:
        window.cursor(3)
    assert caught.value.code == "TRUNCATED"
