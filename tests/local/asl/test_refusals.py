"""What is refused when a machine is created, each with its place in the file."""

import json

import pytest

from local.asl import DefinitionError, Machine
from tests.builders.refused_definitions import (
    LISTING,
    READING,
    RETRIER,
    ROOT,
    SYNC,
    counting,
    mapping,
    places,
    problems,
)
from tests.builders.worlds import (
    changed,
    distributed_map,
    inline_map,
    machine,
    passing,
    task,
)


@pytest.mark.parametrize(
    ("text", "place"),
    [("{", "line 1, column 2"), ('{\n  "StartAt": \n}', "line 3, column 1"), ("", "column 1")],
)
def test_broken_json_gives_line_and_column(text, place):
    with pytest.raises(DefinitionError, match=place) as refused:
        Machine.parse(text)
    assert refused.value.problems[0].code == "INVALID_JSON_DESCRIPTION"


def choosing(condition):
    rule = {"Condition": condition, "Next": "S"}
    return machine(("C", {"Type": "Choice", "Choices": [rule]}), ("S", {"Type": "Succeed"}))


@pytest.mark.parametrize("text", ["[]", "5", "null", '"x"', "{}", '{"States": []}'])
def test_json_that_is_no_state_machine_is_refused(text):
    with pytest.raises(DefinitionError):
        Machine.parse(text)


def test_an_error_reads_as_one_line_with_the_place():
    with pytest.raises(DefinitionError) as refused:
        Machine.parse(json.dumps({**ROOT, **counting(Retry=[{**RETRIER, "Interval": 1}])}))
    text = str(refused.value)
    assert text == (
        "SCHEMA_VALIDATION_FAILED: Field 'Interval' is not supported at /States/Count/Retry[0]"
    )


@pytest.mark.parametrize(
    ("definition", "place"),
    [
        ({**counting(), "Retries": 3}, "/"),
        (counting(Timeout=3), "/States/Count"),
        (machine(("P", passing(Arguments={}))), "/States/P"),
        (machine(("S", {"Type": "Succeed", "Assign": {}})), "/States/S"),
        (machine(("F", {"Type": "Fail", "Output": 1})), "/States/F"),
        (counting(Catch=[{**RETRIER, "Next": "Count", "X": 1}]), "/States/Count/Catch[0]"),
        (mapping(ItemBatcher={"MaxItems": 3}), "/States/Each/ItemBatcher"),
        (
            mapping(ItemReader={"Resource": LISTING, "Arguments": {"Bucket": "b"}, "Bucket": "b"}),
            "/States/Each/ItemReader",
        ),
        (
            mapping(ResultWriter={"WriterConfig": {"Format": "JSON"}}),
            "/States/Each/ResultWriter/WriterConfig",
        ),
        (
            machine(("Each", inline_map(("One", passing(Extra=1))))),
            "/States/Each/ItemProcessor/States/One",
        ),
        (
            machine(("P", {"Type": "Parallel", "Branches": [machine(("B", passing(Extra=1)))]})),
            "/States/P/Branches[0]/States/B",
        ),
    ],
)
def test_an_unknown_field_is_refused_at_the_object_that_has_it(definition, place):
    assert place in places(definition)


@pytest.mark.parametrize(
    "field",
    [
        *("InputPath", "OutputPath", "ResultPath", "ResultSelector", "Parameters"),
        *("TimeoutSecondsPath", "HeartbeatSecondsPath"),
    ],
)
def test_jsonpath_is_named_as_what_it_is(field):
    (problem,) = problems(counting(**{field: "$"}))
    assert problem.location == "/States/Count"
    assert problem.message == (
        f"The QueryLanguage is set to 'JSONata', but field '{field}' is only supported for the "
        "'JSONPath' QueryLanguage"
    )


@pytest.mark.parametrize("top", [{"QueryLanguage": "JSONPath"}, {"QueryLanguage": None}])
def test_a_state_that_is_not_jsonata_is_refused(top):
    definition = {**machine(("P", passing())), **top}
    if top["QueryLanguage"] is None:
        del definition["QueryLanguage"]
    with pytest.raises(DefinitionError) as refused:
        Machine.parse(json.dumps(definition))
    assert refused.value.problems[0].location == "/States/P"


def test_a_state_can_be_jsonata_by_itself():
    definition = machine(("P", passing(QueryLanguage="JSONata")))
    assert Machine.parse(json.dumps(definition)).start_at == "P"


@pytest.mark.parametrize(
    ("definition", "place"),
    [
        (counting(TimeoutSeconds=0), "/States/Count/TimeoutSeconds"),
        (counting(TimeoutSeconds="5"), "/States/Count/TimeoutSeconds"),
        (counting(TimeoutSeconds=5, HeartbeatSeconds=5), "/States/Count/HeartbeatSeconds"),
        (counting(Retry=[{"ErrorEquals": []}]), "/States/Count/Retry[0]/ErrorEquals"),
        (counting(Retry=[{}]), "/States/Count/Retry[0]"),
        (counting(Retry=["x"]), "/States/Count/Retry[0]"),
        (counting(Retry=[{**RETRIER, "MaxAttempts": -1}]), "/States/Count/Retry[0]/MaxAttempts"),
        (counting(Retry=[{**RETRIER, "BackoffRate": 0.5}]), "/States/Count/Retry[0]/BackoffRate"),
        (
            counting(Retry=[{**RETRIER, "IntervalSeconds": 9, "MaxDelaySeconds": 9}]),
            "/States/Count/Retry[0]/MaxDelaySeconds",
        ),
        (
            counting(Retry=[{**RETRIER, "JitterStrategy": "SOME"}]),
            "/States/Count/Retry[0]/JitterStrategy",
        ),
        (
            counting(Retry=[{"ErrorEquals": ["States.ALL", "X"]}]),
            "/States/Count/Retry[0]/ErrorEquals",
        ),
        (
            counting(Retry=[{"ErrorEquals": ["States.ALL"]}, RETRIER]),
            "/States/Count/Retry[0]/ErrorEquals",
        ),
        (machine(("W", {"Type": "Wait"})), "/States/W"),
        (machine(("W", {"Type": "Wait", "Seconds": 1, "Timestamp": "x"})), "/States/W"),
        (machine(("W", {"Type": "Wait", "Seconds": -1})), "/States/W/Seconds"),
        (machine(("C", {"Type": "Choice", "Choices": []})), "/States/C/Choices"),
        (
            machine(
                ("C", {"Type": "Choice", "Choices": [{"Condition": "yes", "Next": "S"}]}),
                ("S", {"Type": "Succeed"}),
            ),
            "/States/C/Choices[0]/Condition",
        ),
        (machine(("P", passing(Assign={"states": 1}))), "/States/P/Assign/states"),
        (machine(("P", passing(Assign={"1st": 1}))), "/States/P/Assign/1st"),
        (machine(("M", {"Type": "Map"})), "/States/M"),
        (machine(("P", {"Type": "Parallel", "Branches": []})), "/States/P/Branches"),
        (machine(("T", {"Type": "Task"})), "/States/T"),
        (machine(("T", {"Type": "Timer"})), "/States/T/Type"),
        (counting(Resource="arn:aws:states:::dynamodb:scan"), "/States/Count/Resource"),
        (counting(Resource="${Function}"), "/States/Count/Resource"),
        (mapping(ItemBatcher={"BatchInput": 1}), "/States/Each/ItemBatcher"),
        (mapping(ToleratedFailurePercentage=101), "/States/Each/ToleratedFailurePercentage"),
        (mapping(Label="a/b c"), "/States/Each/Label"),
        (
            mapping(ItemReader={"Resource": LISTING, "Arguments": {"Bucket": "b"}}, Items=[]),
            "/States/Each/Items",
        ),
        (
            mapping(ItemReader={"Resource": READING, "Arguments": {"Bucket": "b"}}),
            "/States/Each/ItemReader/Arguments",
        ),
        (
            mapping(ItemReader={"Resource": READING, "Arguments": {"Bucket": "b"}}),
            "/States/Each/ItemReader/ReaderConfig",
        ),
        (
            mapping(ResultWriter={"Resource": "arn:aws:states:::s3:putObject"}),
            "/States/Each/ResultWriter",
        ),
        (
            machine(("Each", inline_map(("One", passing()), ItemBatcher={"MaxItemsPerBatch": 1}))),
            "/States/Each/ItemBatcher",
        ),
        (
            machine(("Each", distributed_map(("One", task(Resource=SYNC)), kind="EXPRESS"))),
            "/States/Each/ItemProcessor/States/One/Resource",
        ),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_its_place(definition, place):
    assert place in places(definition)


@pytest.mark.parametrize(
    ("definition", "place"),
    [
        ({**counting(), "StartAt": "Nowhere"}, "/StartAt"),
        (machine(("P", passing(Next="Nowhere"))), "/States/P/Next"),
        (counting(Catch=[{**RETRIER, "Next": "Nowhere"}]), "/States/Count/Catch[0]/Next"),
        (
            changed(counting(), ["States", "Island"], {"Type": "Succeed"}),
            "/States/Island",
        ),
        (machine(("P", passing(Next="P", End=True))), "/States/P"),
        (changed(counting(), ["States", "Count", "End"], False), "/States/Count"),
        (
            machine(("Each", inline_map(("One", passing(Next="Outer")))), ("Outer", passing())),
            "/States/Each/ItemProcessor/States/One/Next",
        ),
        (
            machine(("Same", inline_map(("Same", passing())))),
            "/States/Same/ItemProcessor/States/Same",
        ),
    ],
)
def test_a_path_that_leads_nowhere_is_refused_with_its_place(definition, place):
    assert place in places(definition)


def test_every_problem_is_told_at_once():
    definition = machine(("A", passing(X=1)), ("B", passing(Y=1, Output="{% ( %}")))
    assert set(places(definition)) == {"/States/A", "/States/B", "/States/B/Output"}


def test_a_machine_that_nothing_can_end_in_is_refused_and_a_branch_is_not_as_measured_on_aws():
    ticking = {"StartAt": "A", "States": {"A": passing(Next="A")}}
    (problem,) = problems(ticking)
    assert (problem.code, problem.location) == ("MISSING_END_STATE", "")
    inside = machine(("P", {"Type": "Parallel", "Branches": [ticking]}))
    assert Machine.parse(json.dumps({**ROOT, **inside})).start_at == "P"
