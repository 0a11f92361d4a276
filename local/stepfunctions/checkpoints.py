"""An execution as bytes, from which another process goes on with it.

These are the objects that a redrive goes on with, too: the branches, each with the state it is in,
its variables and its retries, and what a Map has read, started and collected. Pickled, but for what
is there anyway: the definition, the Map Runs, the world. Only classes of the interpreter are read
back.
"""

from __future__ import annotations

import io
import json
import pickle
from typing import TYPE_CHECKING, Any

from local.asl import Execution, Identity, MapRun
from local.asl.states import BODIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from local.asl import Machine

PROTOCOL = 5
NEW = b"{"
"""What the bytes of an execution begin with that has not begun; a pickle's begin otherwise."""
PLAIN = {"set", "frozenset", "complex", "bytearray"}
WORLD, SUPERVISOR, BODIES_OF_STATES = "world", "supervisor", "bodies"
PART, MAP_RUN, EXECUTION = "part", "map run", "execution"


class Checkpoints:
    """Writes and reads executions. `find` gives the Map Run or the child of an ARN."""

    def __init__(self, world: Any, supervisor: Any, find: Callable[[str, str], Any]) -> None:
        self._here = {WORLD: world, SUPERVISOR: supervisor, BODIES_OF_STATES: BODIES}
        self._find = find
        self._names: dict[int, tuple[Machine, dict[int, tuple[str, Any]]]] = {}

    def dump(self, execution: Execution) -> tuple[bytes, list[MapRun]]:
        """An execution without its history, and the Map Runs that it has."""
        if _is_new(execution):
            return _as_new(execution), []
        file = io.BytesIO()
        pickler = _Pickler(file, execution, self._names_of(execution.machine))
        pickler.dump(execution)
        return file.getvalue(), pickler.map_runs

    def load(self, body: bytes, machine: Machine) -> Execution:
        """The execution of those bytes, which runs that machine."""
        if body.startswith(NEW):
            given = json.loads(body)
            identity = Identity(**given["identity"])
            return Execution(
                machine, identity, given["input"], self._here[WORLD], self._here[SUPERVISOR]
            )
        parts = list(_parts(machine.states))
        execution: Execution = _Unpickler(io.BytesIO(body), self._here, parts, self._find).load()
        return execution

    def _names_of(self, machine: Machine) -> dict[int, tuple[str, Any]]:
        known = self._names.get(id(machine))
        if known is None:
            names = {id(part): (PART, n) for n, part in enumerate(_parts(machine.states))}
            here = {id(thing): (name, None) for name, thing in self._here.items()}
            known = self._names[id(machine)] = (machine, {**names, **here})
        return known[1]


def _is_new(execution: Execution) -> bool:
    """Whether it has not begun. A child has its parent's Map Run, so it is never as new as that."""
    begun = execution.history.count or execution.outcome
    return not begun and execution.identity.map_run_arn is None


def _as_new(execution: Execution) -> bytes:
    """What it is made from: each execution is kept once before it begins."""
    given = {"identity": vars(execution.identity), "input": execution.input_json}
    return json.dumps(given).encode()


def _parts(value: Any) -> Iterator[dict[str, Any]]:
    """Every object of a definition, in its order."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _parts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _parts(inner)


class _Pickler(pickle.Pickler):
    def __init__(
        self, file: io.BytesIO, execution: Execution, names: dict[int, tuple[str, Any]]
    ) -> None:
        super().__init__(file, PROTOCOL)
        self._execution = execution
        self._names = names
        self.map_runs: list[MapRun] = []

    def persistent_id(self, thing: Any) -> tuple[str, Any] | None:
        kind = type(thing)
        if kind is str:  # three of five that are asked about
            return None
        named = self._names.get(id(thing))
        if named is not None:
            return named
        if kind is MapRun:
            self.map_runs.append(thing)
            return MAP_RUN, thing.arn
        if kind is Execution and thing is not self._execution:
            return EXECUTION, thing.identity.arn
        return None


class _Unpickler(pickle.Unpickler):
    def __init__(
        self,
        file: io.BytesIO,
        here: dict[str, Any],
        parts: list[dict[str, Any]],
        find: Callable[[str, str], Any],
    ) -> None:
        super().__init__(file)
        self._here = here
        self._parts = parts
        self._find = find

    def persistent_load(self, pid: tuple[str, Any]) -> Any:
        kind, name = pid
        if kind == PART:
            return self._parts[name]
        return self._here[kind] if kind in self._here else self._find(kind, name)

    def find_class(self, module: str, name: str) -> Any:
        if module.startswith("local.asl.") or (module == "builtins" and name in PLAIN):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is nothing of an execution")
