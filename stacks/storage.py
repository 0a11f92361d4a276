"""What outlives a deployment: the two buckets and the dead-letter queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs

from functions.core.keys import (
    DELIVERIES_PREFIX,
    LATE_PREFIX,
    PROCESSED_PREFIX,
    RECORDS_PREFIX,
    REPORTS_PREFIX,
    SUMMARIES_PREFIX,
)
from stacks.constructs.bucket import PrivateBucket, expiring, let_upload, send_events
from stacks.constructs.names import RULES, rule_arn
from stacks.constructs.removal import keep_policy_with, removal_policy

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_s3 as s3
    from constructs import Construct

    from stacks.settings import Settings


class StorageStack(cdk.Stack):
    """The raw and the reports bucket, and the queue of what needs a person."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        key: kms.IKey | None,
        **stack: Any,
    ) -> None:
        super().__init__(scope, construct_id, **stack)
        self.key = key if settings.encrypts else None
        """What encrypts from now on."""
        self.opening_key = key
        """What opens what is stored: also a key that encrypts no more."""
        access_logs = self._access_logs(settings)
        self.raw = PrivateBucket(
            self,
            "RawBucket",
            settings=settings,
            key=self.key,
            access_logs=access_logs,
            more_rules=expiring("uploads", "", settings.raw_days),
        )
        send_events(self.raw)
        let_upload(self.raw, settings.uploader_accounts.split())
        self.reports = PrivateBucket(
            self,
            "ReportsBucket",
            settings=settings,
            key=self.key,
            access_logs=access_logs,
            more_rules=(
                *expiring("map-run-results", SUMMARIES_PREFIX, settings.summary_days),
                *expiring("record-files", RECORDS_PREFIX, settings.record_days),
                *expiring("deliveries", DELIVERIES_PREFIX, settings.record_days),
                *expiring("late-markers", LATE_PREFIX, settings.summary_days),
                *expiring("records", PROCESSED_PREFIX, settings.record_days),
                *expiring("reports", REPORTS_PREFIX, settings.record_days),
            ),
        )
        self.dead_letters = sqs.Queue(
            self,
            "DeadLetterQueue",
            encryption=sqs.QueueEncryption.KMS if self.key else sqs.QueueEncryption.SQS_MANAGED,
            encryption_master_key=self.key,
            enforce_ssl=True,
            retention_period=cdk.Duration.days(settings.dead_letter_days),
            removal_policy=removal_policy(settings),
        )
        self._accept_dead_letters_of_rules(settings)
        keep_policy_with(self.dead_letters, settings)
        cdk.CfnOutput(self, "RawBucketName", value=self.raw.bucket_name)
        cdk.CfnOutput(self, "ReportsBucketName", value=self.reports.bucket_name)
        cdk.CfnOutput(self, "DeadLetterQueueUrl", value=self.dead_letters.queue_url)

    def _access_logs(self, settings: Settings) -> s3.Bucket | None:
        """Where S3 writes who asked for what. S3's own key encrypts it: no other can."""
        if not settings.access_log_days:
            return None
        return PrivateBucket(
            self,
            "AccessLogsBucket",
            settings=settings,
            more_rules=expiring("access-logs", "", settings.access_log_days),
        )

    def _accept_dead_letters_of_rules(self, settings: Settings) -> None:
        """EventBridge sends to a queue in its own name; only our rules may be the reason."""
        self.dead_letters.add_to_resource_policy(
            iam.PolicyStatement(
                sid="EventBridgeForOurRules",
                actions=["sqs:SendMessage"],
                principals=[iam.ServicePrincipal("events.amazonaws.com")],
                resources=[self.dead_letters.queue_arn],
                conditions={
                    "ArnEquals": {
                        "aws:SourceArn": [rule_arn(self, settings, rule) for rule in RULES]
                    }
                },
            )
        )
