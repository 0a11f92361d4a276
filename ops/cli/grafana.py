"""`tally grafana`: the dashboard for Grafana."""

from __future__ import annotations

import typer

from ops.cli.options import connect
from ops.cli.output import print_json
from ops.pipeline.grafana import dashboard

app = typer.Typer(add_completion=False)


@app.command()
def grafana(context: typer.Context) -> None:
    """Print the deployed CloudWatch dashboard as JSON that Grafana imports.

    Exit codes: 0 done; 1 there is no dashboard; 3 no access.
    """
    print_json(dashboard(connect(context)))
