"""Executions over the end of the process that ran them, at any instant."""

import itertools
import json
import random
import time

import pytest

from local.asl import TaskFailed
from local.kept.database import Database, FolderClosedError
from local.stepfunctions import StepFunctions
from local.stepfunctions.kept_executions import KeptExecutions
from tests.local.stepfunctions.conftest import Api, FakeWorld, row, task

WAIT = {"Type": "Wait", "Seconds": 0}
RETRIED = task(
    "flaky",
    Arguments={"FunctionName": "flaky", "Payload": "{% $states.context.State.RetryCount %}"},
    Retry=[{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "JitterStrategy": "FULL"}],
    TimeoutSeconds=60,
)
CAUGHT = task(
    "broken",
    Catch=[
        {
            "ErrorEquals": ["States.ALL"],
            "Next": "B",
            "Assign": {"found": "{% $states.errorOutput.Error %}"},
        }
    ],
)


def inner(prefix, *states):
    """The same as a row, within a state: no query language, and names of its own."""
    made = row(*states)
    text = json.dumps({name: made[name] for name in ("StartAt", "States")})
    for name in made["States"]:
        text = text.replace(f'"{name}"', f'"{prefix}{name}"')
    return json.loads(text)


INSIDE = {"ProcessorConfig": {"Mode": "INLINE"}, **inner("i", task(), WAIT, task())}
MAP = {"Type": "Map", "Items": [1, 2, 3], "MaxConcurrency": 2, "ItemProcessor": INSIDE}
SEND = {
    "Type": "Task",
    "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
    "Arguments": {
        "QueueUrl": "queue",
        "MessageBody": {"token": "{% $states.context.Task.Token %}"},
    },
}
PARALLEL = {"Type": "Parallel", "Branches": [inner("p", task()), inner("q", WAIT, task())]}


def distributed(kind, count=4):
    return {
        "Type": "Map",
        "Items": list(range(count)),
        "Label": "Each",
        "MaxConcurrency": 2,
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": kind},
            **inner("d", task(), task()),
        },
    }


DEFINITIONS = {
    "tasks in a row": row(task(), {"Type": "Pass", "Assign": {"a": 1}}, task()),
    "a retry": row(RETRIED, task()),
    "a caught error": row(CAUGHT, {"Type": "Pass", "Output": "{% $found %}"}),
    "a wait": row(WAIT, task()),
    "a map": row(MAP, task()),
    "branches": row(PARALLEL, task()),
    "Express children": row(distributed("EXPRESS"), task()),
    "Standard children": row(distributed("STANDARD"), task()),
    "an error at the end": row(task(), task("broken")),
}


class MortalDatabase(Database):
    """Refuses every transaction after so many, as if the process had been killed then."""

    left = 10**9

    def _hand_in(self, made):
        super()._hand_in(made)
        self.left -= 1
        if self.left <= 0:
            self.close()


class NoDelay(random.Random):
    """Delays before retries are none, ids are those of any other process."""

    def uniform(self, low, high):
        return low


class Kept:
    """One folder's database, and the service over it: again and again."""

    def __init__(self, path):
        self.path = path / "world.sqlite3"
        self.world = None
        self.opened = []

    def open(self, commits=10**9, ahead=0.0):
        self.world = FakeWorld()
        self.world.ahead = ahead
        self.world.random = NoDelay(len(self.opened))
        self.world.functions = {
            "flaky": lambda made: made or fail("Flaky"),
            "broken": lambda _: fail("Broken"),
        }
        database = MortalDatabase(self.path)
        api = Api(self.world)
        api.service.stop()
        api.service = StepFunctions(
            self.world, "us-east-1", "123456789012", api.write, KeptExecutions(database)
        )
        database.left = commits
        api.service.go_on()
        api.database = database
        self.opened.append(api)
        return api

    def kill(self):
        """End the process of the last one: it writes nothing more."""
        self.opened[-1].database.close()
        self.opened[-1].service.stop()


def fail(error):
    raise TaskFailed(error, "as it was told")


@pytest.fixture
def kept(tmp_path):
    made = Kept(tmp_path)
    yield made
    for api in made.opened:
        api.database.close()
        api.service.stop()


def shape(api, arn):
    """A history without what differs from run to run: times, ids, what runs side by side."""
    return sorted(event["type"] for event in api.events(arn))


def in_a_row(events):
    return [event["id"] for event in events] == list(range(1, len(events) + 1))


ROLE = "arn:aws:iam::123456789012:role/machine"


def made(api, definition):
    """A machine's ARN."""
    given = {"name": "m", "roleArn": ROLE, "definition": json.dumps(definition)}
    return api("CreateStateMachine", **given)["stateMachineArn"]


def known(api, machine):
    pages = api.pages("ListExecutions", "executions", stateMachineArn=machine)
    return {each["executionArn"] for page in pages for each in page}


def until_closed(api, arn):
    """Wait until the execution ended, or nothing is written any more; whether it ended."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if api.database.is_closed:
            return False
        if api("DescribeExecution", executionArn=arn)["status"] != "RUNNING":
            return True
        time.sleep(0.002)
    pytest.fail(f"{arn} neither ended nor was killed")


@pytest.mark.parametrize("name", DEFINITIONS)
def test_killed_after_any_transaction_an_execution_ends_as_if_it_had_not_been(kept, name):
    whole = kept.open()
    machine = made(whole, DEFINITIONS[name])
    wanted = whole.run(machine, name="whole")
    types = shape(whole, wanted["executionArn"])
    kept.kill()
    for commits in itertools.count(1):
        api = kept.open(commits)
        run = f"killed-{commits}"
        try:
            arn = api.start(machine, name=run)
            ended = until_closed(api, arn)
        except FolderClosedError:
            ended = False
        kept.kill()
        if ended:
            return
        after = kept.open()
        arn = wanted["executionArn"].replace(":whole", f":{run}")
        if arn not in known(after, machine):
            kept.kill()
            continue
        found = after.end(arn)
        assert (found["status"], found.get("output"), found.get("error")) == (
            wanted["status"],
            wanted.get("output"),
            wanted.get("error"),
        ), commits
        assert shape(after, arn) == types, commits
        assert in_a_row(after.events(arn))
        kept.kill()


def test_an_execution_that_failed_yesterday_is_redriven_today(kept):
    before = kept.open()
    before.world.functions["echo"] = lambda _: fail("Down")
    failed = before.run(made(before, row(PARALLEL, task())))
    kept.kill()
    api = kept.open()
    again = api("DescribeExecution", executionArn=failed["executionArn"])
    assert again == failed
    assert again["redriveStatus"] == "REDRIVABLE"
    api("RedriveExecution", executionArn=failed["executionArn"])
    found = api.end(failed["executionArn"])
    assert (found["status"], found["redriveCount"]) == ("SUCCEEDED", 1)
    assert in_a_row(api.events(failed["executionArn"]))


def test_a_token_is_good_after_a_restart_and_its_answer_is_kept_before_it_is_acknowledged(kept):
    before = kept.open()
    states = row({**SEND, "TimeoutSeconds": 600})
    arns = [before.start(made(before, states), name=name) for name in ("early", "late")]
    while len(before.world.requests) < len(arns):
        before("DescribeExecution", executionArn=arns[0])
    tokens = [each.arguments["MessageBody"]["token"] for each in before.world.requests]
    while any("TaskSubmitted" not in shape(before, arn) for arn in arns):
        time.sleep(0.002)
    service = before.service
    service._thread.ask(lambda: [setattr(service._runner, "closing", True)])  # noqa: SLF001 - killed
    before("SendTaskSuccess", taskToken=tokens[0], output='"kept"')
    kept.kill()
    api = kept.open()
    assert api.end(arns[0])["output"] == '"kept"'
    api("SendTaskSuccess", taskToken=tokens[1], output='"later"')
    assert api.end(arns[1])["output"] == '"later"'
    assert api.world.requests == []
    assert api.refused("SendTaskHeartbeat", taskToken=tokens[0])[0] == "TaskTimedOut"


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ({"Type": "Wait", "Seconds": 3600}, "SUCCEEDED"),
        (task("held", TimeoutSeconds=3600), "FAILED"),
        (
            task(
                "broken",
                Retry=[{"ErrorEquals": ["Broken"], "IntervalSeconds": 3600, "MaxAttempts": 1}],
            ),
            "FAILED",
        ),
    ],
    ids=["a wait", "a time limit", "the delay before a retry"],
)
def test_what_would_have_ended_while_nothing_ran_ends_at_the_start(kept, state, status):
    before = kept.open()
    arn = before.start(made(before, row(state)))
    while len(before.events(arn)) < {"Wait": 2}.get(state["Type"], 4):
        time.sleep(0.002)
    before("DescribeExecution", executionArn=arn)
    kept.kill()
    api = kept.open(ahead=3601)
    assert api.end(arn)["status"] == status


def test_a_wait_that_is_not_over_goes_on(kept):
    before = kept.open()
    arn = before.start(made(before, row({"Type": "Wait", "Seconds": 3600})))
    while len(before.events(arn)) < len(("started", "entered")):
        time.sleep(0.002)
    kept.kill()
    api = kept.open(ahead=3000)
    assert api("DescribeExecution", executionArn=arn)["status"] == "RUNNING"
    assert shape(api, arn) == ["ExecutionStarted", "WaitStateEntered"]


def test_what_succeeded_leaves_memory_and_is_shown_as_before(kept):
    before = kept.open()
    found = before.run(made(before, row(task())), {"a": "\ud800"})
    arn = found["executionArn"]
    record = before.service._runner.store.executions[arn]  # noqa: SLF001 - nothing else tells
    assert (record.execution, record.packed, record.outcome) == (None, b"", None)
    events = before.events(arn)
    kept.kill()
    api = kept.open()
    assert api("DescribeExecution", executionArn=arn) == found
    assert api.events(arn) == events


def test_a_deleted_machine_takes_its_executions_with_it_for_good(kept):
    before = kept.open()
    machine = made(before, DEFINITIONS["Standard children"])
    before.run(machine)
    before("DeleteStateMachine", stateMachineArn=machine)
    tables = ("machines", "executions", "histories", "events", "checkpoints", "map_runs")
    counts = [before.database.value(f"SELECT count(*) FROM {table}") for table in tables]  # noqa: S608 - ours
    assert counts == [0] * len(tables)


def test_versions_aliases_and_what_ran_by_them_are_there_after_a_restart(kept):
    api = kept.open()
    machine = made(api, row(task()))
    version = api("PublishStateMachineVersion", stateMachineArn=machine)["stateMachineVersionArn"]
    routing = [{"stateMachineVersionArn": version, "weight": 100}]
    live = api("CreateStateMachineAlias", name="live", routingConfiguration=routing)
    alias = live["stateMachineAliasArn"]
    before = api.run(alias)
    kept.kill()
    api = kept.open()
    assert api("DescribeExecution", executionArn=before["executionArn"]) == before
    assert before["stateMachineAliasArn"] == alias
    assert api("DescribeStateMachineAlias", stateMachineAliasArn=alias)["name"] == "live"
    assert api.run(alias)["stateMachineVersionArn"] == version
    again = api("PublishStateMachineVersion", stateMachineArn=machine)
    assert again["stateMachineVersionArn"] == version


def test_an_execution_is_kept_for_as_long_as_on_aws(kept):
    before = kept.open()
    machine = made(before, row(task()))
    old, new = (before.run(machine)["executionArn"] for _ in range(2))
    before.database.write("UPDATE executions SET stop = 0 WHERE arn = ?", (old,))
    kept.kill()
    api = kept.open()
    assert known(api, machine) == {new}
    assert api.database.value("SELECT count(*) FROM histories") == 1
