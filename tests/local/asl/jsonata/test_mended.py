"""Expressions give what jsonata 2.0.6 gives, the JavaScript implementation.

A line of the record is an expression of ours on no input, and what came: a result, an error's
code, nothing, or a function. It was made in November 2026 with `jsonata@2.0.6` of npm under
Node 20, in UTC; what ended there in an error of JavaScript's own is left out. Half a character,
which UTF-8 has not, is U+FFFD on both sides.
"""

import json
from pathlib import Path

import pytest

from local.asl.jsonata.expressions import syntax_problem
from local.asl.jsonata.mended.library import IMPLEMENTATIONS
from tests.builders.jsonata import agrees

RECORD = Path(__file__).with_name("answers_of_jsonata_2.0.6.jsonl")
ANSWERS = [json.loads(line) for line in RECORD.read_text().splitlines()]


def test_expressions_give_what_jsonata_gives():
    assert [each["expression"] for each in ANSWERS if not agrees(each)] == []


def test_nine_hundred_and_more_expressions_are_compared():
    assert len({each["expression"] for each in ANSWERS}) == len(ANSWERS) > 900


def test_the_record_has_each_mended_function():
    expressions = " ".join(each["expression"] for each in ANSWERS)
    assert [name for name in IMPLEMENTATIONS if f"${name}(" not in expressions] == []


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
