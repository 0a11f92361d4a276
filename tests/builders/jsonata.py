"""Answers to expressions, ours and recorded ones."""

import json

from jsonata.jexception import JException

from local.asl.jsonata.expressions import NOTHING, compiled, syntax_problem
from local.asl.jsonata.values import ResultError, plain


def answer_of(expression):
    """Our answer: a result, an error's code, nothing, or a function."""
    if syntax_problem(expression):
        return {"error": _code_at_creation(expression)}
    try:
        return {"result": compiled(expression).evaluate({})}
    except ResultError as error:
        return {"nothing": True} if str(error) == NOTHING else {"function": True}
    except ValueError as error:
        return {"error": str(error).removeprefix(". ").partition(":")[0]}


def _code_at_creation(expression):
    try:
        compiled(expression)
    except JException as error:
        return error.error


def agrees(recorded):
    """Whether ours is the recorded answer to the recorded expression."""
    expected = {name: plain(value) for name, value in recorded.items() if name != "expression"}
    return _comparable(answer_of(recorded["expression"])) == _comparable(expected)


def _comparable(value):
    """The value with its booleans apart from its numbers, and 1 the same as 1.0."""
    return repr(json.loads(json.dumps(value, sort_keys=True), parse_int=float))
