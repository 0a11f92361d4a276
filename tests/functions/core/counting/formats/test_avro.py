"""avro's blocks, byte by byte: each codec that may stand there, each fault."""

import json

import pytest

from functions.core.counting.detection import detect
from functions.core.counting.formats import avro
from functions.core.counting.whole_file import count_source
from tests.builders.contents import Memory
from tests.builders.counting import count, refused
from tests.builders.encoded import zigzag

SCHEMA = {"type": "record", "name": "r", "fields": [{"name": "id", "type": "long"}]}
NULLS = {"type": "record", "name": "r", "fields": [{"name": "id", "type": "null"}]}
SYNC = bytes(range(16))
MALFORMED = "MALFORMED_FILE"


def head(schema=SCHEMA, entries=None, *, sized=False):
    """The head; `sized` writes its map as a block that tells its bytes, too."""
    text_ = schema if isinstance(schema, bytes) else json.dumps(schema).encode()
    given = {b"avro.codec": b"null", b"avro.schema": text_, b"note": b"x", **(entries or {})}
    body = b"".join(zigzag(len(k)) + k + zigzag(len(v)) + v for k, v in given.items())
    number = zigzag(-len(given)) + zigzag(len(body)) if sized else zigzag(len(given))
    return b"Obj\x01" + number + body + zigzag(0) + SYNC


def block(objects, data=None, sync=SYNC, size=None):
    """A block; without data of its own, of a byte an object."""
    data = b"x" * max(objects, 4) if data is None else data
    return zigzag(objects) + zigzag(len(data) if size is None else size) + data + sync


@pytest.mark.parametrize("sized", [False, True])
def test_the_blocks_of_avro_tell_their_objects(sized):
    body = head(sized=sized) + block(3) + block(0, b"") + block(400, b"x" * 9000) + block(1)
    counted = count("a.avro", body)
    assert (counted.records, counted.columns) == (404, ("id",))


def test_a_file_of_no_blocks_has_no_objects():
    assert count("a.avro", head()).records == 0


@pytest.mark.parametrize(
    ("body", "code", "what"),
    [
        (head() + block(-1), MALFORMED, "below zero"),
        (head() + block(1, size=-1), MALFORMED, "below zero"),
        (head() + block(1, sync=bytes(16)), MALFORMED, "does not end with the file's marker"),
        (head() + block(1)[:-1], "TRUNCATED", "the last block ends before its end"),
        (head() + block(1, size=99), "TRUNCATED", "the last block ends before its end"),
        (head() + b"\x80", "TRUNCATED", "ends before its end"),
        (head()[:-1], "TRUNCATED", "ends before its end"),
        (b"Obj\x01" + zigzag(1) + zigzag(-5), MALFORMED, "a length is below zero"),
        (head(b"{"), MALFORMED, "no Avro schema"),
        (head() + block(5, b"data"), MALFORMED, "has 5 objects and has room for 4: write"),
        (head() + block(2**63 - 1, b"x" * 27_000), MALFORMED, "has room for 27000"),
        (head() + block(1, b""), MALFORMED, "has room for 0"),
        (head(NULLS) + block(2**31, b""), MALFORMED, "has room for 2147483647"),
        (head({"fields": []}), MALFORMED, "no Avro schema"),
        (head({"fields": [1]}), MALFORMED, "no Avro schema"),
        (head({"fields": [{}]}), MALFORMED, "no Avro schema"),
        (head(b"[" * 100_000), MALFORMED, "no Avro schema"),
    ],
)
def test_a_file_of_avro_that_is_none_is_refused_with_what_is_wrong(body, code, what):
    found = refused("a.avro", body)
    assert found[0] == code
    assert what in found[1]


@pytest.mark.parametrize("schema", [NULLS, "null", {**NULLS, "fields": []}])
def test_objects_of_nothing_take_no_byte(schema):
    assert count("a.avro", head(schema) + block(10**6, b"")).records == 10**6


@pytest.mark.parametrize(
    ("codec", "most"), [(b"deflate", 1_032), (b"snappy", 22), (b"bzip2", 1_100_000)]
)
def test_a_compressed_block_holds_as_much_as_its_codec_can_make_of_it(codec, most):
    start = head(entries={b"avro.codec": codec})
    assert count("a.avro", start + block(most, b"x")).records == most
    assert refused("a.avro", start + block(most + 1, b"x"))[0] == MALFORMED


@pytest.mark.parametrize("schema", ["long", {"type": "long"}, [SCHEMA]])
def test_a_schema_that_is_no_record_names_no_columns(schema):
    assert count("a.avro", head(schema) + block(2)).columns is None


def test_a_schema_over_the_limit_is_not_looked_at(monkeypatch):
    size = len(json.dumps(SCHEMA))
    monkeypatch.setattr(avro, "SCHEMA_LIMIT", size)
    assert count("a.avro", head()).columns == ("id",)
    monkeypatch.setattr(avro, "SCHEMA_LIMIT", size - 1)
    assert count("a.avro", head() + block(2)).columns is None


def test_a_long_head_of_avro_is_read_once_more_and_no_longer_one(monkeypatch):
    body = head(entries={b"pad": bytes(500)}) + block(2)
    monkeypatch.setattr(avro, "HEAD_LENGTHS", (100, len(body)))
    source = Memory(body)
    assert count_source(detect("a.avro", body), source).records == 2
    assert source.asked[:2] == [(0, 100), (0, len(body))]
    monkeypatch.setattr(avro, "HEAD_LENGTHS", (100, 400))
    assert refused("a.avro", body)[0] == "TRUNCATED"
