"""What `tally status` and the console's first page say of a deployment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ops.pipeline import dead_letters, reports
from ops.pipeline.day import Day, day
from ops.pipeline.executions import RUNNING, Execution, executions

if TYPE_CHECKING:
    from ops.pipeline.deployment import Deployment


@dataclass(frozen=True)
class Overview:
    """A day's equation, what runs, how deep the queue is, and the newest report's head."""

    deployment: str
    region: str
    day: Day
    running: tuple[Execution, ...]
    queue_depth: int
    last_report: dict[str, Any] | None

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "deployment": self.deployment,
            "region": self.region,
            "day": self.day.to_json(),
            "running": [each.to_json() for each in self.running],
            "queue_depth": self.queue_depth,
            "last_report": self.last_report,
        }


def overview(deployment: Deployment, date: str) -> Overview:
    """Look at everything once."""
    running = [
        each for name in deployment.machines for each in executions(deployment, name, RUNNING)
    ]
    report = reports.last(deployment)
    names = ("date", "generated_at", "settled", "totals")
    return Overview(
        deployment=deployment.name,
        region=deployment.region,
        day=day(deployment, date),
        running=tuple(running),
        queue_depth=dead_letters.depth(deployment),
        last_report={name: report[name] for name in names} if report else None,
    )
