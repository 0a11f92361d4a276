"""What functions say, in CloudWatch Logs and with the answer; calls that are not waited for."""

import base64
import re
import time

import pytest

from tests.builders.waiting import once

TALKS = """
import logging
print("loaded")
logging.getLogger().setLevel("INFO")
def handler(event, context):
    print("said", event)
    logging.getLogger("mine").info("logged")
    return context.aws_request_id
"""
LOGS = ("logs:*", "*")


def messages(served, name):
    """The lines in a function's log group, in order."""
    logs = served.client("logs")
    try:
        found = logs.filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
    except logs.exceptions.ResourceNotFoundException:
        return []
    return [each["message"].rstrip("\n") for each in found]


def test_what_a_function_says_is_in_its_log_group(served):
    name = served.function(TALKS, Role=served.role(LOGS))
    request_id, _ = served.invoke(name, "äöü")
    report = rf"REPORT RequestId: {request_id}\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\t"
    report += r"Memory Size: 128 MB\tMax Memory Used: \d+ MB"
    assert once(lambda: any(re.match(report, each) for each in messages(served, name)))
    lines = messages(served, name)
    assert f"START RequestId: {request_id} Version: $LATEST" in lines
    assert "loaded" in lines
    assert "said äöü" in lines
    assert any(re.fullmatch(rf"\[INFO]\t\S+Z\t{request_id}\tlogged", each) for each in lines)
    start, said = (
        lines.index(f"START RequestId: {request_id} Version: $LATEST"),
        lines.index("said äöü"),
    )
    assert start < said < lines.index(f"END RequestId: {request_id}")


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("raise ValueError('no')", "[ERROR] ValueError: no"),
        ("os._exit(1)", "Runtime.ExitError"),
    ],
)
def test_a_failure_is_in_the_log(served, statement, said):
    source = f"import os\ndef handler(event, context):\n    {statement}\n"
    name = served.function(source, Role=served.role(LOGS))
    served.invoke(name)
    assert once(lambda: [each for each in messages(served, name) if said in each])


def test_a_function_whose_role_may_not_log_is_not_heard(served):
    name = served.function(TALKS)
    served.invoke(name, 1)
    time.sleep(0.3)
    assert messages(served, name) == []


def test_the_tail_of_the_log_comes_with_the_answer(served, lambda_):
    name = served.function(TALKS)
    answer = lambda_.invoke(FunctionName=name, Payload='"here"', LogType="Tail")
    assert "said here" in base64.b64decode(answer["LogResult"]).decode()


def test_a_call_that_is_not_waited_for_is_made(served, lambda_):
    name = served.function(TALKS, Role=served.role(LOGS))
    answer = lambda_.invoke(FunctionName=name, Payload='"later"', InvocationType="Event")
    assert answer["StatusCode"] == 202
    assert once(lambda: "said later" in messages(served, name))


def test_a_dry_run_calls_nothing(served, lambda_):
    name = served.function(TALKS, Role=served.role(LOGS))
    assert lambda_.invoke(FunctionName=name, InvocationType="DryRun")["StatusCode"] == 204
    time.sleep(0.3)
    assert messages(served, name) == []
