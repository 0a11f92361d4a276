"""The page of the alarms names those that there are, and counts what they cost."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "monitoring.md").read_text()
PREFIX = "event-driven-pipeline-dev-"


@pytest.fixture(scope="module")
def alarms(assembly):
    (path,) = assembly.glob("*-monitoring.template.json")
    resources = json.loads(path.read_text())["Resources"].values()
    kind = "AWS::CloudWatch::Alarm"
    return [each["Properties"] for each in resources if each["Type"] == kind]


def test_the_page_has_every_alarm_and_no_other(alarms):
    rows = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert named == {each["AlarmName"].removeprefix(PREFIX) for each in alarms}


def test_the_page_counts_the_metrics_that_alarms_are_charged_for(alarms):
    charged = [
        metric
        for alarm in alarms
        for metric in alarm.get("Metrics", [alarm])
        if "MetricStat" in metric or "MetricName" in metric
    ]
    assert f"{len(charged)} metrics in alarms" in PAGE
