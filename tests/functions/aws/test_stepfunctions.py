"""How Step Functions is asked, where very many executions run."""

import json
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

    def get_paginator(self, name):
        return self

    def paginate(self, PaginationConfig, **given):  # noqa: N803 - boto3's name
        given["maxResults"] = PaginationConfig["PageSize"]
        while True:
            page = self.list_executions(**given)
            yield page
            if "nextToken" not in page:
                return
            given["nextToken"] = page["nextToken"]


def test_whether_a_day_still_moves_is_asked_in_a_hundred_calls_at_most():
    """The younger ones come first; one of the day may be among those that were not seen."""
    states = Listing(1_000_000)
    long_ago = NOW - timedelta(days=30)
    assert Executions("machine", states).any_running(long_ago, long_ago + timedelta(days=1))
    assert states.calls == 100


def test_a_day_that_is_over_is_known_by_the_first_that_is_older():
    states = Listing(1_000_000)
    executions = Executions("machine", states)
    a_minute, an_hour = NOW - timedelta(minutes=1), NOW - timedelta(hours=1)
    assert executions.any_running(an_hour, a_minute)
    assert states.calls == 1
    assert not executions.any_running(NOW + timedelta(hours=1), NOW + timedelta(hours=2))


class Described(Listing):
    """The same, each about a file of its own of the day before."""

    def __init__(self, running):
        super().__init__(running)
        self.described = 0

    def list_executions(self, **given):
        page = super().list_executions(**given)
        for place, each in enumerate(page["executions"]):
            name = f"{given.get('nextToken', 0)}-{place}"
            each |= {"executionArn": f"arn:{name}", "name": name, "status": "RUNNING"}
        return page

    def describe_execution(self, executionArn):  # noqa: N803 - boto3's name
        self.described += 1
        upload = {"key": executionArn, "version-id": "v", "size": 1, "etag": "e"}
        event = {"time": "2026-11-03T01:00:00Z"}
        event["detail"] = {"bucket": {"name": "raw"}, "object": upload}
        return {
            "executionArn": executionArn,
            "status": "RUNNING",
            "startDate": NOW,
            "input": json.dumps(event),
        }


def test_of_a_backlog_the_report_asks_for_some_and_counts_the_rest():
    """8,000 unfinished ones took all its minutes: DescribeExecution answers 15 a second."""
    states = Described(40_000)
    start = datetime(2026, 11, 3, tzinfo=UTC)
    found = list(Executions("machine", states).unfinished("2026-11-03", start, ("RUNNING",)))
    assert (len(found), states.described, states.calls) == (40_000, 1500, 40)
    assert sum(each.described for each in found) == 1500
    assert len({(each.key, each.version_id) for each in found}) == 40_000


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


class Ended:
    """Step Functions with executions that failed in each way, one an hour, the newest first."""

    def get_paginator(self, name):
        assert name == "list_executions"
        return self

    def paginate(self, *, stateMachineArn, statusFilter, PaginationConfig):  # noqa: N803 - boto3's names
        began = [NOW - timedelta(hours=hours) for hours in range(48)]
        yield {
            "executions": [
                {"executionArn": f"{statusFilter}-{each:%d-%H}", "startDate": each, "stopDate": NOW}
                for each in began
            ]
        }


def test_what_failed_since_a_moment_is_what_failed_timed_out_or_was_aborted():
    found = dict(Executions("machine", Ended()).failed(NOW - timedelta(hours=1)))
    names = ("FAILED-03-12", "FAILED-03-11", "TIMED_OUT-03-12", "TIMED_OUT-03-11")
    assert found == dict.fromkeys((*names, "ABORTED-03-12", "ABORTED-03-11"), NOW)
