"""When a person is told: each alarm publishes to the alarms' topic, and again when it is over.

Every metric but one is AWS's own. An alarm per machine and function says by its name where to look.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from constructs import Construct

from stacks.monitoring.metrics import FIVE_MINUTES, HOUR, oldest_age

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_sns as sns
    from aws_cdk import aws_stepfunctions as sfn

    from stacks.monitoring.watched import Watched

HOURS_WITHOUT_REPORT: Final = 26
"""A night and the time that a report may wait for late files.

CloudWatch looks back a day at most where a period is under an hour, and seven days where it is an
hour or more (PutMetricAlarm, Period): so 26 periods of an hour, all of them without a success. No
datapoint is written in an hour in which nothing succeeds, so what is missing counts against it.
"""
BAD_ENDS: Final = {
    "ExecutionsFailed": "failed",
    "ExecutionsTimedOut": "timed out",
    "ExecutionThrottled": "were throttled",
}
REPORT_MINUTES: Final = 720
"""The report's own time limit; it waits for files of its day, which is no reason to wake anyone."""


class PipelineAlarms(Construct):
    """All alarms of a deployment."""

    def __init__(
        self, scope: Construct, construct_id: str, *, watched: Watched, topic: sns.ITopic
    ) -> None:
        super().__init__(scope, construct_id)
        self._watched = watched
        self._action = actions.SnsAction(topic)
        self._dead_letters()
        self._no_report(watched.daily_report)
        limits = {
            "ProcessFile": (watched.process_file, watched.settings.oldest_execution_minutes),
            "DailyReport": (watched.daily_report, REPORT_MINUTES),
        }
        for name, (machine, minutes) in limits.items():
            self._bad_ends(name, machine)
            self._too_old(name, machine, minutes)
        for function in watched.file_functions:
            self._failing_share(function)
        for function in (*watched.report_functions, watched.watcher):
            self._errors(function)

    def _dead_letters(self) -> None:
        queue = self._watched.dead_letters
        self._alarm(
            "DeadLetters",
            "Something is in the dead-letter queue: runbook, the dead-letter queue",
            queue.metric_approximate_number_of_messages_visible(
                period=FIVE_MINUTES, statistic="Maximum"
            ),
        )

    def _no_report(self, machine: sfn.StateMachine) -> None:
        self._alarm(
            "NoReport",
            f"No daily report in {HOURS_WITHOUT_REPORT} hours: runbook, the report did not come",
            machine.metric("ExecutionsSucceeded", period=HOUR, statistic="Sum"),
            operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            periods=HOURS_WITHOUT_REPORT,
            missing=cloudwatch.TreatMissingData.BREACHING,
        )

    def _bad_ends(self, name: str, machine: sfn.StateMachine) -> None:
        for metric, words in BAD_ENDS.items():
            self._alarm(
                f"{name}{metric}",
                f"Executions of {name} {words}: runbook, executions fail",
                machine.metric(metric, period=FIVE_MINUTES, statistic="Sum"),
            )

    def _too_old(self, name: str, machine: sfn.StateMachine, minutes: int) -> None:
        self._alarm(
            f"{name}OldestExecution",
            f"An execution of {name} has been running for over {minutes} minutes",
            oldest_age(self._watched.settings, machine),
            threshold=minutes * 60,
        )

    def _errors(self, function: lambda_.Function) -> None:
        name = function.node.id
        self._alarm(
            f"{name}Errors",
            f"{name} failed: its states try again, executions that fail have their own alarm",
            function.metric_errors(period=FIVE_MINUTES, statistic="Sum"),
        )

    def _failing_share(self, function: lambda_.Function) -> None:
        """A rejected file is an error to Lambda, so one error means nothing here: a share does."""
        name, percent = function.node.id, self._watched.settings.file_error_percent
        share = cloudwatch.MathExpression(
            expression="100 * errors / invocations",
            using_metrics={
                "errors": function.metric_errors(statistic="Sum"),
                "invocations": function.metric_invocations(statistic="Sum"),
            },
            period=FIVE_MINUTES,
            label=f"{name}: failed calls, percent",
        )
        self._alarm(
            f"{name}Errors",
            f"Over {percent}% of {name}'s calls failed for a quarter of an hour",
            share,
            threshold=percent,
            periods=3,
        )

    def _alarm(
        self,
        name: str,
        description: str,
        metric: cloudwatch.IMetric,
        *,
        threshold: float = 1,
        periods: int = 1,
        operator: cloudwatch.ComparisonOperator = (
            cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
        ),
        missing: cloudwatch.TreatMissingData = cloudwatch.TreatMissingData.NOT_BREACHING,
    ) -> None:
        alarm = cloudwatch.Alarm(
            self,
            name,
            alarm_name=f"{self._watched.settings.prefix}-{name}",
            alarm_description=description,
            metric=metric,
            threshold=threshold,
            evaluation_periods=periods,
            datapoints_to_alarm=periods,
            comparison_operator=operator,
            treat_missing_data=missing,
        )
        alarm.add_alarm_action(self._action)
        alarm.add_ok_action(self._action)
