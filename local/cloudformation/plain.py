"""Updates that moto leaves out of what it makes itself: log groups, queues, roles, topics."""

from __future__ import annotations

import json
from typing import Any

from moto.iam.models import Role
from moto.logs.models import LogGroup
from moto.sns.models import Topic
from moto.sqs.models import Queue

from local.cloudformation.clients import client

UPDATE = "update_from_cloudformation_json"

QUEUE_DEFAULTS: dict[str, Any] = {
    "DelaySeconds": 0,
    "MaximumMessageSize": 1_048_576,
    "MessageRetentionPeriod": 345_600,
    "ReceiveMessageWaitTimeSeconds": 0,
    "VisibilityTimeout": 30,
}
"""AWS::SQS::Queue in the template reference: what holds where a template says nothing."""


def _update_log_group(
    _: Any, /, original_resource: Any, cloudformation_json: dict[str, Any], **__: Any
) -> Any:
    days = cloudformation_json.get("Properties", {}).get("RetentionInDays")
    if days is None:
        client("logs").delete_retention_policy(logGroupName=original_resource.name)
    else:
        client("logs").put_retention_policy(
            logGroupName=original_resource.name, retentionInDays=int(days)
        )
    return original_resource


def _update_queue(
    _: Any, /, original_resource: Any, cloudformation_json: dict[str, Any], **__: Any
) -> Any:
    properties = cloudformation_json.get("Properties", {})
    wanted = {name: properties.get(name, default) for name, default in QUEUE_DEFAULTS.items()}
    redrive = properties.get("RedrivePolicy")
    if redrive is not None:
        wanted["RedrivePolicy"] = json.dumps(redrive) if isinstance(redrive, dict) else redrive
    client("sqs").set_queue_attributes(
        QueueUrl=original_resource.physical_resource_id,
        Attributes={name: str(value) for name, value in wanted.items()},
    )
    return original_resource


def _update_role(
    _: Any, /, original_resource: Any, cloudformation_json: dict[str, Any], **__: Any
) -> Any:
    iam, name = client("iam"), original_resource.name
    properties = cloudformation_json["Properties"]
    document = properties["AssumeRolePolicyDocument"]
    text = document if isinstance(document, str) else json.dumps(document)
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=text)
    iam.update_role(
        RoleName=name,
        Description=properties.get("Description", ""),
        MaxSessionDuration=int(properties.get("MaxSessionDuration", 3600)),
    )
    for policy in properties.get("Policies", ()):
        iam.put_role_policy(
            RoleName=name,
            PolicyName=policy["PolicyName"],
            PolicyDocument=json.dumps(policy["PolicyDocument"]),
        )
    return original_resource


def _update_topic(
    _: Any, /, original_resource: Any, cloudformation_json: dict[str, Any], **__: Any
) -> Any:
    """In place: moto would make another topic, without the old one's policy and subscriptions."""
    properties = cloudformation_json.get("Properties", {})
    for name in ("DisplayName", "KmsMasterKeyId"):
        client("sns").set_topic_attributes(
            TopicArn=original_resource.arn,
            AttributeName=name,
            AttributeValue=properties.get(name, ""),
        )
    return original_resource


def _log_group_attribute(self: Any, attribute_name: str) -> str:
    """A log group's Arn ends in `:*` (template reference, AWS::Logs::LogGroup, return values)."""
    if attribute_name != "Arn":
        raise ValueError(f"AWS::Logs::LogGroup has no attribute {attribute_name}")
    return f"{self.arn.removesuffix(':*')}:*"


def install() -> None:
    """Put these in moto's place."""
    updates: list[tuple[type, Any]] = [
        (LogGroup, _update_log_group),
        (Queue, _update_queue),
        (Role, _update_role),
        (Topic, _update_topic),
    ]
    for model, change in updates:
        setattr(model, UPDATE, classmethod(change))
    LogGroup.get_cfn_attribute = _log_group_attribute  # type: ignore[method-assign]
