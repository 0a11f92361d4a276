"""What tells a person: the alarms' topic, the alarms, the dashboard, the budget, the watcher."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_budgets as budgets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions

from functions.core import keys
from stacks.constructs.function import PipelineFunction
from stacks.constructs.grants import (
    allow,
    allow_decrypting,
    allow_encrypting,
    allow_listing,
    of_this_account,
)
from stacks.constructs.layer import PackagesLayer
from stacks.constructs.names import WATCH_EXECUTIONS
from stacks.constructs.rule import DELIVERY_SECONDS, DELIVERY_TRIES
from stacks.monitoring.alarms import PipelineAlarms
from stacks.monitoring.chat import ChatChannels
from stacks.monitoring.dashboard import pipeline_dashboard
from stacks.monitoring.watched import Watched

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_s3 as s3
    from aws_cdk import aws_sqs as sqs
    from aws_cdk import aws_stepfunctions as sfn
    from constructs import Construct

    from stacks.settings import Settings

WATCH_AT = "cron(7/15 * * * ? *)"
"""Four times an hour, beside the full hours at which everybody's schedules fire."""


class MonitoringStack(cdk.Stack):
    """Everything here only looks: without this stack, the pipeline works as it does with it."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        key: kms.IKey | None,
        opening_key: kms.IKey | None,
        reports: s3.IBucket,
        report_topic: sns.ITopic,
        dead_letters: sqs.Queue,
        process_file: sfn.StateMachine,
        daily_report: sfn.StateMachine,
        file_functions: tuple[PipelineFunction, ...],
        report_functions: tuple[PipelineFunction, ...],
        **stack: Any,
    ) -> None:
        super().__init__(scope, construct_id, **stack)
        self._settings, self._key, self._opening_key = settings, key, opening_key
        self._reports, self._report_topic = reports, report_topic
        self.topic = self._topic()
        watcher = self._watcher(process_file.state_machine_arn, daily_report.state_machine_arn)
        self._watched = Watched(
            settings=settings,
            dead_letters=dead_letters,
            process_file=process_file,
            daily_report=daily_report,
            file_functions=file_functions,
            report_functions=report_functions,
            watcher=watcher,
        )
        self._watch(watcher.live_arn)
        PipelineAlarms(self, "Alarm", watched=self._watched, topic=self.topic)
        pipeline_dashboard(self, self._watched)
        if settings.slack_channel or settings.teams_channel:
            ChatChannels(self, "Chat", settings=settings, topics=[report_topic, self.topic])
        if settings.monthly_budget_usd:
            self._budget()
        cdk.CfnOutput(self, "AlarmTopicArn", value=self.topic.topic_arn)
        cdk.CfnOutput(self, "DashboardName", value=settings.global_prefix)

    def _topic(self) -> sns.Topic:
        """Its policy replaces SNS's default one, so it has to admit those who publish."""
        topic = sns.Topic(self, "Alarms", enforce_ssl=True, master_key=self._key)
        for service in ("cloudwatch", "budgets"):
            topic.add_to_resource_policy(
                iam.PolicyStatement(
                    sid=f"From{service.capitalize()}",
                    actions=["sns:Publish"],
                    principals=[iam.ServicePrincipal(f"{service}.amazonaws.com")],
                    resources=[topic.topic_arn],
                    conditions={"StringEquals": {"aws:SourceAccount": self.account}},
                )
            )
        if self._settings.notify_email:
            topic.add_subscription(subscriptions.EmailSubscription(self._settings.notify_email))
        return topic

    def _watcher(self, *machines: str) -> PipelineFunction:
        """The function that measures what AWS has no metric for."""
        function = PipelineFunction(
            self,
            "WatchExecutions",
            module="watch_executions",
            settings=self._settings,
            layer=PackagesLayer(self, "Packages", settings=self._settings),
            memory_mb=self._settings.file_memory_mb,
            timeout=cdk.Duration.minutes(2),
            log_days=self._settings.report_log_days,
            key=self._key,
            environment={
                keys.ENV_WATCHED_MACHINES: " ".join(machines),
                **self._of_rejections,
            },
        )
        allow(function, "states:ListExecutions", on=list(machines))
        allow(function, "cloudwatch:GetMetricData", on=["*"])
        if self._settings.rejected_percent:
            self._let_it_tell_of_rejections(function)
        return function

    @property
    def _of_rejections(self) -> dict[str, str]:
        """What the watcher needs to know to tell that a prefix is rejected."""
        if not self._settings.rejected_percent:
            return {}
        return {
            keys.ENV_REJECTED_PERCENT: str(self._settings.rejected_percent),
            keys.ENV_REPORTS_BUCKET: self._reports.bucket_name,
            keys.ENV_REPORT_TOPIC: self._report_topic.topic_arn,
            keys.ENV_REPORT_MESSAGE: self._settings.report_message,
            keys.ENV_PROJECT: self._settings.project_name,
            keys.ENV_ENVIRONMENT: self._settings.environment,
        }

    def _let_it_tell_of_rejections(self, function: PipelineFunction) -> None:
        """The day's records, what was told of them, and the topic of reports."""
        reports = self._reports
        allow_listing(function, reports, under=[keys.PROCESSED_PREFIX, keys.TOLD_PREFIX])
        records = reports.arn_for_objects(f"{keys.PROCESSED_PREFIX}*")
        allow(function, "s3:GetObject", on=[records])
        allow(function, "s3:PutObject", on=[reports.arn_for_objects(f"{keys.TOLD_PREFIX}*")])
        allow(function, "sns:Publish", on=[self._report_topic.topic_arn])
        allow_decrypting(function, self._opening_key)
        allow_encrypting(function, self._key)

    def _watch(self, function_arn: str) -> None:
        """Call the watcher four times an hour."""
        role = iam.Role(
            self,
            "WatchRole",
            assumed_by=of_this_account(self, "scheduler.amazonaws.com"),
        )
        allow(role, "lambda:InvokeFunction", on=[function_arn])
        allow(role, "sqs:SendMessage", on=[self._watched.dead_letters.queue_arn])
        allow_encrypting(role, self._key)
        schedule = scheduler.CfnSchedule(
            self,
            "Watch",
            name=f"{self._settings.prefix}-{WATCH_EXECUTIONS}",
            description="Measure the oldest running executions",
            schedule_expression=WATCH_AT,
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=function_arn,
                role_arn=role.role_arn,
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(
                    arn=self._watched.dead_letters.queue_arn
                ),
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=DELIVERY_SECONDS,
                    maximum_retry_attempts=DELIVERY_TRIES,
                ),
            ),
        )
        cdk.CfnOutput(self, "WatchScheduleName", value=schedule.ref)

    def _budget(self) -> None:
        """Warn by the alarms' topic, when most is spent and when more than all will be."""
        notifications = (("ACTUAL", 80), ("FORECASTED", 100))
        budgets.CfnBudget(
            self,
            "Budget",
            budget=budgets.CfnBudget.BudgetDataProperty(
                budget_name=self._settings.global_prefix,
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=budgets.CfnBudget.SpendProperty(
                    amount=self._settings.monthly_budget_usd, unit="USD"
                ),
                cost_filters={"TagKeyValue": [f"user:project${self._settings.project_name}"]},
            ),
            notifications_with_subscribers=[
                budgets.CfnBudget.NotificationWithSubscribersProperty(
                    notification=budgets.CfnBudget.NotificationProperty(
                        comparison_operator="GREATER_THAN",
                        notification_type=kind,
                        threshold=percent,
                        threshold_type="PERCENTAGE",
                    ),
                    subscribers=[
                        budgets.CfnBudget.SubscriberProperty(
                            address=self.topic.topic_arn, subscription_type="SNS"
                        )
                    ],
                )
                for kind, percent in notifications
            ],
        )
