"""`process_file` as it is deployed, run over answers of functions and services."""

import json

import pytest

from tests.builders.our_machines import BROKEN, THROTTLED, Account, entered, lambda_error, run_once
from tests.builders.worlds import output_of

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


INVALID = lambda_error(
    "InvalidFile",
    json.dumps(
        {"code": "EMPTY_FILE", "record_key": "processed/x.rejected.json", "record": REJECTED}
    ),
)


RULED = lambda_error("FieldRulesApply", json.dumps({"message": "contract in", **VALIDATED}))


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
