"""Functions as Lambda runs them: processes, limits, errors, logs."""

import json
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

from tests.builders.waiting import once

WHO = """
import os
calls = 0
def handler(event, context):
    global calls
    calls += 1
    return {"pid": os.getpid(), "calls": calls}
"""
SLOW = """
import os, time
def handler(event, context):
    time.sleep(event)
    return os.getpid()
"""
HELD = """
import pathlib, time
def handler(event, context):
    folder = pathlib.Path(event)
    (folder / "begun").touch()
    while not (folder / "released").exists():
        time.sleep(0.01)
"""


def returning(expression, before="import os"):
    return f"{before}\ndef handler(event, context):\n    return {expression}\n"


def failing(statement, before="import os"):
    return f"{before}\ndef handler(event, context):\n    {statement}\n"


def test_a_process_is_kept_for_the_next_call(served):
    name = served.function(WHO)
    answers = [served.invoke(name)[0] for _ in range(3)]
    assert len({each["pid"] for each in answers}) == 1
    assert [each["calls"] for each in answers] == [1, 2, 3]


def test_each_concurrent_call_has_a_process_of_its_own(served):
    name = served.function(SLOW)
    with ThreadPoolExecutor(3) as threads:
        pids = {pid for pid, _ in threads.map(lambda _: served.invoke(name, 0.7), range(3))}
    assert len(pids) == 3
    assert served.invoke(name, 0)[0] in pids


@pytest.mark.parametrize(
    "changed", [{"Environment": {"Variables": {"A": "2"}}}, {"MemorySize": 256}, {"Timeout": 9}]
)
def test_a_changed_function_runs_in_a_new_process(served, lambda_, changed):
    name = served.function(WHO)
    before = served.invoke(name)[0]["pid"]
    lambda_.update_function_configuration(FunctionName=name, **changed)
    assert served.invoke(name)[0]["pid"] != before


def test_the_environment_is_lambdas_and_the_functions(served):
    variables = {"Variables": {"MINE": "ä b"}}
    name = served.function(returning("dict(os.environ)"), Environment=variables, MemorySize=256)
    found, _ = served.invoke(name)
    wanted = {
        "MINE": "ä b",
        "AWS_REGION": "us-east-1",
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
        "AWS_ENDPOINT_URL": served.url,
        "TZ": ":UTC",
        "_HANDLER": "app.handler",
    }
    assert {key: found.get(key) for key in wanted} == wanted
    assert re.fullmatch(
        r"\d{4}/\d\d/\d\d/\[\$LATEST][0-9a-f]{32}", found["AWS_LAMBDA_LOG_STREAM_NAME"]
    )
    assert not {"HOME", "USER", "PYTHONPATH", "PYTEST_CURRENT_TEST"} & set(found)


def test_the_context_tells_of_the_call(served):
    said = "[context.function_name, context.memory_limit_in_mb, context.invoked_function_arn]"
    name = served.function(returning(said), MemorySize=192)
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
    assert served.invoke(name)[0] == [name, "192", arn]


def test_the_context_counts_the_time_down(served):
    source = """
import time
def handler(event, context):
    first = context.get_remaining_time_in_millis()
    time.sleep(0.2)
    return [first, context.get_remaining_time_in_millis()]
"""
    (first, second), _ = served.invoke(served.function(source, Timeout=7))
    assert 6_000 < first <= 7_000
    assert 150 <= first - second < 2_000


def test_a_call_that_takes_too_long_is_ended(served):
    name = served.function(SLOW, Timeout=1)
    before, _ = served.invoke(name, 0)
    began = time.monotonic()
    answer, error = served.invoke(name, 60)
    assert time.monotonic() - began < 10
    assert (error, answer["errorType"]) == ("Unhandled", "Sandbox.Timedout")
    shape = r"\d{4}-\d\d-\d\dT[\d:.]+Z [0-9a-f-]{36} Task timed out after 1\.00 seconds"
    assert re.fullmatch(shape, answer["errorMessage"])
    assert served.invoke(name, 0)[0] != before


def test_a_call_that_takes_too_much_memory_is_ended(served):
    source = """
import time
def handler(event, context):
    held = bytearray(event * 2**20)
    held[::4096] = b"x" * len(held[::4096])
    time.sleep(2 if event > 100 else 0)
    return len(held)
"""
    name = served.function(source, MemorySize=128, Timeout=20)
    answer, error = served.invoke(name, 400)
    assert (error, answer["errorType"]) == ("Unhandled", "Runtime.OutOfMemory")
    assert re.fullmatch(
        r"RequestId: [0-9a-f-]{36} Error: Runtime exited with error: signal: killed",
        answer["errorMessage"],
    )
    assert served.invoke(name, 10) == (10 * 2**20, None)


def test_an_exception_is_told_with_its_place(served):
    source = """
class Odd(ValueError): pass
def inner():
    raise Odd("wrong: ä")
def handler(event, context):
    inner()
"""
    answer, error = served.invoke(served.function(source))
    assert error == "Unhandled"
    assert (answer["errorType"], answer["errorMessage"]) == ("Odd", "wrong: ä")
    assert [each.splitlines()[0].strip() for each in answer["stackTrace"]] == [
        'File "/var/task/app.py", line 6, in handler',
        'File "/var/task/app.py", line 4, in inner',
    ]
    assert re.fullmatch(r"[0-9a-f-]{36}", answer["requestId"])


def test_a_function_that_failed_goes_on_in_its_process(served):
    name = served.function(WHO.replace("calls += 1", "calls += 1\n    1 / event"))
    first = served.invoke(name, 1)[0]
    assert served.invoke(name, 0)[0]["errorType"] == "ZeroDivisionError"
    assert served.invoke(name, 1)[0] == {"pid": first["pid"], "calls": 3}


@pytest.mark.parametrize(
    ("source", "handler", "kind", "message"),
    [
        ("import nowhere", "app.handler", "Runtime.ImportModuleError", "No module named 'nowhere'"),
        ("", "gone.handler", "Runtime.ImportModuleError", "No module named 'gone'"),
        ("", "app.handler", "Runtime.HandlerNotFound", "'handler' missing on module 'app'"),
        ("def handler(:", "app.handler", "Runtime.UserCodeSyntaxError", "Syntax error in module"),
        ("", "handler", "Runtime.MalformedHandlerName", "Bad handler 'handler'"),
        ("1 / 0", "app.handler", "ZeroDivisionError", "division by zero"),
        (returning("{1, 2}"), "app.handler", "Runtime.MarshalError", "Unable to marshal response"),
        (returning("'x' * 7_000_000"), "app.handler", "Function.ResponseSizeTooLarge", "exceeded"),
    ],
)
def test_a_function_that_cannot_answer_says_why(served, source, handler, kind, message):
    answer, error = served.invoke(served.function(source, Handler=handler))
    assert (error, answer["errorType"]) == ("Unhandled", kind)
    assert message in answer["errorMessage"]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("os._exit(3)", "exited with error: exit status 3"),
        ("os._exit(0)", "exited without providing a reason"),
        ("os.kill(os.getpid(), 9)", "exited with error: signal: killed"),
    ],
)
def test_a_process_that_ends_is_an_exit_error_and_the_next_call_has_a_new_one(
    served, statement, said
):
    name = served.function(failing(f"if event: {statement}\n    return 1"))
    answer, error = served.invoke(name, 1)
    assert (error, answer["errorType"]) == ("Unhandled", "Runtime.ExitError")
    assert re.fullmatch(
        rf"RequestId: [0-9a-f-]{{36}} Error: Runtime {said}", answer["errorMessage"]
    )
    assert served.invoke(name, 0) == (1, None)


def test_more_calls_than_its_reserved_concurrency_are_refused(served, lambda_, tmp_path):
    name, here = served.function(HELD, Timeout=60), json.dumps(str(tmp_path))
    lambda_.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=1)
    running = threading.Thread(target=served.invoke, args=(name, str(tmp_path)))
    running.start()
    assert once((tmp_path / "begun").exists)
    with pytest.raises(ClientError) as caught:
        lambda_.invoke(FunctionName=name, Payload=here)
    (tmp_path / "released").touch()
    running.join()
    assert caught.value.response["Error"]["Code"] == "TooManyRequestsException"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert lambda_.invoke(FunctionName=name, Payload=here)["StatusCode"] == 200


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"FunctionName": "nobody"}, "ResourceNotFoundException"),
        ({"Payload": b"{no json"}, "InvalidRequestContentException"),
        ({"Payload": b'"' + b"x" * 7_000_000 + b'"'}, "RequestTooLargeException"),
    ],
)
def test_a_call_that_cannot_be_made_is_refused(served, lambda_, given, code):
    name = served.function(returning("1"))
    with pytest.raises(ClientError) as caught:
        lambda_.invoke(**{"FunctionName": name, **given})
    assert caught.value.response["Error"]["Code"] == code


def test_a_function_calls_aws_as_its_role(served):
    s3, bucket = served.client("s3"), served.name("bucket")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="open/a", Body=b"1")
    s3.put_object(Bucket=bucket, Key="closed/a", Body=b"2")
    source = """
import boto3
def handler(event, context):
    s3 = boto3.client("s3")
    return s3.get_object(Bucket=event[0], Key=event[1])["Body"].read().decode()
"""
    role = served.role(("s3:GetObject", f"arn:aws:s3:::{bucket}/open/*"))
    name = served.function(source, Role=role, Timeout=30, MemorySize=512)
    assert served.invoke(name, [bucket, "open/a"]) == ("1", None)
    answer, error = served.invoke(name, [bucket, "closed/a"])
    assert error == "Unhandled"
    assert "AccessDenied" in answer["errorMessage"]
    assert "s3:GetObject" in answer["errorMessage"]


@pytest.mark.parametrize(
    ("source", "error"),
    [
        (failing("raise KeyError('a')"), "KeyError"),
        (failing("os._exit(1)"), "Runtime.ExitError"),
        ("import nowhere", "Runtime.ImportModuleError"),
        (failing("time.sleep(60)", "import time"), "Sandbox.Timedout"),
    ],
)
def test_a_state_fails_with_the_functions_error(served, source, error):
    name = served.function(source, Timeout=1)
    states = served.client("stepfunctions")
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": name, "Payload": {}},
        "End": True,
    }
    definition = {"QueryLanguage": "JSONata", "StartAt": "Call", "States": {"Call": task}}
    machine = states.create_state_machine(
        name=served.name("machine"),
        definition=json.dumps(definition),
        roleArn=served.role(("lambda:InvokeFunction", "*")),
    )["stateMachineArn"]
    arn = states.start_execution(stateMachineArn=machine)["executionArn"]
    ended = once(
        lambda: (
            (found := states.describe_execution(executionArn=arn))["status"] != "RUNNING" and found
        )
    )
    assert (ended["status"], ended["error"]) == ("FAILED", error)
    assert json.loads(ended["cause"])["errorType"] == error
