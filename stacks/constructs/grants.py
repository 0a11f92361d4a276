"""Grants by the letter: CDK's own `grant_read` and the like hand out `s3:GetObject*` and more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from stacks.constructs.names import machine_arn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_stepfunctions as sfn

    from stacks.settings import Settings


def allow(
    grantee: iam.IGrantable,
    *actions: str,
    on: list[str],
    when: Mapping[str, Mapping[str, object]] | None = None,
) -> None:
    """Let the grantee's role do exactly these actions on exactly these resources."""
    grantee.grant_principal.add_to_principal_policy(
        iam.PolicyStatement(actions=list(actions), resources=on, conditions=when)
    )


def allow_listing(grantee: iam.IGrantable, bucket: s3.IBucket, *, under: list[str]) -> None:
    """Let the role list the bucket below these prefixes and nowhere else."""
    patterns = [f"{prefix}*" for prefix in under]
    allow(
        grantee,
        "s3:ListBucket",
        on=[bucket.bucket_arn],
        when={"StringLike": {"s3:prefix": patterns}},
    )


def allow_running_map(
    machine: sfn.StateMachine, settings: Settings, name: str, *, label: str, results: str
) -> None:
    """Let a machine run the Distributed Map of this label: start children, write their results.

    The machine's own ARN is put together from its name, since its role is made before it.
    """
    stack = cdk.Stack.of(machine)
    children = machine_arn(stack, settings, name, of="execution")
    allow(machine, "states:StartExecution", on=[machine_arn(stack, settings, name)])
    allow(machine, "states:DescribeExecution", "states:StopExecution", on=[f"{children}:*"])
    allow(machine, "states:RedriveExecution", on=[f"{children}/{label}:*"])
    allow(
        machine,
        "s3:PutObject",
        "s3:GetObject",
        "s3:ListMultipartUploadParts",
        "s3:AbortMultipartUpload",
        on=[results],
    )


def allow_telling_missing_from_forbidden(grantee: iam.IGrantable, bucket: s3.IBucket) -> None:
    """Let S3 answer 404 for an object that is not there, where it would say 403.

    A HEAD or GET has no `s3:prefix`, so the listing that this takes cannot be held to one.
    """
    allow(grantee, "s3:ListBucket", on=[bucket.bucket_arn])


def allow_decrypting(grantee: iam.IGrantable, key: kms.IKey | None) -> None:
    """Let the role read what the deployment's own key encrypts, where there is one."""
    if key is not None:
        allow(grantee, "kms:Decrypt", on=[key.key_arn])


def allow_encrypting(grantee: iam.IGrantable, key: kms.IKey | None) -> None:
    """Let the role write, send or publish what the key encrypts.

    S3 decrypts the parts of a multipart upload, SQS and SNS the data key that they keep for a
    while, so writing takes both.
    """
    if key is not None:
        allow(grantee, "kms:GenerateDataKey", "kms:Decrypt", on=[key.key_arn])


def of_this_account(stack: cdk.Stack, service: str) -> iam.ServicePrincipal:
    """A service that acts for this account's resources; not for another's that name our role."""
    return iam.ServicePrincipal(
        service, conditions={"StringEquals": {"aws:SourceAccount": stack.account}}
    )
