"""How Step Functions is asked, where very many executions run."""

from datetime import UTC, datetime, timedelta

from functions.aws.stepfunctions import Executions

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)


class Listing:
    """Step Functions with so many running executions, one a second, the newest first."""

    def __init__(self, running, **newest):
        self._running = running
        self._newest = newest
        self.calls = 0

    def list_executions(self, *, stateMachineArn, statusFilter, maxResults, nextToken="0"):  # noqa: N803 - boto3's names
        assert (stateMachineArn, statusFilter) == ("machine", "RUNNING")
        self.calls += 1
        start = int(nextToken)
        end = min(start + maxResults, self._running)
        found = [{"startDate": NOW - timedelta(seconds=place)} for place in range(start, end)]
        if found and start == 0:
            found[0] |= self._newest
        more = {"nextToken": str(end)} if end < self._running else {}
        return {"executions": found, **more}


def test_what_runs_is_listed_wholly_in_as_many_calls_as_it_takes():
    states = Listing(2500)
    listing = Executions("machine", states).running()
    assert (len(listing.begun), listing.whole, states.calls) == (2500, True, 3)
    assert min(listing.begun) == NOW - timedelta(seconds=2499)


def test_a_million_running_executions_are_four_calls():
    states = Listing(1_000_000)
    listing = Executions("machine", states).running()
    assert (len(listing.begun), listing.whole, states.calls) == (4000, False, 4)


def test_a_redriven_execution_is_as_old_as_its_redrive():
    redriven = {"startDate": NOW - timedelta(days=3), "redriveDate": NOW}
    assert Executions("machine", Listing(1, **redriven)).running().begun == [NOW]
