"""A path of names is walked, and gives what the library gives step by step; the bounds hold."""

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.asl.jsonata.expressions import NOTHING, Expression
from local.asl.jsonata.mended import nodes
from local.asl.jsonata.mended.bounds import DEPTH
from local.asl.jsonata.values import ResultError, with_nulls

NAMES = st.sampled_from("abc")
LEAVES = st.sampled_from([None, True, 0, 2.0, "", "x", [], [1], [None], {}])
VALUES = st.recursive(
    LEAVES, lambda inner: st.dictionaries(NAMES, inner) | st.lists(inner, max_size=2)
)
STEPS = st.one_of(
    NAMES,
    NAMES,
    NAMES,
    st.sampled_from(["a[]", "b[0]", "a[b]", "a@$v.b", "b#$i.$i", "a.%.b", "(c)", "*"]),
)
END = st.sampled_from(["", "", "[]", "[0]", "{a: b}"])
FIRST = st.sampled_from(["$x", "$x", "$x", "$", "$nothing", "$x.$", "a", "$x[0]"])


def answer(expression, value):
    try:
        return expression.evaluate({"x": with_nulls(value)})
    except (ResultError, ValueError) as error:
        return str(error)


def stepped(text, value):
    """The answer where no path is walked."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(nodes, "plain_path", lambda _: None)
        return answer(Expression(text), value)


@settings(max_examples=150, deadline=None)
@given(first=FIRST, steps=st.lists(STEPS, max_size=3), end=END, value=VALUES)
def test_a_walk_gives_what_the_steps_give(first, steps, end, value):
    text = ".".join([first, *steps]) + end
    assert answer(Expression(text), value) == stepped(text, value)


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("$x.a[0]", {"a": [1]}, 1),
        ("$x[a = 2].a", {"a": 1}, NOTHING),
        ("$x.a[]", {"a": 1}, [1]),
        ("$x.a{b: c}", {"a": {"b": "k", "c": 2}}, {"k": 2}),
        ("$x{a: b}.k", {"a": "k", "b": 1, "k": 3}, 1),
        ("$x.a@$v.b", {"a": {"b": 1}, "b": 2}, 2),
        ("$x.a.b", {"a": [{"b": [1]}, {"b": 2}]}, [1, 2]),
        ("$x.a", {"a": None}, None),
        ("$x.a.b", {"a": None}, NOTHING),
        ("$x.a", {"a": [1]}, [1]),
        ("$x.a", {"a": []}, []),
        ("($v := {'a': $x.a[]}; $v.a)", {"a": 1}, 1),
    ],
)
def test_a_path_gives(text, value, expected):
    assert answer(Expression(text), value) == expected == stepped(text, value)


@pytest.mark.parametrize("parentheses", range(DEPTH - 3, DEPTH + 2))
def test_a_walk_is_as_deep_as_its_steps(parentheses):
    text = "(" * parentheses + "$x.a.a" + ")" * parentheses
    value = {"a": {"a": 1}}
    found = answer(Expression(text), value)
    assert found == stepped(text, value)
    fits = parentheses + 2 <= DEPTH
    assert found == (1 if fits else f": the expression is nested more than {DEPTH} deep")


def test_a_failed_evaluation_leaves_no_depth_to_other_expressions():
    failing = Expression("$map([1], function($v) { 1 + $error('no') })")
    other = Expression("$map([1, 2], function($v) { $v + 1 })")
    for _ in range(DEPTH):
        assert answer(failing, None) == ". D3137: no"
    assert answer(other, None) == [2, 3]


def test_an_expression_answers_in_a_thread_that_compiled_none():
    expression = Expression("$map($x.a, function($v) { $v + 1 })")
    found = []
    thread = threading.Thread(target=lambda: found.append(answer(expression, {"a": [1, 2]})))
    thread.start()
    thread.join()
    assert found == [[2, 3]]
