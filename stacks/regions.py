"""What the region of a deployment has, as far as the installed CDK knows."""

from __future__ import annotations

import difflib
from importlib.metadata import version
from typing import TYPE_CHECKING, Final, cast

from aws_cdk import region_info

from stacks.constructs.tracing import LAYER_VERSIONS
from stacks.settings import SettingsError

if TYPE_CHECKING:
    from stacks.settings import Settings

PARTITION: Final = "aws"
WITHOUT_BUDGETS: Final = frozenset(
    {
        "af-south-1",
        "ap-east-1",
        "ap-east-2",
        "ap-northeast-3",
        "ap-south-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "ca-west-1",
        "eu-central-2",
        "eu-north-1",
        "eu-south-1",
        "eu-south-2",
        "il-central-1",
        "me-central-1",
        "mx-central-1",
    }
)
"""Regions whose CloudFormation has no AWS::Budgets::Budget: its resource types by region, as
cfn-lint 1.x carries them; a test compares the two."""


def refuse_unknown_region(settings: Settings) -> None:
    """Refuse a region that the CDK cannot tell the partition of.

    The CDK would leave `AWS::Partition` in each ARN, and no policy could be judged any more.

    Raises:
        SettingsError: the CDK does not know the region, or it is of another partition.
    """
    region = settings.aws_region
    known = _known()
    if region in known:
        return
    near = cast("list[str]", difflib.get_close_matches(region, known, n=1))
    hint = f"did you mean {near[0]}?" if near else "a newer aws-cdk-lib may."
    raise SettingsError(
        f"setting aws_region: aws-cdk-lib {version('aws-cdk-lib')} does not know {region!r}; {hint}"
    )


def refuse_what_it_lacks(settings: Settings) -> None:
    """Refuse a setting for which the region has not what it takes.

    Raises:
        SettingsError: it names the setting and what to give instead.
    """
    region = settings.aws_region
    if settings.tracing == "otel" and region not in LAYER_VERSIONS:
        raise SettingsError(
            f"setting tracing: AWS publishes no OpenTelemetry layer in {region} that is known here;"
            " give xray or off"
        )
    if settings.monthly_budget_usd and region in WITHOUT_BUDGETS:
        raise SettingsError(
            f"setting monthly_budget_usd: CloudFormation has no budgets in {region}; give 0, and"
            " make the budget by hand, or with a deployment in another region: it counts by a tag"
        )


def _known() -> list[str]:
    every = region_info.RegionInfo.regions
    return sorted(each.name for each in every if each.partition == PARTITION)
