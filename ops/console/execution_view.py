"""One execution as the page shows it: its graph, what happened in each state, its Map Runs."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from ops.console.graph_layout import Picture, drawn
from ops.pipeline.errors import NotFoundError
from ops.pipeline.executions import Details, described
from ops.pipeline.graph import Graph, graph_of
from ops.pipeline.history import Happened, StateRun, read_history

if TYPE_CHECKING:
    from ops.pipeline.deployment import Deployment

REMEMBERED: Final = 32
EXPRESS: Final = ":express:"
"""In the ARN of a Map Run's Express child, which has no history (API reference,
"GetExecutionHistory") and the definition of its Map's processor."""
RANK: Final = ("running", "failed", "timed_out", "aborted", "caught", "succeeded")
"""Which status a state shows that was visited more than once."""


@dataclass(frozen=True)
class Machine:
    """What an execution runs."""

    definition: dict[str, Any]
    graph: Graph
    picture: Picture


@dataclass(frozen=True)
class Shown:
    """One state in the graph: the status of its visits, and how many there were."""

    name: str
    status: str
    visits: int
    retries: int
    seconds: float | None
    error: str | None


@dataclass(frozen=True)
class Seen:
    """One execution."""

    details: Details
    machine: Machine
    events: list[Any]
    happened: Happened
    map_runs: list[Any]

    def shown(self, name: str) -> Shown:
        """What the graph says of a state."""
        runs = self.happened.of(name)
        if not runs:
            return Shown(name, "unreached", 0, 0, None, None)
        status = next(each for each in RANK if any(run.status == each for run in runs))
        if not any(run.status == "running" for run in runs):
            status = runs[-1].status if runs[-1].iteration is None else status
        seconds = max(runs[-1].seconds, 0.0)
        error = next((run.error for run in reversed(runs) if run.error), None)
        return Shown(name, status, len(runs), sum(run.retries for run in runs), seconds, error)

    def taken(self, source: str, target: str) -> bool:
        """Whether a transition was made."""
        return (source, target) in self.happened.taken

    def visits(self, name: str) -> list[StateRun]:
        """Those of a state, the newest first."""
        return self.happened.of(name)[::-1]

    def runs(self, name: str) -> list[StateRun]:
        """The visits during which a state ran: its own, or those of the Map whose children have it.

        Children are executions of their own: what they do is not in this one's history.
        """
        return self.happened.of(name) or self.happened.of(self._map_around(name))

    def _map_around(self, name: str) -> str:
        """The Distributed Map whose children have this state; empty if none has."""
        maps = (node for node in self.machine.graph.walk() if node.distributed)
        for node in maps:
            if any(inner.name == name for graph in node.inner for inner in graph.walk()):
                return node.name
        return ""


class Sight:
    """Looks executions up; remembers definitions, and the histories of what has ended."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._machines: OrderedDict[str, Machine] = OrderedDict()
        self._drawings: OrderedDict[str, Machine] = OrderedDict()
        self._ended: OrderedDict[tuple[Any, ...], Seen] = OrderedDict()
        self._lock = threading.Lock()

    def details(self, arn: str) -> Details:
        """One execution of this deployment.

        Raises:
            NotFoundError: there is none, or it belongs to something else.
        """
        kind, _, name = arn.partition(":execution:")
        kind = kind or arn.partition(EXPRESS)[0]
        name = name or arn.partition(EXPRESS)[2]
        ours = {m.partition(":stateMachine:")[::2] for m in self._deployment.machines.values()}
        if (kind, name.partition(":")[0].partition("/")[0]) not in ours:
            raise NotFoundError(f"no execution of {self._deployment.name}: {arn}")
        return described(self._deployment, arn)

    def of(self, arn: str) -> Seen:
        """All about one execution.

        Raises:
            NotFoundError: as `details`.
        """
        details = self.details(arn)
        mark = (arn, details.status, details.stopped, details.redrives)
        with self._lock:
            if mark in self._ended:
                return self._ended[mark]
        events = [] if EXPRESS in arn else self._history(arn)
        happened = read_history(events, datetime.now(UTC))
        seen = Seen(details, self._machine(arn), events, happened, self._map_runs(arn, happened))
        if details.stopped is not None:
            _keep(self._lock, self._ended, mark, seen)
        return seen

    def _history(self, arn: str) -> list[Any]:
        pages = self._deployment.clients.states.get_paginator("get_execution_history").paginate(
            executionArn=arn, includeExecutionData=True, PaginationConfig={"PageSize": 1000}
        )
        return [event for page in pages for event in page["events"]]

    def warm(self) -> None:
        """Draw what executions run now: the first drawing of a process takes longest."""
        states = self._deployment.clients.states
        for arn in self._deployment.machines.values():
            try:
                self._drawn(states.describe_state_machine(stateMachineArn=arn)["definition"])
            except (ClientError, BotoCoreError):
                return  # the pages will say what is in the way

    def _machine(self, arn: str) -> Machine:
        """The definition as it was when the execution started; redrives keep to it, too."""
        known = self._machines.get(arn)
        if known:
            return known
        machine = self._drawn(self._definition(arn))
        _keep(self._lock, self._machines, arn, machine)
        return machine

    def _drawn(self, text: str) -> Machine:
        """A definition drawn, once for all executions that run it."""
        known = self._drawings.get(text)
        if known:
            return known
        definition = json.loads(text)
        graph = graph_of(definition)
        machine = Machine(definition, graph, drawn(graph))
        _keep(self._lock, self._drawings, text, machine)
        return machine

    def _definition(self, arn: str) -> str:
        states = self._deployment.clients.states
        if EXPRESS not in arn:
            answer = states.describe_state_machine_for_execution(executionArn=arn)
            return answer["definition"]
        where, _, name = arn.partition(EXPRESS)
        machine, _, label = name.partition(":")[0].partition("/")
        found = states.describe_state_machine(stateMachineArn=f"{where}:stateMachine:{machine}")
        return json.dumps(processor_of(json.loads(found["definition"]), label))

    def _map_runs(self, arn: str, happened: Happened) -> list[Any]:
        if not any(run.map_run for run in happened.runs):
            return []
        states = self._deployment.clients.states
        pages = states.get_paginator("list_map_runs").paginate(executionArn=arn)
        found = [item["mapRunArn"] for page in pages for item in page["mapRuns"]]
        return [states.describe_map_run(mapRunArn=each) for each in found]


def processor_of(definition: dict[str, Any], label: str) -> dict[str, Any]:
    """What the children of a Distributed Map of this level run; all of it if no Map is so called.

    AWS labels a Map that has no label by its name (ASL specification, "Label").
    """
    for name, state in definition["States"].items():
        if "ItemProcessor" in state and label in {state.get("Label"), name}:
            return dict(state["ItemProcessor"])
    return definition


def _keep(lock: threading.Lock, where: OrderedDict[Any, Any], mark: object, value: object) -> None:
    with lock:
        where[mark] = value
        while len(where) > REMEMBERED:
            where.popitem(last=False)
