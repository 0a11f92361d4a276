"""JSONata in ASL: what an expression is, what it gives, and Step Functions' own functions."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.asl.jsonata import functions
from local.asl.jsonata.mended import bounds
from local.asl.jsonata.values import plain
from tests.builders.worlds import details, machine, output_of, passing, run


def evaluated(expression, value=None):
    return output_of(run(machine(("Show", passing(Output=f"{{% {expression} %}}"))), value))


def failed(expression, value=None):
    execution = run(machine(("Show", passing(Output=f"{{% {expression} %}}"))), value)
    assert execution.outcome.error == "States.QueryEvaluationError"
    return execution.outcome.cause


def test_an_expression_is_the_whole_string():
    fields = {"a": "x {% 1 %} y", "b": "{% 1 %}", "c": ["{%\n 1 + 1\n%}"]}
    shown = output_of(run(machine(("Show", passing(Output=fields))), {}))
    assert shown == {"a": "x {% 1 %} y", "b": 1, "c": [2]}


@pytest.mark.parametrize(
    ("expression", "value", "expected"),
    [
        ("$states.input.a", {"a": None}, None),
        ("$states.input", None, None),
        ("$exists($states.input.a)", {"a": None}, True),
        ("$exists($states.input.b)", {"a": None}, False),
        ("$map($states.input, function($x) { $x = null })", [1, None], [False, True]),
        ("$each($states.input, $string)", {"a": None, "b": 1}, ["null", "1"]),
        ("$count($states.input.a[$ = null])", {"a": [None, 1, None]}, 2),
        ("$map($parse('[null]'), $type)", None, "null"),
        ("$split('a😀', '')", None, ["a", "\ufffd", "\ufffd"]),
        ("'\\ud83d' & '\\ude00'", None, "😀"),
        ("$map([[1, 2, 3]], $partition(?, 2))", None, [[1, 2], [3]]),
        ("[$states.input.a[$ > 5]]", {"a": [1]}, []),
        ("$states.input.a", {"a": []}, []),
        ("1.0 + 2", None, 3),
        ("10 / 4", None, 2.5),
        ("$states.input", 12345678901234567890, 12345678901234567890),
        ("$states.input & '😀'", "é", "é😀"),
        ("$partition([1, 2, 3, 4, 5], 2)", None, [[1, 2], [3, 4], [5]]),
        ("$range(1, 10, 3)", None, [1, 4, 7, 10]),
        ("$range(3, 1, -1)", None, [3, 2, 1]),
        ("$parse('{\"a\": [null, 1]}')", None, {"a": [None, 1]}),
        ("$parse('null')", None, None),
        ("$hash('a', 'MD5')", None, "0cc175b9c0f1b6a831c399e269772661"),
        (
            "$hash('é', 'SHA-256')",
            None,
            "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c",
        ),
        ("$length($hash('a', 'SHA-384'))", None, 96),
        ("$length($hash('a', 'SHA-512'))", None, 128),
        ("$count($range(1, 1000, 1))", None, 1000),
        ("$range(5, 5, 1)", None, 5),
        ("$range(1.9, 3.9, 1.9)", None, [1, 2, 3]),
        ("$count($range(1, 1001, 1))", None, 1001),
        ("$count(null)", None, 1),
        ("[1 / 0, -1 / 0, 0 / 0, 1 % 0]", None, [None] * 4),
        ("$number('0x1F')", None, 31),
        ("[$count([]), $count([1, null]), $count(5)]", None, [0, 2, 1]),
        ("$partition([1], 1.9)", None, [[1]]),
        ("$now('[Y0001]')", None, "2023"),
        ("$hash('a', 'SHA-1')", None, "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"),
        ("$random(7) = $random(7)", None, True),
        ("$random() = $random()", None, False),
        ("$uuid() = $uuid()", None, False),
        ("$length($uuid())", None, 36),
        ("$now()", None, "2023-11-14T22:13:20.000Z"),
        ("$millis()", None, 1_700_000_000_000),
        ("$sort($shuffle([1, 2, 3]))", None, [1, 2, 3]),
    ],
)
def test_an_expression_gives(expression, value, expected):
    assert evaluated(expression, value) == expected


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("$states.input.no", "returned nothing (undefined)"),
        ("$nothing", "returned nothing (undefined)"),
        ("function($x){$x}", "returned an unsupported result type."),
        ("$number(' 1')", '. D3030: Unable to cast value to a number: " 1"'),
        ("$number('1e999')", "D3030"),
        ("1 / 0 + 1", ". D1001: Number out of range: "),
        ("$range(1, 0, 1)", "returned nothing (undefined)"),
        ("$range(1, 2, 0.5)", "must not be 0"),
        ("$parse('{')", "threw an error"),
        ("$partition([1], 0)", "must be positive"),
        ("$partition([1], 'a')", 'T0410: Argument 2 of function "partition" does not match'),
        ("$range('a', 1, 1)", 'T0410: Argument 1 of function "range" does not match'),
        ("$hash(1, 'MD5')", 'T0410: Argument 1 of function "hash" does not match'),
        ("$map(['a'], $abs)", 'T0410: Argument 1 of function "abs" does not match'),
        ("$abs(null)", 'T0410: Argument 1 of function "abs" does not match'),
        ("$pad('a', null)", 'T0410: Argument 2 of function "pad" does not match'),
        ("(1; [2].$trim())", "T0411: Context value is not a compatible type with argument 1 of"),
        ("-'a'", 'D1002: Cannot negate a non-numeric value: "a"'),
        ("$decodeUrl('%FF')", 'D3140: Malformed URL passed to $decodeUrl(): "%FF"'),
        ("$formatNumber(1, '0.0.0')", "than one instance of the 'decimal-separator' character"),
        ("$fromMillis(0, '[sN]')", "only be applied to months and days in the date/time picture"),
        ("[{'a': 1}, {'a': 'b'}]^(a)", 'T2007: Type mismatch when comparing values 1 and "b" in'),
        ("$error('')", "D3137: $error() function evaluated"),
        (
            "($f := function($n) { $n = 0 ? 1 : $map([$n], function($x) {$f($x - 1)})}; $f(1500))",
            ": the expression is nested more than 100 deep",
        ),
        ("$range(1, 2, 0)", "must not be 0"),
        ("$range(1, 500000, 1)", ": an array has more than 400,000 items"),
        ("$hash('a', 'CRC')", "unknown hash"),
        ("'a' + 1", "T2001"),
        ("$nonsense(1)", "T1006"),
        ("($f := function($x){1 + $f($x)}; $f(1))", "nested more than 100 deep"),
    ],
)
def test_an_expression_fails_with(expression, why):
    cause = failed(expression)
    assert why in cause
    assert (
        "An error occurred while executing the state 'Show' (entered at the event id #2)" in cause
    )


def test_an_expression_that_would_run_for_ever_is_stopped(monkeypatch):
    monkeypatch.setattr(bounds, "STEPS", 10_000)
    assert "too many steps" in failed("($f := function($x){$f($x + 1)}; $f(1))")


def test_what_is_no_function_is_not_printed(capsys):
    assert "T1006" in failed("5()")
    assert capsys.readouterr().out == ""


def test_an_error_of_python_is_an_internal_one(monkeypatch):
    monkeypatch.setattr(functions, "HASHES", None)
    cause = failed("$hash('a', 'MD5')")
    assert cause.endswith(" threw an internal error during evaluation.")


def test_the_place_of_a_failing_expression_is_told():
    execution = run(machine(("Show", passing(Output={"a": [{"b": "{% $no %}"}]}))), {})
    assert details(execution, "EvaluationFailed")[0]["location"] == "Output/a[0]/b"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@settings(max_examples=60)
@given(JSON)
def test_any_json_comes_out_as_it_went_in(value):
    assert json.dumps(evaluated("$states.input", value)) == json.dumps(plain(value))
