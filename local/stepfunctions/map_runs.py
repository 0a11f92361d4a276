"""Map Runs: list, describe, change their limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.stepfunctions.pages import page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.asl import MapRun
    from local.asl.distributed.map_run import Count
    from local.stepfunctions.store import Parameters, Store


class MapRuns:
    """The operations on Map Runs."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def list(self, parameters: Parameters) -> dict[str, Any]:
        """ListMapRuns of one execution, newest first."""
        arn = self.store.execution(parameters["executionArn"]).identity.arn
        runs = [run for run in self.store.map_runs.values() if run.execution_arn == arn]
        return page("mapRuns", reversed(runs), _summary, parameters)

    def describe(self, parameters: Parameters) -> dict[str, Any]:
        """DescribeMapRun."""
        run = self.store.map_run(parameters["mapRunArn"])
        shown = {
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
        return {name: value for name, value in shown.items() if value is not None}

    def update(self, parameters: Parameters) -> dict[str, Any]:
        """UpdateMapRun: the limits of a Map Run."""
        run = self.store.map_run(parameters["mapRunArn"])
        run.max_concurrency = parameters.get("maxConcurrency", run.max_concurrency)
        run.tolerated_count = parameters.get("toleratedFailureCount", run.tolerated_count)
        run.tolerated_percentage = parameters.get(
            "toleratedFailurePercentage", run.tolerated_percentage
        )
        return {}


def _counts(run: MapRun, counts: Mapping[Count, int]) -> dict[str, int]:
    return {
        **counts,
        "total": sum(counts.values()),
        "resultsWritten": run.results_written,
        "failuresNotRedrivable": 0,
        "pendingRedrive": 0,
    }


def _summary(run: MapRun) -> dict[str, Any]:
    shown = {
        "executionArn": run.execution_arn,
        "mapRunArn": run.arn,
        "stateMachineArn": run.state_machine_arn,
        "startDate": run.start,
        "stopDate": run.stop,
    }
    return {name: value for name, value in shown.items() if value is not None}
