"""The optimized integrations that are run here: their parameters, and the patterns that they have.

Source: Step Functions guide, "Integrating optimized services"; which parameters are required, and
which patterns are refused, was measured by ValidateStateMachineDefinition on 2026-09-05.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local.asl.model.ports import Pattern

SDK_PATTERNS: tuple[Pattern, ...] = ("request_response", "wait_for_task_token")
S3_ACTIONS = frozenset({"listObjectsV2", "getObject", "putObject"})
"""What an ItemReader and a ResultWriter call."""

OTHER_SERVICES = frozenset(
    {
        *("apigateway", "athena", "batch", "bedrock", "bedrockagentcore", "codebuild", "databrew"),
        *("ecs", "eks", "elasticmapreduce", "emr-containers", "emr-serverless", "glue", "http"),
        *("mediaconvert", "sagemaker", "activity"),
    }
)
"""What AWS runs, too, and this machine does not: such a Task is refused by its name."""


@dataclass(frozen=True)
class Action:
    """What an action takes: the parameters that it must have, and those that it may."""

    required: tuple[str, ...]
    optional: tuple[str, ...]
    patterns: tuple[Pattern, ...] = SDK_PATTERNS

    @property
    def parameters(self) -> frozenset[str]:
        """All of them."""
        return frozenset(self.required + self.optional)


_RETURNS = ("ReturnConsumedCapacity", "ReturnItemCollectionMetrics", "ReturnValues")
_CONDITION = (
    *("ConditionExpression", "ConditionalOperator", "Expected", "ExpressionAttributeNames"),
    *("ExpressionAttributeValues", "ReturnValuesOnConditionCheckFailure", *_RETURNS),
)
_MESSAGE = ("MessageAttributes", "MessageDeduplicationId", "MessageGroupId")

OPTIMIZED: dict[tuple[str, str], Action] = {
    ("lambda", "invoke"): Action(
        ("FunctionName",),
        ("ClientContext", "InvocationType", "LogType", "Payload", "Qualifier"),
    ),
    ("sqs", "sendMessage"): Action(
        ("QueueUrl", "MessageBody"), ("DelaySeconds", "MessageSystemAttributes", *_MESSAGE)
    ),
    ("sns", "publish"): Action(
        ("Message",),
        ("MessageStructure", "PhoneNumber", "Subject", "TargetArn", "TopicArn", *_MESSAGE),
    ),
    ("events", "putEvents"): Action(("Entries",), ("EndpointId",)),
    ("dynamodb", "getItem"): Action(
        ("TableName", "Key"),
        (
            *("AttributesToGet", "ConsistentRead", "ExpressionAttributeNames"),
            *("ProjectionExpression", "ReturnConsumedCapacity"),
        ),
        ("request_response",),
    ),
    ("dynamodb", "putItem"): Action(("TableName", "Item"), _CONDITION, ("request_response",)),
    ("dynamodb", "deleteItem"): Action(("TableName", "Key"), _CONDITION, ("request_response",)),
    ("dynamodb", "updateItem"): Action(
        ("TableName", "Key"),
        ("AttributeUpdates", "UpdateExpression", *_CONDITION),
        ("request_response",),
    ),
    ("states", "startExecution"): Action(
        ("StateMachineArn",),
        ("Input", "Name", "TraceHeader"),
        (*SDK_PATTERNS, "sync", "sync:2"),
    ),
}
"""By service and action; anything else goes by `aws-sdk:`."""


MISSING = "The field '{}' is required but was missing"


def argument_problems(service: str, action: str, arguments: dict[str, object]) -> list[str]:
    """What is wrong with the names of an optimized call's arguments, in AWS's words."""
    known = OPTIMIZED[service, action]
    missing = [MISSING.format(name) for name in known.required if name not in arguments]
    unknown = [name for name in arguments if name not in known.parameters]
    return missing + [f'The field "{name}" is not supported by Step Functions' for name in unknown]
