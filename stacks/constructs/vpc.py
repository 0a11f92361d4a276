"""Functions in a VPC that is there already, by the ids of its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import aws_lambda as lambda_

from stacks.constructs.grants import allow

if TYPE_CHECKING:
    from stacks.settings import Settings

INTERFACES: Final = (
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
)
"""What Lambda does in the name of a function's role (Lambda Developer Guide, "Required IAM
permissions" of functions in a VPC)."""


def put_into_vpc(function: lambda_.Function, settings: Settings) -> None:
    """Let a function run in the deployer's subnets, if the settings name any.

    CDK's own property asks for the VPC itself, which it would have to look up in the account.
    """
    if not settings.vpc_subnets:
        return
    resource = function.node.default_child
    if not isinstance(resource, lambda_.CfnFunction):
        raise TypeError("a function's default child is its CfnFunction")
    resource.vpc_config = lambda_.CfnFunction.VpcConfigProperty(
        subnet_ids=settings.vpc_subnets.split(),
        security_group_ids=settings.vpc_security_groups.split(),
    )
    allow(function, *INTERFACES, on=["*"])
    # Lambda asks for these rights as the function is made (the same page).
    policy = function.role and function.role.node.try_find_child("DefaultPolicy")
    if policy is not None:
        function.node.add_dependency(policy)
