"""The nightly report starts by itself: midnight is a matter of setting the clock."""

import json
from datetime import UTC, datetime, timedelta

import urllib3


def set_clock(world, moment):
    given = {"now": moment and moment.isoformat()}
    return urllib3.request("POST", f"{world.url}/_tally/clock", json=given).json()["fired"]


def reports(world):
    states = world.client("stepfunctions")
    machine = world.outputs["DailyReportMachineArn"]
    found = states.list_executions(stateMachineArn=machine)["executions"]
    described = [states.describe_execution(executionArn=each["executionArn"]) for each in found]
    return {each["executionArn"] for each in described if "scheduled_at" in each["input"]}


def test_the_clock_set_past_midnight_starts_daily_report_once(world, eventually_):
    before = reports(world)
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    midnight += timedelta(days=1)
    set_clock(world, midnight - timedelta(seconds=30))
    try:
        (fired,) = set_clock(world, midnight + timedelta(seconds=30))
        assert datetime.fromisoformat(fired["due"]) == midnight
        assert fired["schedule"].endswith(world.outputs["ReportScheduleName"])
        (started,) = eventually_(lambda: reports(world) - before, 20)
    finally:
        set_clock(world, None)
    assert world.status_once_ended(started) == "SUCCEEDED"
    report = json.loads(world.describe(started)["output"])
    assert report["date"] == (midnight - timedelta(days=1)).date().isoformat()
    assert reports(world) - before == {started}
