"""Distributed Map: from items to children, how many may fail, and what is told of the run."""

import asyncio
import gc

import pytest

from local.asl import Execution, TaskFailed
from tests.builders.worlds import (
    FakeS3,
    Functions,
    after,
    details,
    distributed_map,
    execution_of,
    in_virtual_time,
    machine,
    output_of,
    passing,
    run,
    task,
    types,
)

BROKEN = TaskFailed("Broken", "why")


def failing(*bad):
    """A function that fails for some of its inputs."""

    def answer(payload):
        if payload in bad:
            raise BROKEN
        return payload

    return Functions(each=[answer])


def over(items, **fields):
    return machine(("All", distributed_map(("Each", task("each")), Items=items, **fields)))


def listing(**arguments):
    return {
        "Resource": "arn:aws:states:::s3:listObjectsV2",
        "Arguments": {"Bucket": "b", **arguments},
    }


def test_the_outputs_are_in_the_order_of_the_items_whoever_is_first():
    functions = Functions(each=[lambda seconds: after(seconds, seconds)])
    execution = run(over([3, 1, 2]), {}, functions)
    assert output_of(execution) == [3, 1, 2]


def test_the_history_tells_of_the_map_run_and_not_of_its_children():
    execution = run(over([1, 2]), {}, failing())
    assert types(execution) == [
        "ExecutionStarted",
        "MapStateEntered",
        "MapStateStarted",
        "MapRunStarted",
        "MapRunSucceeded",
        "MapStateSucceeded",
        "MapStateExited",
        "ExecutionSucceeded",
    ]
    assert details(execution, "MapStateStarted") == [{"length": 2}]


def test_no_more_children_run_at_once_than_max_concurrency_says():
    running, most = [], []

    async def answer(payload):
        running.append(payload)
        most.append(len(running))
        await asyncio.sleep(1)
        running.remove(payload)
        return payload

    run(over(list(range(10)), MaxConcurrency=3), {}, Functions(each=[answer]))
    assert max(most) == 3


def test_no_items_are_no_children_and_an_empty_output():
    execution = run(over([]), {}, failing())
    assert output_of(execution) == []
    assert execution.supervisor.map_runs[0].total == 0


def test_items_that_are_no_array_are_an_evaluation_error():
    definition = machine(("All", distributed_map(("Each", passing()), Items="{% 5 %}")))
    execution = run(definition, {})
    assert execution.outcome.error == "States.QueryEvaluationError"
    assert details(execution, "EvaluationFailed")[0]["location"] == "Items"


def test_each_item_is_selected_then_batched():
    state = distributed_map(
        ("Each", passing()),
        Items=["a", "b", "c"],
        ItemSelector={
            "at": "{% $states.context.Map.Item.Index %}",
            "of": "{% $states.context.Map.Item.Value %}",
        },
        ItemBatcher={"MaxItemsPerBatch": 2, "BatchInput": {"day": "{% $states.input.day %}"}},
    )
    execution = run(machine(("All", state)), {"day": "Monday"})
    shared = {"BatchInput": {"day": "Monday"}}
    assert output_of(execution) == [
        {**shared, "Items": [{"at": 0, "of": "a"}, {"at": 1, "of": "b"}]},
        {**shared, "Items": [{"at": 2, "of": "c"}]},
    ]
    counts = execution.supervisor.map_runs[0]
    assert (counts.items["succeeded"], counts.executions["succeeded"]) == (3, 2)


def test_a_batch_holds_no_more_bytes_than_it_may():
    state = distributed_map(
        ("Each", passing(Output="{% $count($states.input.Items) %}")),
        Items=["x" * 30] * 10,
        ItemBatcher={"MaxInputBytesPerBatch": 120},
    )
    assert output_of(run(machine(("All", state)), {})) == [3, 3, 3, 1]


def test_an_item_larger_than_a_batch_is_a_batch_of_its_own():
    state = distributed_map(
        ("Each", passing(Output="{% $count($states.input.Items) %}")),
        Items=["x" * 500, "y", "z"],
        ItemBatcher={"MaxInputBytesPerBatch": 100},
    )
    assert output_of(run(machine(("All", state)), {})) == [1, 2]


def test_a_batch_size_that_is_no_number_is_an_evaluation_error():
    state = distributed_map(
        ("Each", passing()), Items=[1], ItemBatcher={"MaxItemsPerBatch": "{% 'ten' %}"}
    )
    execution = run(machine(("All", state)), {})
    assert details(execution, "EvaluationFailed")[0]["location"] == "ItemBatcher/MaxItemsPerBatch"


def test_children_do_not_see_the_variables_of_the_outer_scope():
    state = distributed_map(("Each", passing(Output="{% $exists($day) %}")), Items=[1])
    definition = machine(("Set", passing(Assign={"day": "Monday"})), ("All", state))
    assert output_of(run(definition, {})) == [False]


def test_one_failure_fails_the_run_where_none_is_tolerated():
    execution = run(over([1, 2, 3], MaxConcurrency=1), {}, failing(2))
    assert execution.outcome.error == "States.ExceedToleratedFailureThreshold"
    assert types(execution)[-3:] == ["MapRunFailed", "MapStateFailed", "ExecutionFailed"]
    map_run = execution.supervisor.map_runs[0]
    assert (map_run.status, map_run.items["failed"]) == ("FAILED", 1)


@pytest.mark.parametrize(
    ("tolerated", "succeeds"),
    [
        ({"ToleratedFailureCount": 2}, True),
        ({"ToleratedFailureCount": 1}, False),
        ({"ToleratedFailurePercentage": 20}, True),
        ({"ToleratedFailurePercentage": 19.9}, False),
        ({"ToleratedFailurePercentage": 0}, False),
        ({"ToleratedFailurePercentage": "{% $states.input.share %}"}, True),
        ({"ToleratedFailureCount": 1, "ToleratedFailurePercentage": 100}, False),
        ({"ToleratedFailureCount": 10, "ToleratedFailurePercentage": 10}, False),
        ({"ToleratedFailureCount": 2, "ToleratedFailurePercentage": 20}, True),
    ],
)
def test_so_many_failures_are_tolerated_as_each_threshold_says(tolerated, succeeds):
    execution = run(over(list(range(10)), **tolerated), {"share": 25}, failing(0, 9))
    assert (execution.outcome.status == "SUCCEEDED") is succeeds


def test_the_failure_of_a_batch_is_that_of_all_its_items():
    functions = Functions(each=[BROKEN])
    batches = {"ItemBatcher": {"MaxItemsPerBatch": 5}, "ToleratedFailureCount": 4}
    execution = run(over(list(range(5)), **batches), {}, functions)
    assert execution.outcome.error == "States.ExceedToleratedFailureThreshold"


def test_the_output_has_the_children_that_succeeded():
    execution = run(over([1, 2, 3], ToleratedFailureCount=1), {}, failing(2))
    assert output_of(execution) == [1, 3]


def test_all_pages_of_a_listing_are_read_each_when_its_items_are_wanted():
    keys = {f"day/{number:04}.json": "x" for number in range(95)}
    s3 = FakeS3(keys, page_size=10, others=Functions(each=[lambda item: item["Key"]]))
    state = distributed_map(
        ("Each", task("each")), ItemReader=listing(Prefix="day/"), MaxConcurrency=4
    )
    execution = run(machine(("All", state)), {}, s3)
    assert output_of(execution) == sorted(keys)
    assert [request.arguments.get("ContinuationToken") for request in s3.requests] == [
        None,
        *(str(start) for start in range(10, 95, 10)),
    ]


def test_a_listed_object_is_shown_as_aws_shows_it():
    s3 = FakeS3({"a b+c.csv": "abc"}, others=Functions(each=[lambda item: item]))
    state = distributed_map(("Each", task("each")), ItemReader=listing())
    assert output_of(run(machine(("All", state)), {}, s3)) == [
        {
            "Etag": '"0"',
            "Key": "a b+c.csv",
            "LastModified": 1668695081,
            "Size": 3,
            "StorageClass": "STANDARD",
        }
    ]


def test_a_million_items_would_be_read_no_faster_than_children_end():
    keys = {f"{number:05}": "" for number in range(5_000)}
    ahead = []

    def answer(payload):
        ahead.append(len(s3.requests))
        return payload["Key"]

    s3 = FakeS3(keys, page_size=100, others=Functions(each=[answer]))
    state = distributed_map(
        ("Each", task("each", Output=None)), ItemReader=listing(), MaxConcurrency=10
    )
    run(machine(("All", state)), {}, s3)
    assert ahead[:100] == [1] * 100
    assert ahead[-1] == 50


@pytest.fixture
def only_new_objects():
    """What is there already is not looked through, which takes seconds beside other tests."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("only_new_objects")
def test_ended_express_children_are_not_kept():
    most = []

    def answer(payload):
        gc.collect()
        most.append(sum(isinstance(each, Execution) for each in gc.get_objects()))
        return payload

    run(over(list(range(40)), MaxConcurrency=2), {}, Functions(each=[answer]))
    assert 1 <= max(most) <= 5


def test_standard_children_are_told_to_the_supervisor_and_have_histories():
    state = distributed_map(("Each", passing()), kind="STANDARD", Items=[1, 2], Label="Batches")
    execution = run(machine(("All", state)), {})
    child = execution.supervisor.children[0]
    assert types(child) == [
        "ExecutionStarted",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]
    map_run = execution.supervisor.map_runs[0]
    assert ":mapRun:machine/Batches:" in map_run.arn
    assert ":execution:machine/Batches:" in child.identity.arn
    assert child.identity.map_run_arn == map_run.arn


def test_too_large_an_output_fails_as_on_aws():
    functions = Functions(each=["x" * 90_000])
    execution = run(over([1, 2, 3]), {}, functions)
    assert execution.outcome.error == "States.DataLimitExceeded"


def test_an_abort_ends_the_map_run_and_its_children():
    functions = Functions(each=[lambda _: after(3600)])
    execution = execution_of(over([1, 2, 3], MaxConcurrency=2), {}, functions)

    async def main():
        running = asyncio.ensure_future(execution.run())
        await asyncio.sleep(1)
        execution.abort()
        await running

    in_virtual_time(main())
    map_run = execution.supervisor.map_runs[0]
    assert (map_run.status, map_run.items["aborted"]) == ("ABORTED", 2)
    assert types(execution)[-2:] == ["MapRunAborted", "ExecutionAborted"]


def test_a_read_that_was_cut_off_is_made_again_by_a_redrive_and_no_item_is_lost():
    keys = {f"{number:02}": "" for number in range(30)}
    s3 = FakeS3(keys, page_size=10, others=failing())
    slow = {"20": 60}

    async def invoke(request):
        if request.service == "s3":
            await asyncio.sleep(slow.get(request.arguments.get("ContinuationToken"), 0))
        return s3(request)

    state = distributed_map(
        (
            "Each",
            task(
                "each",
                Arguments={"FunctionName": "each", "Payload": "{% $number($states.input.Key) %}"},
            ),
        ),
        ItemReader=listing(),
        MaxConcurrency=2,
    )
    definition = machine(("All", state), TimeoutSeconds=10)
    execution = execution_of(definition, {}, invoke)

    async def main():
        await execution.run()
        assert execution.outcome.status == "TIMED_OUT"
        slow.clear()
        await execution.redrive()

    in_virtual_time(main())
    assert output_of(execution) == list(range(30))


def test_an_item_whose_selector_fails_is_not_lost_to_a_redrive():
    first = "$states.context.Execution.RedriveCount = 0"
    item = "$states.context.Map.Item.Value"
    once = f"{{% {first} and {item} = 2 ? $no : {item} %}}"
    execution = execution_of(over([1, 2, 3], ItemSelector=once, MaxConcurrency=1), {}, failing())

    async def main():
        await execution.run()
        assert execution.outcome.error == "States.QueryEvaluationError"
        await execution.redrive()

    in_virtual_time(main())
    assert output_of(execution) == [1, 2, 3]
