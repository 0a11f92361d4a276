"""One child execution of a Map Run; kept until it succeeded, so that a redrive finds it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from local.asl.model.values import dumps
from local.asl.runtime.run import Identity

if TYPE_CHECKING:
    from local.asl.definition.machine import Machine
    from local.asl.model.map_run import Count, MapRun
    from local.asl.model.ports import ChildExecution, Json
    from local.asl.runtime.run import Kind
    from local.asl.runtime.visit import Visit

ENDINGS: dict[str, Count] = {
    "SUCCEEDED": "succeeded",
    "FAILED": "failed",
    "TIMED_OUT": "timedOut",
    "ABORTED": "aborted",
}


@dataclass
class Child:
    """`index` is its place among the children, `items` how many items are in its input."""

    visit: Visit
    label: str
    kind: Kind
    index: int
    input: Json
    items: int
    counted: Count | None = None
    execution: ChildExecution | None = None
    described: dict[str, Any] = field(default_factory=dict)

    def __getstate__(self) -> dict[str, Any]:
        """What is kept of it: an Express execution starts anew, a Standard one goes on."""
        return {**self.__dict__, "execution": None if self.kind == "EXPRESS" else self.execution}

    def count(self, run: MapRun, to: Count) -> None:
        """Count it where it is now."""
        run.move(self.items, self.counted, to)
        self.counted = to

    async def advance(self, scope: Machine, run: MapRun) -> Count:
        """Run it, go on with it, or redrive it if it is Standard and ended; how it ended."""
        begun = self.counted == "running"
        self.count(run, "running")
        known = self.execution
        execution = known or self._spawn(scope, run)
        self.execution = execution
        if self.kind == "STANDARD":
            self.visit.branch.run.keep()
        try:
            if known is None:
                outcome = await execution.run()
            else:
                outcome = await (execution.go_on() if begun else execution.redrive())
        finally:
            self.described = execution.described(dumps(self.input))
            if self.kind == "EXPRESS":
                self.execution = None
        return ENDINGS[outcome.status]

    def _spawn(self, scope: Machine, run: MapRun) -> ChildExecution:
        parent = self.visit.branch.run
        name = str(uuid.UUID(int=parent.world.random.getrandbits(128), version=4))
        kind = "express" if self.kind == "EXPRESS" else "execution"
        machine = f"{parent.identity.state_machine_arn}/{self.label}"
        identity = Identity(
            arn=f"{machine.replace(':stateMachine:', f':{kind}:', 1)}:{name}",
            name=name,
            state_machine_arn=machine,
            state_machine_name=f"{parent.identity.state_machine_name}/{self.label}",
            role_arn=parent.identity.role_arn,
            start_time=parent.world.now(),
            kind=self.kind,
            map_run_arn=run.arn,
        )
        return parent.spawn(parent, scope, identity, dumps(self.input))
