"""A pure interpreter of the Amazon States Language in JSONata mode.

Time is asyncio's, and the rest of the world comes in by `ports`. A definition with anything that
is not run here is refused by `Machine.parse`.
"""

from local.asl.definition.machine import Machine
from local.asl.execution import Execution
from local.asl.model.errors import DefinitionError, Problem
from local.asl.model.map_run import MapRun
from local.asl.model.outcome import Outcome
from local.asl.model.ports import Json, Supervisor, TaskFailed, TaskRequest, TaskToken, World
from local.asl.runtime.history import History
from local.asl.runtime.run import Identity

__all__ = [
    "DefinitionError",
    "Execution",
    "History",
    "Identity",
    "Json",
    "Machine",
    "MapRun",
    "Outcome",
    "Problem",
    "Supervisor",
    "TaskFailed",
    "TaskRequest",
    "TaskToken",
    "World",
]
