"""CloudWatch as the watcher needs it: how many executions of a machine began and ended."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

import boto3
from botocore.config import Config

from functions.aws.errors import translated

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

STARTED: Final = ("ExecutionsStarted",)
ENDED: Final = (
    "ExecutionsSucceeded",
    "ExecutionsFailed",
    "ExecutionsTimedOut",
    "ExecutionsAborted",
)
RUNNING: Final = "RunningExecutions"
SERVICE: Final = "watch_executions"
A_MINUTE: Final = 60


class CloudWatch(Protocol):
    """As much of the SDK's client as is used here."""

    def get_paginator(self, operation: Literal["get_metric_data"], /) -> Any:
        """How the pages of an action's answer are asked for."""


@cache
def client() -> CloudWatch:
    """The client of this process."""
    config = Config(retries={"mode": "standard", "total_max_attempts": 5}, read_timeout=20)
    made: CloudWatch = boto3.client("cloudwatch", config=config)
    return made


class ExecutionMetrics:
    """The metrics of one state machine. `namespace` is that of the watcher's own."""

    def __init__(self, machine_arn: str, namespace: str, cloudwatch: CloudWatch) -> None:
        self._machine_arn = machine_arn
        self._namespace = namespace
        self._cloudwatch = cloudwatch

    def last_running(self, since: datetime, until: datetime) -> tuple[datetime, int] | None:
        """When all that ran could be listed last, and how many these were.

        Raises:
            TransientError: CloudWatch is busy or out of reach.
        """
        own = [(self._namespace, RUNNING, {"service": SERVICE}, "Maximum")]
        found = self._minutes(own, since, until)
        return max((at, int(number)) for at, number in found.items()) if found else None

    def started(self, since: datetime, until: datetime) -> Mapping[datetime, int]:
        """How many executions began, by the minute.

        Raises:
            TransientError: CloudWatch is busy or out of reach.
        """
        return self._minutes(self._of_machine(STARTED), since, until)

    def ended(self, since: datetime, until: datetime) -> int:
        """How many executions ended, in whatever way.

        Raises:
            TransientError: CloudWatch is busy or out of reach.
        """
        return sum(self._minutes(self._of_machine(ENDED), since, until).values())

    def _of_machine(self, names: Iterable[str]) -> list[tuple[str, str, dict[str, str], str]]:
        return [("AWS/States", name, {}, "Sum") for name in names]

    def _minutes(
        self,
        metrics: list[tuple[str, str, dict[str, str], str]],
        since: datetime,
        until: datetime,
    ) -> dict[datetime, int]:
        """The sums of these metrics, by the minute."""
        queries: Any = [self._query(place, *metric) for place, metric in enumerate(metrics)]
        pages = self._cloudwatch.get_paginator("get_metric_data")
        found: defaultdict[datetime, int] = defaultdict(int)
        with translated("CloudWatch"):
            for page in pages.paginate(MetricDataQueries=queries, StartTime=since, EndTime=until):
                for result in page["MetricDataResults"]:
                    for at, value in zip(result["Timestamps"], result["Values"], strict=True):
                        found[at] += round(value)
        return dict(found)

    def _query(
        self, place: int, namespace: str, name: str, dimensions: dict[str, str], statistic: str
    ) -> dict[str, Any]:
        named = {"StateMachineArn": self._machine_arn, **dimensions}
        return {
            "Id": f"m{place}",
            "MetricStat": {
                "Metric": {
                    "Namespace": namespace,
                    "MetricName": name,
                    "Dimensions": [{"Name": key, "Value": value} for key, value in named.items()],
                },
                "Period": A_MINUTE,
                "Stat": statistic,
            },
        }
