"""What the deployment's own KMS key is like, for those who set `customer_key`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

if TYPE_CHECKING:
    from stacks.settings import Settings

ADMINISTRATION: Final = (
    "CancelKeyDeletion",
    "CreateAlias",
    "CreateGrant",
    "DeleteAlias",
    "DescribeKey",
    "DisableKey",
    "DisableKeyRotation",
    "EnableKey",
    "EnableKeyRotation",
    "GetKeyPolicy",
    "GetKeyRotationStatus",
    "ListAliases",
    "ListGrants",
    "ListKeyPolicies",
    "ListKeyRotations",
    "ListResourceTags",
    "PutKeyPolicy",
    "RevokeGrant",
    "RotateKeyOnDemand",
    "ScheduleKeyDeletion",
    "TagResource",
    "UntagResource",
    "UpdateAlias",
    "UpdateKeyDescription",
)
USE: Final = ("Decrypt", "Encrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo")
LOGS: Final = (*USE, "DescribeKey", "GenerateDataKeyWithoutPlaintext")
SENDING: Final = ("Decrypt", "GenerateDataKey")


def pipeline_key(stack: cdk.Stack, settings: Settings, removal: cdk.RemovalPolicy) -> kms.Key:
    """A key that rotates every year; prod's outlives its stack, as the data that it opens.

    The account may administer and use it, so that roles' own policies decide, as everywhere else;
    CDK's default says the same by `kms:*`.
    """
    return kms.Key(
        stack,
        "Key",
        description=f"What {settings.prefix} stores, sends and logs",
        enable_key_rotation=True,
        removal_policy=removal,
        policy=iam.PolicyDocument(
            statements=[
                _statement("Account", [*ADMINISTRATION, *USE], iam.AccountRootPrincipal()),
                _rules_to_the_queue(),
                _alarms_to_their_topic(stack),
                _logs(stack, settings),
                _delivery_of_logs(stack),
                *_uploaders(stack, settings),
            ]
        ),
    )


def _statement(
    sid: str,
    actions: list[str],
    *principals: iam.IPrincipal,
    conditions: dict[str, Any] | None = None,
) -> iam.PolicyStatement:
    """`*` in a key's policy is the key itself: AWS KMS guide, Key policies."""
    return iam.PolicyStatement(
        sid=sid,
        actions=[f"kms:{each}" for each in sorted(set(actions))],
        principals=list(principals),
        resources=["*"],
        conditions=conditions,
    )


def _rules_to_the_queue() -> iam.PolicyStatement:
    """EventBridge brings no source with its requests to KMS, so no condition can ask for one.

    Which rules may send is said by the queue's own policy.
    """
    return _statement("Rules", list(SENDING), iam.ServicePrincipal("events.amazonaws.com"))


def _alarms_to_their_topic(stack: cdk.Stack) -> iam.PolicyStatement:
    return _statement(
        "Alarms",
        list(SENDING),
        iam.ServicePrincipal("cloudwatch.amazonaws.com"),
        iam.ServicePrincipal("budgets.amazonaws.com"),
        conditions={"StringEquals": {"aws:SourceAccount": stack.account}},
    )


def _logs(stack: cdk.Stack, settings: Settings) -> iam.PolicyStatement:
    """CloudWatch Logs, for the log groups of this deployment alone."""
    groups = [
        f"arn:{stack.partition}:logs:{stack.region}:{stack.account}:log-group:{group}"
        for group in (
            f"/aws/lambda/{settings.prefix}-*",
            f"/aws/vendedlogs/states/{settings.prefix}-*",
        )
    ]
    return _statement(
        "Logs",
        list(LOGS),
        iam.ServicePrincipal(f"logs.{stack.region}.amazonaws.com"),
        conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
    )


def _delivery_of_logs(stack: cdk.Stack) -> iam.PolicyStatement:
    """Vended log delivery, for machines whose history is encrypted: it decrypts what it delivers.

    Source: AWS Step Functions Developer Guide, "Data at rest encryption in Step Functions",
    https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
    """
    source = f"arn:{stack.partition}:logs:{stack.region}:{stack.account}:*"
    return _statement(
        "LogDelivery",
        ["Decrypt"],
        iam.ServicePrincipal("delivery.logs.amazonaws.com"),
        conditions={
            "StringEquals": {"aws:SourceAccount": stack.account},
            "ArnLike": {"aws:SourceArn": source},
        },
    )


def _uploaders(stack: cdk.Stack, settings: Settings) -> list[iam.PolicyStatement]:
    """Other accounts, for what they upload and by S3 alone."""
    principals = [iam.AccountPrincipal(each) for each in settings.uploader_accounts.split()]
    if not principals:
        return []
    by_s3 = {"StringEquals": {"kms:ViaService": f"s3.{stack.region}.amazonaws.com"}}
    return [_statement("Uploaders", list(SENDING), *principals, conditions=by_s3)]
