"""State machines: created, changed, described, listed, deleted, checked."""

import json

import pytest

from tests.builders.waiting import once

ARN = "arn:aws:states:us-east-1:123456789012"
ROLE = "arn:aws:iam::123456789012:role/machine"
OTHER_ROLE = "arn:aws:iam::123456789012:role/other"
PASS = {"Type": "Pass"}
TASK = {"Type": "Task", "Arguments": "{% $states.input %}"}
GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:group:*"
DESTINATION = {"cloudWatchLogsLogGroup": {"logGroupArn": GROUP}}


@pytest.fixture
def definition(row):
    return json.dumps(row(PASS))


@pytest.fixture
def other_definition(row):
    return json.dumps(row(PASS, PASS))


def test_a_machine_is_described_as_it_was_made(api, definition):
    created = api("CreateStateMachine", name="m", definition=definition, roleArn=ROLE)
    assert created["stateMachineArn"] == f"{ARN}:stateMachine:m"
    assert api("DescribeStateMachine", stateMachineArn=created["stateMachineArn"]) == {
        "stateMachineArn": f"{ARN}:stateMachine:m",
        "name": "m",
        "status": "ACTIVE",
        "definition": definition,
        "roleArn": ROLE,
        "type": "STANDARD",
        "creationDate": created["creationDate"],
        "loggingConfiguration": {"level": "OFF", "includeExecutionData": False},
        "tracingConfiguration": {"enabled": False},
        "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
    }


def test_the_same_request_again_changes_nothing_and_ignores_role_and_tags(api, definition):
    first = api("CreateStateMachine", name="m", definition=definition, roleArn=ROLE)
    again = api(
        "CreateStateMachine",
        name="m",
        definition=definition,
        roleArn=OTHER_ROLE,
        tags=[{"key": "a", "value": "b"}],
    )
    assert again == first
    arn = first["stateMachineArn"]
    assert api("DescribeStateMachine", stateMachineArn=arn)["roleArn"] == ROLE
    assert api("ListTagsForResource", resourceArn=arn)["tags"] == []


@pytest.mark.parametrize(
    "change",
    [
        {"type": "EXPRESS"},
        {"tracingConfiguration": {"enabled": True}},
        {"loggingConfiguration": {"level": "ALL", "destinations": [DESTINATION]}},
    ],
)
def test_another_machine_under_a_name_that_is_taken_is_refused(api, definition, change):
    given = {"name": "m", "definition": definition, "roleArn": ROLE}
    api("CreateStateMachine", **given)
    refused = api.refused("CreateStateMachine", **{**given, **change})
    message = f"State Machine Already Exists: '{ARN}:stateMachine:m'"
    assert refused == ("StateMachineAlreadyExists", message)


def test_another_definition_under_a_name_that_is_taken_is_refused(
    api, definition, other_definition
):
    api("CreateStateMachine", name="m", definition=definition, roleArn=ROLE)
    given = {"name": "m", "definition": other_definition, "roleArn": ROLE}
    assert api.refused("CreateStateMachine", **given)[0] == "StateMachineAlreadyExists"


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        ({"name": "a b"}, "InvalidName", "Invalid Name: 'a b'"),
        ({"roleArn": "me"}, "InvalidArn", "Invalid Role Arn: 'me'"),
        (
            {"loggingConfiguration": {"level": "ALL"}},
            "InvalidLoggingConfiguration",
            "Invalid Logging Configuration: Must specify exactly one Log Destination.",
        ),
        (
            {"loggingConfiguration": {"destinations": [DESTINATION, DESTINATION]}},
            "InvalidLoggingConfiguration",
            "Invalid Logging Configuration: Must specify exactly one Log Destination.",
        ),
    ],
)
def test_a_machine_with_a_wrong_setting_is_refused(api, definition, change, code, message):
    given = {"name": "m", "definition": definition, "roleArn": ROLE, **change}
    assert api.refused("CreateStateMachine", **given) == (code, message)


def test_a_broken_definition_is_refused_with_every_problem_and_its_place(api):
    broken = {
        "QueryLanguage": "JSONata",
        "StartAt": "A",
        "States": {"A": {"Type": "Pass", "Next": "Nowhere", "InputPath": "$"}},
    }
    given = {"name": "m", "definition": json.dumps(broken), "roleArn": ROLE}
    code, message = api.refused("CreateStateMachine", **given)
    assert code == "InvalidDefinition"
    assert message.startswith("Invalid State Machine Definition: '")
    assert "field 'InputPath' is only supported for the 'JSONPath' QueryLanguage at /S" in message
    assert "/States/A/Next" in message
    assert api("ListStateMachines")["stateMachines"] == []


def test_a_definition_that_is_not_json_is_refused(api):
    given = {"name": "m", "definition": "{", "roleArn": ROLE}
    code, message = api.refused("CreateStateMachine", **given)
    assert code == "InvalidDefinition"
    assert "INVALID_JSON_DESCRIPTION" in message


def test_validation_tells_every_problem_where_creation_would_refuse(api, definition):
    good = api("ValidateStateMachineDefinition", definition=definition)
    assert good == {"result": "OK", "diagnostics": [], "truncated": False}
    broken = json.dumps({"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {}}})
    found = api("ValidateStateMachineDefinition", definition=broken)
    assert found["result"] == "FAIL"
    assert {each["severity"] for each in found["diagnostics"]} == {"ERROR"}
    assert any("/States/A" in each["location"] for each in found["diagnostics"])


def test_validation_shows_as_many_problems_as_are_wanted(api):
    states = {name: {"Type": "Pass", "Next": "Nowhere"} for name in "ABC"}
    broken = json.dumps({"QueryLanguage": "JSONata", "StartAt": "A", "States": states})
    found = api("ValidateStateMachineDefinition", definition=broken, maxResults=2)
    assert (len(found["diagnostics"]), found["truncated"]) == (2, True)


@pytest.mark.parametrize("pattern", [".sync:2", ".sync", ".waitForTaskToken"])
def test_what_an_express_workflow_cannot_wait_for_is_refused(api, row, pattern):
    state = {
        "Type": "Task",
        "Resource": f"arn:aws:states:::states:startExecution{pattern}",
        "Arguments": {"StateMachineArn": "x"},
    }
    definition = json.dumps(row(state))
    assert api("ValidateStateMachineDefinition", definition=definition)["result"] == "OK"
    found = api("ValidateStateMachineDefinition", definition=definition, type="EXPRESS")
    shown = pattern.removesuffix(":2")
    assert found["diagnostics"] == [
        {
            "severity": "ERROR",
            "code": "SCHEMA_VALIDATION_FAILED",
            "message": f"Express state machine does not support '{shown}' service integration ",
            "location": "/States/A/Resource",
        }
    ]


def test_an_express_workflow_has_no_distributed_map_in_any_scope(api, row):
    processor = {
        "StartAt": "C",
        "States": {"C": {"Type": "Pass", "End": True}},
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
    }
    branch = {
        "StartAt": "B",
        "States": {"B": {"Type": "Map", "ItemProcessor": processor, "End": True}},
    }
    definition = json.dumps(row({"Type": "Parallel", "Branches": [branch]}))
    assert api("ValidateStateMachineDefinition", definition=definition)["result"] == "OK"
    found = api("ValidateStateMachineDefinition", definition=definition, type="EXPRESS")
    places = [each["location"] for each in found["diagnostics"]]
    assert places == ["/States/A/Branches[0]/States/B/ItemProcessor/ProcessorConfig/Mode"]


@pytest.mark.parametrize(
    "resource", ["nosuch:getThing", "s3:getThing", "events:putEvents", "sfn:StartExecution2"]
)
def test_an_action_that_the_sdk_has_not_is_refused_with_its_place(api, row, resource):
    arn = f"arn:aws:states:::aws-sdk:{resource}"
    branch = {"StartAt": "B", "States": {"B": {**TASK, "Resource": arn, "End": True}}}
    definition = json.dumps(row({"Type": "Parallel", "Branches": [branch]}))
    code, message = api.refused("CreateStateMachine", name="m", definition=definition, roleArn=ROLE)
    assert code == "InvalidDefinition"
    assert f"The resource provided {arn} is not recognized." in message
    assert message.endswith("at /States/A/Branches[0]/States/B/Resource'")


@pytest.mark.parametrize(
    "resource",
    [
        "s3:listObjectsV2",
        "eventbridge:putEvents",
        "sfn:describeExecution",
        "cloudwatchlogs:putLogEvents",
        "applicationautoscaling:describeScalingPolicies",
    ],
)
def test_an_action_that_the_sdk_has_is_taken(api, row, resource):
    definition = json.dumps(row({**TASK, "Resource": f"arn:aws:states:::aws-sdk:{resource}"}))
    assert api("ValidateStateMachineDefinition", definition=definition)["result"] == "OK"


def test_machines_are_listed_by_name_in_pages(api):
    for name in ("c", "a", "d", "b"):
        api.machine(PASS, name=name)
    pages = api.pages("ListStateMachines", "stateMachines", maxResults=3)
    assert [[each["name"] for each in page] for page in pages] == [["a", "b", "c"], ["d"]]


def test_a_deleted_machine_is_gone_with_its_executions(api):
    machine = api.machine(PASS)
    arn = api.run(machine, name="one")["executionArn"]
    assert api("DeleteStateMachine", stateMachineArn=machine) == {}
    assert api.refused("DescribeStateMachine", stateMachineArn=machine)[0] == (
        "StateMachineDoesNotExist"
    )
    assert api.refused("DescribeExecution", executionArn=arn)[0] == "ExecutionDoesNotExist"
    assert api("DeleteStateMachine", stateMachineArn=machine) == {}
    again = api.machine(PASS)
    assert api.run(again, name="one")["status"] == "SUCCEEDED"


def test_a_machine_that_is_deleted_while_it_runs_is_deleting_until_the_last_execution_ended(
    api, world, task
):
    machine = api.machine(task("held"))
    arn = api.start(machine)
    world.wait_for_held()
    assert api("DeleteStateMachine", stateMachineArn=machine) == {}
    assert api("DescribeStateMachine", stateMachineArn=machine)["status"] == "DELETING"
    assert api.refused("StartExecution", stateMachineArn=machine)[0] == "StateMachineDeleting"
    assert api("DescribeExecution", executionArn=arn)["status"] == "RUNNING"
    world.release()
    world.wait_for_status(arn, "SUCCEEDED")
    assert world.statuses(arn) == ["RUNNING", "SUCCEEDED"]
    assert once(lambda: not api("ListStateMachines")["stateMachines"])
    again = api.machine(task())
    assert api("ListExecutions", stateMachineArn=again)["executions"] == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"Bucket": "b"}, "The field 'Key' is required but was missing"),
        ({"Bucket": "b", "Key": "k", "colour": 1}, 'The field "colour" is not supported by Step'),
        (
            {"Bucket": "b", "Key": "k", "Tagging": {"TagSet": [{"Kex": "a"}]}},
            'The field "Tagging" is not supported by Step Functions',
        ),
        ([], "Expected value of type [OBJECT]"),
    ],
)
def test_arguments_that_the_api_has_not_are_refused_at_their_place(api, row, arguments, message):
    resource = "arn:aws:states:::aws-sdk:s3:getObject"
    definition = json.dumps(row({**TASK, "Resource": resource, "Arguments": arguments}))
    found = api("ValidateStateMachineDefinition", definition=definition)["diagnostics"]
    assert {each["location"] for each in found} == {"/States/A/Arguments"}
    assert any(message in each["message"] for each in found)


def test_arguments_are_looked_at_in_their_depth_and_not_where_an_expression_stands(api, row):
    resource = "arn:aws:states:::events:putEvents"
    for entry, told in (
        ({"source": "s"}, ['The field "source" is not supported by Step Functions']),
        ({"Source": 5, "Detail": {"any": 1}, "Resources": "{% $x %}"}, []),
        ({"Resources": "r"}, ["The value for the field 'Resources' must be a LIST"]),
    ):
        state = {**TASK, "Resource": resource, "Arguments": {"Entries": [entry]}}
        definition = json.dumps(row(state))
        found = api("ValidateStateMachineDefinition", definition=definition)["diagnostics"]
        assert [each["message"] for each in found] == told


@pytest.mark.parametrize(
    ("destinations", "message"),
    [
        ([], "Must specify exactly one Log Destination."),
        ([{}], "Must set valid CloudWatch Log Group ARN."),
        (["arn:aws:s3:::b"], "Provided ARN is not CloudWatch Logs Log Group ARN."),
        ([GROUP.removesuffix(":*")], "Log Group ARN must be provided with '*' qualifier."),
        ([GROUP.replace("group:*", "none:*")], "Log Destination not found."),
    ],
)
def test_a_destination_of_logs_that_is_none_or_not_there_is_refused(
    api, definition, destinations, message
):
    given = [
        {"cloudWatchLogsLogGroup": {"logGroupArn": each}} if isinstance(each, str) else each
        for each in destinations
    ]
    logging = {"level": "ALL", "destinations": given}
    code, told = api.refused(
        "CreateStateMachine",
        name="m",
        definition=definition,
        roleArn=ROLE,
        loggingConfiguration=logging,
    )
    assert (code, told) == (
        "InvalidLoggingConfiguration",
        f"Invalid Logging Configuration: {message}",
    )
