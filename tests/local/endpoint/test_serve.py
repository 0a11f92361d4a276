"""`tally local up`: what it prints, and what is left once it ends."""

import json
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

TALLY = Path(sys.executable).parent / "tally"


@contextmanager
def up(port=0):
    """The running command, and the lines that it printed first."""
    command = [TALLY, "local", "up", "--ephemeral", "--port", str(port)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process, [process.stdout.readline().strip() for _ in range(6)]
        finally:
            process.kill()


def served_at(lines, served):
    """The tests' clients, of that endpoint."""
    return type(served)(lines[0].removeprefix("listening on "))


def test_up_says_where_it_listens_and_what_to_export():
    with up() as (_, lines):
        found = re.fullmatch(r"listening on http://127\.0\.0\.1:(\d+)", lines[0])
        port = found[1]
        assert lines[1:] == [
            f"export AWS_ENDPOINT_URL=http://127.0.0.1:{port}",
            f"export AWS_ENDPOINT_URL_S3=http://127.0.0.1:{port}",
            "export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local",
            "export AWS_DEFAULT_REGION=us-east-1 AWS_REGION=us-east-1",
            "export AWS_DISABLE_HOST_PREFIX_INJECTION=true",
        ]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_endpoint_ends_every_child_process(served, number):
    with up() as (process, lines):
        here = served_at(lines, served)
        here.invoke(here.function("def handler(event, context): return 1"))
        children = psutil.Process(process.pid).children(recursive=True)
        assert children
        process.send_signal(number)
        assert process.wait(20) == 0
        assert process.stderr.read() == ""
        gone, alive = psutil.wait_procs(children, 5)
        assert (len(gone), alive) == (len(children), [])


def call_from_a_child(here, function):
    """Start an execution that waits for another one, which waits for a function."""
    states, role = here.client("stepfunctions"), here.role(("*", "*"))
    resource, arguments = "lambda:invoke", {"FunctionName": function}
    for following in ("states:startExecution.sync:2", None):
        task = {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "End": True}
        only = {"Only": {**task, "Arguments": arguments}}
        definition = {"QueryLanguage": "JSONata", "StartAt": "Only", "States": only}
        machine = states.create_state_machine(
            name=here.name("machine"), definition=json.dumps(definition), roleArn=role
        )["stateMachineArn"]
        resource, arguments = following, {"StateMachineArn": machine}
    states.start_execution(stateMachineArn=machine)


def children_of(process, number):
    until = time.monotonic() + 10
    while len(found := psutil.Process(process.pid).children(recursive=True)) < number:
        assert time.monotonic() < until
        time.sleep(0.05)
    return found


def test_ctrl_c_in_the_middle_of_calls_and_executions_leaves_nothing(served):
    with up() as (process, lines):
        here = served_at(lines, served)
        name = here.function("import time\ndef handler(e, c): time.sleep(60)", Timeout=90)
        here.client("lambda").invoke(FunctionName=name, InvocationType="Event")
        call_from_a_child(here, name)
        children = children_of(process, 2)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert process.stderr.read() == ""
        _, alive = psutil.wait_procs(children, 5)
        assert alive == []


def test_workers_end_by_themselves_when_the_endpoint_is_killed(served):
    with up() as (process, lines):
        here = served_at(lines, served)
        here.invoke(here.function("def handler(event, context): return 1"))
        children = psutil.Process(process.pid).children(recursive=True)
        assert children
        process.kill()
        _, alive = psutil.wait_procs(children, 10)
        assert alive == []


def test_a_port_in_use_is_one_line_and_exit_code_1(served):
    port = served.url.rpartition(":")[2]
    done = subprocess.run(
        [TALLY, "local", "up", "--ephemeral", "--port", port],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr == f"tally: port {port} is in use\n"
    assert done.stdout == ""
