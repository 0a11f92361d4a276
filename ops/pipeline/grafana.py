"""The deployed CloudWatch dashboard as one of Grafana's, so that both always show the same.

Grafana reads the metrics from CloudWatch by its data source of that name. Sources: CloudWatch User
Guide, "Dashboard body structure and syntax"; Grafana's documentation, "Dashboard JSON model" and
"Amazon CloudWatch query editor".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.pipeline.deployment import Deployment

SOURCE: Final = {"type": "cloudwatch", "uid": "${datasource}"}
UNIT_HEIGHT: Final = 4 / 3
"""Rows of Grafana's grid for one of CloudWatch's. Both have 24 columns."""
BUILDER, CODE = 0, 1
"""How Grafana's editor shows a query: by its fields, or as an expression."""


def dashboard(deployment: Deployment) -> dict[str, Any]:
    """The deployment's dashboard, to be imported into Grafana, which asks for the data source.

    Raises:
        botocore.exceptions.ClientError: the account has no dashboard of that name.
    """
    name = f"{deployment.name}-{deployment.region}"
    body = deployment.clients.metrics.get_dashboard(DashboardName=name)["DashboardBody"]
    return converted(name, json.loads(body))


def converted(name: str, body: dict[str, Any]) -> dict[str, Any]:
    """A dashboard's body as CloudWatch keeps it, in Grafana's model."""
    panels = [_panel(number, widget) for number, widget in enumerate(body["widgets"], 1)]
    variable = {"name": "datasource", "type": "datasource", "query": "cloudwatch"}
    return {
        "title": name,
        "uid": None,
        "schemaVersion": 39,
        "timezone": "utc",
        "time": {"from": f"now{body['start'].replace('P', '').lower()}", "to": "now"},
        "templating": {"list": [variable]},
        "panels": panels,
    }


def _panel(number: int, widget: dict[str, Any]) -> dict[str, Any]:
    """A graph of the same title, place and lines."""
    properties = widget["properties"]
    return {
        "id": number,
        "type": "timeseries",
        "title": properties["title"],
        "datasource": SOURCE,
        "gridPos": {
            "x": widget["x"],
            "y": round(widget["y"] * UNIT_HEIGHT),
            "w": widget["width"],
            "h": round(widget["height"] * UNIT_HEIGHT),
        },
        "targets": list(_targets(properties)),
    }


def _targets(properties: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A query for each row of a widget's metrics, what an expression uses hidden like there."""
    for place, row in enumerate(properties["metrics"]):
        *words, options = row if isinstance(row[-1], dict) else (*row, {})
        named = {
            "refId": f"Q{place}",
            "datasource": SOURCE,
            "queryMode": "Metrics",
            "metricQueryType": 0,
            "id": options.get("id", ""),
            "label": options.get("label", ""),
            "hide": options.get("visible") is False,
            "region": options.get("region", properties["region"]),
            "statistic": options.get("stat", "Average"),
            "period": str(options.get("period", 300)),
        }
        yield named | (_metric(words) if words else _expression(options["expression"]))


def _metric(words: list[str]) -> dict[str, Any]:
    """Namespace and name, then names and values of dimensions by turns."""
    namespace, name, *pairs = words
    dimensions = dict(zip(pairs[::2], ([value] for value in pairs[1::2]), strict=True))
    return {
        "metricEditorMode": BUILDER,
        "namespace": namespace,
        "metricName": name,
        "dimensions": dimensions,
        "matchExact": True,
        "expression": "",
    }


def _expression(text: str) -> dict[str, Any]:
    return {"metricEditorMode": CODE, "namespace": "", "metricName": "", "expression": text}
