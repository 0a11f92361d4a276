"""What goes with its stack, and what outlives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs

if TYPE_CHECKING:
    from stacks.settings import Settings


def removal_policy(settings: Settings) -> cdk.RemovalPolicy:
    """`prod` retains its data; `dev` goes wholly."""
    return cdk.RemovalPolicy.RETAIN if settings.is_prod else cdk.RemovalPolicy.DESTROY


def keep_policy_with(resource: cdk.Resource, settings: Settings) -> None:
    """What stays without its stack still refuses what is not TLS: its policy stays, too."""
    policy = resource.node.find_child("Policy")
    if not isinstance(policy, s3.BucketPolicy | sqs.QueuePolicy):
        raise TypeError("enforce_ssl makes a policy of this name")
    policy.apply_removal_policy(removal_policy(settings))
