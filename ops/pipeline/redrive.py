"""Redrive what failed, follow it to its end, and write the reports of its days again.

A message leaves the queue only when its execution succeeded. What cannot be redriven is named with
what to do instead, and is left as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from ops.pipeline.dead_letters import Settling
from ops.pipeline.errors import code_of
from ops.pipeline.executions import SUCCEEDED, Details
from ops.pipeline.redrive_plan import Impossible, RedrivePlan, identity_of, impossible
from ops.pipeline.reports import Restated, restate_changed
from ops.pipeline.waiting import RATE, TIMEOUT_SECONDS, Pacer, together, until_ended

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ops.pipeline.deployment import Deployment

NOT_REDRIVABLE: Final = {
    "ExecutionNotRedrivable",
    "ExecutionLimitExceeded",
    "ExecutionDoesNotExist",
}


@dataclass
class Redriven:
    """What became of it, and of the reports of the days concerned."""

    succeeded: list[Details] = field(default_factory=list)
    failed: list[Details] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    """ARNs of those that still ran when the time was up."""
    impossible: list[Impossible] = field(default_factory=list)
    reports: Restated = field(default_factory=Restated)

    @property
    def dates(self) -> list[str]:
        """The days of what succeeded, oldest first."""
        uploads = (each.upload for each in self.succeeded)
        return sorted({upload.date for upload in uploads if upload is not None})

    @property
    def complete(self) -> bool:
        """Whether all succeeded, and the reports were written."""
        return not (self.failed or self.unfinished or self.impossible) and self.reports.complete

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "succeeded": [each.arn for each in self.succeeded],
            "failed": [{"execution": each.arn, "error": each.error} for each in self.failed],
            "unfinished": self.unfinished,
            "impossible": [each.to_json() for each in self.impossible],
            "days": self.dates,
            **self.reports.to_json(),
        }


def carry_out(
    deployment: Deployment,
    plan: RedrivePlan,
    *,
    rate: float = RATE,
    timeout: float = TIMEOUT_SECONDS,
    running_day: bool = False,
    on_ended: Callable[[Details], None] = lambda _: None,
) -> Redriven:
    """Redrive the plan's targets, follow them, and restate the days of what succeeded.

    `on_ended` is called with each execution that ended; `running_day` writes the report of a day
    that is not over, too. Messages of executions that succeeded leave the queue soon after they
    did; the others are released in any case.
    """
    done = Redriven(succeeded=list(plan.succeeded), impossible=list(plan.impossible))
    with Settling(deployment, plan.held) as queue:
        queue.settle(plan.settled)
        for each in plan.succeeded:
            on_ended(each)
        following = {each.arn: each.redrives for each in plan.running}
        following |= _redrive_all(deployment, plan.targets, rate, done)
        for ended in until_ended(deployment, following, timeout):
            del following[ended.arn]
            on_ended(ended)
            if ended.status == SUCCEEDED:
                done.succeeded.append(ended)
                queue.settle(plan.letters_of(ended.arn))
            else:
                done.failed.append(ended)
        done.unfinished = list(following)
    done.reports = restate_changed(deployment, done.dates, running_day=running_day, timeout=timeout)
    return done


def _redrive_all(
    deployment: Deployment, targets: Iterable[Details], rate: float, done: Redriven
) -> dict[str, int]:
    """Redrive each; how often each was redriven by now."""
    pacer = Pacer(rate)

    def redrive(target: Details) -> tuple[Details, str | None]:
        pacer.wait()
        try:
            deployment.clients.states.redrive_execution(executionArn=target.arn)
        except ClientError as error:
            if code_of(error) not in NOT_REDRIVABLE:
                raise
            return target, str(error.response["Error"].get("Message", code_of(error)))
        return target, None

    answers = together(redrive, targets)
    done.impossible += [
        impossible(each.arn, identity_of(each), why) for each, why in answers if why
    ]
    return {each.arn: each.redrives + 1 for each, why in answers if why is None}
