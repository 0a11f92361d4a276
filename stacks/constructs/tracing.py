"""The three ways of tracing: AWS's own, OpenTelemetry beside it, none.

No X-Ray SDK: its support ends on 25 February 2027 (AWS X-Ray Developer Guide, "SDK and daemon
timeline"). Lambda and Step Functions trace without one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import aws_lambda as lambda_

if TYPE_CHECKING:
    from constructs import Construct

    from stacks.settings import Settings

LAYER: Final = "AWSOpenTelemetryDistroPython"
OWNER: Final = "615299751070"
"""AWS's account that publishes the layer in the older regions; a newer one has its own."""

LAYER_VERSIONS: Final = {
    "af-south-1": ("904233096616", 22),
    "ap-east-1": ("888577020596", 22),
    "ap-east-2": ("412664885777", 3),
    "ap-northeast-1": (OWNER, 25),
    "ap-northeast-2": (OWNER, 25),
    "ap-northeast-3": (OWNER, 25),
    "ap-south-1": (OWNER, 25),
    "ap-south-2": ("796973505492", 22),
    "ap-southeast-1": (OWNER, 24),
    "ap-southeast-2": (OWNER, 25),
    "ap-southeast-3": ("039612877180", 22),
    "ap-southeast-4": ("713881805771", 22),
    "ap-southeast-5": ("152034782359", 13),
    "ap-southeast-6": ("313828097273", 2),
    "ap-southeast-7": ("980416031188", 13),
    "ca-central-1": (OWNER, 25),
    "ca-west-1": ("595944127152", 13),
    "eu-central-1": (OWNER, 25),
    "eu-central-2": ("156041407956", 22),
    "eu-north-1": (OWNER, 25),
    "eu-south-1": ("257394471194", 22),
    "eu-south-2": ("490004653786", 22),
    "eu-west-1": (OWNER, 25),
    "eu-west-2": (OWNER, 25),
    "eu-west-3": (OWNER, 25),
    "il-central-1": ("746669239226", 22),
    "me-central-1": ("739275441131", 21),
    "mx-central-1": ("610118373846", 13),
    "sa-east-1": (OWNER, 25),
    "us-east-1": (OWNER, 28),
    "us-east-2": (OWNER, 25),
    "us-west-1": (OWNER, 32),
    "us-west-2": (OWNER, 32),
}
"""The layer by region: its account, and the version that has ADOT 0.18 of 18 June 2026.

From 0.16 on it runs on Python 3.14 (its changelog), the newest that `python_version` takes. Source:
AWS's list, https://aws-otel.github.io/docs/getting-started/lambda, which has me-south-1 no more.
"""


class Tracing:
    """What the setting `tracing` makes of functions and machines."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._with_layer = settings.tracing == "otel"

    @property
    def is_on(self) -> bool:
        """Whether anything is traced."""
        return self._settings.tracing != "off"

    @property
    def mode(self) -> lambda_.Tracing:
        """Lambda's own tracing, which the layer's spans are sent through as well."""
        return lambda_.Tracing.ACTIVE if self.is_on else lambda_.Tracing.DISABLED

    def layers(self, scope: Construct, construct_id: str) -> list[lambda_.ILayerVersion]:
        """The layers that a function has for its traces."""
        if not self._with_layer:
            return []
        region = self._settings.aws_region
        account, version = LAYER_VERSIONS[region]
        arn = f"arn:aws:lambda:{region}:{account}:layer:{LAYER}:{version}"
        made = lambda_.LayerVersion.from_layer_version_arn(scope, f"{construct_id}Tracing", arn)
        return [made]

    def environment(self, module: str) -> dict[str, str]:
        """What the layer is told; without Application Signals, which are paid apart.

        Source: Amazon CloudWatch User Guide, "Enable your applications on Lambda".
        """
        if not self._with_layer:
            return {}
        return {
            "AWS_LAMBDA_EXEC_WRAPPER": "/opt/otel-instrument",
            "OTEL_SERVICE_NAME": module,
            "OTEL_AWS_APPLICATION_SIGNALS_ENABLED": "false",
        }
