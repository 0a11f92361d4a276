"""ListExecutions: newest first, filtered, in pages that nothing shifts."""

import random

import pytest

from local.stepfunctions.execution_index import Listing
from local.stepfunctions.store import Record

PASS = {"Type": "Pass"}
FAIL = {"Type": "Fail", "Error": "Broken"}
STATUSES = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]


def names(page):
    return [each["name"] for each in page]


def test_executions_are_listed_newest_first(api):
    machine = api.machine(PASS)
    for name in "abc":
        api.run(machine, name=name)
    found = api("ListExecutions", stateMachineArn=machine)["executions"]
    assert names(found) == ["c", "b", "a"]
    assert found[0].pop("stopDate") >= found[0].pop("startDate")
    assert found[0] == {
        "executionArn": f"{machine.replace('stateMachine', 'execution')}:c",
        "stateMachineArn": machine,
        "name": "c",
        "status": "SUCCEEDED",
        "redriveCount": 0,
    }


def test_each_machine_lists_its_own(api):
    first, second = (api.machine(PASS, name=name) for name in ("first", "second"))
    api.run(first, name="a")
    assert api("ListExecutions", stateMachineArn=second)["executions"] == []


def test_a_status_filter_finds_only_that_status(api, world, task):
    machine = api.machine(task("held"))
    for name in "abc":
        api.start(machine, name=name)
    world.wait_for_held(3)
    api("StopExecution", executionArn=f"{machine.replace('stateMachine', 'execution')}:b")
    listed = {
        status: names(
            api("ListExecutions", stateMachineArn=machine, statusFilter=status)["executions"]
        )
        for status in STATUSES
    }
    assert listed == {
        "RUNNING": ["c", "a"],
        "ABORTED": ["b"],
        "SUCCEEDED": [],
        "FAILED": [],
        "TIMED_OUT": [],
    }


def test_pages_hold_every_execution_once(api):
    machine = api.machine(PASS)
    for number in range(7):
        api.run(machine, name=f"n{number}")
    pages = api.pages("ListExecutions", "executions", stateMachineArn=machine, maxResults=3)
    assert [names(page) for page in pages] == [["n6", "n5", "n4"], ["n3", "n2", "n1"], ["n0"]]


def test_a_full_last_page_has_no_token(api):
    machine = api.machine(PASS)
    for number in range(2):
        api.run(machine, name=f"n{number}")
    assert "nextToken" not in api("ListExecutions", stateMachineArn=machine, maxResults=2)


def test_executions_that_start_between_two_pages_shift_nothing(api):
    machine = api.machine(PASS)
    for name in "abcd":
        api.run(machine, name=name)
    first = api("ListExecutions", stateMachineArn=machine, maxResults=2)
    api.run(machine, name="e")
    token = first["nextToken"]
    second = api("ListExecutions", stateMachineArn=machine, maxResults=2, nextToken=token)
    assert names(first["executions"]) + names(second["executions"]) == ["d", "c", "b", "a"]


def test_a_token_is_good_for_its_own_request_only(api):
    machine = api.machine(PASS)
    for name in "abc":
        api.run(machine, name=name)
    token = api("ListExecutions", stateMachineArn=machine, maxResults=1)["nextToken"]
    other = {"stateMachineArn": machine, "statusFilter": "FAILED", "nextToken": token}
    assert api.refused("ListExecutions", **other)[0] == "InvalidToken"


@pytest.mark.parametrize("token", ["nonsense", "e30=", "W10=", "\N{SNOWMAN}", "WzEsMl0="])
def test_a_token_that_was_never_given_is_refused(api, token):
    refused = api.refused("ListExecutions", stateMachineArn=api.machine(PASS), nextToken=token)
    assert refused == ("InvalidToken", "Invalid Token: 'Invalid token'")


def test_more_than_1000_a_page_are_refused_with_aws_words(api):
    assert api.refused("ListExecutions", stateMachineArn=api.machine(PASS), maxResults=1001) == (
        "ValidationException",
        (
            "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy "
            "constraint: Member must have value less than or equal to 1000"
        ),
    )


def test_no_maximum_is_a_page_of_100(api):
    machine = api.machine(PASS)
    for _ in range(101):
        api.start(machine)
    assert len(api("ListExecutions", stateMachineArn=machine)["executions"]) == 100
    assert len(api("ListExecutions", stateMachineArn=machine, maxResults=0)["executions"]) == 100


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {
            "stateMachineArn": "arn:aws:states:us-east-1:1:stateMachine:m",
            "mapRunArn": "arn:aws:states:us-east-1:1:mapRun:m/l:1",
        },
    ],
)
def test_either_a_machine_or_a_map_run_must_be_named(api, parameters):
    assert api.refused("ListExecutions", **parameters)[0] == "ValidationException"


@pytest.mark.parametrize(
    "filters", [{"redriveFilter": "REDRIVEN"}, {"statusFilter": "PENDING_REDRIVE"}]
)
def test_filters_of_map_runs_are_refused_for_machines(api, filters):
    refused = api.refused("ListExecutions", stateMachineArn=api.machine(PASS), **filters)
    assert refused[0] == "ValidationException"


def test_executions_of_a_machine_that_is_not_there_are_refused(api):
    arn = "arn:aws:states:us-east-1:123456789012:stateMachine:none"
    refused = api.refused("ListExecutions", stateMachineArn=arn)
    assert refused == ("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")


@pytest.mark.parametrize("seed", range(5))
def test_the_index_finds_what_a_walk_through_everything_finds(seed):
    chance = random.Random(seed)
    listing = Listing("machine")
    for number in range(60):
        listing.add(Record(f"arn:{number}", 0.0, None, listing))
        for record in chance.sample(listing.records, min(3, len(listing.records))):
            if chance.random() < 0.3 and not record.redrive_count:
                listing.redriven(record)
                record.redrive_count = 1
            listing.move(record, chance.choice(STATUSES))
    for status in [None, *STATUSES]:
        for redrive in (None, "REDRIVEN", "NOT_REDRIVEN"):
            before = chance.choice([None, 0, 1, 30, 59, 60])
            expected = [
                record.place
                for record in reversed(listing.records)
                if status in {None, record.status}
                and (redrive is None or (redrive == "REDRIVEN") == bool(record.redrive_count))
                and (before is None or record.place < before)
            ]
            found = [record.place for record in listing.newest(before, status, redrive)]
            assert found == expected
