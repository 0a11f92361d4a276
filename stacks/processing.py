"""One execution for every upload."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
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
from stacks.constructs.layer import VALUES_LOCK, PackagesLayer
from stacks.constructs.machine import PipelineMachine
from stacks.constructs.names import PROCESS_FILE, UPLOADS
from stacks.constructs.rule import PipelineRule

if TYPE_CHECKING:
    from constructs import Construct

    from stacks.settings import Settings
    from stacks.storage import StorageStack


LARGEST_DISK_MB: Final = 10_240
"""Lambda's most, for a file of 4 GiB, a copy of its text and what DuckDB spills. What is over 512
MB costs a hundredth of what the memory does."""
KEEP_FREED_MEMORY: Final = {
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(64 << 20),
}
"""For glibc (mallopt(3)): a block's memory is used again for the next one, where it would be given
back to the kernel and asked for anew. Counting is up to twice as fast, with the same peak."""


class ProcessingStack(cdk.Stack):
    """The file functions, the `process_file` machine, and the rule that starts it."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        storage: StorageStack,
        **stack: Any,
    ) -> None:
        super().__init__(scope, construct_id, **stack)
        self._settings = settings
        self._storage = storage
        self._layer = PackagesLayer(self, "Packages", settings=settings)
        self.validate_file = self._function(
            "ValidateFile", "validate_file", timeout=cdk.Duration.seconds(60), hands_over=True
        )
        self.count_records = self._function(
            "CountRecords", "count_records", timeout=cdk.Duration.minutes(15), hands_over=True
        )
        self.check_fields = self._function(
            "CheckFields",
            "check_fields",
            timeout=cdk.Duration.minutes(15),
            memory_mb=settings.field_rules_memory_mb,
            more_layers=[
                PackagesLayer(self, "ValuesPackages", settings=settings, lock=VALUES_LOCK)
            ],
            disk_mb=LARGEST_DISK_MB,
        )
        self.count_range = self._function(
            "CountRange", "count_range", timeout=cdk.Duration.minutes(2)
        )
        self.merge_ranges = self._function(
            "MergeRanges", "merge_ranges", timeout=cdk.Duration.minutes(5)
        )
        self._let_functions_read()
        self.machine = self._machine()
        self.machine.report_failures_to(storage.dead_letters)
        self._start_on_upload()
        cdk.CfnOutput(self, "ProcessFileMachineArn", value=self.machine.state_machine_arn)
        cdk.CfnOutput(self, "ProcessFileLiveArn", value=self.machine.live_arn)
        cdk.CfnOutput(self, "IgnoredKeys", value=json.dumps(settings.ignored_keys))

    def _function(
        self,
        construct_id: str,
        module: str,
        *,
        timeout: cdk.Duration,
        memory_mb: int | None = None,
        **its_own: Any,
    ) -> PipelineFunction:
        return PipelineFunction(
            self,
            construct_id,
            module=module,
            settings=self._settings,
            layer=self._layer,
            memory_mb=memory_mb or self._settings.file_memory_mb,
            timeout=timeout,
            log_days=self._settings.file_log_days,
            key=self._storage.key,
            concurrency=self._settings.file_concurrency,
            rejects=True,
            environment={
                keys.ENV_REPORTS_BUCKET: self._storage.reports.bucket_name,
                keys.ENV_LARGE_FILE_BYTES: str(self._settings.large_file_mb << 20),
                **KEEP_FREED_MEMORY,
            },
            **its_own,
        )

    @property
    def functions(self) -> tuple[PipelineFunction, ...]:
        """All functions of files."""
        return (
            self.validate_file,
            self.count_records,
            self.check_fields,
            self.count_range,
            self.merge_ranges,
        )

    def _let_functions_read(self) -> None:
        """The very version that the event names, and whether its record is there already."""
        raw, reports = self._storage.raw, self._storage.reports
        for function in self.functions:
            allow(function, "s3:GetObjectVersion", on=[raw.arn_for_objects("*")])
            # A version that was deleted before it is read is a rejection; a refusal is a failure.
            allow_telling_missing_from_forbidden(function, raw)
            allow_decrypting(function, self._storage.opening_key)
        ranges = reports.arn_for_objects(f"{keys.RANGES_PREFIX}*")
        allow(self.merge_ranges, "s3:GetObject", on=[ranges])
        processed = reports.arn_for_objects(f"{keys.PROCESSED_PREFIX}*")
        days = reports.arn_for_objects(f"{keys.VERSION_DAYS_PREFIX}*")
        allow(self.validate_file, "s3:GetObject", on=[processed])
        allow(self.validate_file, "s3:GetObject", "s3:PutObject", on=[days])
        allow_telling_missing_from_forbidden(self.validate_file, reports)
        late = reports.arn_for_objects(f"{keys.LATE_MARKERS_PREFIX}*")
        for function in (
            self.validate_file,
            self.count_records,
            self.check_fields,
            self.merge_ranges,
        ):
            allow(function, "s3:PutObject", on=[late])
            allow_encrypting(function, self._storage.key)
        self._let_functions_know_deliveries()

    def _let_functions_know_deliveries(self) -> None:
        """A manifest is kept, and asked for by the files that it lists."""
        reports = self._storage.reports
        kept = reports.arn_for_objects(f"{keys.DELIVERIES_PREFIX}*")
        records = reports.arn_for_objects(f"{keys.PROCESSED_PREFIX}*")
        for function in (self.count_records, self.check_fields, self.merge_ranges):
            allow(function, "s3:GetObject", on=[kept, records])
            allow_listing(function, reports, under=[keys.DELIVERIES_PREFIX, keys.PROCESSED_PREFIX])
        allow(self.count_records, "s3:PutObject", on=[kept])

    def _machine(self) -> PipelineMachine:
        """The machine and what its states do themselves."""
        reports, dead_letters = self._storage.reports, self._storage.dead_letters
        machine = PipelineMachine(
            self,
            "ProcessFile",
            name=PROCESS_FILE,
            settings=self._settings,
            placeholders={
                "ValidateFileFunction": self.validate_file.live_arn,
                "CountRecordsFunction": self.count_records.live_arn,
                "CheckFieldsFunction": self.check_fields.live_arn,
                "CountRangeFunction": self.count_range.live_arn,
                "MergeRangesFunction": self.merge_ranges.live_arn,
                "BatchConcurrency": str(self._settings.batch_concurrency),
                "RangesPrefix": keys.RANGES_PREFIX,
                "ReportsBucket": reports.bucket_name,
                "DeadLetterQueueUrl": dead_letters.queue_url,
            },
            # The execution history says all the rest for 90 days, at no price.
            log_level=sfn.LogLevel.ERROR,
            log_data=True,
            log_days=self._settings.file_log_days,
            key=self._storage.key,
        )
        called = [arn for each in self.functions for arn in each.callable_arns]
        allow(machine, "lambda:InvokeFunction", on=called)
        allow(machine, "s3:PutObject", on=[reports.arn_for_objects(f"{keys.PROCESSED_PREFIX}*")])
        allow(machine, "sqs:SendMessage", on=[dead_letters.queue_arn])
        allow_decrypting(machine, self._storage.opening_key)
        ranges = reports.arn_for_objects(f"{keys.RANGES_PREFIX}*")
        allow_running_map(
            machine, self._settings, PROCESS_FILE, label="CountRanges", results=ranges
        )
        return machine

    def _start_on_upload(self) -> None:
        """Hand the whole event over: a field that AWS adds tomorrow is there to be looked at."""
        starter = iam.Role(
            self, "UploadsRole", assumed_by=of_this_account(self, "events.amazonaws.com")
        )
        allow(starter, "states:StartExecution", on=[self.machine.state_machine_arn])
        allow_encrypting(starter, self._storage.key)
        PipelineRule(
            self,
            "Uploads",
            name=UPLOADS,
            settings=self._settings,
            description="Every object that lands in the raw bucket starts an execution",
            pattern={
                "source": ["aws.s3"],
                "detail-type": ["Object Created"],
                "detail": {
                    "bucket": {"name": [self._storage.raw.bucket_name]},
                    "object": {
                        "key": [{"anything-but": {"wildcard": list(self._settings.ignored_keys)}}]
                    },
                },
            },
            target_arn=self.machine.live_arn,
            role_arn=starter.role_arn,
            dead_letter_arn=self._storage.dead_letters.queue_arn,
        )
