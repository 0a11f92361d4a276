"""parquet's footer, byte by byte: each type that may stand there, each fault."""

import pytest

from functions.core.counting.detection import detect
from functions.core.counting.formats import parquet
from functions.core.counting.whole_file import count_source
from tests.builders.contents import Memory
from tests.builders.counting import count, refused
from tests.builders.encoded import varint, zigzag


def field(step, kind, value=b""):
    """A field whose number is so much higher than the one before it."""
    return bytes([step << 4 | kind]) + value


def text(value):
    return varint(len(value)) + value


def struct(*parts):
    return b"".join(parts) + b"\0"


def many(kind, *values):
    """A list; of 15 elements and more its size stands apart."""
    head = bytes([len(values) << 4 | kind]) if len(values) < 15 else bytes([0xF0 | kind])
    return head + (b"" if len(values) < 15 else varint(len(values))) + b"".join(values)


def element(name, children=None, before=b""):
    parts = [before, field(4 if not before else 3, 8, text(name))]
    return struct(*parts, *([] if children is None else [field(1, 5, zigzag(children))]))


def schema(*elements):
    return many(12, *elements)


ONE_COLUMN = schema(element(b"root", 1), element(b"a"))


def footer(*parts):
    body = struct(*parts)
    return b"PAR1" + body + len(body).to_bytes(4, "little") + b"PAR1"


def chunk(size=16, path=None):
    """A column chunk whose pages take so many bytes; in another file, if that is named."""
    where = field(1, 8, text(path)) if path is not None else b""
    return struct(where, field(2 if where else 3, 12, struct(field(7, 6, zigzag(size)))))


def group(rows, *chunks):
    return struct(field(1, 9, many(12, *chunks)), field(2, 6, zigzag(rows)))


def groups(*rows):
    """Row groups of so many rows in one column."""
    return many(12, *(group(each, chunk()) for each in rows))


def parquet_of(rows=7, elements=ONE_COLUMN, after=b"", held=None):
    """A file of that schema and so many rows, with more fields after them."""
    return footer(
        field(1, 5, zigzag(1)),
        field(1, 9, elements),
        field(1, 6, zigzag(rows)),
        field(1, 9, groups(rows) if held is None else held),
        after,
    )


@pytest.mark.parametrize("rows", [0, 1, 63, 64, 2**31 - 1])
def test_parquet_tells_its_rows_and_columns(rows):
    counted = count("a.parquet", parquet_of(rows))
    assert (counted.records, counted.columns) == (rows, ("a",))
    assert (counted.ragged_rows, counted.encoding) == (None, None)


@pytest.mark.parametrize(
    "after",
    [
        field(1, 1),
        field(1, 2),
        field(1, 3, b"\x05"),
        field(1, 4, zigzag(300)),
        field(1, 5, zigzag(-300)),
        field(1, 6, zigzag(2**60)),
        field(1, 7, b"8 bytes."),
        field(1, 8, text(b"x" * 300)),
        field(1, 8, text(b"")),
        field(1, 9, many(5, *map(zigzag, range(200)))),
        field(1, 9, many(8, text(b"one"), text(b"two"))),
        field(1, 9, many(12, struct(field(1, 5, zigzag(9))), struct())),
        field(1, 9, many(9, many(5, zigzag(1)), many(3, b"\x01", b"\x02"))),
        field(1, 10, many(7, b"8 bytes.", b"8 bytes.")),
        field(1, 10, many(1, b"\x01", b"\x02")),
        field(1, 11, b"\0"),
        field(1, 11, varint(2) + bytes([8 << 4 | 5]) + (text(b"k") + zigzag(500)) * 2),
        field(1, 11, varint(1) + bytes([3 << 4 | 12]) + b"\x01" + struct(field(1, 1))),
        field(1, 12, struct(field(1, 12, struct(field(3, 8, text(b"deep")))))),
        b"\x05" + zigzag(40) + zigzag(7),
    ],
)
def test_whatever_else_the_footer_holds_is_passed_over(after):
    # If a byte too many or too few were passed over, the last field would not be a value's end.
    last = field(1, 8, text(b"created by"))
    counted = count("a.parquet", parquet_of(7, after=after + last))
    assert (counted.records, counted.columns) == (7, ("a",))
    moved = footer(field(6, 9, b"\x05"), after, b"\x06" + zigzag(3) + zigzag(0))
    assert count("a.parquet", moved).records == 0


def test_a_nested_column_is_named_once_and_its_parts_are_not():
    elements = schema(
        element(b"root", 3),
        element(b"a", 2, field(1, 5, zigzag(0))),
        element(b"a.x"),
        element(b"a.y", 1),
        element(b"a.y.z"),
        element(b"b"),
        element(b"c\xff", 0),
    )
    assert count("a.parquet", parquet_of(1, elements)).columns == ("a", "b", "c\ufffd")


def test_a_schema_of_more_than_fourteen_elements_has_its_size_apart():
    names = [b"c%d" % number for number in range(20)]
    elements = schema(element(b"root", 20), *map(element, names))
    assert count("a.parquet", parquet_of(1, elements)).columns == tuple(n.decode() for n in names)


def test_a_schema_of_nothing_names_no_columns():
    assert count("a.parquet", parquet_of(0, schema())).columns is None
    assert count("a.parquet", parquet_of(0, schema(element(b"root", 0)))).columns == ()


TOO_DEEP = field(1, 12) * 66 + b"\0" * 67
UNKNOWN = field(1, 13)
MALFORMED = "MALFORMED_FILE"


@pytest.mark.parametrize(
    ("body", "code", "what"),
    [
        (parquet_of()[:11], "TRUNCATED", "shorter than any parquet file"),
        (parquet_of()[:-1] + b"2", "TRUNCATED", "no footer at the end"),
        (parquet_of()[:-1] + b"E", "UNSUPPORTED_FORMAT", "encrypted"),
        (b"PAR1\0\5\0\0\0PAR1", MALFORMED, "length is absurd"),
        (b"PAR1" + b"\x15\x02" + b"\2\0\0\0PAR1", "TRUNCATED", "ends before its end"),
        (footer(), MALFORMED, "no number of rows"),
        (parquet_of(-1, held=groups()), MALFORMED, "no number of rows"),
        (footer(field(3, 8, text(b"7"))), MALFORMED, "no number of rows"),
        (parquet_of(1, many(5, zigzag(1))), MALFORMED, "the schema is no list of structs"),
        (parquet_of(1, schema(element(b"r", 2), element(b"a"))), MALFORMED, "as many as it says"),
        (parquet_of(1, schema(element(b"r", 0), element(b"a"))), MALFORMED, "as many as it says"),
        (parquet_of(1, schema(element(b"r", 1), element(b"a", 1))), MALFORMED, "as many"),
        (
            parquet_of(1, schema(element(b"r", 1), element(b"a", -1))),
            MALFORMED,
            "fewer children than none",
        ),
        (parquet_of(7, held=groups(3, 3)), MALFORMED, "says 7 rows, its row groups 6: write"),
        (parquet_of(7, held=many(12)), MALFORMED, "says 7 rows, its row groups 0"),
        (parquet_of(-1, held=groups(-1)), MALFORMED, "cannot hold -1 rows"),
        (parquet_of(3, held=many(5, zigzag(3))), MALFORMED, "row groups are no list of structs"),
        (
            parquet_of(3, held=many(12, struct(field(1, 9, many(5, zigzag(3)))))),
            MALFORMED,
            "the columns of a row group are no list of structs",
        ),
        (parquet_of(2**63 - 1), MALFORMED, "cannot hold 9223372036854775807 rows in 16 bytes"),
        (parquet_of(1, held=many(12, group(1, chunk(0)))), MALFORMED, "hold 1 rows in 0 bytes"),
        (parquet_of(1, held=many(12, group(1, chunk(10**9)))), MALFORMED, "cannot hold 1 rows"),
        (parquet_of(2**31, held=many(12, group(2**31))), MALFORMED, "cannot hold"),
        (
            parquet_of(3, held=many(12, group(3, chunk(16, b"part.0.parquet")))),
            "UNSUPPORTED_FORMAT",
            "a summary of other files (_metadata): upload those",
        ),
        (parquet_of(after=TOO_DEEP), MALFORMED, "nested too deep"),
        (parquet_of(after=UNKNOWN), MALFORMED, "an unknown type in the footer (13)"),
        (parquet_of(after=field(1, 9, b"\xf5" + varint(99))), MALFORMED, "longer than the footer"),
        (parquet_of(after=field(1, 11, varint(99))), MALFORMED, "longer than the footer"),
        (parquet_of(after=field(1, 5, b"\xff" * 10 + b"\1")), None, None),
        (parquet_of(after=field(1, 8, b"\xff" * 10 + b"\1")), MALFORMED, "more than 64 bits"),
        (parquet_of(after=field(1, 8, b"\xff" * 9 + b"\2")), MALFORMED, "more than 64 bits"),
    ],
)
def test_a_footer_that_is_none_is_refused_with_what_is_wrong(body, code, what):
    if code is None:
        assert count("a.parquet", body).records == 7
        return
    found = refused("a.parquet", body)
    assert found[0] == code
    assert what in found[1]


def test_a_footer_may_be_nested_as_deep_as_the_limit():
    deep = field(1, 12) * 65 + b"\0" * 65
    assert count("a.parquet", parquet_of(after=deep)).records == 7


def test_an_empty_list_may_name_no_type():
    """As fastparquet and hyparquet write it."""
    nothing = b"\0"
    body = footer(field(2, 9, nothing), field(1, 6, zigzag(0)), field(1, 9, nothing))
    assert count("a.parquet", body).records == 0
    assert count("a.parquet", parquet_of(3, after=field(1, 9, nothing))).records == 3


def test_the_rows_are_those_of_all_row_groups_together():
    assert count("a.parquet", parquet_of(9, held=groups(4, 0, 5))).records == 9


def test_a_group_without_columns_may_have_rows():
    """As Polars writes a table that has a height and no width."""
    assert count("a.parquet", parquet_of(5, held=many(12, group(5)))).records == 5


def test_a_column_whose_metadata_are_encrypted_is_taken_at_its_word():
    secret = struct(field(2, 6, zigzag(4)), field(6, 12, struct()))
    assert count("a.parquet", parquet_of(5, held=many(12, group(5, secret)))).records == 5


def test_columns_over_their_limit_are_refused(monkeypatch):
    monkeypatch.setattr(parquet, "COLUMN_LIMIT", 1)
    assert count("a.parquet", parquet_of()).columns == ("a",)
    two = schema(element(b"root", 2), element(b"a"), element(b"b"))
    assert refused("a.parquet", parquet_of(1, two))[0] == MALFORMED


def test_no_more_than_the_footer_is_read_of_parquet():
    body = parquet_of()
    source = Memory(b"PAR1" + bytes(1000) + body[4:])
    size = source.size
    assert count_source(detect("a.parquet", b"PAR1"), source).uncompressed_bytes == size
    assert source.asked == [(size - 8, 8), (size - len(body) + 4, len(body) - 12)]
