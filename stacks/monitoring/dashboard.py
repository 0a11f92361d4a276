"""One page in CloudWatch: how much comes in, how it ends, how long it takes, what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch

from stacks.monitoring import metrics

if TYPE_CHECKING:
    from constructs import Construct

    from stacks.monitoring.watched import Watched

COLUMNS: Final = 24
"""How wide a dashboard is (CloudWatch User Guide, "Dashboard body structure")."""


def pipeline_dashboard(scope: Construct, watched: Watched) -> cloudwatch.Dashboard:
    """The dashboard of a deployment; an account has one list of dashboards for all its regions."""
    return cloudwatch.Dashboard(
        scope,
        "Dashboard",
        dashboard_name=watched.settings.global_prefix,
        default_interval=cdk.Duration.days(3),
        widgets=[
            _row(
                ("Files an hour", metrics.files(watched)),
                ("Records an hour", metrics.records(watched)),
            ),
            _row(
                ("Executions of ProcessFile", metrics.ends(watched.process_file)),
                ("Executions of DailyReport", metrics.ends(watched.daily_report)),
            ),
            _row(
                ("Duration of ProcessFile, p50 and p99 (ms)", metrics.durations(watched)),
                ("Duration of the report (ms)", [metrics.report_duration(watched)]),
            ),
            _row(
                ("Tries again of ValidateFile", [metrics.tries_again(watched)]),
                ("Throttles", metrics.throttles(watched)),
            ),
            _row(
                ("Dead letters", [metrics.depth(watched)]),
                ("Age of the oldest dead letter (s)", [metrics.oldest_letter(watched)]),
                ("Age of the oldest running execution (s)", metrics.oldest_executions(watched)),
            ),
            _row(
                ("Failed calls of the functions", metrics.errors(watched)),
                ("Cost of the files, US dollars an hour, estimated", [metrics.cost(watched)]),
            ),
        ],
    )


def _row(*graphs: tuple[str, list[Any]]) -> list[cloudwatch.IWidget]:
    """Graphs side by side, each of the same width."""
    width = COLUMNS // len(graphs)
    return [cloudwatch.GraphWidget(title=title, left=lines, width=width) for title, lines in graphs]
