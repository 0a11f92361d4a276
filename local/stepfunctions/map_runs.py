"""Map Runs: list, describe, change their limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.stepfunctions.answers import present
from local.stepfunctions.errors import ApiError
from local.stepfunctions.pagination import page, start_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.asl import MapRun
    from local.asl.model.map_run import Count
    from local.stepfunctions.keeping import InMemory
    from local.stepfunctions.store import Parameters, Store

PERCENT = 100


class MapRuns:
    """The operations on Map Runs."""

    def __init__(self, store: Store, keeper: InMemory) -> None:
        self.store = store
        self.keeper = keeper

    def list(self, parameters: Parameters) -> dict[str, Any]:
        """ListMapRuns of one execution, newest first."""
        arn = self.store.execution(parameters["executionArn"]).arn
        runs = self.store.map_runs_of.get(arn, [])
        before = start_of(parameters)
        places = range(len(runs) if before is None else before)
        return page(
            parameters,
            "mapRuns",
            reversed(places),
            lambda place: self._summary(runs[place]),
            lambda place: place,
        )

    def describe(self, parameters: Parameters) -> dict[str, Any]:
        """DescribeMapRun."""
        run = self.store.map_run(parameters["mapRunArn"])
        return present(
            {
                "mapRunArn": run.arn,
                "executionArn": run.execution_arn,
                "status": run.status,
                "startDate": run.start,
                "stopDate": run.stop,
                "maxConcurrency": run.max_concurrency,
                "toleratedFailurePercentage": float(run.tolerated_percentage),
                "toleratedFailureCount": run.tolerated_count,
                "itemCounts": _counts(run, run.items),
                "executionCounts": _counts(run, run.executions),
                "redriveCount": run.redrive_count,
                "redriveDate": run.redrive_date,
            }
        )

    def update(self, parameters: Parameters) -> dict[str, Any]:
        """UpdateMapRun: the limits of a Map Run, from now on."""
        run = self.store.map_run(parameters["mapRunArn"])
        percentage = parameters.get("toleratedFailurePercentage", run.tolerated_percentage)
        if not 0 <= percentage <= PERCENT:
            text = "toleratedFailurePercentage must be from 0 to 100"
            raise ApiError("ValidationException", text)
        run.tolerated_count = parameters.get("toleratedFailureCount", run.tolerated_count)
        run.tolerated_percentage = percentage
        run.limit(parameters.get("maxConcurrency", run.max_concurrency))
        self.keeper.map_run(run)
        return {}

    def _summary(self, run: MapRun) -> dict[str, Any]:
        return present(
            {
                "executionArn": run.execution_arn,
                "mapRunArn": run.arn,
                "stateMachineArn": self.store.children[run.arn].machine_arn,
                "startDate": run.start,
                "stopDate": run.stop,
            }
        )


def _counts(run: MapRun, counts: Mapping[Count, int]) -> dict[str, int]:
    return {
        **{str(name): number for name, number in counts.items()},
        "total": sum(counts.values()),
        "resultsWritten": run.results_written,
        "failuresNotRedrivable": 0,
        "pendingRedrive": 0,
    }
