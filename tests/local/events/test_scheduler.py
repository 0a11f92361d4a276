"""Schedules and the clock that can be set."""

import time
from datetime import UTC, datetime, timedelta

import pytest
import urllib3

from local.deploy.session import endpoint
from local.events.scheduler import Scheduler

OFF = {"FlexibleTimeWindow": {"Mode": "OFF"}}


@pytest.fixture(scope="module")
def here(served):
    """An endpoint of this file's own: its clock is set."""
    with endpoint() as url:
        yield type(served)(url)


@pytest.fixture(autouse=True)
def clock(here):
    """Sets the clock and answers what fired; real time and no schedule are back after each test."""

    def ask(now, path="clock"):
        given = {"now": now} if path == "clock" else now
        return urllib3.request("POST", f"{here.url}/_tally/{path}", json=given, timeout=60).json()

    yield ask
    scheduler = here.client("scheduler")
    for each in scheduler.list_schedules()["Schedules"]:
        scheduler.delete_schedule(Name=each["Name"])
    ask(None)


def schedule(here, expression, target, **options):
    name = here.name("schedule")
    here.client("scheduler").create_schedule(
        Name=name, ScheduleExpression=expression, Target=target, **OFF, **options
    )
    return name


def starter(here, machine):
    return {"Arn": machine, "RoleArn": here.role(("states:StartExecution", machine))}


def inputs_once(here, machine, count):
    until = time.monotonic() + 10
    while len(found := here.inputs(machine)) < count and time.monotonic() < until:
        time.sleep(0.05)
    return found


def named(fired, name):
    return [each["due"] for each in fired["fired"] if each["schedule"].endswith(f"/{name}")]


def test_the_clock_set_past_a_schedules_time_starts_its_machine_once(here, clock):
    machine = here.machine()
    name = schedule(here, "cron(0 0 * * ? *)", starter(here, machine) | {"Input": '{"a": 1}'})
    clock("2030-05-01T23:00:00Z")
    fired = clock("2030-05-02T00:00:01Z")
    assert named(fired, name) == ["2030-05-02T00:00:00+00:00"]
    assert named(clock("2030-05-02T12:00:00Z"), name) == []
    assert {"a": 1} in inputs_once(here, machine, 1)


def test_the_clock_runs_on_from_where_it_was_set(here, clock):
    machine = here.machine()
    schedule(here, "at(2031-01-01T00:00:02)", starter(here, machine))
    clock("2031-01-01T00:00:00Z")
    assert inputs_once(here, machine, 1) == [{}]


def test_every_time_on_the_way_fires_in_order(here, clock):
    machine = here.machine()
    clock("2032-01-01T00:00:30Z")
    target = starter(here, machine) | {"Input": '{"at": "<aws.scheduler.scheduled-time>"}'}
    name = schedule(here, "cron(0 * * * ? *)", target)
    fired = clock("2032-01-01T03:30:00Z")
    hours = [f"2032-01-01T0{hour}:00:00" for hour in (1, 2, 3)]
    assert named(fired, name) == [f"{hour}+00:00" for hour in hours]
    ats = {each["at"] for each in inputs_once(here, machine, 3)}
    assert ats == {f"{hour}Z" for hour in hours}


def test_the_clock_set_back_fires_nothing(here, clock):
    machine = here.machine()
    clock("2033-06-01T00:00:30Z")
    name = schedule(here, "cron(0 0 * * ? *)", starter(here, machine))
    assert named(clock("2033-05-01T00:00:00Z"), name) == []


def test_a_disabled_schedule_does_not_fire(here, clock):
    machine = here.machine()
    clock("2034-01-01T10:00:00Z")
    name = schedule(here, "rate(1 hour)", starter(here, machine), State="DISABLED")
    assert named(clock("2034-01-02T10:00:00Z"), name) == []
    assert here.inputs(machine) == []


def test_a_schedule_can_be_run_now(here, clock):
    machine = here.machine()
    name = schedule(here, "cron(0 0 1 1 ? 2199)", starter(here, machine))
    assert len(clock({"name": name}, "run")["fired"]) == 1
    assert inputs_once(here, machine, 1) == [{}]


def test_a_schedule_whose_role_may_not_start_its_machine_leaves_a_dead_letter(here, clock):
    machine, (url, queue) = here.machine(), here.queue()
    role = here.role(("sqs:SendMessage", queue))
    target = {"Arn": machine, "RoleArn": role, "DeadLetterConfig": {"Arn": queue}, "Input": "{}"}
    name = schedule(here, "cron(0 0 1 1 ? 2199)", target)
    clock({"name": name}, "run")
    until = time.monotonic() + 10
    while not (letters := here.messages(url)) and time.monotonic() < until:
        time.sleep(0.05)
    attributes = {key: each["StringValue"] for key, each in letters[0]["MessageAttributes"].items()}
    assert letters[0]["Body"] == "{}"
    assert attributes["TARGET_ARN"] == machine
    assert attributes["SCHEDULE_ARN"].endswith(f"/{name}")
    assert "states:StartExecution" in attributes["ERROR_MESSAGE"]
    assert attributes["RETRY_ATTEMPTS"] == "0"
    assert here.inputs(machine) == []


@pytest.mark.parametrize(
    ("path", "given", "status", "word"),
    [
        ("clock", {"now": "tomorrow"}, 400, "tomorrow"),
        ("clock", {}, 400, "now"),
        ("run", {"name": "nobody"}, 404, "nobody"),
        ("other", {}, 404, "other"),
    ],
)
def test_a_wrong_order_is_one_line(here, path, given, status, word):
    answer = urllib3.request("POST", f"{here.url}/_tally/{path}", json=given)
    assert answer.status == status
    assert word in answer.json()["error"]


def test_a_day_ends_once_whenever_the_clock_passes_its_midnight():
    ends = []
    scheduler = Scheduler("999999999999", "us-east-1", None, at_midnight=ends.append)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).replace(hour=12)
    scheduler.set(tomorrow)
    scheduler.set(tomorrow + timedelta(milliseconds=1))
    assert [moment.date() for moment in ends] == [tomorrow.date()]
    scheduler.set(tomorrow + timedelta(days=3))
    assert len(ends) == 2
