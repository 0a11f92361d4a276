"""One state by itself, as TestState runs it: once, with its retries told and not made."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from local.asl.definition.machine import Machine
from local.asl.model.errors import THRESHOLD, StateError, delay_of, matches
from local.asl.model.values import dumps
from local.asl.runtime.branch import Branch
from local.asl.runtime.map_items import items_of, select
from local.asl.runtime.run import Run
from local.asl.runtime.visit import Visit
from local.asl.states import BODIES
from local.asl.states.distributed_map.item_formats import items_of_content
from local.asl.states.task import Call, resource_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.asl.model.ports import Json, Supervisor, World
    from local.asl.runtime.exit import Exit
    from local.asl.runtime.run import Identity

Status = Literal["SUCCEEDED", "FAILED", "RETRIABLE", "CAUGHT_ERROR"]


@dataclass(frozen=True)
class Mock:
    """What the work of the state gives instead: a result, or an error (then `failure` is set)."""

    result: Json = None
    failure: StateError | None = None

    def give(self) -> Json:
        """The result.

        Raises:
            StateError: the error.
        """
        if self.failure is not None:
            raise self.failure
        return self.result


@dataclass(frozen=True)
class Setup:
    """What the test says beside the state and its input.

    `context` takes the whole context object's place. `retries` were made by the retrier that the
    error belongs to, `failures` iterations of a Map failed, and `items` is the text of what its
    ItemReader reads.
    """

    variables: Mapping[str, Json] = field(default_factory=dict)
    mock: Mock | None = None
    context: dict[str, Json] | None = None
    retries: int = 0
    failures: int = 0
    items: str | None = None


@dataclass
class Tested:
    """How it went; `data` is what TestState calls inspectionData."""

    status: Status = "SUCCEEDED"
    output: str | None = None
    error: str | None = None
    cause: str | None = None
    next: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


class _RetryDueError(Exception):
    """A retrier takes the error, and would try again after so many seconds."""

    def __init__(self, failure: StateError, index: int, seconds: float) -> None:
        super().__init__(index)
        self.failure = failure
        self.index = index
        self.seconds = seconds


class _Visit(Visit):
    """A visit that notes what it does."""

    def __init__(self, branch: Branch, name: str, given: Json, setup: Setup) -> None:
        super().__init__(branch, name, given)
        self.setup = setup
        self.caught: tuple[int, StateError] | None = None
        self.data: dict[str, Any] = {"input": dumps(given)}

    def context(self) -> dict[str, Json]:
        """The context that the test says, else the state's own."""
        return super().context() if self.setup.context is None else self.setup.context

    def _retry_delay(self, error: StateError) -> float | None:
        for index, retrier in enumerate(self.state.get("Retry", ())):
            if matches(error, retrier["ErrorEquals"]):
                made = self.setup.retries
                if made >= retrier.get("MaxAttempts", 3):
                    return None
                seconds = delay_of(retrier, made, self.branch.run.world.random)
                raise _RetryDueError(error, index, seconds)
        return None

    def _catch(self, error: StateError) -> Exit:
        catchers = self.state.get("Catch", ())
        found = (i for i, each in enumerate(catchers) if matches(error, each["ErrorEquals"]))
        self.caught = (next(found, -1), error)
        return super()._catch(error)


async def tested(
    machine: Machine,
    name: str,
    given: Json,
    setup: Setup,
    around: tuple[Identity, World, Supervisor[Any]],
) -> Tested:
    """Run the state of that name once on that input; never raises for what the state does."""
    identity, world, supervisor = around
    run = Run(identity, given, world, supervisor, bodies=_BODIES, spawn=_no_children)
    scope = Machine(name, machine.states)
    branch = Branch(run, scope, given, dict(setup.variables))
    visit = _Visit(branch, name, given, setup)
    test = Tested(data=visit.data)
    try:
        left = await visit.proceed()
    except _RetryDueError as due:
        details = {"retryIndex": due.index, "retryBackoffIntervalSeconds": int(due.seconds)}
        _failed(test, due.failure, "RETRIABLE")
        test.data["errorDetails"] = details
    except StateError as failure:
        _failed(test, failure, "FAILED")
    else:
        _left(test, visit, left)
    return test


def _left(test: Tested, visit: _Visit, left: Exit) -> None:
    test.output, test.next = dumps(left.output), left.next
    if visit.caught is not None:
        index, failure = visit.caught
        _failed(test, failure, "CAUGHT_ERROR")
        test.data["errorDetails"] = {"catchIndex": index}
    variables = {**visit.branch.variables, **left.assigned}
    if variables:
        test.data["variables"] = dumps(variables)


def _failed(test: Tested, failure: StateError, status: Status) -> None:
    test.status, test.error, test.cause = status, failure.error, failure.cause


async def _task(visit: _Visit) -> Exit:
    call = Call(visit, resource_of(visit.state["Resource"]))
    if "Arguments" in visit.state:
        visit.data["afterArguments"] = dumps(call.arguments)
    if visit.setup.mock is None:
        call.begin()
        result = await call.finish(None)
    else:
        result = visit.setup.mock.give()
    visit.data["result"] = dumps(result)
    return visit.leave(result, result=result)


async def _parallel(visit: _Visit) -> Exit:
    if "Arguments" in visit.state:
        visit.data["afterArguments"] = dumps(visit.field("Arguments"))
    result = _mocked(visit).give()
    return visit.leave(result, result=result)


async def _map(visit: _Visit) -> Exit:
    items = _items(visit)
    _note_items(visit, items)
    _note_limits(visit)
    result = _mocked(visit).give()
    _check_failures(visit, len(items))
    return visit.leave(result, result=result)


def _mocked(visit: _Visit) -> Mock:
    return visit.setup.mock or Mock()


def _items(visit: _Visit) -> list[Json]:
    if "ItemReader" not in visit.state:
        return items_of(visit)
    config = visit.render(visit.state["ItemReader"].get("ReaderConfig", {}), "ItemReader")
    return [] if visit.setup.items is None else items_of_content(visit.setup.items, config)


def _note_items(visit: _Visit, items: list[Json]) -> None:
    if "ItemSelector" in visit.state:
        chosen = [select(visit, {"Index": i, "Value": each}) for i, each in enumerate(items)]
        visit.data["afterItemSelector"] = dumps(chosen)
    if "ItemBatcher" in visit.state:
        visit.data["afterItemBatcher"] = dumps(visit.field("ItemBatcher"))
    if visit.setup.items is not None and "ItemsPointer" in _reader_config(visit):
        visit.data["afterItemsPointer"] = dumps(items)


def _reader_config(visit: _Visit) -> dict[str, Any]:
    config: dict[str, Any] = visit.state.get("ItemReader", {}).get("ReaderConfig", {})
    return config


def _note_limits(visit: _Visit) -> None:
    visit.data["maxConcurrency"] = int(visit.number("MaxConcurrency"))
    if "ToleratedFailureCount" in visit.state:
        visit.data["toleratedFailureCount"] = int(visit.number("ToleratedFailureCount"))
    if "ToleratedFailurePercentage" in visit.state:
        share = visit.number("ToleratedFailurePercentage", most=100)
        visit.data["toleratedFailurePercentage"] = float(share)


def _check_failures(visit: _Visit, items: int) -> None:
    """A Map that names no threshold is as mocked, whatever failed (recorded on 2025-11-13)."""
    failures, limits = visit.setup.failures, visit.data
    most = limits.get("toleratedFailureCount")
    share = limits.get("toleratedFailurePercentage")
    over_count = most is not None and failures > most
    over_share = share is not None and failures > items * share / 100
    if over_count or over_share:
        raise StateError(THRESHOLD, "The specified tolerated failure threshold was exceeded")


def _no_children(*_: Any) -> Any:
    raise NotImplementedError("a Map that is tested starts no children")


_BODIES: dict[str, Any] = {**BODIES, "Task": _task, "Parallel": _parallel, "Map": _map}


def parsed_json(text: str) -> Json:
    """The value of a JSON text; NaN and Infinity are none.

    Raises:
        ValueError: it is no JSON.
    """
    return json.loads(text, parse_constant=_refuse)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
