"""What outlives a deployment: the two buckets and the dead-letter queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs

from functions.core.keys import SUMMARIES_PREFIX
from stacks.names import RULES, rule_arn

if TYPE_CHECKING:
    from constructs import Construct

    from stacks.settings import Settings

SUMMARY_DAYS = 30
"""Map Run results are only read by the report that made them; a month serves an investigation."""


class PrivateBucket(s3.Bucket):
    """A bucket as all of ours are: versioned, encrypted, TLS only, never public.

    Its name is CloudFormation's choice, since bucket names are shared with the whole world. One
    that holds objects is not deleted: empty it first, all versions included.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        more_rules: tuple[s3.LifecycleRule, ...] = (),
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            versioned=True,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            removal_policy=_removal_policy(settings),
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="abandoned-uploads",
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(7),
                ),
                s3.LifecycleRule(
                    id="old-versions",
                    noncurrent_version_expiration=cdk.Duration.days(
                        settings.noncurrent_version_days
                    ),
                    expired_object_delete_marker=True,
                ),
                *more_rules,
            ],
        )


class StorageStack(cdk.Stack):
    """The raw and the reports bucket, and the queue of what needs a person."""

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: Settings, **stack: Any
    ) -> None:
        super().__init__(scope, construct_id, **stack)
        self.raw = PrivateBucket(self, "RawBucket", settings=settings)
        _send_events(self.raw)
        self.reports = PrivateBucket(
            self, "ReportsBucket", settings=settings, more_rules=(_expiring_summaries(),)
        )
        self.dead_letters = sqs.Queue(
            self,
            "DeadLetterQueue",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=cdk.Duration.days(14),
            removal_policy=_removal_policy(settings),
        )
        self._accept_dead_letters_of_rules(settings)
        cdk.CfnOutput(self, "RawBucketName", value=self.raw.bucket_name)
        cdk.CfnOutput(self, "ReportsBucketName", value=self.reports.bucket_name)
        cdk.CfnOutput(self, "DeadLetterQueueUrl", value=self.dead_letters.queue_url)

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


def _removal_policy(settings: Settings) -> cdk.RemovalPolicy:
    return cdk.RemovalPolicy.RETAIN if settings.is_prod else cdk.RemovalPolicy.DESTROY


def _send_events(bucket: s3.Bucket) -> None:
    """Turn on the bucket's events by its own property.

    `event_bridge_enabled=True` would add a Lambda and a custom resource for this one flag.
    """
    resource = bucket.node.default_child
    if not isinstance(resource, s3.CfnBucket):
        raise TypeError("a bucket's default child is its CfnBucket")
    resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
        event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(
            event_bridge_enabled=True
        )
    )


def _expiring_summaries() -> s3.LifecycleRule:
    return s3.LifecycleRule(
        id="map-run-results", prefix=SUMMARIES_PREFIX, expiration=cdk.Duration.days(SUMMARY_DAYS)
    )
