"""Both machines, as their templates carry them."""

import re

import pytest

MACHINES = (("processing", "ProcessFile"), ("reporting", "DailyReport"))
LAMBDA = "arn:aws:states:::lambda:invoke"
NO_CAPACITY = "Lambda.TooManyRequestsException"
OF_A_LARGE_FILE = ("ValidateFile", "CountRecords", "MergeRanges")
A_DAY, REDRIVE_DAYS = 86_400, 14
"""A record that came later than 14 days after its day would be in no report."""
TRANSIENT = {
    "TransientError",
    "Lambda.TooManyRequestsException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.ClientExecutionTimeoutException",
    "Sandbox.Timedout",
    "States.Timeout",
    "S3.S3Exception",
    "S3.SdkClientException",
    "SQS.AmazonSQSException",
    "SNS.AmazonSNSException",
    "SNS.SdkClientException",
    "SQS.SdkClientException",
    "StepFunctions.AWSStepFunctionsException",
    "StepFunctions.ExecutionLimitExceededException",
    "StepFunctions.SdkClientException",
}
OF_LAMBDA = {name for name in TRANSIENT if name.startswith(("Lambda.", "Sandbox.", "States."))} | {
    "TransientError"
}


def states_of(machine):
    """All states by name, those inside a Map included."""
    for name, state in machine["States"].items():
        yield name, state
        if "ItemProcessor" in state:
            yield from states_of(state["ItemProcessor"])


@pytest.fixture(scope="session")
def machines(dev):
    return {machine: dev.templates[stack].definition(machine) for stack, machine in MACHINES}


@pytest.fixture(scope="session")
def process_file(machines):
    return machines["ProcessFile"]["States"]


@pytest.fixture(scope="session")
def daily_report(machines):
    return machines["DailyReport"]["States"]


@pytest.fixture(scope="session")
def all_states(machines):
    return {name: state for machine in machines.values() for name, state in states_of(machine)}


@pytest.fixture(scope="session")
def tasks(all_states):
    return {name: state for name, state in all_states.items() if state["Type"] == "Task"}


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


def test_retries_are_for_named_transient_errors_with_jitter_and_a_cap(tasks):
    for name, state in tasks.items():
        for retrier in state["Retry"]:
            assert set(retrier["ErrorEquals"]) <= TRANSIENT, name
            assert retrier["JitterStrategy"] == "FULL"
            if retrier["ErrorEquals"] != [NO_CAPACITY]:
                assert retrier["BackoffRate"] == 2
                assert 1 <= retrier["IntervalSeconds"] <= retrier["MaxDelaySeconds"] <= 300
                assert 1 <= retrier["MaxAttempts"] <= 12


def test_every_call_of_a_function_is_retried_on_every_transient_error_of_lambda(tasks):
    for name, state in tasks.items():
        if state["Resource"] == LAMBDA:
            assert retried(state) == OF_LAMBDA, name


@pytest.mark.parametrize(
    ("state", "errors"),
    [
        ("StoreMetadata", {"S3.S3Exception", "S3.SdkClientException", "States.Timeout"}),
        ("RecordRejection", {"S3.S3Exception", "S3.SdkClientException", "States.Timeout"}),
        (
            "SendToDeadLetterQueue",
            {"SQS.AmazonSQSException", "SQS.SdkClientException", "States.Timeout"},
        ),
        (
            "RestateDay",
            {
                "StepFunctions.AWSStepFunctionsException",
                "StepFunctions.ExecutionLimitExceededException",
                "StepFunctions.SdkClientException",
                "States.Timeout",
            },
        ),
    ],
)
def test_a_call_of_a_service_is_retried_on_that_services_errors(tasks, state, errors):
    assert retried(tasks[state]) == errors


def retried(state):
    return {error for retrier in state["Retry"] for error in retrier["ErrorEquals"]}


@pytest.mark.parametrize(
    "name", ["ValidateFile", "CountRecords", "CheckFields", "CountRange", "MergeRanges"]
)
def test_a_file_without_capacity_waits_for_hours_in_whatever_state_it_is(tasks, name):
    """With full jitter, the waits come to half of these on average."""
    assert longest_wait(tasks[name], NO_CAPACITY) / 2 > 24 * 3600


def test_a_file_waits_for_longer_than_its_machine_lets_it_before_a_retry_is_the_last(
    machines, tasks
):
    ends = machines["ProcessFile"]["TimeoutSeconds"]
    assert longest_wait(tasks["ValidateFile"], NO_CAPACITY) / 2 > ends


def test_the_history_of_a_file_has_room_for_all_its_tries(tasks):
    """A try is three events: scheduled, started, failed. 25,000 fail an execution."""
    tries = [no_capacity(tasks[name])["MaxAttempts"] for name in OF_A_LARGE_FILE]
    assert 3 * sum(tries) < 24_000


@pytest.mark.parametrize("name", ["PlanReport", "SummarizeBatch", "WriteReport"])
def test_a_report_without_capacity_waits_as_long_as_its_machine_lets_it(machines, tasks, name):
    ends = machines["DailyReport"]["TimeoutSeconds"]
    assert longest_wait(tasks[name], NO_CAPACITY) > ends * 0.9


@pytest.mark.parametrize("name", ["SummarizeRecords", "CountRanges"])
def test_the_children_of_a_map_may_wait_for_capacity(all_states, name):
    """An Express child lives five minutes, waits included: with ten slots, ranges failed in it."""
    config = all_states[name]["ItemProcessor"]["ProcessorConfig"]
    assert config == {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}


def no_capacity(state):
    (found,) = [each for each in state["Retry"] if each["ErrorEquals"] == [NO_CAPACITY]]
    return found


def longest_wait(state, error):
    """Seconds that the retries on an error wait at most, all together."""
    (retrier,) = [each for each in state["Retry"] if error in each["ErrorEquals"]]
    delay, total = retrier["IntervalSeconds"], 0
    for _ in range(retrier["MaxAttempts"]):
        total += delay
        delay = min(delay * retrier["BackoffRate"], retrier["MaxDelaySeconds"])
    return total


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


def test_a_check_is_tried_again_as_a_count_is(process_file):
    checked, counted = process_file["CheckFields"], process_file["CountRecords"]
    assert checked["Retry"] == counted["Retry"]
    assert checked["TimeoutSeconds"] == counted["TimeoutSeconds"]
    assert checked["Catch"] == counted["Catch"][:1]


def test_a_batch_leaves_room_for_what_is_added_around_it(daily_report):
    """A payload may have 256 KiB; the batch travels inside the function's arguments."""
    assert daily_report["SummarizeRecords"]["ItemBatcher"]["MaxInputBytesPerBatch"] <= 224 * 1024
