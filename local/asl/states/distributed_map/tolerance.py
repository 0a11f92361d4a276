"""How many items of a Map Run may fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.asl.model.errors import THRESHOLD, StateError

if TYPE_CHECKING:
    from local.asl.model.map_run import MapRun
    from local.asl.runtime.visit import Visit


class Tolerance:
    """The thresholds that a Map state names; one that names none tolerates no failure.

    With both, breaching either fails the Map Run (Step Functions guide, "Setting failure
    thresholds for Distributed Map states").
    """

    def __init__(self, visit: Visit, run: MapRun) -> None:
        self.run = run
        self.by_share = "ToleratedFailurePercentage" in visit.state
        self.by_count = "ToleratedFailureCount" in visit.state or not self.by_share

    def check(self, *, total_known: bool) -> None:
        """Compare the failures so far; a share can be told only of the whole number.

        Raises:
            StateError: States.ExceedToleratedFailureThreshold.
        """
        failures = self.run.failures
        over_count = self.by_count and failures > self.run.tolerated_count
        share = self.run.tolerated_percentage
        decided = self.by_share and (total_known or share == 0)
        if over_count or (decided and failures > self.run.total * share / 100):
            raise StateError(THRESHOLD, "The specified tolerated failure threshold was exceeded")
