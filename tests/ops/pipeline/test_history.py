"""What a history says of each state: its tries, its time, and what a redrive went on with."""

from datetime import UTC, datetime, timedelta

from ops.pipeline.history import read_history

BEGIN = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Events:
    """Events as GetExecutionHistory tells them, numbered as they come."""

    def __init__(self):
        self.found = []

    def add(self, seconds, kind, previous=None, **details):
        number = len(self.found) + 1
        name = f"{kind[0].lower()}{kind[1:]}EventDetails"
        if "State" in kind:
            name = "stateEnteredEventDetails" if "Entered" in kind else "stateExitedEventDetails"
        self.found.append(
            {
                "id": number,
                "previousEventId": number - 1 if previous is None else previous,
                "timestamp": BEGIN + timedelta(seconds=seconds),
                "type": kind,
                name: details,
            }
        )
        return number

    def read(self, seconds=100):
        return read_history(self.found, BEGIN + timedelta(seconds=seconds))


def retried():
    """A state that failed twice, and then its execution."""
    events = Events()
    events.add(0, "ExecutionStarted")
    events.add(0, "TaskStateEntered", name="Count")
    for second in (0, 4):
        events.add(second, "TaskScheduled")
        events.add(second, "TaskStarted")
        events.add(second + 2, "TaskFailed", error="Boom", cause="because")
    events.add(6, "ExecutionFailed", error="Boom", cause="because")
    return events


def test_each_try_of_a_state_is_told_with_its_error():
    (run,) = retried().read().runs
    assert (run.status, run.error, run.seconds) == ("failed", "Boom", 6)
    assert [(each.error, each.cause) for each in run.attempts] == [("Boom", "because")] * 2


def test_the_time_between_a_failure_and_its_redrive_is_nobodys():
    events = retried()
    again = events.add(60, "ExecutionRedriven")
    events.add(60, "TaskScheduled", previous=again)
    events.add(63, "TaskSucceeded")
    events.add(63, "TaskStateExited", name="Count", output="{}")
    events.add(63, "ExecutionSucceeded")
    happened = events.read()
    (run,) = happened.runs
    assert (happened.status, run.status, run.error) == ("succeeded", "succeeded", None)
    assert run.seconds == 9
    assert [each.redrive for each in run.attempts] == [0, 0, 1]
    assert happened.redrives == [BEGIN + timedelta(seconds=60)]


def test_an_error_that_was_caught_is_not_a_failure_and_shows_the_way_taken():
    events = Events()
    events.add(0, "ExecutionStarted")
    events.add(0, "TaskStateEntered", name="Count")
    events.add(0, "TaskScheduled")
    events.add(1, "TaskFailed", error="InvalidFile")
    events.add(1, "TaskStateExited", name="Count")
    events.add(1, "SucceedStateEntered", name="Rejected")
    happened = events.read(5)
    assert [(run.name, run.status) for run in happened.runs] == [
        ("Count", "caught"),
        ("Rejected", "running"),
    ]
    assert happened.taken == {("Count", "Rejected")}
    assert happened.of("Rejected")[0].seconds == 4
