"""What the alarms and the dashboard look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_sqs as sqs
    from aws_cdk import aws_stepfunctions as sfn

    from stacks.constructs.function import PipelineFunction
    from stacks.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Watched:
    """The resources of a deployment that have metrics, whatever stack each is in."""

    settings: Settings
    dead_letters: sqs.Queue
    process_file: sfn.StateMachine
    daily_report: sfn.StateMachine
    file_functions: tuple[PipelineFunction, ...]
    """Those of `process_file`, the one that every execution calls first."""
    report_functions: tuple[lambda_.Function, ...]
    """Those of `daily_report`."""
    watcher: lambda_.Function
    """`WatchExecutions`, which measures what AWS has no metric for."""

    @property
    def functions(self) -> tuple[lambda_.Function, ...]:
        """All functions of the deployment."""
        return (*self.file_functions, *self.report_functions, self.watcher)

    @property
    def machines(self) -> tuple[sfn.StateMachine, ...]:
        """Both state machines."""
        return (self.process_file, self.daily_report)
