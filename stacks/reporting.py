"""One report for every UTC day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_stepfunctions as sfn

from functions.core import keys
from stacks.constructs.function import PipelineFunction
from stacks.constructs.grants import (
    allow,
    allow_decrypting,
    allow_encrypting,
    allow_listing,
    allow_running_map,
    allow_telling_missing_from_forbidden,
    of_this_account,
)
from stacks.constructs.layer import PackagesLayer
from stacks.constructs.machine import PipelineMachine
from stacks.constructs.names import DAILY_REPORT, PROCESS_FILE, machine_arn
from stacks.constructs.records_table import RecordsTable
from stacks.constructs.rule import DELIVERY_SECONDS, DELIVERY_TRIES

if TYPE_CHECKING:
    from constructs import Construct

    from stacks.processing import ProcessingStack
    from stacks.settings import Settings
    from stacks.storage import StorageStack


class ReportingStack(cdk.Stack):
    """The report functions, the `daily_report` machine, and the schedule that starts it."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        storage: StorageStack,
        processing: ProcessingStack,
        **stack: Any,
    ) -> None:
        super().__init__(scope, construct_id, **stack)
        self._settings = settings
        self._storage = storage
        self._processing = processing
        self._layer = PackagesLayer(self, "Packages", settings=settings)
        self.plan_report = self._function("PlanReport", "plan_report", cdk.Duration.minutes(5))
        self.summarize_batch = self._function(
            "SummarizeBatch", "summarize_batch", cdk.Duration.minutes(2)
        )
        self.write_report = self._function("WriteReport", "write_report", cdk.Duration.minutes(15))
        self._let_functions_read_and_write()
        RecordsTable(self, "Records", settings=settings, reports=storage.reports)
        self.topic = self._topic()
        self.machine = self._machine()
        self.machine.report_failures_to(storage.dead_letters)
        self.schedule = self._start_every_night()
        cdk.CfnOutput(self, "DailyReportMachineArn", value=self.machine.state_machine_arn)
        cdk.CfnOutput(self, "DailyReportLiveArn", value=self.machine.live_arn)
        cdk.CfnOutput(self, "ReportTopicArn", value=self.topic.topic_arn)
        cdk.CfnOutput(self, "ReportScheduleName", value=self.schedule.schedule_name)

    def _function(self, construct_id: str, module: str, timeout: cdk.Duration) -> PipelineFunction:
        return PipelineFunction(
            self,
            construct_id,
            module=module,
            settings=self._settings,
            layer=self._layer,
            memory_mb=self._settings.report_memory_mb,
            timeout=timeout,
            log_days=self._settings.report_log_days,
            key=self._storage.key,
            environment={
                keys.ENV_REPORTS_BUCKET: self._storage.reports.bucket_name,
                keys.ENV_PROCESS_FILE_MACHINE: self._processing.machine.state_machine_arn,
                keys.ENV_IGNORED_KEYS: self._settings.ignore_keys,
                keys.ENV_PROJECT: self._settings.project_name,
                keys.ENV_ENVIRONMENT: self._settings.environment,
                **self._of_the_report,
            },
        )

    @property
    def _of_the_report(self) -> dict[str, str]:
        """What is told only where it is not as usual."""
        told = {keys.ENV_MUTE_UNUSUAL: self._settings.mute_unusual}
        if self._settings.report_message != "text":
            told[keys.ENV_REPORT_MESSAGE] = self._settings.report_message
        return {name: value for name, value in told.items() if value}

    @property
    def functions(self) -> tuple[PipelineFunction, ...]:
        """Those that the machine calls, in the order in which it does."""
        return (self.plan_report, self.summarize_batch, self.write_report)

    def _let_functions_read_and_write(self) -> None:
        """Records in, reports out, and Step Functions asked for what left no record."""
        reports = self._storage.reports
        process_file = self._processing.machine.state_machine_arn
        executions = machine_arn(self, self._settings, PROCESS_FILE, of="execution")
        for function in (self.plan_report, self.write_report):
            allow(function, "states:ListExecutions", on=[process_file])
        written = reports.arn_for_objects(f"{keys.REPORTS_PREFIX}*")
        records = reports.arn_for_objects(f"{keys.PROCESSED_PREFIX}*")
        allow(self.plan_report, "s3:GetObject", on=[written, records])
        for function in self.functions:
            allow_telling_missing_from_forbidden(function, reports)
        allow(self.summarize_batch, "s3:GetObject", on=[records])
        allow(
            self.write_report,
            "states:DescribeExecution",
            "states:GetExecutionHistory",
            on=[f"{executions}:*"],
        )
        summaries = reports.arn_for_objects(f"{keys.SUMMARIES_PREFIX}*")
        acknowledged = reports.arn_for_objects(f"{keys.ACKNOWLEDGED_PREFIX}*")
        delivered = reports.arn_for_objects(f"{keys.DELIVERIES_PREFIX}*")
        allow(self.write_report, "s3:GetObject", on=[records, summaries, written, acknowledged])
        allow(self.write_report, "s3:GetObject", "s3:PutObject", on=[delivered])
        joined = reports.arn_for_objects(f"{keys.RECORDS_PREFIX}*")
        contents = reports.arn_for_objects(f"{keys.CONTENTS_PREFIX}*")
        allow(self.write_report, "s3:PutObject", on=[written, joined, contents])
        allow(self.write_report, "s3:GetObject", on=[joined])
        allow(self.write_report, "s3:AbortMultipartUpload", on=[joined])
        batches = reports.arn_for_objects(f"{keys.BATCHES_PREFIX}*")
        allow(self.summarize_batch, "s3:PutObject", on=[batches])
        for function in self.functions:
            allow_decrypting(function, self._storage.opening_key)
        for function in (self.summarize_batch, self.write_report):
            allow_encrypting(function, self._storage.key)

    def _topic(self) -> sns.Topic:
        """Who is told of a report: whoever subscribes, and `notify_email` from the start."""
        topic = sns.Topic(self, "Reports", enforce_ssl=True, master_key=self._storage.key)
        if self._settings.notify_email:
            quiet = {"verdict": sns.SubscriptionFilter.string_filter(allowlist=["todo"])}
            topic.add_subscription(
                subscriptions.EmailSubscription(
                    self._settings.notify_email,
                    filter_policy=quiet if self._settings.quiet_good_days else None,
                )
            )
        return topic

    def _machine(self) -> PipelineMachine:
        """The machine and what its states do themselves."""
        machine = PipelineMachine(
            self,
            "DailyReport",
            name=DAILY_REPORT,
            settings=self._settings,
            placeholders={
                "PlanReportFunction": self.plan_report.live_arn,
                "SummarizeBatchFunction": self.summarize_batch.live_arn,
                "WriteReportFunction": self.write_report.live_arn,
                "ReportsBucket": self._storage.reports.bucket_name,
                "SummariesPrefix": keys.SUMMARIES_PREFIX,
                "ReportTopic": self.topic.topic_arn,
                "BatchSize": str(self._settings.batch_size),
                "BatchConcurrency": str(self._settings.batch_concurrency),
            },
            # The input of a child is a whole batch.
            log_level=sfn.LogLevel.ALL,
            log_data=False,
            log_days=self._settings.report_log_days,
            key=self._storage.key,
        )
        called = [arn for each in self.functions for arn in each.callable_arns]
        allow(machine, "lambda:InvokeFunction", on=called)
        allow(machine, "sns:Publish", on=[self.topic.topic_arn])
        allow_decrypting(machine, self._storage.opening_key)
        self._let_it_run_maps(machine)
        return machine

    def _let_it_run_maps(self, machine: PipelineMachine) -> None:
        """What a Distributed Map does in its parent's name: list, and all that any Map does."""
        reports = self._storage.reports
        allow_listing(machine, reports, under=[keys.PROCESSED_PREFIX])
        results = reports.arn_for_objects(f"{keys.SUMMARIES_PREFIX}*")
        allow_running_map(
            machine, self._settings, DAILY_REPORT, label="SummarizeRecords", results=results
        )

    def _start_every_night(self) -> scheduler.Schedule:
        """The role of the schedule is made here, so that it may do these two things and no more."""
        hour, minute = self._settings.report_hour_and_minute
        role = iam.Role(
            self,
            "SchedulerRole",
            assumed_by=of_this_account(self, "scheduler.amazonaws.com"),
        )
        allow_encrypting(role, self._storage.key)
        schedule = scheduler.Schedule(
            self,
            "Midnight",
            schedule_name=f"{self._settings.prefix}-{DAILY_REPORT}",
            description=f"The report of the day before, at {self._settings.report_time} UTC",
            schedule=scheduler.ScheduleExpression.cron(
                minute=minute, hour=hour, time_zone=cdk.TimeZone.ETC_UTC
            ),
            time_window=scheduler.TimeWindow.off(),
            target=targets.StepFunctionsStartExecution(
                self.machine,
                role=role,
                input=scheduler.ScheduleTargetInput.from_object(
                    {"scheduled_at": scheduler.ContextAttribute.scheduled_time}
                ),
                dead_letter_queue=self._storage.dead_letters,
                max_event_age=cdk.Duration.seconds(DELIVERY_SECONDS),
                retry_attempts=DELIVERY_TRIES,
            ),
        )
        resource = schedule.node.default_child
        if not isinstance(resource, scheduler.CfnSchedule):
            raise TypeError("a schedule's default child is its CfnSchedule")
        # The grant stays that of the machine: Step Functions authorizes an alias by it.
        resource.add_property_override("Target.Arn", self.machine.live_arn)
        return schedule
