"""ORC as pyarrow writes it, in every compression, and as nobody should write it."""

import contextlib
import io

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import orc

from functions.core.counting.detection import detect
from functions.core.counting.formats.orc import TAIL_BYTES
from functions.core.counting.whole_file import count_source
from functions.core.errors import InvalidFile
from tests.builders.contents import Memory
from tests.builders.encoded import varint

COMPRESSIONS = ["uncompressed", "zlib", "snappy", "lz4", "zstd"]
ROWS = 3000
TABLES = {
    "numbers and texts": pa.table({"a": range(ROWS), "b": [f"t {n % 7}" for n in range(ROWS)]}),
    "no rows": pa.table({"a": pa.array([], pa.int64())}),
    "nothing but nulls": pa.table({"a": pa.nulls(2_000_000, pa.int64())}),
    "all the same": pa.table({"a": [1] * 500_000}),
    "all true": pa.table({"a": [True] * 500_000}),
    "structures": pa.table({"a": [{"b": [1, 2]}] * ROWS, "c": [["x", None]] * ROWS}),
    "names of any kind": pa.table({"a.b": [1], "\u00e9\U0001f600": [2], "x" * 300: [3]}),
    "many columns": pa.table({f"column {n}": [n] * 3 for n in range(900)}),
    "many texts": pa.table({"a": [f"{n:060}" for n in range(ROWS)]}),
}


def written(table, **options):
    out = io.BytesIO()
    orc.write_table(table, out, **options)
    return out.getvalue()


def count(body):
    return count_source(detect("a.orc", body[:4096]), Memory(body))


def refused(body):
    with pytest.raises(InvalidFile) as caught:
        count(body)
    return caught.value.code, caught.value.message


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("name", TABLES)
def test_rows_and_columns_are_those_that_were_written(name, compression):
    found = count(written(TABLES[name], compression=compression))
    assert (found.records, found.columns) == (
        TABLES[name].num_rows,
        tuple(TABLES[name].column_names),
    )


def test_stripes_are_added_up():
    body = written(pa.table({"a": [f"{n:0100}" for n in range(90_000)]}), stripe_size=1 << 18)
    assert orc.ORCFile(io.BytesIO(body)).nstripes > 1
    assert count(body).records == 90_000


def test_no_more_than_the_tail_is_read():
    body = written(pa.table({"a": [f"{n * 7919 % 99991:050}" for n in range(5000)]}))
    source = Memory(body)
    count_source(detect("a.orc", body[:4096]), source)
    assert source.asked == [(len(body) - TAIL_BYTES, TAIL_BYTES)]


TEXTS = st.lists(st.text(max_size=30), min_size=1, max_size=40, unique=True)


@settings(max_examples=60)
@given(TEXTS, st.sampled_from(COMPRESSIONS))
def test_any_names_come_out_of_any_compression(names, compression):
    names = [name.replace("\0", "") + str(number) for number, name in enumerate(names)]
    body = written(pa.table({name: [1] for name in names}), compression=compression)
    assert count(body).columns == tuple(names)


def field(number, value):
    if isinstance(value, bytes):
        return varint(number << 3 | 2) + varint(len(value)) + value
    return varint(number << 3) + varint(value)


def message(*pairs):
    return b"".join(field(number, value) for number, value in pairs)


def stripe(rows, length=9, offset=3):
    return message((1, offset), (2, 0), (3, length), (4, 0), (5, rows))


STRUCT = message((1, 12), (3, b"id"))


MALFORMED = "MALFORMED_FILE"


def file_of(*pairs, codec=0, length=None):
    footer = message(*pairs)
    post = message((1, len(footer) if length is None else length), (2, codec), (8000, b"ORC"))
    return b"ORC" + bytes(9) + footer + post + bytes([len(post)])


@pytest.mark.parametrize(
    ("body", "code", "what"),
    [
        (file_of((3, stripe(7)), (4, STRUCT), (6, 8)), MALFORMED, "says 8 rows, its stripes 7"),
        (file_of((4, STRUCT), (6, 2**63)), MALFORMED, "its stripes 0"),
        (file_of((3, stripe(9 * 520 + 1)), (6, 1)), MALFORMED, "9 bytes cannot hold 4681 rows"),
        (file_of((3, stripe(1, 900)), (6, 1)), MALFORMED, "a stripe lies outside of the file"),
        (file_of((3, 7), (6, 1)), MALFORMED, "a text in the footer is a number"),
        (file_of((6, b"x")), MALFORMED, "a number in the footer is none"),
        (file_of(length=10**6), MALFORMED, "length is absurd"),
        (file_of(codec=3), "UNSUPPORTED_FORMAT", "compressed by LZO: write it with zlib"),
        (file_of(codec=6), "UNSUPPORTED_FORMAT", "compressed by Brotli"),
        (file_of(codec=9), "UNSUPPORTED_FORMAT", "compressed by codec 9"),
        (file_of((1, 1))[:-1], "TRUNCATED", "there is no ORC footer at the end"),
        (b"ORC", "TRUNCATED", "there is no ORC footer at the end"),
        (written(TABLES["no rows"])[:-30], "TRUNCATED", "there is no ORC footer at the end"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_refused_with_what_is_wrong(body, code, what):
    found = refused(body)
    assert found[0] == code
    assert what in found[1]
    assert ": " in found[1]


@pytest.mark.parametrize("rows", [0, 1, 9 * 520])
def test_a_stripe_may_hold_what_its_bytes_can(rows):
    counted = count(file_of((3, stripe(rows)), (4, STRUCT), (6, rows)))
    assert (counted.records, counted.columns) == (rows, ("id",))


@settings(max_examples=300)
@given(st.data())
def test_any_change_of_a_footer_is_a_count_or_a_rejection(data):
    body = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(3, len(body) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(InvalidFile):
        assert count(bytes(body)).records >= 0


SEEDS = [
    written(TABLES["numbers and texts"].slice(0, 9), compression=each) for each in COMPRESSIONS
]
