"""What a .json file holds depends on its content alone: not on blocks, layout, or compression."""

import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.core.counting.detection import detect
from functions.core.counting.whole_file import count_source
from functions.core.errors import InvalidFile
from tests.builders.contents import Memory

BLOCKS = [1, 2, 3, 7, 64, 1 << 20]
AROUND_THE_HEAD = [(64 << 10) - 1, 64 << 10, (64 << 10) + 1, 1 << 20]

LONG = json.dumps([{"id": number} for number in range(7_000)])  # over the 64 KiB that are looked at
LONGER = json.dumps([{"id": number, "text": "x" * 90} for number in range(12_000)])  # over 1 MiB
WIDE = json.dumps({"text": "\N{EURO SIGN}" * 40_000}, ensure_ascii=False)


def counted(body, block=1 << 20, name="a.json"):
    """Records, format and warnings, or the rejection."""
    try:
        found = count_source(detect(name, body[:4096]), Memory(body, block))
    except InvalidFile as why:
        return why.code, why.message
    return found.records, found.format, found.warnings


def same_in_all_blocks(body, blocks=BLOCKS):
    first, *others = [counted(body, block) for block in blocks]
    assert others == [first] * len(others)
    return first


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("[1,2]\n[3]\n", 2),
        ("[\n1\n]\n[2]\n", 2),
        ("[1,2]\n\n[\n3\n]\n", 2),
        ("[[1],[2]]\n[[3],[4]]\n", 2),
        ("[]\n[]\n", 2),
        ('[{"a":1},{"a":2}]\n[{"a":3},{"a":4}]\n[{"a":5}]', 3),
        ('{}\n{\n"a":1}\n{}', 3),
        ('{\n"a":1}\n[2]', 2),
        ('{\n"a":1}\n{"b":2}\n{"c":3}{"d":4}\n', 4),
        ('[\n1\n]\r\n{"a":\r\n1}\r\n', 2),
        ('{"a":1}\n[\n1,\n2\n]\n{"b":2}\n', 3),
        ('\n\n  {"a":1}\n{"b":2}', 2),
        ('{"a":"\\ud800"}\n{\n"b":"\\udfff"}\n', 2),
    ],
)
def test_several_values_are_counted_however_they_are_laid_out(text, values):
    records, read_as, _ = same_in_all_blocks(text.encode())
    assert (records, read_as) == (values, "jsonl")


@pytest.mark.parametrize("first", [LONG, LONGER, WIDE, json.dumps(json.loads(LONG), indent=1)])
@pytest.mark.parametrize("second", ["[3]", "[\n3\n]", '{"a":1}', LONG])
def test_a_long_first_value_is_one_of_several_as_a_short_one_is(first, second):
    body = f"{first}\n{second}\n".encode()
    records, read_as, _ = same_in_all_blocks(body, AROUND_THE_HEAD)
    assert (records, read_as) == (2, "jsonl")
    with_gzip = counted(gzip.compress(body), name="a.json.gz")
    assert with_gzip == counted(body)


@pytest.mark.parametrize(
    ("text", "records"),
    [
        (LONG, 7_000),
        (LONGER, 12_000),
        (WIDE, 1),
        ("[1, 2, 3]", 3),
        ("[]", 0),
        ("[ ]\n", 0),
        ("[[1,2],[3]]", 2),
        ('["],[", "{", "\\"", "\\\\"]', 4),
        ('["\\ud800", 1]', 2),
        ("17", 1),
        ('"text"', 1),
        ("{}", 1),
    ],
)
def test_one_document_counts_as_before_in_any_blocks(text, records):
    blocks = AROUND_THE_HEAD if len(text) > 1_000 else BLOCKS
    assert same_in_all_blocks(text.encode(), blocks)[:2] == (records, "json")


@pytest.mark.parametrize("after", range(6))
def test_a_character_that_the_head_cuts_in_two_is_read_whole(after):
    text = '{"a":"' + "x" * ((64 << 10) - 8 + after) + '\N{EURO SIGN}"}\n{\n"b":1}\n'
    assert same_in_all_blocks(text.encode(), AROUND_THE_HEAD)[0] == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[1,2", "the array is not closed"),
        ("[1,]", "an element is missing at about byte 3"),
        ("[1,,2]", "an element is missing at about byte 3"),
        ("[1, , 2]", "an element is missing at about byte 4"),
        ("[1,2, ]", "an element is missing at about byte 6"),
        ("[,1]", "an element is missing at about byte 1"),
        ("[1 2]", "(byte 3)"),
        ("[t]", "invalid character (byte 2)"),
        ("[1, t]", "invalid character (byte 5)"),
        ("[1, t, 2]", "invalid character (byte 5)"),
        ("[1,2] x", "after 1 JSON value, at about byte 6: neither an object nor an array"),
        ("[1,2]]", "after 1 JSON value, at about byte 5: neither an object nor an array"),
        ("[1][2]", "after 1 JSON value, at about byte 3: a value that is not on a line of its own"),
        ("[],[]", "after 1 JSON value, at about byte 2: neither an object nor an array"),
        ("[\n1\n]\n[2,\n", "after 1 JSON value, at about byte 6"),
        ('{"a":1}\n{"b":}\n{"c":1}\n', "line 2 is not JSON"),
        ('\n\n{"a":1}\n{"b":}\n', "line 4 is not JSON"),
        ('{"a":1}\n7\n', "line 2 is not JSON: neither an object nor an array"),
        ('{"a":1}\n{\n"b":2}\n{]\n', "after 2 JSON values, at about byte 17"),
        ('{"a":1} 7', "after 1 JSON value, at about byte 8: neither an object nor an array"),
        ("1\n2\n", "trailing characters"),
        ("{", "truncated"),
    ],
)
def test_what_is_malformed_is_told_by_its_place_in_any_blocks(text, told):
    code, message = same_in_all_blocks(text.encode())
    assert code == "MALFORMED_JSON"
    assert told in message


NAMES = st.text(max_size=2)
VALUES = st.recursive(
    st.integers() | st.text(max_size=3) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
DOCUMENTS = st.lists(VALUES, max_size=5) | st.dictionaries(NAMES, VALUES, max_size=5)
SEVERAL = st.lists(DOCUMENTS, min_size=2, max_size=6)
INDENT = st.sampled_from([None, 0, 1])


@settings(max_examples=150)
@given(SEVERAL, st.data(), st.integers(1, 30))
def test_as_many_values_are_found_as_were_written_with_any_indent(values, data, block):
    texts = [
        json.dumps(each, indent=data.draw(INDENT), ensure_ascii=data.draw(st.booleans()))
        for each in values
    ]
    body = "\n".join(texts).encode("utf-8", "replace")
    assert counted(body, block)[:2] == (len(values), "jsonl")


@settings(max_examples=300)
@given(st.lists(st.sampled_from([*'[]{},:"1 \n', '{"a":1}', "[1]"]), max_size=25))
def test_any_text_is_judged_alike_in_any_blocks(parts):
    body = "".join(parts).encode()
    if body.strip():
        same_in_all_blocks(body, [1, 2, 5, 1 << 20])


@pytest.mark.parametrize("fault", [", ,", ",,", "]", "}", ",t,", ",1 2,", "", ",}"])
@pytest.mark.parametrize("before", [0, 1, 5])
def test_a_fault_deep_in_an_array_is_told_alike_wherever_the_blocks_end(fault, before):
    one, other = LONG[:-1], LONG[1:]
    body = one.encode() + fault.encode() + b" " * before + other.encode()
    near = range(len(LONG) - 20, len(LONG) + 20, 3)
    same_in_all_blocks(body, [*AROUND_THE_HEAD, *near])


def test_the_first_fault_of_the_file_is_told_whatever_stands_behind_it():
    lines = [b'{"a":1}\n'] * 9
    lines[4], lines[8] = b"{]\n", b'{"a":"\xff"}\n'
    code, message = same_in_all_blocks(b"".join(lines) * 1)
    assert (code, "line" in message) == ("BAD_ENCODING", False)  # all of it is in the head
    much = b"".join([*lines[:8], *[b'{"a":1}\n'] * 20_000, lines[8]])
    assert same_in_all_blocks(much, AROUND_THE_HEAD)[0] == "MALFORMED_JSON"
