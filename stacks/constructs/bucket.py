"""The house defaults of a bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from stacks.constructs.removal import keep_policy_with, removal_policy

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
            removal_policy=removal_policy(settings),
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
        keep_policy_with(self, settings)


def send_events(bucket: s3.Bucket) -> None:
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


def let_upload(bucket: s3.Bucket, accounts: list[str]) -> None:
    """Let other accounts' principals upload, as far as their own policies let them.

    The bucket's owner owns what they upload, since it takes no ACLs.
    """
    if not accounts:
        return
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            sid="Uploaders",
            actions=["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
            principals=[iam.AccountPrincipal(each) for each in accounts],
            resources=[bucket.arn_for_objects("*")],
        )
    )


def expiring(name: str, prefix: str, days: int) -> tuple[s3.LifecycleRule, ...]:
    """What is below the prefix goes after so many days; 0 days make no rule."""
    if not days:
        return ()
    expiration = cdk.Duration.days(days)
    return (s3.LifecycleRule(id=name, prefix=prefix or None, expiration=expiration),)
