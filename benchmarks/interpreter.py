"""What the interpreter costs by itself: no API, no calls, virtual time.

Prints, as medians of rounds:

- JSONata: microseconds to compile an expression, and to evaluate it once compiled;
- states: milliseconds per state by kind, history included, and states a second;
- Distributed Map: milliseconds per Express child of one state, and the memory that a run over
  1,000 and over 20,000 listed items needs at its peak: the children's results, until a file of
  them is full (8 MiB), and nothing else that grows.

    python benchmarks/interpreter.py
"""

import asyncio
import random
import statistics
import sys
import time
import tracemalloc
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from local.asl import Execution, Identity, Machine
from local.asl.jsonata.expressions import Expression
from local.asl.jsonata.functions import functions_of
from local.asl.model.values import dumps

ROUNDS = 7
RUNS = 200
EVENT = {
    "detail": {
        "bucket": {"name": "raw"},
        "object": {"key": "2026/sales, north.csv", "size": 4096, "etag": "0", "version-id": "v"},
    },
    "time": "2026-11-22T10:00:00Z",
    "tags": [f"tag-{number}" for number in range(20)],
}
EXPRESSIONS = (
    "$states.input",
    "$states.result.Payload",
    "$states.context.Execution.Id",
    "$states.input.detail.object.key & '/' & $uuid()",
    "$count($states.input.tags[$contains($, '1')])",
    "$parse($states.errorOutput.Cause).errorMessage",
)


class World:
    """Answers every call at once; lists as many objects as it is asked to."""

    def __init__(self, objects=0):
        self.random = random.Random(0)
        self.objects = objects

    def now(self):
        """A fixed time."""
        return 1_700_000_000.0

    async def invoke(self, request):
        """The event as a function's answer, or a page of the listing."""
        if request.action != "listObjectsV2":
            return {"ExecutedVersion": "$LATEST", "Payload": EVENT, "StatusCode": 200}
        start = int(request.arguments.get("ContinuationToken", 0))
        end = min(start + 1000, self.objects)
        entry = {"ETag": '"0"', "LastModified": "2026-11-22T10:00:00Z", "Size": 1}
        page = [{**entry, "Key": f"processed/{number}.json"} for number in range(start, end)]
        more = {"NextContinuationToken": str(end)} if end < self.objects else {}
        return {"Contents": page, "IsTruncated": bool(more), **more}


class Supervisor:
    """Keeps nothing."""

    def map_run_started(self, map_run):
        """Forget it."""


def task(**fields):
    payload = {
        "execution": {
            "arn": "{% $states.context.Execution.Id %}",
            "started_at": "{% $states.context.Execution.StartTime %}",
        },
        "input": "{% $states.input %}",
    }
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": "f", "Payload": payload},
        "Output": "{% $states.result.Payload %}",
        **fields,
    }


CHOICE = {
    "Type": "Choice",
    "Choices": [{"Condition": "{% $states.input.detail.object.size > 1 %}", "Next": "End"}],
    "Default": "End",
}
KINDS = {
    "Pass": ({"Type": "Pass"}, 1),
    "Pass, Assign and Output": (
        {
            "Type": "Pass",
            "Assign": {"key": "{% $states.input.time %}"},
            "Output": "{% $states.input %}",
        },
        1,
    ),
    "Choice": (CHOICE, 1),
    "Wait": ({"Type": "Wait", "Seconds": 0}, 1),
    "Task, 4 expressions": (task(), 1),
    "Map, 10 items of one Pass": (
        {
            "Type": "Map",
            "Items": list(range(10)),
        },
        11,
    ),
}


def renamed(state, number, following):
    """A copy of a state for the next place in the row; state names are unique in a machine."""
    if state["Type"] == "Choice":
        rule = {**state["Choices"][0], "Next": following}
        return {**state, "Choices": [rule], "Default": following}
    if state["Type"] == "Map":
        name = f"P{number}"
        processor = {"StartAt": name, "States": {name: {"Type": "Pass", "End": True}}}
        return {
            **state,
            "ItemProcessor": processor,
            "Output": "{% $states.input %}",
            "Next": following,
        }
    return {**state, "Next": following}


def machine_of(state):
    """That state ten times over, then an end."""
    names = [*(f"S{number}" for number in range(10)), "End"]
    states = {name: renamed(state, i, names[i + 1]) for i, name in enumerate(names[:-1])}
    document = {
        "QueryLanguage": "JSONata",
        "StartAt": "S0",
        "States": {**states, "End": {"Type": "Succeed"}},
    }
    return Machine.parse(dumps(document))


def execution_of(machine, world):
    arn = "arn:aws:states:us-east-1:111111111111:stateMachine:m"
    identity = Identity(f"{arn}:e", "e", arn, "m", "arn:aws:iam::111111111111:role/r", world.now())
    return Execution(machine, identity, dumps(EVENT), world, Supervisor())


def timed(run, number):
    """Seconds per call, the median of rounds."""
    found = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        for _ in range(number):
            run()
        found.append((time.perf_counter() - begin) / number)
    return statistics.median(found)


def expressions():
    print("JSONata, microseconds                              compile  evaluate")
    states = {
        "input": EVENT,
        "result": {"Payload": EVENT},
        "context": {"Execution": {"Id": "arn"}},
        "errorOutput": {"Cause": dumps({"errorMessage": "why"})},
    }
    bindings = {**functions_of(World()), "states": states}
    for text in EXPRESSIONS:
        compiled = Expression(text)
        compiling = timed(lambda text=text: Expression(text), 50)
        evaluating = timed(lambda compiled=compiled: compiled.evaluate(bindings), 500)
        print(f"  {text:48} {compiling * 1e6:7.0f}  {evaluating * 1e6:8.1f}")


async def run_all(machine, world, number):
    for _ in range(number):
        outcome = await execution_of(machine, world).run()
        if outcome.status != "SUCCEEDED":
            sys.exit(f"the benchmark's own machine fails: {outcome}")


def states():
    print("states, with their history                 milliseconds  a second")
    for name, (state, weight) in KINDS.items():
        machine, world = machine_of(state), World()
        seconds = timed(lambda m=machine, w=world: asyncio.run(run_all(m, w, 20)), 1)
        each = seconds / 20 / 10 / weight
        print(f"  {name:40} {each * 1e3:12.3f}  {1 / each:8.0f}")


def mapping(batch):
    state = {
        "Type": "Map",
        "End": True,
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:listObjectsV2",
            "Arguments": {"Bucket": "b", "Prefix": "processed/"},
        },
        "ItemBatcher": {"MaxItemsPerBatch": batch},
        "MaxConcurrency": 10,
        "ResultWriter": {
            "Resource": "arn:aws:states:::s3:putObject",
            "Arguments": {"Bucket": "b", "Prefix": "out"},
            "WriterConfig": {"Transformation": "COMPACT", "OutputType": "JSONL"},
        },
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
            "StartAt": "T",
            "States": {"T": task(Output=1, End=True)},
        },
    }
    document = {"QueryLanguage": "JSONata", "StartAt": "M", "States": {"M": state}}
    return Machine.parse(dumps(document))


def children():
    print("Distributed Map, Express children        ms per child  peak KiB")
    machine = mapping(1)
    for number in (1_000, 20_000):
        world = World(number)
        begin = time.perf_counter()
        asyncio.run(run_all(machine, world, 1))
        each = (time.perf_counter() - begin) / number
        tracemalloc.start()
        asyncio.run(run_all(machine, world, 1))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        print(f"  {f'{number:,} items':38} {each * 1e3:14.3f}  {peak / 1024:8.0f}")


if __name__ == "__main__":
    expressions()
    states()
    children()
