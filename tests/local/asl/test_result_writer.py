"""ResultWriter: the files and the manifest, whatever became of the children."""

import json

import pytest

from local.asl import TaskFailed
from local.asl.states.distributed_map import result_writer
from tests.builders.worlds import (
    FakeS3,
    Functions,
    details,
    distributed_map,
    execution_of,
    in_virtual_time,
    machine,
    output_of,
    passing,
    run,
    task,
)

BROKEN = TaskFailed("Broken", "why")


def writing(items, config=None, **fields):
    result = {
        "Resource": "arn:aws:states:::s3:putObject",
        "Arguments": {"Bucket": "b", "Prefix": "results/"},
        **({"WriterConfig": config} if config else {}),
    }
    state = distributed_map(
        ("Each", task("each")), Items=items, ResultWriter=result, MaxConcurrency=1, **fields
    )
    return machine(("All", state))


def each(answer=lambda payload: payload):
    return FakeS3(others=Functions(each=[answer]))


def failing(*bad):
    def answer(payload):
        if payload in bad:
            raise BROKEN
        return payload

    return each(answer)


def manifest_of(s3):
    (key,) = s3.written("manifest.json")
    return s3.json(key)


def files(s3, kind):
    return [s3.objects[entry["Key"]] for entry in manifest_of(s3)["ResultFiles"][kind]]


def test_the_state_answers_where_the_manifest_is():
    s3 = each()
    execution = run(writing([1, 2]), {}, s3)
    result = output_of(execution)
    manifest = s3.json(result["ResultWriterDetails"]["Key"])
    assert result["ResultWriterDetails"]["Bucket"] == "b"
    assert result["ResultWriterDetails"]["Key"].startswith("results/")
    assert result["MapRunArn"] == manifest["MapRunArn"] == execution.supervisor.map_runs[0].arn
    assert manifest["DestinationBucket"] == "b"
    assert manifest["ResultFiles"]["FAILED"] == manifest["ResultFiles"]["PENDING"] == []
    (entry,) = manifest["ResultFiles"]["SUCCEEDED"]
    assert entry["Size"] == len(s3.objects[entry["Key"]])


def test_without_a_config_a_result_is_the_whole_execution():
    s3 = each(lambda payload: {"was": payload})
    run(writing(["a"]), {}, s3)
    (text,) = files(s3, "SUCCEEDED")
    (result,) = json.loads(text)
    assert result["Status"] == "SUCCEEDED"
    assert (result["Input"], result["Output"]) == ('"a"', '{"was":"a"}')
    assert {"ExecutionArn", "Name", "StartDate", "StopDate", "StateMachineArn"} <= set(result)


@pytest.mark.parametrize(
    ("transformation", "expected"),
    [("COMPACT", [[1, 2], 3]), ("FLATTEN", [1, 2, 3])],
)
@pytest.mark.parametrize("form", ["JSON", "JSONL"])
def test_each_transformation_in_each_form(transformation, expected, form):
    s3 = each()
    run(writing([[1, 2], 3], {"Transformation": transformation, "OutputType": form}), {}, s3)
    (text,) = files(s3, "SUCCEEDED")
    (key,) = s3.written(form.lower() if form == "JSONL" else "0.json")
    assert key.endswith(f"SUCCEEDED_0.{form.lower()}")
    lines = [json.loads(line) for line in text.splitlines()] if form == "JSONL" else None
    assert (lines or json.loads(text)) == expected


@pytest.mark.parametrize(("transformation", "expected"), [("FLATTEN", [1, 2, 3])])
def test_a_transformation_alone_shapes_the_states_output(transformation, expected):
    state = distributed_map(
        ("Each", passing()),
        Items=[[1, 2], 3],
        ResultWriter={"WriterConfig": {"Transformation": transformation}},
    )
    assert output_of(run(machine(("All", state)), {})) == expected


def test_with_no_transformation_the_output_has_whole_executions():
    state = distributed_map(
        ("Each", passing()),
        Items=[1],
        ResultWriter={"WriterConfig": {"Transformation": "NONE"}},
    )
    (result,) = output_of(run(machine(("All", state)), {}))
    assert (result["Status"], result["Output"]) == ("SUCCEEDED", "1")


def test_tolerated_failures_have_a_file_of_their_own_as_whole_executions():
    s3 = failing(2)
    config = {"Transformation": "COMPACT", "OutputType": "JSONL"}
    run(writing([1, 2, 3], config, ToleratedFailureCount=1), {}, s3)
    assert files(s3, "SUCCEEDED") == ["1\n3\n"]
    failed = json.loads(files(s3, "FAILED")[0])
    assert (failed["Status"], failed["Error"], failed["Cause"]) == ("FAILED", "Broken", "why")
    assert failed["Input"] == "2"


def test_a_failed_map_run_writes_what_succeeded_what_failed_and_what_did_not_start():
    s3 = failing(2)
    execution = run(writing([1, 2, 3, 4], {"Transformation": "COMPACT"}), {}, s3)
    assert execution.outcome.error == "States.ExceedToleratedFailureThreshold"
    assert files(s3, "SUCCEEDED") == ["[1]"]
    assert [result["Input"] for result in json.loads(files(s3, "FAILED")[0])] == ["2"]
    pending = json.loads(files(s3, "PENDING")[0])
    assert [(each["Input"], each["Status"]) for each in pending] == [
        ("3", "PENDING"),
        ("4", "PENDING"),
    ]
    assert execution.supervisor.map_runs[0].items["pending"] == 2


def test_after_a_redrive_the_manifest_has_what_became_of_each_item_in_the_end():
    calls = []

    def answer(payload):
        calls.append(payload)
        if payload == 2 and calls.count(2) == 1:
            raise BROKEN
        return payload

    s3 = each(answer)
    config = {"Transformation": "COMPACT", "OutputType": "JSONL"}
    execution = execution_of(writing([1, 2, 3], config), {}, s3)

    async def main():
        await execution.run()
        await execution.redrive()

    in_virtual_time(main())
    assert manifest_of(s3)["ResultFiles"]["FAILED"] == []
    assert manifest_of(s3)["ResultFiles"]["PENDING"] == []
    assert sorted("".join(files(s3, "SUCCEEDED")).split()) == ["1", "2", "3"]
    counts = execution.supervisor.map_runs[0].items
    assert (counts["succeeded"], counts["pending"], counts["failed"]) == (3, 0, 0)


def test_results_that_grow_fill_several_files(monkeypatch):
    monkeypatch.setattr(result_writer, "FILE_BYTES", 500)
    s3 = each()
    items = [f"{number:020}" for number in range(20)]
    run(writing(items, {"Transformation": "COMPACT", "OutputType": "JSONL"}), {}, s3)
    texts = files(s3, "SUCCEEDED")
    assert len(texts) == 4
    assert [json.loads(line) for text in texts for line in text.splitlines()] == items


def test_a_bucket_that_refuses_fails_the_writer_and_a_redrive_loses_no_result():
    refused = []

    def others(request):
        return Functions(each=[lambda payload: payload])(request)

    s3 = FakeS3(others=others)

    def invoke(request):
        if request.action == "putObject" and not refused:
            refused.append(request)
            raise TaskFailed("S3.S3Exception", "Access Denied")
        return s3(request)

    execution = execution_of(writing([1, 2], {"Transformation": "COMPACT"}), {}, invoke)

    async def main():
        await execution.run()
        assert execution.outcome.error == "States.ResultWriterFailed"
        await execution.redrive()

    in_virtual_time(main())
    assert details(execution, "MapRunFailed")[0]["cause"] == "S3.S3Exception: Access Denied"
    assert sorted(value for text in files(s3, "SUCCEEDED") for value in json.loads(text)) == [1, 2]
    assert output_of(execution)["ResultWriterDetails"]["Bucket"] == "b"
