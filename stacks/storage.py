"""What outlives a deployment: the two buckets and the dead-letter queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs

from functions.core.keys import PROCESSED_PREFIX, REPORTS_PREFIX, SUMMARIES_PREFIX
from stacks.constructs.key import pipeline_key
from stacks.constructs.names import RULES, rule_arn

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms
    from constructs import Construct

    from stacks.settings import Settings


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
        key: kms.IKey | None = None,
        access_logs: s3.IBucket | None = None,
        more_rules: tuple[s3.LifecycleRule, ...] = (),
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            versioned=True,
            encryption=s3.BucketEncryption.KMS if key else s3.BucketEncryption.S3_MANAGED,
            encryption_key=key,
            # One request to KMS for many objects: at a million files a day it is $90 or $1 a month.
            bucket_key_enabled=bool(key) or None,
            server_access_logs_bucket=access_logs,
            server_access_logs_prefix=f"{construct_id}/" if access_logs else None,
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
        _keep_policy_with(self, settings)


class StorageStack(cdk.Stack):
    """The raw and the reports bucket, and the queue of what needs a person."""

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: Settings, **stack: Any
    ) -> None:
        super().__init__(scope, construct_id, **stack)
        self.key = (
            pipeline_key(self, settings, _removal_policy(settings))
            if settings.customer_key
            else None
        )
        access_logs = self._access_logs(settings)
        self.raw = PrivateBucket(
            self,
            "RawBucket",
            settings=settings,
            key=self.key,
            access_logs=access_logs,
            more_rules=_expiring("uploads", "", settings.raw_days),
        )
        _send_events(self.raw)
        self.reports = PrivateBucket(
            self,
            "ReportsBucket",
            settings=settings,
            key=self.key,
            access_logs=access_logs,
            more_rules=(
                *_expiring("map-run-results", SUMMARIES_PREFIX, settings.summary_days),
                *_expiring("records", PROCESSED_PREFIX, settings.record_days),
                *_expiring("reports", REPORTS_PREFIX, settings.record_days),
            ),
        )
        self.dead_letters = sqs.Queue(
            self,
            "DeadLetterQueue",
            encryption=sqs.QueueEncryption.KMS if self.key else sqs.QueueEncryption.SQS_MANAGED,
            encryption_master_key=self.key,
            enforce_ssl=True,
            retention_period=cdk.Duration.days(settings.dead_letter_days),
            removal_policy=_removal_policy(settings),
        )
        self._accept_dead_letters_of_rules(settings)
        _keep_policy_with(self.dead_letters, settings)
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
            more_rules=_expiring("access-logs", "", settings.access_log_days),
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


def _removal_policy(settings: Settings) -> cdk.RemovalPolicy:
    return cdk.RemovalPolicy.RETAIN if settings.is_prod else cdk.RemovalPolicy.DESTROY


def _keep_policy_with(resource: cdk.Resource, settings: Settings) -> None:
    """What stays without its stack still refuses what is not TLS: its policy stays, too."""
    policy = resource.node.find_child("Policy")
    if not isinstance(policy, s3.BucketPolicy | sqs.QueuePolicy):
        raise TypeError("enforce_ssl makes a policy of this name")
    policy.apply_removal_policy(_removal_policy(settings))


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


def _expiring(name: str, prefix: str, days: int) -> tuple[s3.LifecycleRule, ...]:
    """What is below the prefix goes after so many days; 0 days make no rule."""
    if not days:
        return ()
    expiration = cdk.Duration.days(days)
    return (s3.LifecycleRule(id=name, prefix=prefix or None, expiration=expiration),)
