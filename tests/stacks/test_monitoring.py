"""Alarms and the dashboard watch the metrics that AWS emits, under the dimensions it emits."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from functions.aws.stepfunctions import Executions
from functions.core.reporting import cost
from functions.watch_executions import METRIC
from stacks.monitoring import metrics

PREFIX = "event-driven-pipeline-dev"
MACHINES = ("ProcessFile", "DailyReport")
FUNCTIONS = ("PlanReport", "SummarizeBatch", "WriteReport", "WatchExecutions")
A_DAY, A_WEEK = 86_400, 604_800


@pytest.fixture(scope="module")
def alarms(monitoring):
    """Alarms by their names without the deployment's."""
    found = monitoring.all("AWS::CloudWatch::Alarm").values()
    return {each["AlarmName"].removeprefix(f"{PREFIX}-"): each for each in found}


@pytest.fixture(scope="module")
def page(monitoring):
    """The dashboard's widgets, as CloudWatch gets them."""
    (found,) = monitoring.all("AWS::CloudWatch::Dashboard").values()
    return json.loads(found["DashboardBody"])["widgets"]


@pytest.fixture(scope="module")
def widgets(page):
    """Metrics of each widget, by title: namespace, name and dimensions, or an expression."""
    return {each["properties"]["title"]: each["properties"]["metrics"] for each in page}


def watched(alarm):
    dimensions = {each["Name"]: each["Value"] for each in alarm["Dimensions"]}
    return f"{alarm['Namespace']}/{alarm['MetricName']}", dimensions


def test_any_message_in_the_dead_letter_queue_is_alarming(alarms):
    alarm = alarms["DeadLetters"]
    assert watched(alarm) == (
        "AWS/SQS/ApproximateNumberOfMessagesVisible",
        {"QueueName": "${DeadLetterQueue.QueueName}"},
    )
    assert (alarm["Threshold"], alarm["Statistic"]) == (1, "Maximum")


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("metric", ["ExecutionsFailed", "ExecutionsTimedOut", "ExecutionThrottled"])
def test_one_execution_that_ends_badly_is_alarming(alarms, machine, metric):
    alarm = alarms[f"{machine}{metric}"]
    assert watched(alarm) == (f"AWS/States/{metric}", {"StateMachineArn": f"${{{machine}}}"})
    assert (alarm["Threshold"], alarm["Statistic"], alarm["Period"]) == (1, "Sum", 300)
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert alarm["TreatMissingData"] == "notBreaching"


def test_26_hours_without_a_report_are_alarming_though_nothing_is_measured_in_them(alarms):
    alarm = alarms["NoReport"]
    assert watched(alarm) == (
        "AWS/States/ExecutionsSucceeded",
        {"StateMachineArn": "${DailyReport}"},
    )
    assert (alarm["Period"], alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]) == (
        3600,
        26,
        26,
    )
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    assert alarm["TreatMissingData"] == "breaching"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_error_of_a_report_function_is_alarming(alarms, name):
    alarm = alarms[f"{name}Errors"]
    assert watched(alarm) == ("AWS/Lambda/Errors", {"FunctionName": f"${{{name}}}"})
    assert alarm["Threshold"] == 1


@pytest.mark.parametrize("name", ["ValidateFile", "CountRecords", "CountRange", "MergeRanges"])
def test_a_share_of_failing_calls_is_alarming_since_a_rejected_file_is_an_error(alarms, name):
    alarm = alarms[f"{name}Errors"]
    share, *parts = alarm["Metrics"]
    assert (share["Expression"], alarm["Threshold"]) == ("100 * errors / invocations", 20)
    metrics = {each["Id"]: each["MetricStat"]["Metric"] for each in parts}
    assert {each: metric["MetricName"] for each, metric in metrics.items()} == {
        "errors": "Errors",
        "invocations": "Invocations",
    }
    for metric in metrics.values():
        assert metric["Namespace"] == "AWS/Lambda"
        assert metric["Dimensions"] == [{"Name": "FunctionName", "Value": f"${{{name}}}"}]


@pytest.mark.parametrize(("machine", "minutes"), [("ProcessFile", 60), ("DailyReport", 720)])
def test_an_execution_that_runs_for_too_long_is_alarming(alarms, machine, minutes):
    alarm = alarms[f"{machine}OldestExecution"]
    assert watched(alarm) == (
        f"Tally/{PREFIX}/{METRIC}",
        {"StateMachineArn": f"${{{machine}}}", "service": "watch_executions"},
    )
    assert alarm["Threshold"] == minutes * 60


def test_every_alarm_tells_the_topic_when_it_begins_and_when_it_is_over(alarms):
    for alarm in alarms.values():
        assert alarm["AlarmActions"] == alarm["OKActions"] == ["${Alarms}"]
        assert alarm["AlarmDescription"]
        assert "Alarms" not in alarm["AlarmName"]


def test_every_alarm_looks_back_as_far_as_cloudwatch_does(alarms):
    for alarm in alarms.values():
        period = alarm.get("Period") or alarm["Metrics"][1]["MetricStat"]["Period"]
        assert period * alarm["EvaluationPeriods"] <= (A_DAY if period < 3600 else A_WEEK)


def test_the_topic_admits_alarms_and_budgets_of_this_account_over_tls(monitoring):
    (policy,) = monitoring.all("AWS::SNS::TopicPolicy").values()
    deny, *allowed = sorted(
        policy["PolicyDocument"]["Statement"], key=lambda each: each["Effect"] == "Allow"
    )
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert {each["Principal"]["Service"] for each in allowed} == {
        "cloudwatch.amazonaws.com",
        "budgets.amazonaws.com",
    }
    for each in allowed:
        assert (each["Action"], each["Resource"]) == ("sns:Publish", "${Alarms}")
        assert each["Condition"] == {"StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"}}


def test_the_dashboard_shows_each_thing_by_its_metric(widgets):
    shown = {title: metric_names(metrics) for title, metrics in widgets.items()}
    statuses = {
        f"AWS/States/Executions{status}"
        for status in ("Started", "Succeeded", "Failed", "TimedOut", "Aborted")
    }
    assert shown["Files an hour"] == {
        "AWS/States/ExecutionsStarted",
        f"Tally/{PREFIX}/Files",
    }
    assert shown["Records an hour"] == {f"Tally/{PREFIX}/Records"}
    assert shown["Executions of ProcessFile"] == shown["Executions of DailyReport"] == statuses
    assert shown["Duration of ProcessFile, p50 and p99 (ms)"] == {"AWS/States/ExecutionTime"}
    assert shown["Duration of the report (ms)"] == {"AWS/States/ExecutionTime"}
    assert shown["Tries again of ValidateFile"] == {
        "AWS/Lambda/Invocations",
        "AWS/States/ExecutionsStarted",
    }
    assert shown["Throttles"] == {
        "AWS/States/ExecutionThrottled",
        "AWS/States/ThrottledEvents",
        "AWS/Lambda/Throttles",
    }
    assert shown["Dead letters"] == {"AWS/SQS/ApproximateNumberOfMessagesVisible"}
    assert shown["Age of the oldest dead letter (s)"] == {"AWS/SQS/ApproximateAgeOfOldestMessage"}
    assert shown["Age of the oldest running execution (s)"] == {f"Tally/{PREFIX}/{METRIC}"}
    assert shown["Failed calls of the functions"] == {"AWS/Lambda/Errors"}
    assert shown["Cost of the files, US dollars an hour, estimated"] == {
        "AWS/States/ExecutionsStarted",
        "AWS/Lambda/Invocations",
        "AWS/Lambda/Duration",
    }


def test_every_row_of_the_dashboard_is_as_wide_as_the_page(page):
    rows = {}
    for each in page:
        rows.setdefault(each["y"], []).append(each["width"])
    assert {sum(widths) for widths in rows.values()} == {24}
    assert [len(widths) for _, widths in sorted(rows.items())] == [2, 2, 2, 2, 3, 2]


def metric_names(metrics):
    return {f"{each[0]}/{each[1]}" for each in metrics if isinstance(each[0], str)}


def test_the_dashboard_estimates_by_the_prices_of_the_report():
    one = metrics.COST_OF_A_START
    assert one == pytest.approx(
        cost.FILE_TRANSITIONS * cost.TRANSITION + 2 * cost.S3_PUT + 4 * cost.S3_GET
    )
    assert metrics.COST_OF_A_CALL == cost.LAMBDA_REQUEST
    assert metrics.COST_OF_A_GB_SECOND == cost.LAMBDA_GB_SECOND


def test_a_budget_is_made_where_there_is_an_amount(full, monitoring):
    assert monitoring.all("AWS::Budgets::Budget") == {}
    (budget,) = full.monitoring.all("AWS::Budgets::Budget").values()
    assert budget["Budget"]["BudgetLimit"] == {"Amount": 25, "Unit": "USD"}
    told = [each["Notification"] for each in budget["NotificationsWithSubscribers"]]
    assert [(each["NotificationType"], each["Threshold"]) for each in told] == [
        ("ACTUAL", 80),
        ("FORECASTED", 100),
    ]
    (subscription,) = full.monitoring.all("AWS::SNS::Subscription").values()
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "ops@example.com")


class Listing:
    """Step Functions with these running executions, a page for each."""

    def __init__(self, *running):
        self._running = running

    def get_paginator(self, _):
        return self

    def paginate(self, **asked):
        assert asked == {"stateMachineArn": "machine", "statusFilter": "RUNNING"}
        return [{"executions": [each]} for each in self._running]


NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)


def ago(minutes, **more):
    return {"startDate": NOW - timedelta(minutes=minutes), **more}


@pytest.mark.parametrize(
    ("running", "minutes"),
    [
        ([], 0),
        ([ago(5), ago(90), ago(30)], 90),
        ([ago(5), ago(90, redriveDate=NOW - timedelta(minutes=10))], 10),
        ([ago(-1)], 0),
    ],
)
def test_the_oldest_running_execution_counts_from_its_start_or_its_redrive(running, minutes):
    executions = Executions("machine", Listing(*running))
    assert executions.oldest_running_seconds(NOW) == minutes * 60
