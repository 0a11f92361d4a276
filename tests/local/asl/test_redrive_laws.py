"""Laws of the redrive, for machines of any shape: it gets there, and repeats nothing done."""

import asyncio
import itertools
import json
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from local.asl import TaskFailed
from tests.builders.worlds import execution_of, in_virtual_time, machine

MOST_REDRIVES = 1000


def leaf(function, variable):
    seen = f"$exists(${variable}) ? ${variable} : 0"
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {
            "FunctionName": function,
            "Payload": {"input": "{% $states.input %}", "seen": f"{{% {seen} %}}"},
        },
        "Output": "{% $states.result.Payload %}",
        "Assign": {variable: "{% $string($states.input) %}"},
    }


def row(shapes, names, depth=0):
    """States of drawn shapes, one after the other; each scope has a variable of its own."""
    states = [built(shape, names, depth) for shape in shapes]
    return machine(*((next(names), state) for state in states))


def built(shape, names, depth):
    """A state of a drawn shape; all state names differ."""
    kind, parts = shape
    if kind == "task":
        return leaf(f"f{next(names)}", f"seen{depth}")
    if kind == "parallel":
        branches = [row(branch, names, depth + 1) for branch in parts]
        return {"Type": "Parallel", "Branches": branches}
    size, concurrency, distributed, branch = parts
    processor = row(branch, names, depth + 1)
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"} if distributed else {}
    return {
        "Type": "Map",
        "Items": list(range(size)),
        "MaxConcurrency": concurrency,
        "ItemProcessor": {**processor, "ProcessorConfig": config or {"Mode": "INLINE"}},
    }


def containers(inner):
    branch = st.lists(inner, min_size=1, max_size=2)
    parallel = st.tuples(st.just("parallel"), st.lists(branch, min_size=1, max_size=3))
    sizes = st.tuples(st.integers(0, 3), st.integers(0, 3), st.booleans(), branch)
    return parallel | st.tuples(st.just("map"), sizes)


SHAPES = st.recursive(st.just(("task", None)), containers, max_leaves=6)
MACHINES = st.lists(SHAPES, min_size=1, max_size=3)


class Flaky:
    """Functions that take some time, and fail before they succeed; what was done is kept."""

    def __init__(self, seed, failures):
        self.dice = random.Random(seed)
        self.failures = failures
        self.left = {}
        self.done = []

    def __call__(self, request):
        return self._answer(request.arguments["FunctionName"], request.arguments["Payload"])

    async def _answer(self, name, payload):
        key = (name, json.dumps(payload))
        await asyncio.sleep(self.dice.uniform(0.1, 10))
        left = self.left.setdefault(key, self.dice.randint(0, self.failures))
        if left:
            self.left[key] = left - 1
            raise TaskFailed("Flaky", name)
        self.done.append(key)
        return {"Payload": {"of": name, "was": payload}}


def finished(definition, functions):
    """The output of an execution, redriven until it succeeds."""
    execution = execution_of(definition, {"day": "Monday"}, functions)

    async def main():
        outcome = await execution.run()
        for _ in range(MOST_REDRIVES):
            if outcome.status == "SUCCEEDED":
                break
            outcome = await execution.redrive()
        return outcome

    outcome = in_virtual_time(main())
    assert outcome.status == "SUCCEEDED", outcome
    return execution, json.loads(outcome.output)


def definition_of(shapes):
    names = (f"s{number}" for number in itertools.count())
    return row(shapes, names)


@settings(max_examples=60)
@given(MACHINES, st.integers(0, 1000))
def test_redrives_lead_to_the_output_of_a_run_without_failures(shapes, seed):
    definition = definition_of(shapes)
    _, expected = finished(definition, Flaky(seed, 0))
    _, found = finished(definition, Flaky(seed, 2))
    assert found == expected


@settings(max_examples=60)
@given(MACHINES, st.integers(0, 1000))
def test_no_task_that_was_done_is_done_again(shapes, seed):
    definition = definition_of(shapes)
    smooth, flaky = Flaky(seed, 0), Flaky(seed, 2)
    finished(definition, smooth)
    finished(definition, flaky)
    assert sorted(flaky.done) == sorted(smooth.done)


@settings(max_examples=60)
@given(MACHINES, st.integers(0, 1000))
def test_a_history_counts_on_and_every_event_follows_an_earlier_one(shapes, seed):
    execution, _ = finished(definition_of(shapes), Flaky(seed, 2))
    events = execution.history.events()
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert all(event["previousEventId"] < event["id"] for event in events)
    kinds = [event["type"] for event in events]
    assert kinds.count("ExecutionRedriven") == execution.redrive_count
    assert kinds.count("ExecutionFailed") == execution.redrive_count
    for kind in ("Task", "Map", "Parallel"):
        assert kinds.count(f"{kind}StateEntered") == kinds.count(f"{kind}StateExited")


@settings(max_examples=60)
@given(MACHINES, st.integers(0, 1000), st.lists(st.floats(0.05, 30), min_size=1, max_size=5))
def test_stops_at_any_time_lose_nothing_that_a_redrive_does_not_find(shapes, seed, stops):
    definition = definition_of(shapes)
    smooth, stopped = Flaky(seed, 0), Flaky(seed, 0)
    _, expected = finished(definition, smooth)
    execution = execution_of(definition, {"day": "Monday"}, stopped)

    async def main():
        outcome = None
        for seconds in [*stops, 100_000]:
            step = execution.run() if outcome is None else execution.redrive()
            running = asyncio.ensure_future(step)
            await asyncio.wait({running}, timeout=seconds)
            if not running.done():
                execution.abort()
            outcome = await running
            if outcome.status == "SUCCEEDED":
                break
        return json.loads(outcome.output)

    assert in_virtual_time(main()) == expected
    assert sorted(stopped.done) == sorted(smooth.done)
