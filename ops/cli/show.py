"""`tally show`: an execution as its graph."""

from __future__ import annotations

from typing import Annotated

import typer

from ops.cli.graph_text import document, drawn
from ops.cli.options import AsJson, connect
from ops.cli.output import print_json, screen
from ops.pipeline.execution_graph import read_graph
from ops.pipeline.executions import described, execution_arn

app = typer.Typer(add_completion=False)


@app.command()
def show(
    context: typer.Context,
    execution: Annotated[str, typer.Argument(help="Its name, or its ARN.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Show an execution as its graph: each state's time, tries and error.

    Exit codes: 0 done; 1 there is none of that name; 2 bad usage; 3 no access.
    """
    deployment = connect(context)
    details = described(deployment, execution_arn(deployment, execution))
    graph, happened = read_graph(deployment, details.arn)
    if as_json:
        print_json(document(details, graph, happened))
    else:
        screen().print(drawn(details, graph, happened))
