"""One visit to a state: its expressions, its retries and catches, its events."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol

from local.asl.jsonata.expressions import EvaluationError, has_expression, render
from local.asl.model.errors import DATA_LIMIT, StateError, delay_of, matches
from local.asl.model.values import dumps, limited, timestamp
from local.asl.runtime.exit import Exit

if TYPE_CHECKING:
    from local.asl.definition.machine import Machine
    from local.asl.model.ports import Json
    from local.asl.runtime.exit import Variables
    from local.asl.runtime.run import Run

INTEGER_MAX = 2**31 - 1


class Path(Protocol):
    """The branch that a visit is a step of."""

    run: Run
    scope: Machine
    variables: Variables
    previous: int
    item: dict[str, Json] | None

    def record(self, kind: str, details: dict[str, Any] | None = None) -> int:
        """Add an event that follows the branch's last one."""


class Visit:
    """One visit to a state, retries included. `work` is what the state's kind keeps of it.

    `call` is a Task's attempt that waits for its answer, and `until` when a wait or the delay
    before a retry ends, in epoch seconds.
    """

    def __init__(self, branch: Path, name: str, given: Json) -> None:
        self.branch = branch
        self.name = name
        self.input = given
        self.state = branch.scope.states[name]
        self.kind: str = self.state["Type"]
        self.before = 0
        self.entered = 0
        self.entered_at = ""
        self.token: str | None = None
        self.work: Any = None
        self.call: Any = None
        self.until: float | None = None
        self.item: dict[str, Json] | None = None
        self._retries: dict[int, int] = {}

    async def proceed(self) -> Exit:
        """Enter the state unless that was done, do its work with its retries, and leave it.

        Raises:
            StateError: it failed, and no Catch takes the error.
        """
        self._enter()
        if self.until is not None and self.kind != "Wait":
            await self._retry_after(self.until - self.branch.run.world.now())
        while True:
            try:
                left = await self.branch.run.bodies[self.kind](self)
            except StateError as error:
                self._record_evaluation(error)
                delay = self._retry_delay(error)
                if delay is not None:
                    self.until = self.branch.run.world.now() + delay
                    self.branch.run.keep()
                    await self._retry_after(delay)
                    continue
                if self.kind in _CONTAINERS:
                    self.branch.record(f"{self.kind}StateFailed")
                left = self._catch(error)
            self._record_exit(left)
            return left

    async def _retry_after(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))
        self.work = self.until = None

    def resume(self, failure: StateError | None) -> None:
        """Begin anew where a redrive does: retries count from 0, a Fail is entered again.

        A Map or Parallel goes on with what did not succeed, but after States.DataLimitExceeded,
        where all did, it runs as a whole (Step Functions guide, "Redriving state machine
        executions").
        """
        self._retries = {}
        self.call = self.until = None
        if self.kind == "Fail":
            self.entered = 0
        if failure is not None and failure.error == DATA_LIMIT:
            self.work = None
        if self.work is not None:
            self.work.resume()

    @property
    def where(self) -> str:
        """How AWS's messages begin that tell of this visit."""
        return (
            f"An error occurred while executing the state '{self.name}' "
            f"(entered at the event id #{self.entered})."
        )

    @property
    def retry_count(self) -> int:
        """Retries made so far in this visit."""
        return sum(self._retries.values())

    def render(self, value: Json, location: str, **extra: Json) -> Json:
        """A value of the definition, evaluated on this visit's input and the branch's variables.

        Raises:
            EvaluationError: an expression failed or returned nothing.
        """
        if not has_expression(value):
            return value
        bindings = {**self.branch.variables, "states": {"input": self.input, **extra}}
        bindings["states"]["context"] = self.context()
        world = self.branch.run.world
        return render(value, bindings, world, location=location, where=self.where)

    def field(self, name: str, default: Json = None) -> Json:
        """A field of the state, evaluated; the default where there is none."""
        return self.render(self.state[name], name) if name in self.state else default

    def text(self, name: str) -> str | None:
        """A field of the state that must be a string; None where there is none.

        Raises:
            EvaluationError: its expression gives anything else.
        """
        value = self.field(name)
        if value is None or isinstance(value, str):
            return value
        message = f"{self.where} The field '{name}' must be a string, but was: {dumps(value)}"
        raise EvaluationError(message, name)

    def number(self, name: str, *, least: float = 0, most: float = INTEGER_MAX) -> float:
        """A field of the state that must be a number between two; 0 where there is none.

        Raises:
            EvaluationError: its expression gives anything else.
        """
        value = self.field(name, 0)
        numeric = isinstance(value, (int, float)) and not isinstance(value, bool)
        if name in self.state and not (numeric and least <= value <= most):
            raise EvaluationError(
                f"{self.where} The field '{name}' must be a number from {least} to {most}, "
                f"but was: {dumps(value)}",
                name,
            )
        return float(value) if isinstance(value, float) else int(value)

    def context(self) -> dict[str, Json]:
        """The context object ($states.context)."""
        context = {
            **self.branch.run.context,
            "State": {
                "EnteredTime": self.entered_at,
                "Name": self.name,
                "RetryCount": self.retry_count,
            },
        }
        if self.token is not None:
            context["Task"] = {"Token": self.token}
        item = self.item or self.branch.item
        if item is not None:
            context["Map"] = {"Item": item}
        return context

    def leave(self, default: Json, part: str = "", **extra: Json) -> Exit:
        """Evaluate Output and Assign side by side.

        `part` is the place of the Choice rule or the Catch that has them, such as "Choices/0".
        """
        chosen, at = self.state, ""
        if part:
            field, _, index = part.partition("/")
            chosen, at = self.state[field][int(index)], f"{field}[{index}]/"
        assigned = self.render(chosen.get("Assign", {}), f"{at}Assign", **extra)
        if "Output" not in chosen:
            return Exit(chosen.get("Next"), default, assigned)
        output = self.render(chosen["Output"], f"{at}Output", **extra)
        return Exit(chosen.get("Next"), output, assigned)

    def _enter(self) -> None:
        if self.entered:
            return
        run = self.branch.run
        details = {"name": self.name, "input": limited(self.input, f"The state '{self.name}'")}
        self.entered_at = timestamp(run.world.now())
        self.before = self.branch.previous
        self.entered = self.branch.record(f"{self.kind}StateEntered", details)

    def _record_exit(self, left: Exit) -> None:
        text = limited(left.output, f"The state '{self.name}'")
        if self.kind == "Fail":
            return
        details: dict[str, Any] = {"name": self.name, "output": text}
        if left.assigned:
            limited(left.assigned, f"The Assign of the state '{self.name}'")
            assigned = {name: dumps(value) for name, value in left.assigned.items()}
            details["assignedVariables"] = assigned
        self.branch.record(f"{self.kind}StateExited", details)

    def _record_evaluation(self, error: StateError) -> None:
        """Record an expression that failed, once: for the state that it is in."""
        if not isinstance(error, EvaluationError) or error.recorded:
            return
        error.recorded = True
        details = {"error": error.error, "cause": error.cause, "state": self.name}
        if error.location is not None:
            details["location"] = error.location
        if self.branch.previous == self.entered and not error.began:
            # Evaluated with entering, AWS has it follow what came before the state.
            self.branch.previous = self.before
        self.branch.record("EvaluationFailed", details)

    def _retry_delay(self, error: StateError) -> float | None:
        for index, retrier in enumerate(self.state.get("Retry", ())):
            if matches(error, retrier["ErrorEquals"]):
                made = self._retries.get(index, 0)
                if made >= retrier.get("MaxAttempts", 3):
                    return None
                self._retries[index] = made + 1
                return delay_of(retrier, made, self.branch.run.world.random)
        return None

    def _catch(self, error: StateError) -> Exit:
        found = {"Error": error.error, "Cause": error.cause}
        details = {name: text for name, text in found.items() if text is not None}
        for index, catcher in enumerate(self.state.get("Catch", ())):
            if matches(error, catcher["ErrorEquals"]):
                return self._leave_by(f"Catch/{index}", details)
        raise error

    def _leave_by(self, catcher: str, details: dict[str, Json]) -> Exit:
        try:
            return self.leave(details, catcher, errorOutput=details)
        except EvaluationError as error:
            self._record_evaluation(error)
            raise


_CONTAINERS = {"Map", "Parallel"}
