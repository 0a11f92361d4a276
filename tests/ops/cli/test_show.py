"""`tally show`: an execution as its graph."""

from tests.builders.uploads import lines


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


def test_a_report_is_shown_with_the_states_of_its_map_inside(world, tally):
    world.upload("mapped/a.csv", lines(2))
    assert tally("report", "today", "--rebuild").code == 0
    (newest,) = tally("executions", "--machine", "daily_report", "--limit", "1", "--json").json
    shown = tally("show", newest["execution"]).out.splitlines()
    outer = next(line for line in shown if "SummarizeRecords (Map)" in line)
    inner = next(line for line in shown if "SummarizeBatch (Task)" in line)
    assert inner.index("SummarizeBatch") > outer.index("SummarizeRecords")
    assert "✓" in outer
