"""`tally redrive` on a deployed pipeline."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ops.pipeline import redrive, redrive_plan
from tests.builders.uploads import lines, version_of


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


def test_a_plan_says_until_when_the_first_can_be_redriven(world, tally):
    with world.broken("CountRecords"):
        failed = [world.upload(f"until/{name}.csv", lines(2)) for name in "ab"]
    arns = [each["executionArn"] for each in failed]
    planned = tally("redrive", *arns, "--dry-run", "--json").json
    assert sorted(planned["would_redrive"]) == sorted(arns)
    first = min(world.describe(arn)["stopDate"] for arn in arns)
    assert datetime.fromisoformat(planned["until"]) == first + timedelta(days=14)
    said = f"until {first.astimezone(UTC) + timedelta(days=14):%Y-%m-%d %H:%M} UTC"
    assert said in tally("redrive", *arns, "--dry-run").out


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


def test_an_alias_of_two_versions_has_each_execution_judged_by_its_own(world, tally):
    """The later one runs the older definition, as it may while an alias moves."""
    states, machine = world.clients.states, world.deployment.process_file
    before = states.describe_state_machine(stateMachineArn=machine)["definition"]
    changed = json.dumps({**json.loads(before), "Comment": "another"})
    with world.broken("CountRecords"):
        given = world.describe(world.upload("alias/a.csv", lines(2))["executionArn"])["input"]
        old = states.publish_state_machine_version(stateMachineArn=machine)
        new = states.update_state_machine(stateMachineArn=machine, definition=changed, publish=True)
        first, second = (
            states.start_execution(stateMachineArn=each["stateMachineVersionArn"], input=given)
            for each in (new, old)
        )
        arns = [each["executionArn"] for each in (first, second)]
        for arn in arns:
            world.until_ended(arn)
    try:
        planned = tally("redrive", *arns, "--dry-run", "--json").json
        assert planned["would_redrive"] == arns[:1]
        states.delete_state_machine_version(stateMachineVersionArn=old["stateMachineVersionArn"])
        assert tally("redrive", *arns, "--dry-run", "--json").json["would_redrive"] == arns[:1]
    finally:
        states.update_state_machine(stateMachineArn=machine, definition=before)


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


def test_a_redrive_that_had_ended_before_this_one_looked_is_told_and_restated(world, tally):
    with world.broken("CountRecords"):
        failed = world.upload("redriven/before.csv", lines(2))
    arn = failed["executionArn"]
    world.clients.states.redrive_execution(executionArn=arn)
    assert world.until_ended(arn)["status"] == "SUCCEEDED"
    done = tally("redrive", arn, "--rebuild", "--json")
    assert done.code == 0, done
    assert done.json["succeeded"] == [arn]
    assert done.json["days"] == [json.loads(failed["input"])["time"][:10]]
    assert list(done.json["reports"].values()) == ["SUCCEEDED"]


def test_what_never_failed_is_not_said_to_be_redriven(world, tally):
    arn = world.upload("redriven/well.csv", lines(2))["executionArn"]
    assert tally("redrive", arn, "--json").json["succeeded"] == []
