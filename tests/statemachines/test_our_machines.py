"""The two machines that are deployed, run over answers of functions and services."""

import json
import re
from pathlib import Path

import pytest

from local.asl import TaskFailed
from tests.builders.worlds import FakeS3, Functions, execution_of, in_virtual_time, output_of, types

FOLDER = Path(__file__).resolve().parents[2] / "statemachines"
EVENT = {
    "detail": {
        "bucket": {"name": "raw"},
        "object": {"key": "sales/a b+c.csv", "version-id": "v1", "size": 10},
    }
}
RECORD = {"status": "processed", "key": "sales/a b+c.csv", "records": 3}
REJECTED = {
    "status": "rejected",
    "bucket": "raw",
    "key": "sales/a b+c.csv",
    "version_id": "v1",
    "error": {"code": "EMPTY_FILE", "message": "the file is empty"},
}
VALIDATED = {"file": {"key": "sales/a b+c.csv"}, "record_key": "processed/x.json"}
COUNTED = {"record_key": "processed/x.json", "record": RECORD}
THROTTLED = TaskFailed("Lambda.TooManyRequestsException", "Rate Exceeded.")
BROKEN = TaskFailed("MemoryError", "{}")


def lambda_error(kind, message):
    cause = json.dumps({"errorType": kind, "errorMessage": message, "stackTrace": []})
    return TaskFailed(kind, cause)


INVALID = lambda_error(
    "InvalidFile",
    json.dumps(
        {"code": "EMPTY_FILE", "record_key": "processed/x.rejected.json", "record": REJECTED}
    ),
)


RULED = lambda_error("FieldRulesApply", json.dumps({"message": "contract in", **VALIDATED}))


class Account:
    """Functions by their placeholders' names, a bucket, a queue and started executions."""

    def __init__(self, objects=None, **scripts):
        self.functions = Functions(**scripts)
        self.s3 = FakeS3(objects, page_size=2, others=self._others)
        self.messages = []
        self.started = []

    def __call__(self, request):
        return self.s3(request)

    def _others(self, request):
        if request.service == "sqs":
            self.messages.append(request.arguments)
            return {"MessageId": "m"}
        if request.service == "sns":
            return {"MessageId": "m"}
        if request.service == "states":
            self.started.append(request.arguments)
            return {"ExecutionArn": "arn", "StartDate": "now"}
        return self.functions(request)

    def inputs(self, function):
        return [payload["input"] for name, payload in self.functions.calls if name == function]


def deployed(name):
    text = (FOLDER / f"{name}.asl.json").read_text()
    text = re.sub(r"\$\{(BatchSize|BatchConcurrency)\}", "2", text)
    text = text.replace("${SummariesPrefix}", "summaries/")
    text = text.replace("${RangesPrefix}", "summaries/ranges/")
    return json.loads(re.sub(r"\$\{(\w+?)(?:Function)?\}", r"\1", text))


def run_once(name, given, account, redrives=0):
    execution = execution_of(deployed(name), given, account)

    async def main():
        await execution.run()
        for _ in range(redrives):
            await execution.redrive()

    in_virtual_time(main())
    return execution


def entered(execution):
    events = execution.history.events()
    return [
        event["stateEnteredEventDetails"]["name"]
        for event in events
        if event["type"].endswith("StateEntered")
    ]


def test_a_good_file_takes_three_states_and_leaves_its_record():
    account = Account(ValidateFile=[VALIDATED], CountRecords=[COUNTED])
    execution = run_once("process_file", EVENT, account)
    assert output_of(execution) == RECORD
    assert entered(execution) == ["ValidateFile", "CountRecords", "StoreMetadata"]
    assert account.inputs("ValidateFile") == [EVENT]
    assert account.inputs("CountRecords") == [VALIDATED]
    assert account.s3.objects == {"processed/x.json": RECORD}


def test_a_file_with_field_rules_is_checked_instead_of_counted():
    account = Account(ValidateFile=[RULED], CheckFields=[COUNTED])
    execution = run_once("process_file", EVENT, account)
    assert output_of(execution) == RECORD
    assert entered(execution) == ["ValidateFile", "CheckFields", "StoreMetadata"]
    (given,) = account.inputs("CheckFields")
    assert given == {"message": "contract in", **VALIDATED}
    assert account.s3.objects == {"processed/x.json": RECORD}


@pytest.mark.parametrize("breaches", [1, 2])
def test_the_letter_of_a_file_in_breach_has_its_rules_and_rows(breaches):
    found = [{"rule": "id.type", "rows": 1, "first_rows": [7]}] * breaches
    record = {**REJECTED, "breaches": found}
    rejection = {"record_key": "processed/x.rejected.json", "record": record}
    account = Account(
        ValidateFile=[RULED], CheckFields=[lambda_error("InvalidFile", json.dumps(rejection))]
    )
    run_once("process_file", EVENT, account)
    (message,) = account.messages
    assert json.loads(message["MessageBody"])["breaches"] == found


@pytest.mark.parametrize("function", ["ValidateFile", "CountRecords", "CheckFields", "MergeRanges"])
def test_a_bad_file_ends_in_the_dead_letter_queue_and_the_execution_succeeds(function):
    large = function == "MergeRanges"
    counted = lambda_error("LargeFile", json.dumps(LARGE)) if large else COUNTED
    validated = RULED if function == "CheckFields" else VALIDATED
    answers = {"ValidateFile": [validated], "CountRecords": [counted], function: [INVALID]}
    answers["CountRange"] = [number_of_range]
    account = Account(**answers)
    execution = run_once("process_file", EVENT, account)
    assert output_of(execution) == REJECTED
    assert entered(execution)[-3:] == ["RecordRejection", "SendToDeadLetterQueue", "FileRejected"]
    stored = {key for key in account.s3.objects if key.startswith("processed/")}
    assert stored == {"processed/x.rejected.json"}
    assert account.s3.objects["processed/x.rejected.json"] == REJECTED
    (message,) = account.messages
    letter = json.loads(message["MessageBody"])
    assert letter["code"] == "EMPTY_FILE"
    assert letter["execution_arn"].endswith(":execution:machine:run")


def test_a_letter_is_of_characters_that_sqs_takes_and_names_the_key_as_it_is():
    key = 'a\ufffe\uffff\x01\x7fé\U0001f600"\\\n.csv'
    rejection = {"record_key": "processed/x.rejected.json", "record": {**REJECTED, "key": key}}
    account = Account(ValidateFile=[lambda_error("InvalidFile", json.dumps(rejection))])
    run_once("process_file", EVENT, account)
    (message,) = account.messages
    body = message["MessageBody"]
    assert all(
        letter in "\t\n\r" or " " <= letter < "\ufffe" or letter > "\uffff" for letter in body
    )
    assert json.loads(body)["key"] == key


def test_a_duplicate_event_ends_at_once_and_counts_nothing():
    marker = {"record_key": "duplicates/x.json", "record": {"status": "duplicate"}}
    duplicate = lambda_error("DuplicateEvent", json.dumps(marker))
    account = Account(ValidateFile=[duplicate], CountRecords=[COUNTED])
    execution = run_once("process_file", EVENT, account)
    assert output_of(execution)["status"] == "duplicate"
    assert entered(execution) == ["ValidateFile", "DuplicateIgnored"]
    assert "processed/x.json" not in account.s3.objects


def test_a_function_that_is_throttled_three_times_counts_in_the_end():
    account = Account(
        ValidateFile=[VALIDATED], CountRecords=[THROTTLED, THROTTLED, THROTTLED, COUNTED]
    )
    assert output_of(run_once("process_file", EVENT, account)) == RECORD
    assert len(account.inputs("CountRecords")) == 4


def test_a_fault_fails_in_place_and_a_redrive_finishes_from_there():
    account = Account(ValidateFile=[VALIDATED], CountRecords=[BROKEN, COUNTED])
    execution = run_once("process_file", EVENT, account)
    assert execution.outcome.error == "MemoryError"
    assert entered(execution)[-1] == "CountRecords"
    assert account.messages == []
    account = Account(ValidateFile=[VALIDATED], CountRecords=[BROKEN, COUNTED])
    execution = run_once("process_file", EVENT, account, redrives=1)
    assert output_of(execution) == RECORD
    assert len(account.inputs("ValidateFile")) == 1


LARGE = {
    "file": {"key": "sales/a b+c.csv", "uploaded_at": "2026-11-22T10:00:00Z"},
    "record_key": "processed/x.json",
    "ranges": 5,
}


def number_of_range(payload):
    return {"range": payload["input"]["range"]}


def test_a_large_file_is_counted_in_ranges_whose_answers_are_merged():
    too_large = lambda_error("LargeFile", json.dumps(LARGE))
    account = Account(
        ValidateFile=[VALIDATED],
        CountRecords=[too_large],
        CountRange=[number_of_range],
        MergeRanges=[COUNTED],
    )
    execution = run_once("process_file", EVENT, account)
    assert output_of(execution) == RECORD
    assert [each for each in entered(execution) if each != "CountRange"] == [
        "ValidateFile",
        "CountRecords",
        "CountRanges",
        "MergeRanges",
        "StoreMetadata",
    ]
    given = account.inputs("CountRange")
    assert sorted(each["range"] for each in given) == [0, 1, 2, 3, 4]
    assert all(each["given"] == LARGE for each in given)
    (merged,) = account.inputs("MergeRanges")
    assert merged["given"] == LARGE
    (file,) = account.s3.json(merged["manifest"])["ResultFiles"]["SUCCEEDED"]
    assert file["Key"].startswith("summaries/ranges/date=2026-11-22/")
    lines = account.s3.objects[file["Key"]].splitlines()
    assert sorted(json.loads(line)["range"] for line in lines) == [0, 1, 2, 3, 4]


def test_a_file_of_one_range_is_counted_too():
    too_large = lambda_error("LargeFile", json.dumps({**LARGE, "ranges": 1}))
    account = Account(
        ValidateFile=[VALIDATED],
        CountRecords=[too_large],
        CountRange=[number_of_range],
        MergeRanges=[COUNTED],
    )
    assert output_of(run_once("process_file", EVENT, account)) == RECORD
    assert len(account.inputs("CountRange")) == 1


def test_a_failed_range_fails_the_file_in_place_and_a_redrive_counts_that_range_alone():
    account = Account(
        ValidateFile=[VALIDATED],
        CountRecords=[lambda_error("LargeFile", json.dumps(LARGE))],
        CountRange=[number_of_range, BROKEN, number_of_range],
        MergeRanges=[COUNTED],
    )
    execution = run_once("process_file", EVENT, account, redrives=1)
    assert output_of(execution) == RECORD
    assert len(account.inputs("CountRecords")) == 1
    assert sorted(each["range"] for each in account.inputs("CountRange")) == [0, 1, 1, 2, 3, 4]


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
