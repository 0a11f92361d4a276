"""`lambda:invoke` with all that its arguments may say, over the endpoint."""

import base64
import json

import pytest

from tests.builders.waiting import once

SOURCE = "def handler(event, context):\n    print('heard', event)\n    return event"


@pytest.fixture(scope="module")
def calls(served):
    """Makes a call of one function and answers DescribeExecution, once it ended."""
    states = served.client("stepfunctions")
    name = served.function(SOURCE, Role=served.role(("logs:*", "*")))
    served.client("logs").create_log_group(logGroupName=f"/aws/lambda/{name}")
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": f"{{% $merge([{{'FunctionName': '{name}'}}, $states.input]) %}}",
        "End": True,
    }
    machine = states.create_state_machine(
        name=served.name("calling"),
        definition=json.dumps(
            {"QueryLanguage": "JSONata", "StartAt": "Call", "States": {"Call": task}}
        ),
        roleArn=served.role(("lambda:InvokeFunction", "*")),
    )["stateMachineArn"]

    def call(**arguments):
        given = json.dumps(arguments)
        arn = states.start_execution(stateMachineArn=machine, input=given)["executionArn"]
        ended = once(lambda: ended_or_none(states.describe_execution(executionArn=arn)))
        return json.loads(ended["output"]) if "output" in ended else ended

    call.name = name
    return call


def ended_or_none(found):
    return None if found["status"] == "RUNNING" else found


def test_the_tail_of_the_log_comes_where_it_is_asked_for(calls):
    answer = calls(Payload={"a": 1}, LogType="Tail", InvocationType="RequestResponse")
    assert (answer["Payload"], answer["StatusCode"]) == ({"a": 1}, 200)
    assert "heard {'a': 1}" in base64.b64decode(answer["LogResult"]).decode()
    assert "LogResult" not in calls(Payload=1, LogType="None", Qualifier="$LATEST")


def test_an_event_is_not_waited_for_and_a_dry_run_calls_nothing(served, calls):
    assert calls(Payload={"b": 2}, InvocationType="DryRun") == {"StatusCode": 204}
    assert calls(Payload={"c": 3}, InvocationType="Event") == {"StatusCode": 202}
    logs, group = served.client("logs"), f"/aws/lambda/{calls.name}"

    def heard():
        events = logs.filter_log_events(logGroupName=group)["events"]
        said = [each["message"] for each in events if each["message"].startswith("heard")]
        return said if "heard {'c': 3}" in said else None

    assert "heard {'b': 2}" not in once(heard)


@pytest.mark.parametrize(
    ("arguments", "error", "cause"),
    [
        ({"Qualifier": "live"}, "ResourceNotFoundException", "Function not found: "),
        ({"FunctionName": "none"}, "ResourceNotFoundException", "Function not found: none"),
        ({"InvocationType": "Later"}, "AWSLambdaException", "Member must satisfy enum value set"),
        ({"ClientContext": "e30="}, "AWSLambdaException", "ClientContext is not handed"),
    ],
)
def test_what_lambda_refuses_fails_the_task_by_its_name(calls, arguments, error, cause):
    ended = calls(**arguments)
    assert (ended["status"], ended["error"]) == ("FAILED", f"Lambda.{error}")
    assert cause in ended["cause"]
