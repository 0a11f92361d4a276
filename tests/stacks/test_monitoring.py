"""Alarms watch the metrics that AWS emits, under the dimensions it emits."""

import pytest

from functions.watch_executions import METRIC

PREFIX = "event-driven-pipeline-dev"
MACHINES = ("ProcessFile", "DailyReport")
FUNCTIONS = ("PlanReport", "SummarizeBatch", "WriteReport", "WatchExecutions")
A_DAY, A_WEEK = 86_400, 604_800


@pytest.fixture(scope="module")
def alarms(monitoring):
    """Alarms by their names without the deployment's."""
    found = monitoring.all("AWS::CloudWatch::Alarm").values()
    return {each["AlarmName"].removeprefix(f"{PREFIX}-"): each for each in found}


def watched(alarm):
    dimensions = {each["Name"]: each["Value"] for each in alarm["Dimensions"]}
    return f"{alarm['Namespace']}/{alarm['MetricName']}", dimensions


def parts(alarm):
    """A composed alarm's expression, and its metrics by their ids: name, dimensions, period."""
    expressions = [each for each in alarm["Metrics"] if "Expression" in each]
    found = {}
    for each in alarm["Metrics"]:
        if "MetricStat" in each:
            metric = each["MetricStat"]["Metric"]
            dimensions = {one["Name"]: one["Value"] for one in metric.get("Dimensions", ())}
            name = f"{metric['Namespace']}/{metric['MetricName']}"
            found[each["Id"]] = (name, dimensions, each["MetricStat"]["Period"])
    (expression,) = expressions
    return expression["Expression"], found


class Hour:
    """What the metrics of one period come to: as much of CloudWatch's arithmetic as is used."""

    def __init__(self, **values):
        self.values = values

    def of(self, alarm):
        expression, found = parts(alarm)
        known = {name: self.values.get(self.name(*metric)) for name, metric in found.items()}
        functions = {
            "FILL": lambda value, other: other if value is None else value,
            "SUM": sum,
            "MAX": max,
            "IF": lambda holds, yes, no: yes if holds else no,
        }
        value = eval(expression, functions, known)  # noqa: S307 - ours, by the template
        return value >= alarm["Threshold"]

    @staticmethod
    def name(name, dimensions, _):
        last = name.rpartition("/")[2]
        of = dimensions.get("RuleName", "").removeprefix(f"{PREFIX}-")
        return "_".join(filter(None, (last, of))).replace("-", "_")


QUIET = {}
REJECTIONS = {"Rejections": 1, "NumberOfMessagesSent": 4}
"""One of each of the four functions that may reject a file."""
FAILURES = {"Invocations_process_file_failures": 7, "NumberOfMessagesSent": 7}
UNDELIVERED = {"InvocationsSentToDlq_uploads": 2, "NumberOfMessagesSent": 2}
LOST = {"InvocationsFailedToBeSentToDlq_uploads": 1, "FailedInvocations_uploads": 1}
LOST_FAILURE = {"FailedInvocations_daily_report_failures": 1}
UNKNOWN = {"NumberOfMessagesSent": 1}
LATE = {"Rejections": 1000, "NumberOfMessagesSent": 4020}  # 20 were measured an hour before


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (QUIET, set()),
        (REJECTIONS, {"Rejections"}),
        (FAILURES, set()),
        (UNDELIVERED, {"UndeliveredEvents"}),
        (LOST, {"LostEvents", "UndeliveredEvents"}),
        (LOST_FAILURE, {"LostEvents"}),
        (UNKNOWN, {"UnknownMessages"}),
        ({**REJECTIONS, "NumberOfMessagesSent": 5}, {"Rejections", "UnknownMessages"}),
        (LATE, {"Rejections"}),
    ],
)
def test_dead_letters_are_told_apart_by_what_is_new(alarms, values, expected):
    kinds = ("Rejections", "UndeliveredEvents", "LostEvents", "UnknownMessages")
    assert {kind for kind in kinds if Hour(**values).of(alarms[kind])} == expected


def test_no_alarm_hides_news_behind_a_letter_that_nobody_took_away(alarms):
    """A queue's depth stays where it is; what is measured is over with its period."""
    for name, alarm in alarms.items():
        metrics = [
            each["MetricStat"]["Metric"]
            for each in alarm.get("Metrics", ())
            if "MetricStat" in each
        ]
        for metric in metrics or [alarm]:
            assert metric["MetricName"] != "ApproximateNumberOfMessagesVisible", name


def test_metrics_of_a_rule_on_the_default_bus_have_its_name_and_nothing_else(alarms):
    _, found = parts(alarms["UndeliveredEvents"])
    assert sorted(found.values()) == [
        ("AWS/Events/FailedInvocations", {"RuleName": f"{PREFIX}-uploads"}, 300),
        ("AWS/Events/InvocationsSentToDlq", {"RuleName": f"{PREFIX}-uploads"}, 300),
    ]
    rules = {each["RuleName"] for _, each, _ in parts(alarms["LostEvents"])[1].values()}
    assert rules == {
        f"{PREFIX}-{rule}" for rule in ("uploads", "process-file-failures", "daily-report-failures")
    }


def test_rejections_are_counted_where_files_are_rejected(alarms):
    _, found = parts(alarms["Rejections"])
    assert sorted(each["service"] for _, each, _ in found.values()) == [
        "check_fields",
        "count_records",
        "merge_ranges",
        "validate_file",
    ]
    assert {name for name, _, _ in found.values()} == {f"Tally/{PREFIX}/Rejections"}


def test_a_dead_letter_that_soon_expires_is_alarming(alarms):
    alarm = alarms["DeadLettersExpire"]
    assert watched(alarm) == (
        "AWS/SQS/ApproximateAgeOfOldestMessage",
        {"QueueName": "${DeadLetterQueue.QueueName}"},
    )
    assert alarm["Threshold"] == 14 * A_DAY * 0.75


@pytest.mark.parametrize(
    ("name", "dimensions"),
    [
        ("ListExecutionsThrottled", {"APIName": "ListExecutions"}),
        ("StartExecutionThrottled", {"APIName": "StartExecution"}),
        ("StateTransitionsThrottled", {"ServiceMetric": "StateTransition"}),
    ],
)
def test_what_step_functions_puts_off_is_alarming(alarms, name, dimensions):
    alarm = alarms[name]
    assert watched(alarm) == ("AWS/States/ThrottledEvents", dimensions)
    assert (alarm["Threshold"], alarm["Statistic"]) == (1, "Sum")


def test_nine_tenths_of_the_accounts_quotas_are_alarming(alarms):
    expression, found = parts(alarms["LambdaConcurrency"])
    assert (expression, alarms["LambdaConcurrency"]["Threshold"]) == (
        "100 * used / SERVICE_QUOTA(used)",
        90,
    )
    assert found["used"][:2] == ("AWS/Lambda/ConcurrentExecutions", {})
    expression, found = parts(alarms["OpenExecutions"])
    assert (expression, alarms["OpenExecutions"]["Threshold"]) == ("100 * used / most", 90)
    assert [name for name, _, _ in found.values()] == [
        "AWS/States/OpenExecutionCount",
        "AWS/States/OpenExecutionLimit",
    ]


def test_throttled_calls_of_any_function_are_alarming_when_they_go_on(alarms):
    alarm = alarms["LambdaThrottles"]
    expression, found = parts(alarm)
    functions = {each["FunctionName"] for _, each, _ in found.values()}
    assert functions == {
        f"${{{name}}}"
        for name in (
            "ValidateFile",
            "CountRecords",
            "CheckFields",
            "CountRange",
            "MergeRanges",
            *FUNCTIONS,
        )
    }
    assert expression.startswith("SUM([FILL(t0, 0), ")
    assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (1, 3)


def test_a_watcher_that_does_not_run_is_alarming(alarms):
    alarm = alarms["NotWatched"]
    assert watched(alarm) == ("AWS/Lambda/Invocations", {"FunctionName": "${WatchExecutions}"})
    assert alarm["ComparisonOperator"] == "LessThanThreshold"
    assert alarm["TreatMissingData"] == "breaching"


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(
    "metric",
    ["ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted", "ExecutionThrottled"],
)
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


HANDING_OVER = {"ValidateFile": "validate_file", "CountRecords": "count_records"}
"""A file with field rules, and a large file: errors to Lambda that are none."""


@pytest.mark.parametrize(
    "name", ["ValidateFile", "CountRecords", "CheckFields", "CountRange", "MergeRanges"]
)
def test_a_share_of_failing_calls_is_alarming_since_a_rejected_file_is_an_error(alarms, name):
    alarm = alarms[f"{name}Errors"]
    share, *parts = alarm["Metrics"]
    hands_over = name in HANDING_OVER
    errors = "(errors - FILL(handed, 0))" if hands_over else "errors"
    assert (share["Expression"], alarm["Threshold"]) == (f"100 * {errors} / invocations", 20)
    metrics = {each["Id"]: each["MetricStat"]["Metric"] for each in parts}
    if hands_over:
        assert metrics.pop("handed") == {
            "Namespace": f"Tally/{PREFIX}",
            "MetricName": "HandedOver",
            "Dimensions": [{"Name": "service", "Value": HANDING_OVER[name]}],
        }
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


def test_the_watcher_tells_of_rejections_where_the_setting_says_so(full, monitoring):
    (silent,) = monitoring.all("AWS::Lambda::Function").values()
    assert "REJECTED_PERCENT" not in silent["Environment"]["Variables"]
    (watcher,) = full.monitoring.all("AWS::Lambda::Function").values()
    known = watcher["Environment"]["Variables"]
    assert (known["REJECTED_PERCENT"], known["REPORT_MESSAGE"]) == ("20", "chat")
    assert known["REPORT_TOPIC_ARN"] == "${Reports}"
    granted = full.monitoring.grants("WatchExecutionsRole")
    assert {each for each in granted if each.partition(":")[0] in {"s3", "sns"}} == {
        (
            's3:ListBucket on ${ReportsBucket.Arn} when {"StringLike": {"s3:prefix":'
            ' ["processed/*", "summaries/told/*"]}}'
        ),
        "s3:GetObject on ${ReportsBucket.Arn}/processed/*",
        "s3:PutObject on ${ReportsBucket.Arn}/summaries/told/*",
        "sns:Publish on ${Reports}",
    }


def test_channels_get_both_topics_and_nothing_can_be_run_from_them(full, monitoring):
    (slack,) = full.monitoring.all("AWS::Chatbot::SlackChannelConfiguration").values()
    (teams,) = full.monitoring.all("AWS::Chatbot::MicrosoftTeamsChannelConfiguration").values()
    assert (slack["SlackWorkspaceId"], slack["SlackChannelId"]) == ("T07EA123LEP", "C07EZ1ABC23")
    assert teams["TeamsTenantId"] == teams["TeamId"] == "0123abcd-01ab-01ab-01ab-0123456789ab"
    assert teams["TeamsChannelId"] == "19%3aabc-123%40thread.tacv2"
    for each in (slack, teams):
        assert each["SnsTopicArns"] == ["${Reports}", "${Alarms}"]
        assert each["GuardrailPolicies"] == ["arn:aws:iam::aws:policy/AWSDenyAll"]
        role = each["IamRoleArn"].removeprefix("${").removesuffix(".Arn}")
        assert full.monitoring.grants(role) == set()
        assert full.monitoring.trust(role)[0] == {"Service": "chatbot.amazonaws.com"}
    assert not monitoring.all("AWS::Chatbot::SlackChannelConfiguration")
