"""Both machines, as their templates carry them."""

import re

import pytest

MACHINES = (("processing", "ProcessFile"), ("reporting", "DailyReport"))
LAMBDA = "arn:aws:states:::lambda:invoke"
A_DAY, REDRIVE_DAYS = 86_400, 14
"""A record that came later than 14 days after its day would be in no report."""


@pytest.mark.parametrize(("stack", "machine"), MACHINES)
def test_every_placeholder_is_filled_and_every_filling_is_used(dev, stack, machine):
    properties = dev.templates[stack].one("AWS::StepFunctions::StateMachine", machine)
    written = set(re.findall(r"\$\{(\w+)\}", properties["DefinitionString"]))
    assert written == set(properties["DefinitionSubstitutions"])


@pytest.mark.parametrize("machine", ["ProcessFile", "DailyReport"])
def test_a_machine_says_what_it_is_for_speaks_jsonata_and_ends(machines, machine):
    definition = machines[machine]
    assert definition["QueryLanguage"] == "JSONata"
    assert definition["Comment"]
    assert 3600 <= definition["TimeoutSeconds"] <= REDRIVE_DAYS * A_DAY


def test_a_file_takes_three_states_and_no_more(machines, process_file):
    path = [machines["ProcessFile"]["StartAt"]]
    while "Next" in process_file[path[-1]]:
        path.append(process_file[path[-1]]["Next"])
    assert path == ["ValidateFile", "CountRecords", "StoreMetadata"]


def test_a_bad_file_takes_the_dead_letter_branch_and_the_execution_succeeds(process_file):
    for name in ("ValidateFile", "CountRecords", "CheckFields", "MergeRanges"):
        assert caught(process_file[name])["InvalidFile"] == "RecordRejection"
    assert process_file["RecordRejection"]["Next"] == "SendToDeadLetterQueue"
    assert process_file["SendToDeadLetterQueue"]["Next"] == "FileRejected"
    assert process_file["FileRejected"]["Type"] == "Succeed"


def test_a_duplicate_is_seen_first_thing_and_ends_well(process_file):
    assert caught(process_file["ValidateFile"])["DuplicateEvent"] == "DuplicateIgnored"
    assert process_file["DuplicateIgnored"]["Resource"].endswith("s3:putObject")


def caught(state):
    return {
        error: catcher["Next"] for catcher in state["Catch"] for error in catcher["ErrorEquals"]
    }


def test_only_answers_about_a_file_are_caught_so_that_a_redrive_finds_its_state(all_states):
    names = {
        error
        for state in all_states.values()
        for catcher in state.get("Catch", ())
        for error in catcher["ErrorEquals"]
    }
    assert names == {"InvalidFile", "DuplicateEvent", "LargeFile", "FieldRulesApply"}


def test_no_state_fails_on_purpose(all_states):
    assert "Fail" not in {state["Type"] for state in all_states.values()}


@pytest.mark.parametrize("name", ["SummarizeRecords", "CountRanges"])
def test_the_children_of_a_map_may_wait_for_capacity(all_states, name):
    """An Express child lives five minutes, waits included: with ten slots, ranges failed in it."""
    config = all_states[name]["ItemProcessor"]["ProcessorConfig"]
    assert config == {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}


def test_every_task_has_a_time_limit(tasks):
    assert {name for name, state in tasks.items() if "TimeoutSeconds" not in state} == set()


def test_a_task_outlasts_its_function_so_that_lambda_says_why_it_ended(dev, tasks):
    functions = {
        **dev.processing.all("AWS::Lambda::Function"),
        **dev.reporting.all("AWS::Lambda::Function"),
    }
    for name, state in tasks.items():
        if state["Resource"] == LAMBDA:
            assert functions[name]["Timeout"] < state["TimeoutSeconds"] <= 960, name


def test_every_lambda_state_calls_the_function_of_its_name_with_its_execution(tasks):
    called = {}
    for name, state in tasks.items():
        if state["Resource"] == LAMBDA:
            called[name] = state["Arguments"]["FunctionName"]
            assert state["Arguments"]["Payload"]["execution"] == {
                "arn": "{% $states.context.Execution.Id %}",
                "started_at": "{% $states.context.Execution.StartTime %}",
            }
            assert "input" in state["Arguments"]["Payload"]
    assert called == {
        name: f"<{name}.Arn>"
        for name in (
            "ValidateFile",
            "CountRecords",
            "CheckFields",
            "CountRange",
            "MergeRanges",
            "PlanReport",
            "SummarizeBatch",
            "WriteReport",
        )
    }


def test_both_kinds_of_record_are_written_plainly_to_the_key_that_was_worked_out(tasks):
    for name in ("StoreMetadata", "RecordRejection"):
        assert tasks[name]["Arguments"] == {
            "Bucket": "<ReportsBucket>",
            "Key": "{% $states.input.record_key %}",
            "Body": "{% $states.input.record %}",
            "ContentType": "application/json",
        }


def test_a_dead_letter_says_which_file_and_why(tasks):
    arguments = tasks["SendToDeadLetterQueue"]["Arguments"]
    assert arguments["QueueUrl"] == "<DeadLetterQueue>"
    told = re.findall(r"'(\w+)': ", arguments["MessageBody"])
    assert told == [
        "kind",
        "bucket",
        "key",
        "version_id",
        "code",
        "message",
        "breaches",
        "execution_arn",
    ]


def test_the_report_waits_for_its_day_and_goes_round_an_empty_one(daily_report):
    (unsettled,) = daily_report["IsDaySettled"]["Choices"]
    assert unsettled["Next"] == "WaitForInFlight"
    assert daily_report["WaitForInFlight"]["Next"] == "PlanReport"
    assert daily_report["IsDaySettled"]["Default"] == "RestateLateDays"
    assert daily_report["RestateLateDays"]["Next"] == "HasRecords"
    (some,) = daily_report["HasRecords"]["Choices"]
    assert some["Next"] == "SummarizeRecords"
    assert daily_report["HasRecords"]["Default"] == "WriteReport"
    assert daily_report["SummarizeRecords"]["Next"] == "WriteReport"
    assert daily_report["WriteReport"]["Next"] == "AnnounceReport"
    assert daily_report["AnnounceReport"]["End"] is True


def test_records_are_summarized_in_children_and_not_one_may_be_missing(daily_report):
    mapped = daily_report["SummarizeRecords"]
    assert mapped["ItemProcessor"]["ProcessorConfig"] == {
        "Mode": "DISTRIBUTED",
        "ExecutionType": "STANDARD",
    }
    assert mapped["ToleratedFailurePercentage"] == 0
    assert "Retry" not in mapped, "it would run every batch again"
    assert mapped["ItemReader"]["Resource"] == "arn:aws:states:::s3:listObjectsV2"
    assert mapped["ResultWriter"]["Arguments"]["Bucket"] == "<ReportsBucket>"
    assert mapped["ResultWriter"]["WriterConfig"] == {
        "Transformation": "COMPACT",
        "OutputType": "JSONL",
    }


@pytest.mark.parametrize(
    ("stack", "machine", "state"),
    [
        ("reporting", "DailyReport", "SummarizeRecords"),
        ("processing", "ProcessFile", "CountRanges"),
    ],
)
def test_the_label_of_a_map_is_the_one_that_its_role_may_redrive(
    dev, machines, stack, machine, state
):
    label = machines[machine]["States"][state]["Label"]
    grants = dev.templates[stack].grants(f"{machine}Role")
    (redrive,) = [each for each in grants if "Redrive" in each]
    assert redrive.endswith(f"/{label}:*")


def test_a_large_file_is_counted_in_ranges_and_joins_the_path_of_the_others(process_file):
    assert caught(process_file["CountRecords"])["LargeFile"] == "CountRanges"
    mapped = process_file["CountRanges"]
    assert mapped["ItemProcessor"]["ProcessorConfig"] == {
        "Mode": "DISTRIBUTED",
        "ExecutionType": "STANDARD",
    }
    assert mapped["ToleratedFailurePercentage"] == 0
    assert "Retry" not in mapped, "it would count every range again"
    assert mapped["Next"] == "MergeRanges"
    assert process_file["MergeRanges"]["Next"] == "StoreMetadata"


def test_a_file_with_field_rules_takes_the_place_of_the_count_and_no_state_more(process_file):
    assert caught(process_file["ValidateFile"])["FieldRulesApply"] == "CheckFields"
    assert process_file["CheckFields"]["Next"] == "StoreMetadata"
    leads = [name for name, state in process_file.items() if state.get("Next") == "CheckFields"]
    assert leads == []


def test_a_batch_leaves_room_for_what_is_added_around_it(daily_report):
    """A payload may have 256 KiB; the batch travels inside the function's arguments."""
    assert daily_report["SummarizeRecords"]["ItemBatcher"]["MaxInputBytesPerBatch"] <= 224 * 1024
