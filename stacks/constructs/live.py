"""Gradual deployment: what is called and started by an alias, and how the alias moves.

The setting `deployment` says whether (docs/decisions/gradual-deployment.md). A function's alias is
moved by CodeDeploy, a state machine's by CloudFormation itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn

from stacks.constructs.grants import allow

if TYPE_CHECKING:
    from stacks.settings import Settings

LIVE: Final = "live"
CANARY_PERCENT: Final = 10
CANARY_MINUTES: Final = 5
"""A tenth of the calls and executions for five minutes, then all."""
FEWEST_CALLS: Final = 10
"""Calls of a new version in a minute that are enough to judge it by, where a call may reject."""
BAD_ENDS: Final = ("ExecutionsFailed", "ExecutionsTimedOut")
ARN_PARTS: Final = 7
"""Of a machine's ARN; the number of a version follows."""


def live_function(
    function: lambda_.Function,
    settings: Settings,
    *,
    rejects: bool,
    handed_over: cloudwatch.Metric | None = None,
) -> str:
    """The ARN to call a function by: its alias, which leads to its newest version, or its own.

    `rejects` is whether it may reject a file, which is an error to Lambda; `handed_over` counts
    its calls that are errors to Lambda and say nothing against it.
    """
    if not settings.has_aliases:
        return function.function_arn
    alias = lambda_.Alias(function, "Live", alias_name=LIVE, version=function.current_version)
    if settings.shifts:
        alarm = _failing(function, settings, rejects=rejects, handed_over=handed_over)
        _shift(function, alias, alarm)
    return alias.function_arn


def live_machine(machine: sfn.StateMachine, settings: Settings) -> str:
    """The ARN to start a machine by: its alias, which leads to its newest version, or its own."""
    if not settings.has_aliases:
        return machine.state_machine_arn
    resource = machine.node.default_child
    if not isinstance(resource, sfn.CfnStateMachine):
        raise TypeError("a machine's default child is its CfnStateMachine")
    version = sfn.CfnStateMachineVersion(
        machine,
        "Version",
        state_machine_arn=machine.state_machine_arn,
        state_machine_revision_id=resource.attr_state_machine_revision_id,
    )
    # AWS says nothing of the redrive of an execution whose version was deleted.
    version.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
    preference = _preference(machine, version, settings)
    return sfn.CfnStateMachineAlias(
        machine, "Live", name=LIVE, deployment_preference=preference
    ).ref


def _preference(
    machine: sfn.StateMachine, version: sfn.CfnStateMachineVersion, settings: Settings
) -> sfn.CfnStateMachineAlias.DeploymentPreferenceProperty:
    """A canary, or all at once.

    The alarm is named by reference, so it is there, and looks at this version, before the alias
    moves: one that does not exist would count as OK (CloudFormation Template Reference,
    "AWS::StepFunctions::StateMachineAlias DeploymentPreference", Alarms).
    """
    if not settings.shifts:
        return sfn.CfnStateMachineAlias.DeploymentPreferenceProperty(
            type="ALL_AT_ONCE", state_machine_version_arn=version.ref
        )
    return sfn.CfnStateMachineAlias.DeploymentPreferenceProperty(
        type="CANARY",
        percentage=CANARY_PERCENT,
        interval=CANARY_MINUTES,
        alarms=[_failing_machine(machine, version, settings).ref],
        state_machine_version_arn=version.ref,
    )


def _failing_machine(
    machine: sfn.StateMachine, version: sfn.CfnStateMachineVersion, settings: Settings
) -> cloudwatch.CfnAlarm:
    """An execution of the newest version failed or timed out.

    Those of the version before, also redriven ones, say nothing of the new one and must not stop
    the fix of what they failed by.
    """
    ends = [_of_version(machine, version, end) for end in BAD_ENDS]
    either = cloudwatch.MathExpression(
        expression="FILL(failed, 0) + FILL(timed, 0)",
        using_metrics=dict(zip(("failed", "timed"), ends, strict=True)),
        period=cdk.Duration.minutes(1),
        label=f"{machine.node.id}: executions of the new version that ended badly",
    )
    alarm = cloudwatch.Alarm(
        machine,
        "NewVersionFails",
        alarm_name=f"{settings.prefix}-{machine.node.id}NewVersionFails",
        alarm_description="A new definition fails: CloudFormation goes back to the one before",
        metric=either,
        threshold=1,
        evaluation_periods=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
    resource = alarm.node.default_child
    if not isinstance(resource, cloudwatch.CfnAlarm):
        raise TypeError("an alarm's default child is its CfnAlarm")
    return resource


def _of_version(
    machine: sfn.StateMachine, version: sfn.CfnStateMachineVersion, metric: str
) -> cloudwatch.Metric:
    """One of Step Functions' metrics of a version, also where an alias led to it.

    Source: AWS Step Functions Developer Guide, "How Step Functions associates executions with a
    version or alias", Using CloudWatch metrics; the dimensions' names are those of "Monitoring Step
    Functions metrics using Amazon CloudWatch", Dimensions for executions with version.
    """
    number = cdk.Fn.select(ARN_PARTS, cdk.Fn.split(":", version.ref))
    return cloudwatch.Metric(
        namespace="AWS/States",
        metric_name=metric,
        dimensions_map={"StateMachineArn": machine.state_machine_arn, "Version": number},
        statistic="Sum",
        period=cdk.Duration.minutes(1),
    )


def _shift(function: lambda_.Function, alias: lambda_.Alias, alarm: cloudwatch.Alarm) -> None:
    """Have CodeDeploy move the alias, and move it back where the new version fails."""
    role = iam.Role(
        function,
        "Deployer",
        assumed_by=iam.ServicePrincipal("codedeploy.amazonaws.com"),
    )
    # What CodeDeploy does of its managed policy AWSCodeDeployRoleForLambdaLimited, on this alone.
    allow(role, "cloudwatch:DescribeAlarms", on=[alarm.alarm_arn])
    allow(
        role,
        "lambda:GetAlias",
        "lambda:UpdateAlias",
        "lambda:GetProvisionedConcurrencyConfig",
        on=[function.function_arn, f"{function.function_arn}:{LIVE}"],
    )
    codedeploy.LambdaDeploymentGroup(
        function,
        "Deployment",
        alias=alias,
        alarms=[alarm],
        deployment_config=codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_5_MINUTES,
        role=role.without_policy_updates(),
    )
    alias.node.add_dependency(role, alarm)


def _failing(
    function: lambda_.Function,
    settings: Settings,
    *,
    rejects: bool,
    handed_over: cloudwatch.Metric | None,
) -> cloudwatch.Alarm:
    """Of the calls that the alias sends to the newest version, too many fail.

    The share is that version's alone: failures of the one before must not stop the fix of them.
    Where a rejected file is an error, a few calls say nothing (`file_error_percent`); elsewhere one
    error of a hundred calls does.
    """
    fewest, percent = (FEWEST_CALLS, settings.file_error_percent) if rejects else (1, 1)
    names = {"errors": "Errors", "calls": "Invocations"}
    used: dict[str, cloudwatch.IMetric] = {
        name: _of_newest(function, metric) for name, metric in names.items()
    }
    errors = "errors"
    if handed_over is not None:
        used["handed"] = _of_version_alone(function, handed_over)
        errors = "(errors - FILL(handed, 0))"
    share = cloudwatch.MathExpression(
        expression=f"IF(calls >= {fewest}, 100 * {errors} / calls, 0)",
        using_metrics=used,
        period=cdk.Duration.minutes(1),
        label=f"{function.node.id}: failed calls of the new version, percent",
    )
    return cloudwatch.Alarm(
        function,
        "NewVersionFails",
        alarm_name=f"{settings.prefix}-{function.node.id}NewVersionFails",
        alarm_description="A new version fails: CodeDeploy goes back to the one before",
        metric=share,
        threshold=percent,
        evaluation_periods=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )


def _of_version_alone(function: lambda_.Function, metric: cloudwatch.Metric) -> cloudwatch.Metric:
    """A metric of our own as the function tells it of its newest version."""
    of = {**(metric.dimensions or {}), "version": function.current_version.version}
    return metric.with_(dimensions_map=of, period=cdk.Duration.minutes(1))


def _of_newest(function: lambda_.Function, metric: str) -> cloudwatch.Metric:
    """One of Lambda's metrics of the version behind an alias that is new.

    Source: Lambda Developer Guide, "Types of metrics for Lambda functions", ExecutedVersion.
    """
    return cloudwatch.Metric(
        namespace="AWS/Lambda",
        metric_name=metric,
        dimensions_map={
            "FunctionName": function.function_name,
            "Resource": f"{function.function_name}:{LIVE}",
            "ExecutedVersion": function.current_version.version,
        },
        statistic="Sum",
        period=cdk.Duration.minutes(1),
    )
