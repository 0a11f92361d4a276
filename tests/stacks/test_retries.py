"""What the states of both machines try again, how often and for how long."""

import pytest

LAMBDA = "arn:aws:states:::lambda:invoke"
NO_CAPACITY = "Lambda.TooManyRequestsException"
OF_A_LARGE_FILE = ("ValidateFile", "CountRecords", "MergeRanges")
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


def test_a_check_is_tried_again_as_a_count_is(process_file):
    checked, counted = process_file["CheckFields"], process_file["CountRecords"]
    assert checked["Retry"] == counted["Retry"]
    assert checked["TimeoutSeconds"] == counted["TimeoutSeconds"]
    assert checked["Catch"] == counted["Catch"][:1]


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
