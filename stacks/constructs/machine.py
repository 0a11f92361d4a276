"""The house defaults of a state machine, loaded from its file in `statemachines/`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn

from stacks.constructs.function import log_retention
from stacks.constructs.grants import allow_encrypting, of_this_account
from stacks.constructs.live import live_machine
from stacks.constructs.names import failures_of
from stacks.constructs.rule import PipelineRule
from stacks.constructs.tracing import Tracing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_kms as kms
    from constructs import Construct

    from stacks.settings import Settings

DATA_KEY_SECONDS: Final = 900
"""How long a data key is used again, the longest there is: the fewest requests to KMS."""
DEFINITIONS: Final = Path(__file__).resolve().parents[2] / "statemachines"


class PipelineMachine(sfn.StateMachine):
    """A Standard machine, logged, whose executions that end badly reach the queue.

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
        key: kms.IKey | None,
    ) -> None:
        self._name, self._settings = name, settings
        full_name = f"{settings.prefix}-{name}"
        definition = DEFINITIONS / f"{name.replace('-', '_')}.asl.json"
        super().__init__(
            scope,
            construct_id,
            state_machine_name=full_name,
            role=_role(scope, f"{construct_id}Role"),
            definition_body=sfn.DefinitionBody.from_string(definition.read_text()),
            definition_substitutions=placeholders,
            tracing_enabled=Tracing(settings).is_on,
            logs=sfn.LogOptions(
                destination=_log_group(scope, f"{construct_id}Logs", full_name, log_days, key),
                level=log_level,
                include_execution_data=log_data,
            ),
        )

        _encrypt(self, key)
        # Step Functions encrypts what it keeps of an execution in the name of the machine's role,
        # which needs kms:Decrypt and kms:GenerateDataKey, and the latter for its logs, too:
        # https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
        allow_encrypting(self, key)
        self.live_arn = live_machine(self, settings)
        """What starts it starts it by this."""

    def report_failures_to(self, queue: sqs.IQueue) -> None:
        """Send the status change of every execution that fails, times out or is aborted.

        No state can do this: a caught error would leave nothing to redrive, and a timeout or an
        abort runs no state at all.
        """
        PipelineRule(
            self,
            "Failures",
            name=failures_of(self._name),
            settings=self._settings,
            description=f"Executions of {self._name} that need a person",
            pattern={
                "source": ["aws.states"],
                "detail-type": ["Step Functions Execution Status Change"],
                "detail": {
                    "stateMachineArn": [self.state_machine_arn],
                    "status": ["FAILED", "TIMED_OUT", "ABORTED"],
                },
            },
            target_arn=queue.queue_arn,
        )


def _encrypt(machine: sfn.StateMachine, key: kms.IKey | None) -> None:
    """Say what encrypts definition and history, also where it is AWS's own key.

    Left unsaid, a machine keeps the key that it had (CDK's documentation of aws_stepfunctions,
    "Changing Encryption"). CDK's construct would put machines' ARNs into the key's policy, which is
    in a stack before theirs.
    """
    resource = machine.node.default_child
    if not isinstance(resource, sfn.CfnStateMachine):
        raise TypeError("a machine's default child is its CfnStateMachine")
    resource.encryption_configuration = sfn.CfnStateMachine.EncryptionConfigurationProperty(
        type="CUSTOMER_MANAGED_KMS_KEY" if key else "AWS_OWNED_KEY",
        kms_key_id=key.key_arn if key else None,
        kms_data_key_reuse_period_seconds=DATA_KEY_SECONDS if key else None,
    )


def _role(scope: Construct, construct_id: str) -> iam.Role:
    """Step Functions may take the role for this account's machines only."""
    return iam.Role(
        scope,
        construct_id,
        assumed_by=of_this_account(cdk.Stack.of(scope), "states.amazonaws.com"),
    )


def _log_group(
    scope: Construct, construct_id: str, name: str, days: int, key: kms.IKey | None
) -> logs.LogGroup:
    """Under AWS's own prefix, which needs no line of the account's short log resource policy."""
    return logs.LogGroup(
        scope,
        construct_id,
        log_group_name=f"/aws/vendedlogs/states/{name}",
        retention=log_retention(days),
        encryption_key=key,
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
