"""What a definition may say: every field that is run here, and where each may stand."""

import pytest

from tests.builders.accepted_definitions import (
    BATCHER,
    CSV,
    INNER,
    LIMITS,
    LISTING,
    PUTTING,
    READER,
    READING,
    RECOVERY,
    RULE,
    SHAPES,
    WRITER,
    caught,
    ending,
    mapped,
    problems,
    retrying,
)
from tests.builders.worlds import distributed_map, inline_map, machine, passing, task


@pytest.mark.parametrize(
    "state",
    [
        {
            **task(),
            **SHAPES,
            **RECOVERY,
            "TimeoutSeconds": 9,
            "HeartbeatSeconds": 3,
            "Credentials": {"RoleArn": "r"},
        },
        {"Type": "Pass", **SHAPES},
        {"Type": "Choice", "Choices": [RULE], "Default": "End", **SHAPES},
        {"Type": "Wait", "Seconds": 1, **SHAPES},
        {"Type": "Wait", "Timestamp": "2024-01-01T00:00:00Z", **SHAPES},
        {"Type": "Succeed", "Output": 1, "Comment": "done", "QueryLanguage": "JSONata"},
        {"Type": "Fail", "Error": "E", "Cause": "c", "Comment": "no", "QueryLanguage": "JSONata"},
        {"Type": "Parallel", "Branches": [INNER], "Arguments": 1, **SHAPES, **RECOVERY},
        {**inline_map(("Go", passing())), "Items": [1], "ItemSelector": 1, **SHAPES, **RECOVERY},
        {
            **distributed_map(("Go", passing()), kind="STANDARD"),
            **SHAPES,
            **RECOVERY,
            **LIMITS,
            "ItemReader": READER,
            "ItemSelector": 1,
            "ItemBatcher": BATCHER,
            "ResultWriter": WRITER,
            "Label": "label",
        },
    ],
)
def test_every_field_that_is_run_is_accepted(state):
    top = {"Comment": "all", "Version": "1.0", "TimeoutSeconds": 60}
    assert problems({**top, **ending(state)}) == set()


def test_a_machine_may_be_jsonpath_where_all_its_states_are_jsonata():
    definition = machine(("P", passing(QueryLanguage="JSONata")))
    assert problems(definition, "JSONPath") == set()
    assert problems(definition, "SQL") == {"/QueryLanguage"}


@pytest.mark.parametrize(
    "definition",
    [
        caught(TimeoutSeconds="{% 1 %}", HeartbeatSeconds="{% 1 %}"),
        ending({"Type": "Wait", "Seconds": "{% 1 %}"}),
        ending({"Type": "Choice", "Choices": [{**RULE, "Condition": "{% true %}"}]}),
        ending({**inline_map(("In", passing())), "Items": "{% [] %}"}),
        mapped(**dict.fromkeys(LIMITS, "{% 1 %}")),
        mapped(ItemReader={**READER, "Arguments": "{% {} %}"}),
        mapped(ItemReader={**READER, "ReaderConfig": {"InputType": "JSON", "MaxItems": "{% 1 %}"}}),
        mapped(ItemBatcher=dict.fromkeys(["MaxItemsPerBatch", "MaxInputBytesPerBatch"], "{% 1 %}")),
        mapped(ResultWriter={**WRITER, "Arguments": "{% {} %}"}),
    ],
)
def test_an_expression_stands_where_a_value_may_be_computed(definition):
    assert problems(definition) == set()


@pytest.mark.parametrize(
    ("definition", "place"),
    [
        ({**caught(), "TimeoutSeconds": "{% 1 %}"}, "/TimeoutSeconds"),
        (retrying(MaxAttempts="{% 1 %}"), "/States/One/Retry[0]/MaxAttempts"),
        (ending({"Type": "Pass", "Comment": 1}), "/States/One/Comment"),
        (ending({"Type": "Fail", "Error": 1}), "/States/One/Error"),
        (ending({"Type": "Wait", "Timestamp": 1}), "/States/One/Timestamp"),
        (ending({"Type": "Pass", "Assign": [1]}), "/States/One/Assign"),
        (caught(Retry={}), "/States/One/Retry"),
        (ending({"Type": "Parallel", "Branches": {}}), "/States/One/Branches"),
        (ending({**inline_map(("In", passing())), "Items": {}}), "/States/One/Items"),
        (mapped(ItemReader=[]), "/States/One/ItemReader"),
        (mapped(ResultWriter=[]), "/States/One/ResultWriter"),
        (mapped(ItemReader={**READER, "Resource": 1}), "/States/One/ItemReader/Resource"),
        (mapped(ItemReader={**READER, "Arguments": 1}), "/States/One/ItemReader/Arguments"),
        (mapped(ResultWriter={**WRITER, "Arguments": 1}), "/States/One/ResultWriter/Arguments"),
        (mapped(ItemReader={"Resource": LISTING}), "/States/One/ItemReader"),
        (
            mapped(ItemReader={"Resource": LISTING, "Arguments": {}}),
            "/States/One/ItemReader/Arguments",
        ),
        (
            mapped(ItemReader={**READER, "Resource": PUTTING}),
            "/States/One/ItemReader/Resource",
        ),
        (
            mapped(ResultWriter={**WRITER, "Resource": READING}),
            "/States/One/ResultWriter/Resource",
        ),
        (
            mapped(ResultWriter={**WRITER, "Arguments": {}}),
            "/States/One/ResultWriter/Arguments",
        ),
        (mapped(ResultWriter={}), "/States/One/ResultWriter"),
        (
            mapped(ItemReader={**READER, "ReaderConfig": {**CSV, "CSVHeaders": ["a"]}}),
            "/States/One/ItemReader/ReaderConfig/CSVHeaders",
        ),
        (
            mapped(
                ItemReader={
                    **READER,
                    "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "GIVEN"},
                }
            ),
            "/States/One/ItemReader/ReaderConfig",
        ),
    ],
)
def test_a_value_of_another_kind_is_refused_at_its_place_alone(definition, place):
    assert problems(definition) == {place}


@pytest.mark.parametrize(
    ("config", "place"),
    [
        ({"Mode": "INLINE", "ExecutionType": "EXPRESS"}, ""),
        ({"Mode": "DISTRIBUTED"}, ""),
        ({"Mode": "distributed", "ExecutionType": "EXPRESS"}, "/Mode"),
        ({"Mode": "DISTRIBUTED", "ExecutionType": "QUICK"}, "/ExecutionType"),
    ],
)
def test_an_execution_type_goes_with_a_distributed_map_and_only_with_that(config, place):
    state = {"Type": "Map", "ItemProcessor": {**INNER, "ProcessorConfig": config}}
    assert f"/States/One/ItemProcessor/ProcessorConfig{place}" in problems(ending(state))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ItemReader", {"Resource": LISTING, "Arguments": {"Bucket": "b"}}),
        ("ItemBatcher", {"MaxItemsPerBatch": 1}),
        ("ResultWriter", {"WriterConfig": {}}),
        ("Label", "label"),
    ],
)
def test_these_fields_need_a_distributed_map(field, value):
    inline = ending({**inline_map(("In", passing())), field: value})
    assert problems(inline) == {f"/States/One/{field}"}
    assert problems(mapped(**{field: value})) == set()


@pytest.mark.parametrize("suffix", [".waitForTaskToken", ".sync"])
def test_an_express_child_cannot_wait_for_a_token_or_a_job_and_a_standard_one_can(suffix):
    arguments = {"StateMachineArn": "m"}
    starting = f"arn:aws:states:::states:startExecution{suffix}"
    waits = ("Wait", task(Resource=starting, Arguments=arguments))
    place = "/States/One/ItemProcessor/States/Wait/Resource"
    assert problems(ending(distributed_map(waits))) == {place}
    assert problems(ending(distributed_map(waits, kind="STANDARD"))) == set()


@pytest.mark.parametrize(("label", "fine"), [("x" * 40, True), ("x" * 41, False), ("", False)])
def test_a_label_has_1_to_40_characters(label, fine):
    assert (problems(mapped(Label=label)) == set()) is fine


@pytest.mark.parametrize("name", ["x" * 80, "_n", "é1"])
def test_a_variable_is_named_so(name):
    assert problems(ending({"Type": "Pass", "Assign": {name: 1}})) == set()


@pytest.mark.parametrize("name", ["x" * 81, "", "a-b", "states", "1n"])
def test_a_variable_is_not_named_so(name):
    place = f"/States/One/Assign/{name}"
    assert problems(ending({"Type": "Pass", "Assign": {name: 1}})) == {place}


@pytest.mark.parametrize(("length", "fine"), [(1, True), (80, True), (81, False), (0, False)])
def test_a_states_name_has_1_to_80_characters(length, fine):
    assert (problems(machine(("x" * length, passing()))) == set()) is fine


@pytest.mark.parametrize(
    ("resource", "fine"),
    [
        ("arn:aws:states:::lambda:invoke", True),
        ("arn:aws-cn:states:cn-north-1:123456789012:sqs:sendMessage", True),
        ("arn:aws:states:::sqs:sendMessage.waitForTaskToken", True),
        ("arn:aws:states:::states:startExecution.sync", True),
        ("arn:aws:states:::aws-sdk:sqs:receiveMessage", True),
        ("arn:aws:lambda:us-east-1:123456789012:function:count:live", True),
        ("arn:aws:states:::aws-sdk:sqs:receiveMessage.waitForTaskToken", True),
        ("arn:aws:states:::aws-sdk:sqs:receiveMessage.sync", False),
        ("arn:aws:states:::lambda:invoke.sync", False),
        ("arn:aws:states:::states:startExecution.sync:2", True),
        ("arn:aws:states:::events:putEvents.sync:2", False),
        ("arn:aws:states:::glue:startJobRun.sync", False),
        ("arn:aws:states:::s3:getObject", False),
        ("arn:aws:states:::sqs:receiveMessage", False),
        ("arn:aws:states:::sqs:sendMessage.sync:3", False),
        ("arn:aws:states:::sqs:sendMessage.later", False),
        ("arn:aws:states:::sdk:sqs:sendMessage", False),
        ("arn:aws:states:::aws-sdk:a:b:c", False),
        ("arn:aws:states:::sqs", False),
        ("arn:aws:lambda:us-east-1:123456789012:layer:count", False),
        ("arn:aws:s3:::bucket", False),
    ],
)
def test_a_resource_is_one_that_is_run_or_refused(resource, fine):
    wanted = set() if fine else {"/States/One/Resource"}
    assert problems(caught(Resource=resource, Arguments="{% $states.input %}")) == wanted
