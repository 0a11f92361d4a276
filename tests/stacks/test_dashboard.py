"""The dashboard shows the metrics that AWS emits, in rows as wide as the page."""

import json

import pytest

from functions.core.reporting import cost
from functions.watch_executions import METRIC
from stacks.monitoring import metrics

PREFIX = "event-driven-pipeline-dev"


@pytest.fixture(scope="module")
def page(monitoring):
    """The dashboard's widgets, as CloudWatch gets them."""
    (found,) = monitoring.all("AWS::CloudWatch::Dashboard").values()
    return json.loads(found["DashboardBody"])["widgets"]


@pytest.fixture(scope="module")
def widgets(page):
    """Metrics of each widget, by title: namespace, name and dimensions, or an expression."""
    return {each["properties"]["title"]: each["properties"]["metrics"] for each in page}


def test_the_dashboard_shows_each_thing_by_its_metric(widgets):
    shown = {title: metric_names(metrics) for title, metrics in widgets.items()}
    statuses = {
        f"AWS/States/Executions{status}"
        for status in ("Started", "Succeeded", "Failed", "TimedOut", "Aborted")
    }
    assert shown["Files an hour"] == {
        "AWS/States/ExecutionsStarted",
        f"Tally/{PREFIX}/Files",
    }
    assert shown["Records an hour"] == {f"Tally/{PREFIX}/Records"}
    assert shown["Executions of ProcessFile"] == shown["Executions of DailyReport"] == statuses
    assert shown["Duration of ProcessFile, p50 and p99 (ms)"] == {"AWS/States/ExecutionTime"}
    assert shown["Duration of the report (ms)"] == {"AWS/States/ExecutionTime"}
    assert shown["Tries again of ValidateFile"] == {
        "AWS/Lambda/Invocations",
        "AWS/States/ExecutionsStarted",
    }
    assert shown["Throttles"] == {
        "AWS/States/ExecutionThrottled",
        "AWS/States/ThrottledEvents",
        "AWS/Lambda/Throttles",
    }
    assert shown["Dead letters"] == {"AWS/SQS/ApproximateNumberOfMessagesVisible"}
    assert shown["Age of the oldest dead letter (s)"] == {"AWS/SQS/ApproximateAgeOfOldestMessage"}
    assert shown["Age of the oldest running execution (s)"] == {f"Tally/{PREFIX}/{METRIC}"}
    assert shown["Failed calls of the functions"] == {"AWS/Lambda/Errors"}
    assert shown["Cost of the files, US dollars an hour, estimated"] == {
        "AWS/States/ExecutionsStarted",
        "AWS/Lambda/Invocations",
        "AWS/Lambda/Duration",
    }


def test_every_row_of_the_dashboard_is_as_wide_as_the_page(page):
    rows = {}
    for each in page:
        rows.setdefault(each["y"], []).append(each["width"])
    assert {sum(widths) for widths in rows.values()} == {24}
    assert [len(widths) for _, widths in sorted(rows.items())] == [2, 2, 2, 2, 3, 2]


def metric_names(metrics):
    return {f"{each[0]}/{each[1]}" for each in metrics if isinstance(each[0], str)}


def test_the_dashboard_estimates_by_the_prices_of_the_report():
    one = metrics.COST_OF_A_START
    assert one == pytest.approx(
        cost.FILE_TRANSITIONS * cost.TRANSITION + 2 * cost.S3_PUT + 4 * cost.S3_GET
    )
    assert metrics.COST_OF_A_CALL == cost.LAMBDA_REQUEST
    assert metrics.COST_OF_A_GB_SECOND == cost.LAMBDA_GB_SECOND
