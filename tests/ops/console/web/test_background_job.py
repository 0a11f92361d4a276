"""Jobs run one after the other, and one that fails does not hold up the next."""

import threading
import time

from ops.console.web.background_job import Jobs
from ops.pipeline.errors import OpsError


def ended(jobs, title):
    end = time.monotonic() + 20
    while True:
        found = jobs.unfinished_or_last()
        if [each.title for each in found] == [title] and found[0].state == "done":
            return found[0]
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_job_waits_for_those_before_it():
    jobs, go, order = Jobs(), threading.Event(), []

    def first(_):
        go.wait(20)
        order.append("first")

    jobs.start("first", first)
    jobs.start("second", lambda _: order.append("second"))
    assert [each.title for each in jobs.unfinished_or_last()] == ["second", "first"]
    assert jobs.unfinished_or_last()[0].state == "waiting"
    go.set()
    ended(jobs, "second")
    assert order == ["first", "second"]


def test_a_job_that_fails_says_why_and_the_next_one_runs():
    jobs = Jobs()

    def refused(_):
        raise OpsError("no access")

    def wrong(_):
        raise KeyError("bug")

    jobs.start("refused", refused)
    assert ended(jobs, "refused").problem == "no access"
    jobs.start("wrong", wrong)
    assert ended(jobs, "wrong").problem == "KeyError: 'bug'"
    jobs.start("next", lambda job: job.lines.append("done"))
    assert ended(jobs, "next").lines == ["done"]
