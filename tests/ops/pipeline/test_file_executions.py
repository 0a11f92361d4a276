"""A file's timeline has every execution about a version, however many there were."""

import json

from botocore.exceptions import ClientError

from ops.pipeline import file_executions
from ops.pipeline.file_history import file_history
from tests.builders.uploads import lines


def told(world, key, letters=()):
    """The newest version, and what its timeline says of executions, in order."""
    version = file_history(world.deployment, key, letters=letters)[0]
    return version, [(each.what, each.execution) for each in version.timeline if each.execution]


def again(world, execution, **changed):
    """Another execution with the same input, but for what is changed; its ARN, once it ended."""
    given = json.loads(execution["input"]) | changed
    arn = world.deployment.start(world.deployment.process_file, given)
    world.until_ended(arn)
    return arn


def test_duplicates_and_replays_of_a_counted_file_are_told(world):
    key = "line/counted.csv"
    first = world.upload(key, lines(2))
    duplicate = again(world, first)
    replay = again(world, first, force=True, source="tally.replay")
    version, moments = told(world, key)
    arn = first["executionArn"]
    assert moments == [
        ("execution started", arn),
        ("processed", arn),
        ("another event about it, ignored", duplicate),
        ("replay started", replay),
        ("processed", replay),
    ]
    assert (version.execution.arn, version.executions.whole) == (replay, True)


def test_each_rejection_of_a_file_is_told(world):
    key = "line/bad.csv"
    first = world.upload(key, b"")
    second = again(world, first)
    _, moments = told(world, key)
    assert [each for each in moments if each[0].startswith("rejected")] == [
        ("rejected: EMPTY_FILE", first["executionArn"]),
        ("rejected: EMPTY_FILE", second),
    ]


def test_a_failure_whose_file_another_execution_counted_is_told(world):
    key = "line/failed.csv"
    with world.broken("CountRecords"):
        failed = world.upload(key, lines(1))
    counted = again(world, failed)
    version, moments = told(world, key)
    assert version.trace.state == "processed"
    assert [each for each in moments if not each[0].endswith("started")] == [
        ("failed: Runtime.ImportModuleError", failed["executionArn"]),
        ("processed", counted),
    ]


def test_every_redrive_of_an_execution_is_told_with_what_it_came_to(world):
    key = "line/redriven.csv"
    with world.broken("CountRecords"):
        arn = world.upload(key, lines(1))["executionArn"]
        world.deployment.clients.states.redrive_execution(executionArn=arn)
        world.until_ended(arn)
    world.deployment.clients.states.redrive_execution(executionArn=arn)
    world.until_ended(arn)
    _, moments = told(world, key)
    failed = "failed: Runtime.ImportModuleError"
    assert [what for what, _ in moments] == [
        *("execution started", failed),
        *("execution redriven", failed),
        *("execution redriven", "processed"),
    ]


def test_beyond_the_bound_the_timeline_says_that_it_may_not_be_whole(world, monkeypatch):
    key = "line/bound.csv"
    with world.broken("CountRecords"):
        failed = world.upload(key, lines(1))
    again(world, failed)
    monkeypatch.setattr(file_executions, "DESCRIBED", 0)
    version, moments = told(world, key)
    assert failed["executionArn"] not in [arn for _, arn in moments]
    assert version.to_json()["timeline_whole"] is False


def test_of_an_execution_that_is_forgotten_its_record_is_left(world, monkeypatch):
    key = "line/forgotten.csv"
    arn = world.upload(key, b"")["executionArn"]

    def forgotten(**_):
        raise ClientError({"Error": {"Code": "ExecutionDoesNotExist"}}, "DescribeExecution")

    monkeypatch.setattr(world.deployment.clients.states, "describe_execution", forgotten)
    _, moments = told(world, key)
    assert moments == [("rejected: EMPTY_FILE", arn)]


def test_an_execution_about_another_file_is_described_once(world):
    with world.broken("CountRecords"):
        other = world.upload("line/other.csv", lines(1))["executionArn"]
        own = world.upload("line/own.csv", lines(1))["executionArn"]
    asked = []
    world.deployment.clients.states.meta.events.register(
        "provide-client-params.sfn.DescribeExecution",
        lambda params, **_: asked.append(params["executionArn"]),
    )
    told(world, "line/own.csv")
    assert asked.count(other) <= 1
    asked.clear()
    told(world, "line/own.csv")
    assert own in asked
    assert other not in asked
