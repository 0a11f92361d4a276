"""`tally demo`: a week of files on this machine, to look at."""

from __future__ import annotations

from typing import Annotated

import typer

from ops.cli.options import PROJECT, CdkProject, Port
from ops.local_run.demo import demo as run_demo

app = typer.Typer(add_completion=False)


@app.command()
def demo(
    port: Port = 4566,
    *,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the console in a browser.")
    ] = True,
    project: CdkProject = PROJECT,
) -> None:
    """Show a week of sample files on this machine, with a tour, until Ctrl-C.

    Exit codes: 0 ended by Ctrl-C; 1 the port is taken, or the pipeline did not start; 2 bad usage.
    """
    raise typer.Exit(run_demo(project, port, browser=browser))
