"""Facts that others measured on AWS in 2026: the same output, error or refusal comes out here.

The cases lie beside the project, not in it.
"""

import json
from pathlib import Path

import pytest

from local.asl import DefinitionError, Machine
from tests.builders import worlds

CASES = Path(__file__).resolve().parents[3] / "shared" / "aws-measured" / "cases.json"

if not CASES.is_file():
    pytest.skip(f"the measured cases are not here: {CASES.parent.name}/", allow_module_level=True)

MEASURED = json.loads(CASES.read_text())


def expression_of(case):
    if "expression_repeat" in case:
        first, more, times = case["expression_repeat"]
        return first + more * times
    return case["expression"]


def definition_of(case):
    if "definition" in case:
        return case["definition"]
    output = {"r": f"{{% {expression_of(case)} %}}"}
    state = {"Type": "Pass", "Output": output, "End": True}
    return {"QueryLanguage": "JSONata", "StartAt": "E", "States": {"E": state}}


def refusal_of(definition):
    with pytest.raises(DefinitionError) as refused:
        Machine.parse(json.dumps(definition))
    return refused.value.problems[0]


@pytest.mark.parametrize("case", MEASURED, ids=[case["id"] for case in MEASURED])
def test_a_measured_fact_holds_here(case):
    expect, definition = case["expect"], definition_of(case)
    if "refused" in expect:
        problem = refusal_of(definition)
        for name, wanted in expect["refused"].items():
            found = getattr(problem, name)
            assert found.startswith(wanted) if name == "message" else found == wanted
        return
    execution = worlds.run(definition, case.get("input", {}), worlds.Functions())
    outcome = execution.outcome
    if "output" in expect:
        assert json.loads(outcome.output or "null") == {"r": expect["output"]}
    if "error" in expect:
        assert (outcome.status, outcome.error) == ("FAILED", expect["error"])
    assert expect.get("cause_has", "") in (outcome.cause or "")
    assert outcome.status == expect.get("status", outcome.status)
    if expect.get("no_error"):
        assert (outcome.error, outcome.cause) == (None, None)
    if "stop_minus_start" in expect:
        taken = execution.stop_time - execution.identity.start_time
        assert taken == expect["stop_minus_start"]
    last = execution.history.events()[-1]
    wanted = expect.get("last_event", {})
    assert {name: last.get(name) for name in wanted} == wanted
