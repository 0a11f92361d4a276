"""`tally local`: the whole pipeline on this machine."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from local.errors import LocalError
from local.kept.folder import DEFAULT, empty
from ops.cli.options import PROJECT, AsJson, CdkProject, Port
from ops.console.companion import running_console
from ops.local_run import kept_folder
from ops.local_run.command import run_command

Data = Annotated[
    Path, typer.Option(help="The folder that it keeps its world in.", envvar="TALLY_LOCAL_DATA")
]

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
    data: Data = DEFAULT,
    ephemeral: Annotated[
        bool, typer.Option("--ephemeral", help="Keep nothing: all is gone when it ends.")
    ] = False,
    fsync: Annotated[
        bool, typer.Option("--fsync", help="Survive a power cut, too; slower.")
    ] = False,
    detach: Annotated[
        bool,
        typer.Option("--detach", help="Run without this terminal; `tally local down` ends."),
    ] = False,
) -> None:
    """Serve AWS on loopback until Ctrl-C, for boto3, `aws` and `cdk`.

    What it holds is kept in a folder: it goes on from there when it starts again.
    The console follows on the next port as soon as something is deployed (not with --port 0).

    Exit codes: 0 ended by Ctrl-C or `tally local down`; 1 the port or the folder is in use, or the
    folder is of another format; 2 bad usage.
    """
    if detach:
        if ephemeral:
            raise LocalError("--detach needs a folder: leave --ephemeral out", exit_code=2)
        raise typer.Exit(kept_folder.detach(data, sys.argv))
    from local.endpoint.serving import serve  # noqa: PLC0415 - 2 s of moto, for this command alone

    named = context.find_root().obj
    companion = with_console and port
    console = running_console(port, named["project"], named["environment"])
    with console if companion else nullcontext():
        code = serve(port, data=None if ephemeral else data, fsync=fsync)
    raise typer.Exit(code)


@app.command()
def down(data: Data = DEFAULT) -> None:
    """End the runtime that owns the folder, wherever it was started.

    Exit codes: 0 it ended, or none ran; 1 it did not end.
    """
    raise typer.Exit(kept_folder.end(data))


@app.command()
def status(data: Data = DEFAULT, *, as_json: AsJson = False) -> None:
    """Say whether a runtime owns the folder, and how much lies in it."""
    kept_folder.show(data, as_json=as_json)


@app.command()
def reset(
    data: Data = DEFAULT,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Empty the folder: stacks, files, executions and reports are gone.

    Exit codes: 0 it is empty; 1 a runtime owns it, or you said no.
    """
    if not yes:
        typer.confirm(f"Remove everything that the local runtime keeps in {data}?", abort=True)
    empty(data)
    print(f"{data} is empty")
