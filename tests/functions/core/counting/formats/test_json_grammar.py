"""The grammar of JSON (RFC 8259), case by case: what is valid is counted, what is not is rejected.

Each text is read as a document of its own, as an element among others and as a line among others,
in blocks that end at every byte. `json` alone would be no oracle: it takes NaN and more.
"""

import re

import pytest

from functions.core.counting.detection import detect
from functions.core.counting.whole_file import count_source
from functions.core.errors import InvalidFile
from tests.builders.contents import Memory

VALUES = [
    *("0", "-0", "-1", "12", "1.5", "-0.25", "1e1", "1E1", "1e+1", "1e-1", "0e0", "0.0e-0"),
    *("1" + "0" * 400, "-" + "9" * 40, "1." + "3" * 400, "1e9999", "-1e-9999"),
    *("true", "false", "null", '""', '"a"', '" "', '"é"', '"\u20ac"', '"\U0001f600"'),
    *('"\\""', '"\\\\"', '"\\/"', '"\\b\\f\\n\\r\\t"', '"\\u0000"', '"\\u00e9"', '"\\u20AC"'),
    *('"\\ud83d\\ude00"', '"\\ud83d"', '"\\ude00\\ud83d"', '"\\\\ud83d"', '"\\\\\\ud83d"'),
    *('"\x7f"', '"\u2028\u2029"', '"\ufeff"', '"\ufffe"', '"[{,:]}"', '"//"', '"a\\\\"'),
    *("[]", "[ ]", "[[]]", "[[],[]]", "[0]", "[0,1]", "[ 0 , 1 ]", '["a",null,{}]'),
    *("{}", "{ }", '{"":0}', '{"a":1}', '{"a":1,"b":2}', '{"a":1,"a":2}', '{ "a" : [ ] }'),
    *('{"a":{"b":{"c":[{}]}}}', '{"\\u0061":1}', '{"a":"}"}', '{"a":"]"}', '{"a":"\\""}'),
    "[" * 500 + "]" * 500,
]
BROKEN = [
    *("[", "]", "[[]", "[]]", "[0", "[0,", "[0,]", "[,0]", "[,]", "[0,,1]", "[0 1]", "[0:1]"),
    *("{", "}", "{}}", '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a":1,}', "{,}", '{"a" 1}'),
    *('{"a"}', '{"a",1}', '{"a":1 "b":2}', '{"a"::1}', '{"a":1,,"b":2}', "{a:1}", "{1:1}"),
    *("{'a':1}", "{null:1}", '{"a":}', "{[]:1}", '{"a":1;}', "[}", "{]", '[{"a":1]}', "(1)"),
    *("01", "-01", "+1", "-", "--1", "-a", ".5", "-.5", "1.", "1.e1", "1e", "1e+", "1e1.5", "0x1"),
    *("1_0", "1a", "1 2", "1,2", "\uff11", "NaN", "-NaN", "Infinity", "-Infinity", "nan", "inf"),
    *("tru", "truee", "True", "TRUE", "fals", "nul", "nulll", "Null", "None", "undefined", "a"),
    *('"', '"a', 'a"', '"a"b"', '"\\"', '"\\', '"\\a"', '"\\x41"', '"\\0"', "'a'", "`a`"),
    *('"\\u"', '"\\u1"', '"\\u12"', '"\\u123"', '"\\u123g"', '"\\U0041"', '"\\u 041"'),
    *('"\x01"', '"\t"', '"\n"', '"\x1f"', "[1,\x0c2]", "[\x0b]", "[\u00a01]", "\x7f"),
    *("[\ufeff1]", "[1]//", "/**/[1]", "#a", "[1]#", "{}{}", "[][]", '"a" "b"', "[1],[2]"),
]
CUTS = (1, 2, 3, 7, 64, 100_000)


def found(name, text, size):
    """The number of records, or the code of the rejection."""
    body = text.encode()
    try:
        return count_source(detect(name, body[:4096]), Memory(body, size)).records
    except InvalidFile as error:
        return error.code


def results(name, text):
    """What comes out, wherever the blocks end: one result, or the test fails."""
    (only,) = {found(name, text, size) for size in CUTS}
    return only


@pytest.mark.parametrize("text", VALUES, ids=lambda text: ascii(text[:20]))
def test_a_valid_value_counts_wherever_it_stands(text):
    assert results("a.json", f"[{text}]") == 1
    assert results("a.json", f'[1, {text}\n,"a"]') == 3
    assert results("a.json", f'[{{"a":{text}}},{{"b":1}},2]') == 3
    assert results("a.json", f'{{"a": {text}}}') == 1
    assert results("a.jsonl", f"{text}\n") == 1
    assert results("a.jsonl", f'{{"a":1}}\n\n{text}\n  \n[{text}]') == 3


@pytest.mark.parametrize("text", BROKEN, ids=lambda text: ascii(text[:20]))
def test_what_is_no_value_is_malformed_wherever_it_stands(text):
    assert results("a.json", f'{{"a": {text}}}') == "MALFORMED_JSON"
    assert results("a.json", f'[{{"a":{text}}},{{"b":1}},2]') == "MALFORMED_JSON"
    if text not in {"1,2", "[1],[2]"}:
        assert results("a.json", f"[{text}]") == "MALFORMED_JSON"
        assert results("a.json", f'[1, {text}\n,"a"]') == "MALFORMED_JSON"
    if text != "{}{}":
        assert results("a.jsonl", f"[1]\n{text}\n") == "MALFORMED_JSON"
        assert results("a.jsonl", f'{{"a":1}}\n{text}\n{{"b":2}}\n') == "MALFORMED_JSON"


@pytest.mark.parametrize("text", ['"\x00"', "\x00", "[\x00]", '{"\x00":1}'])
def test_a_zero_byte_is_no_text_at_the_head_and_no_json_behind_it(text):
    assert results("a.json", f"[{text}]") == "FORMAT_MISMATCH"
    assert results("a.jsonl", f"{text}\n") == "FORMAT_MISMATCH"
    head = "[1]\n" * 1024
    assert results("a.jsonl", f"{head}{text}\n") == "MALFORMED_JSON"


@pytest.mark.parametrize("space", [" ", "\t", "\n", "\r", " \r\n\t "])
def test_the_four_kinds_of_white_space_may_stand_between_all_tokens(space):
    tokens = ["[", "{", '"a"', ":", "1", ",", '"b"', ":", "[", "]", "}", ",", "null", "]"]
    assert results("a.json", space + space.join(tokens) + space) == 2


def test_a_value_over_two_lines_is_no_line():
    for text in ('{"a":1,\n"b":2}\n', "[1\n]\n", '{"a":\n1}\n{"b":2}{"c":3}\n', "[1\n2],3\n"):
        assert results("a.jsonl", text) == "MALFORMED_JSON"


def test_two_values_on_one_line_are_no_line_unless_they_are_objects():
    for text in ("1 2\n", "[1][2]\n\n", "{}[]\n", "{}1\n", "{}{\n", '{"a":1},\n{"b":2}\n'):
        assert results("a.jsonl", text) == "MALFORMED_JSON"


def test_a_byte_order_mark_may_stand_at_the_very_start_alone():
    assert results("a.json", "\ufeff[1,2]") == 2
    assert results("a.jsonl", "\ufeff[1]\n[2]\n") == 2
    assert results("a.jsonl", "[1]\n\ufeff[2]\n") == "MALFORMED_JSON"


@pytest.mark.parametrize(
    ("text", "records"),
    [
        ('{"a":1}\n{"a":2}\n', 2),
        ("[1]\r\n[2]\r\n\r\n{}\r\n", 3),
        ('{\n "a": 1\n}\n{\n "a": "}{"\n}\n', 2),
        ('{"a":"}{"}{"a":2}{"a":{"b":{}}}', 3),
        ('{"a":1} {"a":2}\n\n{"a":3}', 3),
        ('\x1e{"a":1}\n\x1e{"a":2}\n', 2),
        ('\x1e{\n"a":1}\n\x1e[1,2]\n', 2),
        ('\ufeff{"a":1}\n{"a":2}\n', 2),
    ],
)
def test_several_values_in_a_json_file_are_lines_of_json(text, records):
    body = text.encode()
    for size in (1, 2, 3, 7, 1000):
        counted = count_source(detect("a.json", body[:4096]), Memory(body, size))
        assert (counted.records, counted.format) == (records, "jsonl")
        assert counted.warnings


@pytest.mark.parametrize(
    "text",
    [
        "[][]",
        "[1]2",
        '{"a":1}[2]',
        '{"a":1}\n5\n',
        '{"a":1}\n{"a":2}\n7',
        '{"a":1}\n{"a":',
        '{"a":1}{"a":2}x',
        '{"a":1}{"a":2}\n"s"',
        '\x1e{"a":1}\n\x1e{"a"',
    ],
)
def test_what_follows_a_document_is_malformed_with_what_to_do(text):
    body = text.encode()
    for size in (1, 3, 1000):
        with pytest.raises(InvalidFile) as why:
            count_source(detect("a.json", body[:4096]), Memory(body, size))
        assert why.value.code == "MALFORMED_JSON"
        assert "one JSON value a line" in why.value.message


@pytest.mark.parametrize("pieces", [10_000, 1 << 20])
@pytest.mark.parametrize("before", ["", " \n", "\ufeff"])
def test_the_place_of_an_error_is_that_in_the_file(pieces, before):
    rows = ",\n".join(['{"number": 1, "text": "},{"}'] * 20_000)
    body = f'{before}[{rows},\n{{"number": x}}]'.encode()
    with pytest.raises(InvalidFile) as why:
        count_source(detect("a.json", body[:4096]), Memory(body, pieces))
    place = int(re.search(r"\(byte ([\d,]+)\)", why.value.message)[1].replace(",", ""))
    assert abs(place - body.index(b"x}]")) <= 1
