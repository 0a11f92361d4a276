"""Of many executions those about certain versions: each other one is described once.

What an execution is about does not change, and DescribeExecution is throttled for a whole account
(15 a second). A page of the console that looks again every two seconds asks only for what is its
own, once it knows the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ops.pipeline.waiting import described_all

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from ops.pipeline.deployment import Deployment
    from ops.pipeline.executions import Details
    from ops.pipeline.uploads import Identity

REMEMBERED: Final = 50_000
"""So many executions, some 10 MB; beyond that it begins anew."""


def executions_about(
    deployment: Deployment, arns: Iterable[str], wanted: Collection[Identity]
) -> list[Details]:
    """Those of these executions that are about one of the versions, in full, in that order."""
    about = deployment.about
    asked = [arn for arn in arns if arn not in about or about[arn] in wanted]
    found = [each for each in described_all(deployment, asked).values() if each is not None]
    if len(about) > REMEMBERED:
        about.clear()
    about.update({each.arn: each.upload.identity if each.upload else None for each in found})
    return [each for each in found if each.upload and each.upload.identity in wanted]
