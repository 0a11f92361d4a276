"""Reads executions: each definition is drawn once, and the history of what has ended read once."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from ops.console.views.execution_view import DrawnDefinition, ExecutionView
from ops.console.views.graph_layout import layout_of
from ops.pipeline.errors import NotFoundError
from ops.pipeline.executions import Details, described
from ops.pipeline.graph import graph_of
from ops.pipeline.history import Happened, read_history

if TYPE_CHECKING:
    from ops.pipeline.deployment import Deployment

REMEMBERED: Final = 32
EXPRESS: Final = ":express:"
"""In the ARN of a Map Run's Express child, which has no history (API reference,
"GetExecutionHistory") and the definition of its Map's processor."""


class ExecutionReader:
    """Reads the executions of one deployment. Safe from any thread."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._by_execution: OrderedDict[str, DrawnDefinition] = OrderedDict()
        self._by_text: OrderedDict[str, DrawnDefinition] = OrderedDict()
        self._ended: OrderedDict[tuple[Any, ...], ExecutionView] = OrderedDict()
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

    def view(self, arn: str) -> ExecutionView:
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
        map_runs = self._map_runs(arn, happened)
        found = ExecutionView(details, self._definition_of(arn), events, happened, map_runs)
        if details.stopped is not None:
            _keep(self._lock, self._ended, mark, found)
        return found

    def warm(self) -> None:
        """Draw what executions run now: the first drawing of a process takes longest."""
        states = self._deployment.clients.states
        for arn in self._deployment.machines.values():
            try:
                self._drawn(states.describe_state_machine(stateMachineArn=arn)["definition"])
            except (ClientError, BotoCoreError):
                return  # the pages will say what is in the way

    def _history(self, arn: str) -> list[Any]:
        pages = self._deployment.clients.states.get_paginator("get_execution_history").paginate(
            executionArn=arn, includeExecutionData=True, PaginationConfig={"PageSize": 1000}
        )
        return [event for page in pages for event in page["events"]]

    def _map_runs(self, arn: str, happened: Happened) -> list[Any]:
        if not any(run.map_run for run in happened.runs):
            return []
        states = self._deployment.clients.states
        pages = states.get_paginator("list_map_runs").paginate(executionArn=arn)
        found = [item["mapRunArn"] for page in pages for item in page["mapRuns"]]
        return [states.describe_map_run(mapRunArn=each) for each in found]

    def _definition_of(self, arn: str) -> DrawnDefinition:
        """The definition as it was when the execution started; redrives keep to it, too."""
        known = self._by_execution.get(arn)
        if known:
            return known
        found = self._drawn(self._definition_text(arn))
        _keep(self._lock, self._by_execution, arn, found)
        return found

    def _definition_text(self, arn: str) -> str:
        states = self._deployment.clients.states
        if EXPRESS not in arn:
            answer = states.describe_state_machine_for_execution(executionArn=arn)
            return answer["definition"]
        where, _, name = arn.partition(EXPRESS)
        machine, _, label = name.partition(":")[0].partition("/")
        found = states.describe_state_machine(stateMachineArn=f"{where}:stateMachine:{machine}")
        return json.dumps(processor_of(json.loads(found["definition"]), label))

    def _drawn(self, text: str) -> DrawnDefinition:
        """A definition drawn, once for all executions that run it."""
        known = self._by_text.get(text)
        if known:
            return known
        definition = json.loads(text)
        graph = graph_of(definition)
        found = DrawnDefinition(definition, graph, layout_of(graph))
        _keep(self._lock, self._by_text, text, found)
        return found


def processor_of(definition: dict[str, Any], label: str) -> dict[str, Any]:
    """What the children of a Distributed Map of this label run; all of it if no Map is so called.

    AWS labels a Map that has no label by its name (ASL specification, "Label").
    """
    for name, state in definition["States"].items():
        processor = state.get("ItemProcessor") or state.get("Iterator")
        if processor and label in {state.get("Label"), name}:
            return dict(processor)
    return definition


def _keep(lock: threading.Lock, where: OrderedDict[Any, Any], mark: object, value: object) -> None:
    with lock:
        where[mark] = value
        while len(where) > REMEMBERED:
            where.popitem(last=False)
