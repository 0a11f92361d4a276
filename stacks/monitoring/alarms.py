"""When a person is told: each alarm publishes to the alarms' topic, and again when it is over.

Every metric but a few is AWS's own. An alarm per machine and function says by its name where to
look. Each looks at what is new in its period, so that it is over soon, and begins again with news.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from constructs import Construct

from stacks.monitoring import letters, metrics, quotas
from stacks.monitoring.metrics import FIVE_MINUTES, HOUR, oldest_age

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_sns as sns
    from aws_cdk import aws_stepfunctions as sfn

    from stacks.constructs.function import PipelineFunction
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
    "ExecutionsAborted": "were aborted",
    "ExecutionThrottled": "were throttled",
}
REPORT_MINUTES: Final = 720
"""The report's own time limit; it waits for files of its day, which is no reason to wake anyone."""
AGE_PERCENT: Final = 75
"""Of the days that the queue keeps a message: the rest is the time to read it."""


class PipelineAlarms(Construct):
    """All alarms of a deployment."""

    def __init__(
        self, scope: Construct, construct_id: str, *, watched: Watched, topic: sns.ITopic
    ) -> None:
        super().__init__(scope, construct_id)
        self._watched = watched
        self._action = actions.SnsAction(topic)
        self._dead_letters()
        self._quotas()
        self._no_report(watched.daily_report)
        self._not_watched(watched.watcher)
        limits = {
            "ProcessFile": (watched.process_file, watched.settings.oldest_execution_minutes),
            "DailyReport": (watched.daily_report, REPORT_MINUTES),
        }
        for name, (machine, minutes) in limits.items():
            self._bad_ends(name, machine)
            self._too_old(name, machine, minutes)
        for function in watched.file_functions:
            self._failing_share(function)
        for other in (*watched.report_functions, watched.watcher):
            self._errors(other)

    def _dead_letters(self) -> None:
        """What is new in the queue, by its kind; failures have their alarms by machine."""
        watched = self._watched
        self._alarm(
            "Rejections",
            "Files were rejected: their senders have to mend them (tally dlq)",
            letters.rejections(watched),
        )
        self._alarm(
            "UndeliveredEvents",
            "EventBridge could not start executions for a day: replay the events (tally replay)",
            letters.undelivered(watched),
        )
        self._alarm(
            "LostEvents",
            "EventBridge delivered events neither to a target nor to the queue: tally audit",
            letters.lost(watched),
        )
        self._alarm(
            "UnknownMessages",
            "The dead-letter queue got messages that Tally did not cause (tally dlq)",
            letters.unknown(watched),
        )
        days = watched.settings.dead_letter_days
        self._alarm(
            "DeadLettersExpire",
            f"A dead letter is lost when it is {days} days old: read it (tally dlq)",
            metrics.oldest_letter(watched),
            threshold=days * 86_400 * AGE_PERCENT // 100,
        )

    def _quotas(self) -> None:
        """What the account lends to all that runs in it."""
        self._alarm(
            "LambdaConcurrency",
            f"{quotas.PERCENT}% of the account's concurrent Lambda calls are in use",
            quotas.concurrency(),
            threshold=quotas.PERCENT,
            periods=3,
        )
        self._alarm(
            "LambdaThrottles",
            "Calls wait for capacity for a quarter of an hour: a backlog (docs/quotas.md)",
            quotas.lambda_throttles(self._watched),
            periods=3,
        )
        self._alarm(
            "ListExecutionsThrottled",
            "Step Functions put off ListExecutions, which the report needs (docs/quotas.md)",
            quotas.throttled(APIName="ListExecutions"),
        )
        self._alarm(
            "StartExecutionThrottled",
            "Step Functions put off StartExecution; EventBridge tries for a day (docs/quotas.md)",
            quotas.throttled(APIName="StartExecution"),
            periods=3,
        )
        self._alarm(
            "StateTransitionsThrottled",
            "Step Functions put off state transitions of the account (docs/quotas.md)",
            quotas.throttled(ServiceMetric="StateTransition"),
            periods=3,
        )
        self._alarm(
            "OpenExecutions",
            f"{quotas.PERCENT}% of the account's open executions are in use (docs/quotas.md)",
            quotas.open_executions(),
            threshold=quotas.PERCENT,
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

    def _not_watched(self, watcher: lambda_.Function) -> None:
        """Without its watcher, the age of the oldest execution is silent and so looks well."""
        self._alarm(
            "NotWatched",
            "The function that measures the oldest execution did not run for an hour",
            watcher.metric_invocations(period=HOUR, statistic="Sum"),
            operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            periods=2,
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

    def _failing_share(self, function: PipelineFunction) -> None:
        """A rejected file is an error to Lambda, so one error means nothing here: a share does.

        A file that was handed over to another state is one, too, and means nothing at all.
        """
        name, percent = function.node.id, self._watched.settings.file_error_percent
        errors = "errors"
        used: dict[str, cloudwatch.IMetric] = {
            "errors": function.metric_errors(statistic="Sum"),
            "invocations": function.metric_invocations(statistic="Sum"),
        }
        if function.handed_over is not None:
            used["handed"] = function.handed_over
            errors = "(errors - FILL(handed, 0))"
        share = cloudwatch.MathExpression(
            expression=f"100 * {errors} / invocations",
            using_metrics=used,
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
