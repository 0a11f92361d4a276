"""The house defaults of a state machine, loaded from its file in `statemachines/`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn

from stacks.function import log_retention
from stacks.names import failures_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

    from stacks.settings import Settings

DEFINITIONS: Final = Path(__file__).resolve().parent.parent / "statemachines"

DELIVERY_TRIES: Final = 185
DELIVERY_AGE: Final = cdk.Duration.hours(24)
"""EventBridge's own limits: a day of trying, then the dead-letter queue."""


class PipelineMachine(sfn.StateMachine):
    """A Standard machine, traced and logged, whose executions that end badly reach the queue.

    The definition stays in the template as it is in the file, with CloudFormation filling the
    placeholders: `cdk diff`, cfn-lint and the tests see the machine itself.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        settings: Settings,
        placeholders: Mapping[str, str],
        log_level: sfn.LogLevel,
        log_data: bool,
        log_days: int,
    ) -> None:
        self.short_name = name
        self.full_name = f"{settings.prefix}-{name}"
        definition = DEFINITIONS / f"{name.replace('-', '_')}.asl.json"
        super().__init__(
            scope,
            construct_id,
            state_machine_name=self.full_name,
            role=_role(scope, f"{construct_id}Role"),
            definition_body=sfn.DefinitionBody.from_string(definition.read_text()),
            definition_substitutions=placeholders,
            tracing_enabled=True,
            logs=sfn.LogOptions(
                destination=_log_group(scope, f"{construct_id}Logs", self.full_name, log_days),
                level=log_level,
                include_execution_data=log_data,
            ),
        )

    def report_failures_to(self, queue: sqs.IQueue) -> None:
        """Send the status change of every execution that fails, times out or is aborted.

        No state can do this: a caught error would leave nothing to redrive, and a timeout or an
        abort runs no state at all.
        """
        events.Rule(
            self,
            "Failures",
            rule_name=f"{self.full_name.removesuffix(self.short_name)}{failures_of(self.short_name)}",
            description=f"Executions of {self.full_name} that need a person",
            event_pattern=events.EventPattern(
                source=["aws.states"],
                detail_type=["Step Functions Execution Status Change"],
                detail={
                    "stateMachineArn": [self.state_machine_arn],
                    "status": ["FAILED", "TIMED_OUT", "ABORTED"],
                },
            ),
            targets=[
                targets.SqsQueue(
                    sent_to_by_name(self, queue),
                    retry_attempts=DELIVERY_TRIES,
                    max_event_age=DELIVERY_AGE,
                )
            ],
        )


def sent_to_by_name(scope: Construct, queue: sqs.IQueue) -> sqs.IQueue:
    """The queue as CDK sees one it did not make: its policy already names our rules.

    Left to itself CDK would add the rule's ARN to the policy, and the stack of the queue would
    need the stack of the rule, which needs the queue.
    """
    return sqs.Queue.from_queue_arn(scope, "DeadLetters", queue.queue_arn)


def _role(scope: Construct, construct_id: str) -> iam.Role:
    """Step Functions may take the role for this account's machines only."""
    return iam.Role(
        scope,
        construct_id,
        assumed_by=iam.ServicePrincipal(
            "states.amazonaws.com",
            conditions={"StringEquals": {"aws:SourceAccount": cdk.Stack.of(scope).account}},
        ),
    )


def _log_group(scope: Construct, construct_id: str, name: str, days: int) -> logs.LogGroup:
    """Under AWS's own prefix, which needs no line of the account's short log resource policy."""
    return logs.LogGroup(
        scope,
        construct_id,
        log_group_name=f"/aws/vendedlogs/states/{name}",
        retention=log_retention(days),
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
