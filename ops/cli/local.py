"""`tally local`: the whole pipeline on this machine."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from ops.cli.options import PROJECT, AsJson, CdkProject, Port
from ops.console.companion import running_console
from ops.local_run.command import run_command

app = typer.Typer(
    help="The whole pipeline on this machine.", no_args_is_help=True, add_completion=False
)


@app.command()
def run(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files, or folders with all in them.")
    ] = None,
    *,
    date: Annotated[str | None, typer.Option(help="Report this UTC day (YYYY-MM-DD).")] = None,
    out: Annotated[Path, typer.Option(help="Where the reports are copied to.")] = Path(".tally"),
    project: CdkProject = PROJECT,
    as_json: AsJson = False,
) -> None:
    """Run real files through the deployed pipeline on this machine, to a daily report.

    Without PATHS: the data of the vega_datasets package, and a few bad files.

    Exit codes: 0 every file is accounted for (rejected ones included); 1 any execution failed;
    2 bad usage.
    """
    raise typer.Exit(run_command(project, paths or [], out, date, as_json=as_json))


@app.command()
def up(
    context: typer.Context,
    port: Port = 4566,
    *,
    with_console: Annotated[
        bool, typer.Option("--console/--no-console", help="The web page, on the next port.")
    ] = True,
) -> None:
    """Serve AWS on loopback until Ctrl-C, for boto3, `aws` and `cdk`.

    The console follows on the next port as soon as something is deployed (not with --port 0).
    """
    from local.endpoint import serve  # noqa: PLC0415 - 2 s of moto, for this command alone

    named = context.find_root().obj
    companion = with_console and port
    console = running_console(port, named["project"], named["environment"])
    with console if companion else nullcontext():
        code = serve(port)
    raise typer.Exit(code)
