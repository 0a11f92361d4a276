"""Expressions give what jsonata 2.0.6 gives, the JavaScript implementation.

A line of the record is an expression of ours on no input, and what came: a result, an error's
code, nothing, or a function. It was made in November 2026 with `jsonata@2.0.6` of npm under
Node 20, in UTC; what ended there in an error of JavaScript's own is left out.
"""

import json
from pathlib import Path

import pytest

from local.asl.jsonata.expressions import NOTHING, ResultError, compiled, syntax_problem
from local.asl.jsonata.mended.library import FUNCTIONS

RECORD = Path(__file__).with_name("answers_of_jsonata_2.0.6.jsonl")
ANSWERS = [json.loads(line) for line in RECORD.read_text().splitlines()]

KNOWN_DIFFERENCES = {
    # JavaScript's strings are UTF-16: half a character has no place in a JSON text.
    '$split("a😀b", "")',
    '"😀" < "\\uffff"',
    '$match("😀", /^.$/)',
    # JavaScript's quirks, which nobody builds on.
    "1e300*1e300",
    "$boolean(0/0)",
    "/a/ = /a/",
    "$type(/a/)",
    "[1,2,3][-1.5]",
    "$string ~> 1",
    # Moments after the year 9999, which Python's dates lack.
    "$fromMillis(1e15)",
    "$fromMillis(1e17)",
    # Numbers of more than 21 digits, and pictures that are odd.
    '$formatNumber(1e21, "0")',
    '$formatNumber(1e21, "#,##0")',
    '$formatInteger(1e21, "0")',
    '$formatInteger(1e46, "w")',
    '$formatInteger(12345678901234567890, "0")',
    "$formatBase(1e21, 10)",
    '$formatNumber(1/0, "0")',
    '$formatNumber(0, "#.#")',
    '$formatNumber(0.5, "#.#")',
    '$formatNumber(1234, "#,##,##0")',
    '$formatNumber(5, "0,,0")',
    '$formatNumber(5, "0e")',
    '$formatNumber(1234567, "#e0")',
}


def answer_of(expression):
    if syntax_problem(expression):
        return {"error": _code_at_creation(expression)}
    try:
        return {"result": compiled(expression).evaluate(FUNCTIONS)}
    except ResultError as error:
        return {"nothing": True} if str(error) == NOTHING else {"function": True}
    except ValueError as error:
        return {"error": str(error).removeprefix(". ").partition(":")[0]}


def _code_at_creation(expression):
    with pytest.raises(Exception) as caught:  # noqa: PT011 - its code is what is compared
        compiled(expression)
    return getattr(caught.value, "error", repr(caught.value))


def agrees(recorded):
    expected = {name: value for name, value in recorded.items() if name != "expression"}
    return _comparable(answer_of(recorded["expression"])) == _comparable(expected)


def _comparable(value):
    """The value with its booleans apart from its numbers, and 1 the same as 1.0."""
    return repr(json.loads(json.dumps(value, sort_keys=True), parse_int=float))


def test_expressions_give_what_jsonata_gives():
    differing = {each["expression"] for each in ANSWERS if not agrees(each)}
    assert differing == KNOWN_DIFFERENCES


def test_the_record_has_each_mended_function():
    expressions = " ".join(each["expression"] for each in ANSWERS)
    assert [name for name in FUNCTIONS if f"${name}(" not in expressions] == []


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("1 ! 2", 'Unknown operator: "!"'),
        ("1 /* 2", "Comment has no closing tag"),
        ('"\\q"', 'Unsupported escape sequence: \\"q"'),
        ("null ?? 2", 'The symbol "?" cannot be used as a unary operator'),
        ("0 ?: 2", 'The symbol ":" cannot be used as a unary operator'),
    ],
)
def test_what_is_no_jsonata_is_refused_in_its_words(expression, problem):
    assert syntax_problem(expression) == problem
