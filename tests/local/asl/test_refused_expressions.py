"""What expressions may not say, and where they may not stand: refused when a machine is created."""

import contextlib
import json

import pytest

from local.asl import DefinitionError, Machine
from tests.builders.refused_definitions import RETRIER, ROOT, counting, mapping, places, problems
from tests.builders.worlds import (
    inline_map,
    machine,
    output_of,
    passing,
    run,
    task,
)


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"a": ["{% 1 + %}"]}, "/States/P/Output/a[0]"),
        ("{% $eval('1') %}", "/States/P/Output"),
        ("{%  %}", "/States/P/Output"),
        ("{%}", "/States/P/Output"),
    ],
)
def test_an_expression_that_cannot_be_compiled_is_refused_with_its_place(value, place):
    (problem,) = problems(machine(("P", passing(Output=value))))
    assert (problem.location, problem.code) == (place, "INVALID_JSONATA_EXPRESSION")


RESULT = "{% $count($map($states.result.Payload, function($v) { $v.a })) %}"
ERROR = "{% {'e': $states.errorOutput.Error} %}"


@pytest.mark.parametrize(
    ("definition", "place"),
    [
        (
            counting(Arguments={"FunctionName": "f", "Payload": [RESULT]}),
            "/States/Count/Arguments/Payload[0]",
        ),
        (counting(TimeoutSeconds=RESULT), "/States/Count/TimeoutSeconds"),
        (counting(Output=ERROR), "/States/Count/Output"),
        (machine(("P", passing(Output=RESULT))), "/States/P/Output"),
        (machine(("W", {"Type": "Wait", "Seconds": RESULT})), "/States/W/Seconds"),
        (mapping(ItemSelector={"a": RESULT}), "/States/Each/ItemSelector/a"),
        (
            counting(Catch=[{**RETRIER, "Next": "Count", "Output": {"r": RESULT}}]),
            "/States/Count/Catch[0]/Output/r",
        ),
        (
            machine(
                ("C", {"Type": "Choice", "Choices": [{"Condition": ERROR, "Next": "S"}]}),
                ("S", {"Type": "Succeed"}),
            ),
            "/States/C/Choices[0]/Condition",
        ),
        (
            machine(("Each", inline_map(("One", passing(Assign={"x": RESULT})), Output=RESULT))),
            "/States/Each/ItemProcessor/States/One/Assign/x",
        ),
    ],
)
def test_what_states_does_not_hold_in_a_field_is_refused_with_its_place(definition, place):
    assert places(definition) == [place]


@pytest.mark.parametrize(
    "definition",
    [
        counting(Output=RESULT, Assign={"x": RESULT}),
        mapping(Output=RESULT, Assign={"x": RESULT}),
        counting(Catch=[{**RETRIER, "Next": "Count", "Output": ERROR, "Assign": {"x": ERROR}}]),
        counting(Arguments={"FunctionName": "{% $states.input.result & '$states.result' %}"}),
    ],
)
def test_what_states_holds_in_a_field_is_taken(definition):
    assert Machine.parse(json.dumps({**ROOT, **definition})).states


@pytest.mark.parametrize("text", ["{% 1", "1 %}", "sum: {% 1 %}"])
def test_an_expression_that_is_not_closed_on_both_sides_is_refused_with_its_place(text):
    (problem,) = problems(machine(("P", passing(Output={"a": [text]}))))
    assert problem.location == "/States/P/Output/a[0]"


@pytest.mark.parametrize("text", [" {% 1 %}", "{% 1 %}\n", " {% nonsense( %} "])
def test_an_expression_with_blanks_around_it_is_a_literal_as_recorded_on_aws(text):
    assert output_of(run(machine(("P", passing(Output={"a": text}))), {})) == {"a": text}


def test_a_comment_is_no_expression():
    definition = machine(("P", passing(Comment="what is in {% and %} is {% $x +")))
    assert Machine.parse(json.dumps({**ROOT, **definition})).start_at == "P"


SETTING = passing(Assign={"n": 1})
BRANCHES = [machine(("B", SETTING))]


@pytest.mark.parametrize(
    ("inner", "place"),
    [
        (inline_map(("One", SETTING)), "/States/Inner/ItemProcessor/States/One/Assign/n"),
        (
            {"Type": "Parallel", "Branches": BRANCHES},
            "/States/Inner/Branches[0]/States/B/Assign/n",
        ),
        (
            inline_map(("Each", {"Type": "Parallel", "Branches": BRANCHES, "End": True})),
            "/States/Inner/ItemProcessor/States/Each/Branches[0]/States/B/Assign/n",
        ),
        (
            inline_map(("One", task(Catch=[{**RETRIER, "Next": "One", "Assign": {"n": 1}}]))),
            "/States/Inner/ItemProcessor/States/One/Catch[0]/Assign/n",
        ),
    ],
)
def test_a_variable_of_an_outer_scope_is_not_assigned_in_an_inner_one(inner, place):
    assert places(machine(("Set", SETTING), ("Inner", inner))) == [place]
    rule = {"Condition": True, "Next": "Inner", "Assign": {"n": 1}}
    assert places(machine(("Set", {"Type": "Choice", "Choices": [rule]}), ("Inner", inner))) == [
        place
    ]


def test_scopes_side_by_side_may_assign_the_same_variable():
    definition = machine(
        (
            "Both",
            {"Type": "Parallel", "Branches": [machine(("A", SETTING)), machine(("B", SETTING))]},
        )
    )
    assert Machine.parse(json.dumps({**ROOT, **definition})).start_at == "Both"


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("phone", ["phone"]),
        ("$states.input.phone", []),
        ("$states.input[price > 1].name", []),
        ("$states.input^(price).{'a': b}", []),
        ("$map($states.input, function($v) { $v.a & b })", ["b"]),
        ("($x := a; $x) & c.d", ["a", "c"]),
        ("$states.input ~> |a|{'b': c}|", []),
        ("[1..3].(x)", []),
        ("$exists(a) ? `b c` : $f(a)", ["a", "b c"]),
    ],
)
def test_a_name_at_the_top_level_is_refused_as_aws_refuses_it(expression, names):
    with contextlib.ExitStack() as stack:
        refused = stack.enter_context(pytest.raises(DefinitionError)) if names else None
        Machine.parse(
            json.dumps({**ROOT, **machine(("P", passing(Output=f"{{% {expression} %}}")))})
        )
    found = [problem.message for problem in refused.value.problems] if names else []
    assert found == [f"Reference to '{name}' at the top level is not supported." for name in names]
