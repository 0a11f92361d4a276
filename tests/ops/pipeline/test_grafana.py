"""The dashboard for Grafana shows what the deployed CloudWatch dashboard shows."""

import json

import pytest

from ops.pipeline.grafana import converted

INVOCATIONS = ["AWS/Lambda", "Invocations", "FunctionName", "f"]
BODY = {
    "start": "-P3D",
    "widgets": [
        {
            "type": "metric",
            "x": 12,
            "y": 6,
            "width": 12,
            "height": 6,
            "properties": {
                "title": "Tries",
                "region": "eu-west-1",
                "metrics": [
                    [{"expression": "calls - 1", "label": "more", "period": 3600}],
                    [*INVOCATIONS, {"stat": "Sum", "id": "calls", "visible": False}],
                    ["AWS/States", "ExecutionsStarted"],
                ],
            },
        }
    ],
}


@pytest.fixture
def panel():
    (panel,) = converted("d", BODY)["panels"]
    return panel


def test_a_graph_keeps_its_place_on_the_grid(panel):
    assert panel["gridPos"] == {"x": 12, "y": 8, "w": 12, "h": 8}
    assert converted("d", BODY)["time"] == {"from": "now-3d", "to": "now"}


def test_an_expression_names_the_hidden_queries_that_it_uses(panel):
    more, calls, _ = panel["targets"]
    assert (more["expression"], more["label"], more["period"]) == ("calls - 1", "more", "3600")
    assert (calls["id"], calls["hide"], calls["statistic"]) == ("calls", True, "Sum")
    assert not more["hide"]


def test_a_row_without_options_has_what_cloudwatch_takes_then(panel):
    started = panel["targets"][2]
    assert (started["statistic"], started["period"], started["region"]) == (
        "Average",
        "300",
        "eu-west-1",
    )
    assert len({each["refId"] for each in panel["targets"]}) == 3


def shown_by_cloudwatch(widget):
    properties = widget["properties"]
    for row in properties["metrics"]:
        options = row[-1]
        if "expression" in options:
            yield ("", options["expression"], str(options["period"]))
        else:
            period = str(options.get("period", 300))
            yield (*row[:-1], options["stat"], period)


def shown_by_grafana(panel):
    for each in panel["targets"]:
        if each["expression"]:
            yield ("", each["expression"], each["period"])
        else:
            named = [
                word for name, (value,) in each["dimensions"].items() for word in (name, value)
            ]
            yield (each["namespace"], each["metricName"], *named, each["statistic"], each["period"])


def test_every_line_of_the_deployed_dashboard_is_one_in_grafana(world, tally):
    cloudwatch = world.clients.metrics
    (entry,) = cloudwatch.list_dashboards()["DashboardEntries"]
    body = cloudwatch.get_dashboard(DashboardName=entry["DashboardName"])["DashboardBody"]
    widgets = json.loads(body)["widgets"]
    found = tally("grafana").json
    assert found["title"] == entry["DashboardName"]
    assert len(widgets) > 10
    assert [set(shown_by_grafana(each)) for each in found["panels"]] == [
        set(shown_by_cloudwatch(each)) for each in widgets
    ]
    assert [each["title"] for each in found["panels"]] == [
        each["properties"]["title"] for each in widgets
    ]
