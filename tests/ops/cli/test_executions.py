"""`tally executions` on a deployed pipeline."""

from tests.builders.uploads import lines


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
