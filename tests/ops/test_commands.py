"""What each command of `tally` does, prints and exits with, on a deployed pipeline."""

import json
from dataclasses import replace

from ops.pipeline import redrive, redrive_plan


def lines(rows):
    return b"id,total\n" + b"".join(b"%d,1\n" % row for row in range(rows))


def version_of(execution):
    return json.loads(execution["input"])["detail"]["object"]["version-id"]


def test_files_are_uploaded_followed_and_left_alone_when_they_are_there(world, tally, tmp_path):
    folder = tmp_path / "march"
    (folder / "inner").mkdir(parents=True)
    (folder / "a.csv").write_bytes(lines(3))
    (folder / "inner" / "b.csv").write_bytes(lines(4))
    first = tally("upload", folder, "--prefix", "up/", "--wait", "--json")
    assert first.code == 0, first
    counted = {each["key"]: each["record"]["records"] for each in first.json}
    assert counted == {"up/a.csv": 3, "up/inner/b.csv": 4}
    (folder / "a.csv").write_bytes(lines(5))
    second = tally("upload", folder, "--prefix", "up/", "--wait", "--json")
    states = {each["key"]: (each["state"], each["became"]) for each in second.json}
    assert states == {
        "up/a.csv": ("uploaded", "processed"),
        "up/inner/b.csv": ("unchanged", "processed"),
    }
    assert {each["key"]: each["record"]["records"] for each in second.json} == {
        "up/a.csv": 5,
        "up/inner/b.csv": 4,
    }


def test_a_large_file_arrives_whole_though_it_goes_in_parts(world, tally, tmp_path):
    big = tmp_path / "big.csv"
    big.write_bytes(lines(1_300_000))
    assert big.stat().st_size > 8 << 20
    done = tally("upload", big, "--wait", "--json")
    assert done.code == 0, done.out
    assert done.json[0]["record"]["records"] == 1_300_000
    found = world.clients.s3.head_object(Bucket=world.deployment.raw_bucket, Key="big.csv")
    assert found["ETag"].strip('"').endswith("-2")
    assert tally("upload", big, "--json").json[0]["state"] == "unchanged"


def test_an_upload_that_is_rejected_is_named_and_exits_with_1(world, tally, tmp_path):
    (tmp_path / "nothing.csv").write_bytes(b"")
    done = tally("upload", tmp_path / "nothing.csv", "--wait")
    assert done.code == 1
    assert "rejected" in done.out
    assert "EMPTY_FILE" in done.out
    again = tally("upload", tmp_path / "nothing.csv", "--wait")
    assert (again.code, again.out.splitlines()[0]) == (1, done.out.splitlines()[0])
    assert "1 rejected (1 had been there before)" in again.out
    assert tally("upload", tmp_path / "nothing.csv").code == 0


def test_an_upload_that_was_broken_off_is_followed_when_it_is_run_again(world, tally, tmp_path):
    (tmp_path / "resumed.csv").write_bytes(lines(2))
    with world.broken("CountRecords"):
        assert tally("upload", tmp_path / "resumed.csv").code == 0
        again = tally("upload", tmp_path / "resumed.csv", "--wait", "--json")
    assert again.code == 1
    (one,) = again.json
    assert (one["state"], one["became"]) == ("unchanged", "failed")
    assert one["problem"].startswith("Runtime.ImportModuleError: Unable to import module")
    assert tally("redrive", one["execution"]).code == 0


def test_the_status_counts_an_upload_in_its_equation(world, tally):
    before = tally("status", "--json").json["day"]
    world.upload("status/a.csv", lines(1))
    world.upload("status/b.csv", b"")
    after = tally("status", "--json").json
    day = after["day"]
    assert day["processed"] == before["processed"] + 1
    assert day["rejected"] == before["rejected"] + 1
    assert day["received"] == sum(
        day[part] for part in ("processed", "rejected", "failed", "in_flight")
    )
    assert after["queue_depth"] == 1
    assert "received =" in tally("status").out


def test_executions_are_listed_by_status_and_age(world, tally):
    arn = world.upload("listed/a.csv", lines(1))["executionArn"]
    found = tally("executions", "--status", "succeeded", "--since", "1h", "--json").json
    assert arn in [each["execution"] for each in found]
    assert {each["status"] for each in found} == {"SUCCEEDED"}
    assert tally("executions", "--since", "2100-01-01").out.strip() == "no executions"
    (shown,) = [each for each in found if each["execution"] == arn]
    assert (shown["key"], shown["error"]) == ("listed/a.csv", None)
    line = next(
        line
        for line in tally("executions", "--machine", "process-file").out.splitlines()
        if arn.rpartition(":")[2] in line
    )
    assert "listed/a.csv" in line
    brief = tally("executions", "--machine", "process-file", "--brief").out
    assert arn.rpartition(":")[2] in brief
    assert "listed/a.csv" not in brief


def test_executions_say_what_went_wrong(world, tally):
    with world.broken("CountRecords"):
        failed = world.upload("wrong/a.csv", lines(1))["executionArn"]
    rejected = world.upload("wrong/b.csv", b"")["executionArn"]
    errors = {each["execution"]: each["error"] for each in tally("executions", "--json").json}
    assert errors[failed] == "Runtime.ImportModuleError"
    assert errors[rejected] == "EMPTY_FILE"


def test_an_execution_is_shown_as_its_graph_with_times_and_errors(world, tally):
    with world.broken("CountRecords"):
        failed = world.upload("shown/<b>[red].csv", lines(1))
    done = tally("show", failed["executionArn"].rpartition(":")[2])
    assert done.code == 0, done
    assert "✓ ValidateFile" in done.out
    assert "✗ CountRecords" in done.out
    assert "Runtime.ImportModuleError" in done.out
    assert "· StoreMetadata" in done.out
    assert "error Runtime.ImportModuleError: Unable to import module" in done.out
    assert "catch InvalidFile → RecordRejection" in done.out
    assert "shown/<b>[red].csv" in done.out
    states = {
        each["name"]: each["visits"]
        for each in tally("show", failed["executionArn"], "--json").json["states"]
    }
    assert states["ValidateFile"][0]["status"] == "succeeded"
    assert states["CountRecords"][0]["error"] == "Runtime.ImportModuleError"
    assert states["StoreMetadata"] == []


def test_what_failed_is_redriven_from_the_queue_and_its_message_leaves_then(world, tally):
    with world.broken("CountRecords"):
        failed = world.upload("redriven/a.csv", lines(2))
        assert world.letters("redriven/a.csv")
        (group,) = tally("dlq", "--json").json
        assert (group["kind"], group["error"]) == ("failed", "Runtime.ImportModuleError")
        assert "redriven/a.csv" in tally("dlq").out
        planned = tally("redrive", "--dry-run", "--json")
        assert planned.json["would_redrive"] == [failed["executionArn"]]
        again = tally("redrive")
        assert again.code == 1
        assert "1 failed again" in again.out
        assert world.letters("redriven/a.csv")
    done = tally("redrive", "--rebuild", "--json")
    assert done.code == 0, done
    assert done.json["succeeded"] == [failed["executionArn"]]
    assert world.letters("redriven/a.csv", seconds=0) == []
    assert world.entered(failed["executionArn"]).count("ValidateFile") == 1
    date = json.loads(failed["input"])["time"][:10]
    assert done.json["reports"] == {date: "SUCCEEDED"}
    report = tally("report", date, "--json").json
    assert "redriven/a.csv" not in [each["key"] for each in report["failures"]]


def test_only_failures_with_the_error_asked_for_are_redriven(world, tally):
    with world.broken("CountRecords"):
        failed = world.upload("error/a.csv", lines(2))["executionArn"]
    assert tally("redrive", "--failed", "--error", "Other", "--json").json["succeeded"] == []
    assert world.describe(failed)["status"] == "FAILED"
    given = tally("redrive", failed, "--error", "Runtime.ImportModuleError", "--json")
    assert given.json["succeeded"] == [failed]


def test_an_execution_whose_definition_changed_is_named_with_what_to_do(world, tally):
    states, machine = world.clients.states, world.deployment.process_file
    with world.broken("CountRecords"):
        uploaded = world.upload("definition/a.csv", lines(2))
    failed = uploaded["executionArn"]
    before = states.describe_state_machine(stateMachineArn=machine)["definition"]
    changed = json.dumps({**json.loads(before), "Comment": "another"})
    states.update_state_machine(stateMachineArn=machine, definition=changed)
    try:
        done = tally("redrive", failed)
        assert done.code == 1
        assert "definition changed" in done.out
        assert f"tally replay --version={version_of(uploaded)} definition/a.csv" in done.out
        assert world.describe(failed)["status"] == "FAILED"
        assert tally("redrive", failed, "--old-definition").code == 0
    finally:
        states.update_state_machine(stateMachineArn=machine, definition=before)


def test_a_rejected_file_is_not_redriven_but_replayed(world, tally):
    first = world.upload("rejected/a.csv", b"")
    assert world.letters("rejected/a.csv")
    redriven = tally("redrive")
    assert redriven.code == 1
    assert "rejected: EMPTY_FILE" in redriven.out
    assert f"tally replay --version={version_of(first)} rejected/a.csv" in redriven.out
    replayed = tally("replay", "--rejected", "--json")
    assert replayed.code == 1
    (one,) = replayed.json["replayed"]
    assert (one["key"], one["became"]) == ("rejected/a.csv", "rejected")
    assert one["execution"] != first["executionArn"]
    letters = world.letters("rejected/a.csv")
    assert [each["execution_arn"] for each in letters] == [one["execution"]]


def test_a_replay_counts_again_what_was_counted_and_names_what_is_gone(world, tally):
    first = world.upload("again/a.csv", lines(2))
    done = tally("replay", "again/a.csv", "again/none.csv", "--all-versions", "--json")
    assert done.code == 1
    assert done.json["missing"] == [{"key": "again/none.csv", "version_id": None}]
    (one,) = done.json["replayed"]
    assert (one["became"], one["execution"] == first["executionArn"]) == ("processed", False)


def test_an_event_that_was_never_delivered_is_named_and_replayed(world, tally):
    record = json.loads(world.upload("undelivered/a.csv", lines(2))["output"])
    event = {
        "detail-type": "Object Created",
        "time": record["uploaded_at"],
        "detail": {
            "bucket": {"name": world.deployment.raw_bucket},
            "object": {"key": "undelivered/a.csv", "version-id": record["version_id"]},
        },
    }
    said = {"ERROR_CODE": "NO_PERMISSIONS", "ERROR_MESSAGE": "may not start it"}
    world.clients.sqs.send_message(
        QueueUrl=world.deployment.queue_url,
        MessageBody=json.dumps(event),
        MessageAttributes={
            name: {"DataType": "String", "StringValue": value} for name, value in said.items()
        },
    )
    (group,) = tally("dlq", "--json").json
    assert (group["kind"], group["error"]) == ("undelivered", "NO_PERMISSIONS")
    advice = f"tally replay --version={record['version_id']} undelivered/a.csv"
    assert advice in tally("redrive").out
    assert tally("replay", "--rejected").code == 0
    assert tally("dlq").out.strip() == "the dead-letter queue is empty"


def test_a_message_that_nobody_understands_is_shown_and_stays(world, tally):
    world.clients.sqs.send_message(QueueUrl=world.deployment.queue_url, MessageBody="hello [b]")
    (group,) = tally("dlq", "--json").json
    assert (group["kind"], group["messages"][0]["message"]) == ("unknown", "hello [b]")
    assert tally("redrive").code == 1
    assert len(tally("dlq", "--json").json) == 1


def test_a_redrive_of_an_execution_that_is_older_than_fourteen_days_says_to_replay(
    world, tally, monkeypatch
):
    with world.broken("CountRecords"):
        uploaded = world.upload("old/a.csv", lines(2))
    failed = uploaded["executionArn"]
    real = redrive_plan.described_all

    def aged(deployment, arns):
        said = {
            "redrive_status": "NOT_REDRIVABLE",
            "redrive_reason": "Execution redrivable period exceeded",
        }
        return {arn: replace(each, **said) for arn, each in real(deployment, arns).items()}

    monkeypatch.setattr(redrive_plan, "described_all", aged)
    done = tally("redrive", failed, "--json")
    assert done.code == 1
    (named,) = done.json["impossible"]
    assert named["reason"] == "Execution redrivable period exceeded"
    assert named["instead"] == f"tally replay --version={version_of(uploaded)} old/a.csv"


def test_what_still_runs_when_the_time_is_up_keeps_its_message(world, tally, monkeypatch):
    with world.broken("CountRecords"):
        failed = world.upload("slow/a.csv", lines(2))["executionArn"]
    assert world.letters("slow/a.csv")
    monkeypatch.setattr(redrive, "until_ended", lambda *_: iter(()))
    done = tally("redrive", "--json")
    assert (done.code, done.json["unfinished"]) == (1, [failed])
    assert world.letters("slow/a.csv")


def test_a_report_is_shown_with_the_states_of_its_map_inside(world, tally):
    world.upload("mapped/a.csv", lines(2))
    assert tally("report", "today", "--rebuild").code == 0
    (newest,) = tally("executions", "--machine", "daily_report", "--limit", "1", "--json").json
    shown = tally("show", newest["execution"]).out.splitlines()
    outer = next(line for line in shown if "SummarizeRecords (Map)" in line)
    inner = next(line for line in shown if "SummarizeBatch (Task)" in line)
    assert inner.index("SummarizeBatch") > outer.index("SummarizeRecords")
    assert "✓" in outer


def test_a_declaration_travels_with_the_file_and_the_answer_says_how_it_was_read(
    world, tally, tmp_path
):
    file = tmp_path / "declared.csv"
    file.write_bytes("1;caf\xe9\n2;th\xe9\n".encode("latin-1"))
    words = ("--encoding", "iso-8859-1", "--delimiter", ";", "--no-header")
    done = tally("upload", file, "--wait", *words)
    assert done.code == 0, done
    assert "2 records; csv; cp1252; delimiter ';'" in done.out
    found = world.clients.s3.head_object(Bucket=world.deployment.raw_bucket, Key="declared.csv")
    assert found["ContentType"] == 'text/csv; charset=iso-8859-1; header=absent; delimiter=";"'
    assert tally("upload", file, *words, "--json").json[0]["state"] == "unchanged"
    otherwise = tally("upload", file, "--encoding", "iso-8859-1", "--wait", "--json").json[0]
    assert (otherwise["state"], otherwise["record"]["records"]) == ("uploaded", 1)
    shown = tally("show", otherwise["execution"].rpartition(":")[2]).out
    assert "read as 1 records; csv; cp1252" in shown
