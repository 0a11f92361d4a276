"""The watcher tells the metric that its alarm waits for, and its schedule calls it."""

import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import urllib3

from functions import watch_executions
from functions.aws import cloudwatch, s3, sns, stepfunctions
from functions.aws.cloudwatch import ExecutionMetrics
from functions.aws.environment import environment
from tests.builders.lambda_context import LambdaContext
from tests.builders.subscribers import subscriber

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


@pytest.fixture
def watch(monkeypatch, world):
    """The watcher as with the setting `rejected_percent`, called here."""
    clients = (s3.client, sns.client, stepfunctions.client, cloudwatch.client, environment)
    for name, value in {
        "AWS_ENDPOINT_URL": world.url,
        "AWS_ENDPOINT_URL_S3": world.url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "WATCHED_MACHINE_ARNS": world.outputs["ProcessFileMachineArn"],
        "POWERTOOLS_METRICS_NAMESPACE": "Tally/x",
        "REPORTS_BUCKET": world.reports,
        "REPORT_TOPIC_ARN": world.outputs["ReportTopicArn"],
        "REJECTED_PERCENT": "20",
    }.items():
        monkeypatch.setenv(name, value)
    for each in clients:
        each.cache_clear()
    yield lambda: watch_executions.handler({}, LambdaContext())
    for each in clients:
        each.cache_clear()


def messages(sqs, url):
    """All that a queue has, taken from it."""
    found = []
    while got := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for each in got:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
            found.append(json.loads(each["Body"]))
    return found


def told_of_a_rejection(world, watch):
    """What is told, in two looks, of a file that is rejected; a day later, of another one."""
    day, prefix = datetime.now(UTC).date(), f"told-{uuid.uuid4()}"
    watch()  # of what other tests left, nothing is told from now on
    url = subscriber(world, FilterPolicy=json.dumps({"verdict": ["todo"]}))
    key = f"{prefix}/bad\u202e.csv"
    world.ended(key, world.upload(key, b""))
    for _ in range(2):
        watch()
    if datetime.now(UTC).date() != day:
        return told_of_a_rejection(world, watch)
    return prefix, [
        each for each in messages(world.client("sqs"), url) if prefix in each["Message"]
    ]


def test_a_prefix_of_which_too_much_is_rejected_is_told_to_subscribers_once(world, watch):
    prefix, (told,) = told_of_a_rejection(world, watch)
    assert f"- {prefix}/: 1 of 1 file rejected (100%)" in told["Message"].split("\n")
    assert f"  first {prefix}/bad\\u202e.csv: EMPTY_FILE: " in told["Message"]
    assert f" --status rejected --prefix {prefix}/" in told["Message"]
