"""The watcher tells the metric that its alarm waits for, and its schedule calls it."""

import json
from datetime import UTC, datetime, timedelta

import urllib3

from functions.aws.cloudwatch import ExecutionMetrics

MACHINE = "arn:aws:states:us-east-1:111111111111:stateMachine:of-metrics"
MINUTE = timedelta(minutes=1)


def told(world):
    """What the watcher has told so far: namespace, name, dimensions and value."""
    group = world.client("logs").filter_log_events(
        logGroupName="/aws/lambda/event-driven-pipeline-dev-watch-executions",
        filterPattern="OldestRunningExecutionAge",
    )
    for event in group["events"]:
        said = json.loads(event["message"])
        (metric,) = said["_aws"]["CloudWatchMetrics"]
        (names,) = metric["Dimensions"]
        (kind,) = metric["Metrics"]
        dimensions = {name: said[name] for name in names}
        yield metric["Namespace"], kind["Name"], kind["Unit"], dimensions, said[kind["Name"]]


def test_the_schedule_has_both_machines_measured_under_the_dimensions_of_the_alarms(
    world, eventually_
):
    given = {"name": world.outputs["WatchScheduleName"]}
    urllib3.request("POST", f"{world.url}/_tally/run", json=given)
    eventually_(lambda: len(list(told(world))) >= 2, 20)
    alarms = world.client("cloudwatch").describe_alarms()["MetricAlarms"]
    waited_for = [
        (
            alarm["Namespace"],
            alarm["MetricName"],
            {each["Name"]: each["Value"] for each in alarm["Dimensions"]},
        )
        for alarm in alarms
        if alarm["AlarmName"].endswith("OldestExecution")
    ]
    measured = [(namespace, name, dims) for namespace, name, _, dims, _ in told(world)]
    assert len(waited_for) == 2
    assert all(each in measured for each in waited_for)
    for _, _, unit, _, (seconds,) in told(world):
        assert unit == "Seconds"
        assert seconds >= 0


def put(world, namespace, name, at, value, **dimensions):
    named = {"StateMachineArn": MACHINE, **dimensions}
    one = {"MetricName": name, "Timestamp": at, "Value": value}
    one["Dimensions"] = [{"Name": key, "Value": each} for key, each in named.items()]
    world.client("cloudwatch").put_metric_data(Namespace=namespace, MetricData=[one])


def test_what_began_and_ended_is_read_from_cloudwatch_by_the_minute(world):
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    put(world, "AWS/States", "ExecutionsStarted", now - 90 * MINUTE, 700)
    put(world, "AWS/States", "ExecutionsStarted", now - 20 * MINUTE, 40)
    put(world, "AWS/States", "ExecutionsSucceeded", now - 10 * MINUTE, 300)
    put(world, "AWS/States", "ExecutionsTimedOut", now - 5 * MINUTE, 2)
    put(world, "Tally/x", "RunningExecutions", now - 50 * MINUTE, 9, service="watch_executions")
    put(world, "Tally/x", "RunningExecutions", now - 80 * MINUTE, 70, service="watch_executions")
    metrics = ExecutionMetrics(MACHINE, "Tally/x", world.client("cloudwatch"))
    since = now - 100 * MINUTE
    assert metrics.last_running(since, now) == (now - 50 * MINUTE, 9)
    assert metrics.started(since, now) == {now - 90 * MINUTE: 700, now - 20 * MINUTE: 40}
    assert metrics.started(now - 50 * MINUTE, now) == {now - 20 * MINUTE: 40}
    assert metrics.ended(since, now) == 302
    assert metrics.last_running(now - 40 * MINUTE, now) is None
