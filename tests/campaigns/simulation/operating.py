"""The operator's own tools in the world, as `tally` has them."""

from ops.pipeline import (
    acknowledging,
    audit,
    dead_letters,
    redrive,
    redrive_plan,
    replay,
    replay_plan,
)
from ops.pipeline.acknowledging import AcknowledgeRequest
from ops.pipeline.redrive_plan import RedriveRequest
from ops.pipeline.replay_plan import ReplayRequest


class Tools:
    """Each answers what the command prints; they block, and so run interleaved."""

    def __init__(self, deployment):
        self._deployment = deployment

    def redrive(self, **wanted):
        plan = redrive_plan.plan(self._deployment, RedriveRequest(**wanted))
        return redrive.carry_out(self._deployment, plan)

    def replay(self, **wanted):
        plan = replay_plan.plan(self._deployment, ReplayRequest(**wanted))
        return replay.carry_out(self._deployment, plan)

    def letters(self):
        return dead_letters.look(self._deployment)

    def acknowledge(self, reason, letters):
        return acknowledging.acknowledge(self._deployment, AcknowledgeRequest(reason, letters))

    def audit(self, date):
        return audit.audit(self._deployment, date)
