"""`daily_report` as it is deployed, run over answers of functions and services."""

import json

from tests.builders.our_machines import BROKEN, Account, entered, run_once
from tests.builders.worlds import output_of, types

FAILED_BEFORE = {"until": "2026-11-22T10:00:00+00:00", "fingerprint": "f"}
PLAN = {
    "date": "2026-11-22",
    "prefix": "processed/date=2026-11-22/",
    "wait_seconds": 0,
    "settled": True,
    "failed_before": FAILED_BEFORE,
    "has_records": True,
    "late_days": [],
}
RECORDS = {f"processed/date=2026-11-22/{number}.json": "{}" for number in range(5)}


REPORT = {"received": 5, "announcement": {"subject": "a report", "message": "all is well"}}


def summarize(payload):
    return {"records": len(payload["input"]["Items"])}


def test_an_empty_day_is_a_report_without_a_manifest():
    account = Account(
        PlanReport=[{**PLAN, "has_records": False}], WriteReport=[{**REPORT, "received": 0}]
    )
    execution = run_once("daily_report", {}, account)
    assert output_of(execution)["received"] == 0
    assert "SummarizeRecords" not in entered(execution)
    assert account.inputs("WriteReport") == [
        {"date": "2026-11-22", "settled": True, "failed_before": FAILED_BEFORE, "manifest": None}
    ]


def test_a_plan_of_an_older_function_does_not_stop_a_report():
    """In a gradual deployment a new machine may meet the function of before."""
    older = {name: value for name, value in PLAN.items() if name != "failed_before"}
    account = Account(PlanReport=[{**older, "has_records": False}], WriteReport=[REPORT])
    run_once("daily_report", {}, account)
    assert account.inputs("WriteReport")[0]["failed_before"] is None


def test_the_records_of_a_day_are_summarized_in_batches():
    account = Account(RECORDS, PlanReport=[PLAN], SummarizeBatch=[summarize], WriteReport=[REPORT])
    execution = run_once("daily_report", {}, account)
    assert output_of(execution)["received"] == 5
    assert [len(each["Items"]) for each in account.inputs("SummarizeBatch")] == [2, 2, 1]
    assert account.inputs("SummarizeBatch")[0]["BatchInput"]["date"] == "2026-11-22"
    (written,) = account.inputs("WriteReport")
    manifest = account.s3.json(written["manifest"]["key"])
    (file,) = manifest["ResultFiles"]["SUCCEEDED"]
    assert file["Key"].startswith("summaries/date=2026-11-22/")
    lines = account.s3.objects[file["Key"]].splitlines()
    assert sum(json.loads(line)["records"] for line in lines) == 5


def test_a_day_that_still_moves_is_waited_for():
    moving = {**PLAN, "wait_seconds": 300, "has_records": False}
    account = Account(
        PlanReport=[moving, moving, {**moving, "wait_seconds": 0, "settled": False}],
        WriteReport=[REPORT],
    )
    execution = run_once("daily_report", {}, account)
    rounds = [
        payload["rounds"] for name, payload in account.functions.calls if name == "PlanReport"
    ]
    assert rounds == [0, 1, 2]
    events = execution.history.events()
    assert events[-1]["timestamp"] - events[0]["timestamp"] == 600
    assert account.inputs("WriteReport")[0]["settled"] is False


def test_late_days_are_restated_by_executions_of_their_own():
    plan = {**PLAN, "has_records": False, "late_days": ["2026-11-20", "2026-11-21"]}
    account = Account(PlanReport=[plan], WriteReport=[REPORT])
    run_once("daily_report", {}, account)
    assert [each["Input"] for each in account.started] == [
        {"date": "2026-11-20"},
        {"date": "2026-11-21"},
    ]
    assert account.started[0]["StateMachineArn"].endswith(":stateMachine:machine")


def test_a_failed_batch_fails_the_report_in_place_and_a_redrive_runs_that_batch_alone():
    account = Account(
        RECORDS,
        PlanReport=[PLAN],
        SummarizeBatch=[{"records": 2}, BROKEN, summarize],
        WriteReport=[REPORT],
    )
    execution = run_once("daily_report", {}, account, redrives=1)
    assert output_of(execution)["received"] == 5
    assert len(account.inputs("PlanReport")) == 1
    assert "MapRunRedriven" in types(execution)
    firsts = [each["Items"][0]["Key"][-6] for each in account.inputs("SummarizeBatch")]
    assert sorted(firsts) == ["0", "2", "2", "4"]
    (written,) = account.inputs("WriteReport")
    assert account.s3.json(written["manifest"]["key"])["ResultFiles"]["FAILED"] == []
