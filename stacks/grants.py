"""Grants by the letter: CDK's own `grant_read` and the like hand out `s3:GetObject*` and more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

if TYPE_CHECKING:
    from collections.abc import Mapping


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


def allow_telling_missing_from_forbidden(grantee: iam.IGrantable, bucket: s3.IBucket) -> None:
    """Let S3 answer 404 for an object that is not there, where it would say 403.

    A HEAD or GET has no `s3:prefix`, so the listing that this takes cannot be held to one.
    """
    allow(grantee, "s3:ListBucket", on=[bucket.bucket_arn])
