"""The watcher tells the metric that its alarm waits for, and its schedule calls it."""

import json

import urllib3


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
