"""Every served operation once, by boto3 over the real endpoint, on services that moto has."""

import http.client
import json
import time
from functools import partial
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from local.deploy.session import endpoint
from tests.builders.clients import ONCE, client_of
from tests.builders.endpoint import SIGNED

PASS = {"Type": "Pass", "End": True}
ANYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
TRUST = {
    "Effect": "Allow",
    "Principal": {"Service": "states.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
TASK = {"Type": "Task", "End": True}


@pytest.fixture(scope="module")
def client():
    """Makes clients of one endpoint."""
    with endpoint() as url:
        yield partial(client_of, url, inject_host_prefix=False, **ONCE)


@pytest.fixture(scope="module")
def states(client):
    return client("stepfunctions")


@pytest.fixture(scope="module")
def role(client):
    iam = client("iam")
    arn = iam.create_role(RoleName="machine", AssumeRolePolicyDocument=policy(TRUST))["Role"]["Arn"]
    iam.put_role_policy(RoleName="machine", PolicyName="all", PolicyDocument=policy(ANYTHING))
    return arn


@pytest.fixture
def machine(states, role, request):
    """Makes a machine of one state, named after the test."""

    def make(state, **more):
        name = f"{request.node.name[:60]}-{len(made)}"
        made.append(
            states.create_state_machine(
                name=name, definition=definition(state), roleArn=role, **more
            )["stateMachineArn"]
        )
        return made[-1]

    made = []
    return make


def policy(statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def definition(state):
    return json.dumps({"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": state}})


def ended(states, arn):
    deadline = time.monotonic() + 20
    while (found := states.describe_execution(executionArn=arn))["status"] == "RUNNING":
        assert time.monotonic() < deadline, f"{arn} still runs"
        time.sleep(0.02)
    return found


def pages(states, operation, member, **parameters):
    found = states.get_paginator(operation).paginate(**parameters, PaginationConfig={"PageSize": 2})
    return [each for page in found for each in page[member]]


def test_machines_are_made_changed_tagged_listed_and_deleted(states, machine, role):
    arn = machine(PASS, tags=[{"key": "a", "value": "1"}])
    other = definition({**PASS, "Comment": "changed"})
    changed = states.update_state_machine(stateMachineArn=arn, definition=other)
    found = states.describe_state_machine(stateMachineArn=arn)
    assert (found["definition"], found["roleArn"]) == (other, role)
    assert found["revisionId"] == changed["revisionId"]
    states.tag_resource(resourceArn=arn, tags=[{"key": "b", "value": "2"}])
    states.untag_resource(resourceArn=arn, tagKeys=["a"])
    assert states.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "b", "value": "2"}]
    listed = pages(states, "list_state_machines", "stateMachines")
    assert arn in {each["stateMachineArn"] for each in listed}
    states.delete_state_machine(stateMachineArn=arn)
    with pytest.raises(states.exceptions.StateMachineDoesNotExist):
        states.describe_state_machine(stateMachineArn=arn)


def test_definitions_are_validated(states):
    good = states.validate_state_machine_definition(definition=definition(PASS))
    assert (good["result"], good["diagnostics"]) == ("OK", [])
    bad = states.validate_state_machine_definition(definition="{")
    assert bad["diagnostics"][0]["code"] == "INVALID_JSON_DESCRIPTION"


def test_executions_are_started_described_and_paged(states, machine):
    arn = machine(PASS)
    text = '{"a": "ü \N{GRINNING FACE}"}'
    begun = states.start_execution(stateMachineArn=arn, name="one", input=text)
    found = ended(states, begun["executionArn"])
    assert (found["status"], found["input"]) == ("SUCCEEDED", text)
    assert found["startDate"] == begun["startDate"] <= found["stopDate"]
    for _ in range(4):
        states.start_execution(stateMachineArn=arn)
    assert len(pages(states, "list_executions", "executions", stateMachineArn=arn)) == 5
    events = pages(states, "get_execution_history", "events", executionArn=begun["executionArn"])
    assert [event["id"] for event in events] == [1, 2, 3, 4]
    owner = states.describe_state_machine_for_execution(executionArn=begun["executionArn"])
    assert owner["stateMachineArn"] == arn


def test_errors_come_as_the_sdks_exceptions(states, machine):
    arn = machine(PASS)
    execution = states.start_execution(stateMachineArn=arn, name="one")["executionArn"]
    ended(states, execution)
    errors = states.exceptions
    with pytest.raises(errors.ExecutionAlreadyExists):
        states.start_execution(stateMachineArn=arn, name="one")
    with pytest.raises(errors.ExecutionDoesNotExist):
        states.describe_execution(executionArn=f"{execution}x")
    with pytest.raises(errors.InvalidArn):
        states.start_execution(stateMachineArn="nonsense")
    with pytest.raises(errors.ExecutionNotRedrivable):
        states.redrive_execution(executionArn=execution)
    with pytest.raises(errors.InvalidExecutionInput):
        states.start_execution(stateMachineArn=arn, input="{")
    with pytest.raises(ClientError, match="is not served by"):
        states.create_activity(name="by-hand")


def test_a_failed_execution_is_redriven_where_it_failed(states, client, machine):
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="there")["QueueUrl"].replace("there", "later")
    send = {"QueueUrl": url, "MessageBody": "hello"}
    arn = machine({**TASK, "Resource": "arn:aws:states:::sqs:sendMessage", "Arguments": send})
    execution = states.start_execution(stateMachineArn=arn)["executionArn"]
    failed = ended(states, execution)
    assert (failed["status"], failed["redriveStatus"]) == ("FAILED", "REDRIVABLE")
    assert "NonExistentQueue" in failed["error"] or "QueueDoesNotExist" in failed["error"]
    sqs.create_queue(QueueName="later")
    moment = states.redrive_execution(executionArn=execution)["redriveDate"]
    found = ended(states, execution)
    assert (found["status"], found["redriveCount"]) == ("SUCCEEDED", 1)
    assert found["redriveDate"] == moment


def test_a_waiting_task_is_answered_by_its_token(states, client, machine):
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="tokens")["QueueUrl"]
    body = {"token": "{% $states.context.Task.Token %}"}
    state = {
        **TASK,
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Arguments": {"QueueUrl": url, "MessageBody": body},
    }
    execution = states.start_execution(stateMachineArn=machine(state))["executionArn"]
    (message,) = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10)["Messages"]
    token = json.loads(message["Body"])["token"]
    states.send_task_heartbeat(taskToken=token)
    states.send_task_success(taskToken=token, output='{"done":true}')
    assert ended(states, execution)["output"] == '{"done":true}'
    with pytest.raises(states.exceptions.TaskTimedOut):
        states.send_task_failure(taskToken=token)


def test_an_execution_is_stopped(states, machine):
    arn = machine({"Type": "Wait", "Seconds": 3600, "End": True})
    execution = states.start_execution(stateMachineArn=arn)["executionArn"]
    stopped = states.stop_execution(executionArn=execution, error="Enough", cause="by hand")
    found = states.describe_execution(executionArn=execution)
    assert (found["status"], found["error"]) == ("ABORTED", "Enough")
    assert found["stopDate"] == stopped["stopDate"]


def test_a_machine_starts_another_and_waits_for_it(states, machine):
    start = {"StateMachineArn": machine(PASS), "Input": {"x": 1}}
    state = {
        **TASK,
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Arguments": start,
        "Output": "{% $states.result.Output %}",
    }
    execution = states.start_execution(stateMachineArn=machine(state))["executionArn"]
    assert ended(states, execution)["output"] == '{"x":1}'


def test_map_runs_are_listed_described_and_changed(states, machine):
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "Child",
        "States": {"Child": PASS},
    }
    arn = machine({"Type": "Map", "Items": [1, 2, 3], "ItemProcessor": processor, "End": True})
    execution = states.start_execution(stateMachineArn=arn)["executionArn"]
    assert ended(states, execution)["output"] == "[1,2,3]"
    (run,) = pages(states, "list_map_runs", "mapRuns", executionArn=execution)
    states.update_map_run(mapRunArn=run["mapRunArn"], maxConcurrency=3)
    found = states.describe_map_run(mapRunArn=run["mapRunArn"])
    assert (found["maxConcurrency"], found["itemCounts"]["succeeded"]) == (3, 3)
    children = pages(states, "list_executions", "executions", mapRunArn=run["mapRunArn"])
    assert len(children) == 3


def test_an_express_workflow_answers_how_it_ended(states, machine):
    arn = machine(PASS, type="EXPRESS")
    assert states.start_sync_execution(stateMachineArn=arn, input='{"x":1}')["output"] == '{"x":1}'
    with pytest.raises(states.exceptions.StateMachineTypeNotSupported):
        states.list_executions(stateMachineArn=arn)


def test_a_state_is_tested_by_the_name_that_sdks_put_before_the_host(client):
    """A request to the `sync-` host, which no resolver has: it comes to the endpoint's port."""
    states = client("stepfunctions")
    where = urlsplit(states.meta.endpoint_url)
    definition = json.dumps({"QueryLanguage": "JSONata", "Type": "Succeed", "Output": 5})
    for host in (f"sync-{where.netloc}", where.netloc):
        connection = http.client.HTTPConnection(where.netloc, timeout=20)
        headers = {
            "Host": host,
            "X-Amz-Target": "AWSStepFunctions.TestState",
            "Authorization": SIGNED.replace("/s3/", "/states/"),
        }
        connection.request("POST", "/", json.dumps({"definition": definition}), headers)
        answer = json.loads(connection.getresponse().read())
        connection.close()
        assert answer == {"status": "SUCCEEDED", "output": "5"}
    assert states.test_state(definition=definition)["output"] == "5"
