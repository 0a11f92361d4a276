"""The house defaults of a Lambda function, so that a stack says only what is its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from functions.core import keys
from stacks.constructs.grants import allow_decrypting
from stacks.constructs.layer import runtime
from stacks.constructs.live import live_function
from stacks.constructs.tracing import Tracing
from stacks.constructs.vpc import put_into_vpc
from stacks.settings import LOG_RETENTION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_kms as kms
    from constructs import Construct

    from stacks.settings import Settings

ROOT: Final = Path(__file__).resolve().parents[2]
SOURCE: Final = "functions"
SHIPPED: Final = (SOURCE, keys.CONTRACTS_FOLDER)


class PipelineFunction(lambda_.Function):
    """A handler of `functions/` on arm64, with a role and a log group of its own.

    The role may write to that log group and send what is traced; all else is granted where it is
    needed.
    The group is made here and not by Lambda, so it has a retention and goes with its stack.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        module: str,
        settings: Settings,
        layer: lambda_.ILayerVersion,
        memory_mb: int,
        timeout: cdk.Duration,
        log_days: int,
        environment: Mapping[str, str],
        key: kms.IKey | None,
        concurrency: int = 0,
        rejects: bool = False,
        hands_over: bool = False,
        more_layers: Sequence[lambda_.ILayerVersion] = (),
        disk_mb: int | None = None,
    ) -> None:
        name = f"{settings.prefix}-{module.replace('_', '-')}"
        tracing = Tracing(settings)
        role = iam.Role(
            scope, f"{construct_id}Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")
        )
        log_group = logs.LogGroup(
            scope,
            f"{construct_id}Logs",
            log_group_name=f"/aws/lambda/{name}",
            retention=log_retention(log_days),
            encryption_key=key,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        log_group.grant_write(role)
        # Lambda decrypts a function's environment in the name of its role.
        allow_decrypting(role, key)
        super().__init__(
            scope,
            construct_id,
            function_name=name,
            runtime=runtime(settings),
            architecture=lambda_.Architecture.ARM_64,
            code=source(),
            handler=f"{SOURCE}.{module}.handler",
            layers=[layer, *more_layers, *tracing.layers(scope, construct_id)],
            role=role,
            log_group=log_group,
            environment_encryption=key,
            tracing=tracing.mode,
            memory_size=memory_mb,
            ephemeral_storage_size=None if disk_mb is None else cdk.Size.mebibytes(disk_mb),
            timeout=timeout,
            reserved_concurrent_executions=concurrency or None,
            environment={
                **_with_powertools(environment, module, metrics_namespace(settings)),
                **tracing.environment(module),
            },
        )
        put_into_vpc(self, settings)
        self.memory_mb = memory_mb
        self.handed_over = _handed_over(module, settings) if hands_over else None
        """Its calls that ended as an error to Lambda, and were none: the file took another way."""
        self.live_arn = live_function(self, settings, rejects=rejects, handed_over=self.handed_over)
        """What a state machine calls it by."""
        self.callable_arns = list(dict.fromkeys((self.live_arn, self.function_arn)))
        """What a state machine may call: an execution that began before there was an alias, and is
        redriven, calls the function itself."""


def _handed_over(module: str, settings: Settings) -> cloudwatch.Metric:
    """What `functions/aws/observability.py` counts."""
    return cloudwatch.Metric(
        namespace=metrics_namespace(settings),
        metric_name="HandedOver",
        dimensions_map={"service": module},
        statistic="Sum",
    )


def metrics_namespace(settings: Settings) -> str:
    """Where the functions' own metrics are: dev's are not added to prod's in one account."""
    return f"Tally/{settings.prefix}"


def _with_powertools(environment: Mapping[str, str], module: str, namespace: str) -> dict[str, str]:
    return {
        **environment,
        "POWERTOOLS_SERVICE_NAME": module,
        keys.ENV_METRICS_NAMESPACE: namespace,
        "POWERTOOLS_LOG_LEVEL": "INFO",
    }


def source() -> lambda_.Code:
    """The folder `functions/` under that very name, so that imports read the same everywhere.

    The contracts lie beside it, as they do in the project.

    The other files beside it are named one by one: CDK then never walks into an environment or
    a `node_modules`, which it does for a pattern with exceptions.
    """
    others = sorted(each.name for each in ROOT.iterdir() if each.name not in SHIPPED)
    return lambda_.Code.from_asset(str(ROOT), exclude=[*others, "**/__pycache__", "**/*.pyc"])


def log_retention(days: int) -> logs.RetentionDays:
    """CDK's value for a retention of so many days."""
    return logs.RetentionDays[LOG_RETENTION[days]]
