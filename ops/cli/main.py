"""The `tally` command: the one place that ties the operator's tools, `local/` and the core.

Exit codes: 0 done; 1 something failed or was rejected, as each command's help says; 2 bad usage;
3 no access to the deployment (docs/commands.md).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ops.cli import executions, redrive, report, upload

app = typer.Typer(
    name="tally",
    help="Every file is accounted for, exactly once, and you can see where it is.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
local_app = typer.Typer(help="The whole pipeline on this machine.", no_args_is_help=True)
for part in (executions.app, upload.app, redrive.app, report.app):
    app.add_typer(part)
app.add_typer(local_app, name="local")

PROJECT = Path(__file__).resolve().parents[2]
CONTRACTS = PROJECT / "contracts"

Paths = Annotated[list[Path] | None, typer.Argument(help="Files, or folders with all in them.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")]


@app.callback()
def where(
    context: typer.Context,
    *,
    project: Annotated[
        str, typer.Option(envvar="TALLY_PROJECT", help="The project_name it was deployed with.")
    ] = "event-driven-pipeline",
    environment: Annotated[
        str, typer.Option(envvar="TALLY_ENVIRONMENT", help="The environment it was deployed with.")
    ] = "dev",
    profile: Annotated[str | None, typer.Option(help="A profile of the AWS configuration.")] = None,
    region: Annotated[str | None, typer.Option(help="As AWS_DEFAULT_REGION.")] = None,
) -> None:
    """Every file is accounted for, exactly once, and you can see where it is."""
    context.obj = {
        "project": project,
        "environment": environment,
        "profile": profile,
        "region": region,
    }


@app.command()
def cost(
    context: typer.Context,
    *,
    date: Annotated[str | None, typer.Option(help="What a day did cost.", metavar="DATE")] = None,
    files_per_day: Annotated[int | None, typer.Option(help="What so many would.", min=0)] = None,
    mean_size: Annotated[str, typer.Option(help="Of a file, such as 250KB or 1MB.")] = "1MB",
    as_json: AsJson = False,
) -> None:
    """Estimate what a day costs on AWS, with the arithmetic (us-east-1, list prices).

    With --files-per-day no deployment is needed; else it is the estimate of a day's report
    (yesterday's if no day is given).

    Exit codes: 0 done; 1 the day has no report; 2 bad usage; 3 no access.
    """
    from functions.core.reporting.cost import estimate
    from ops.cli.cost import found_cost, show_cost
    from ops.cli.options import connect, print_json

    if files_per_day is None:
        found = found_cost(lambda: connect(context), date)
    else:
        found = found_cost(None, date, (files_per_day, mean_size), estimate)
    print_json(found) if as_json else show_cost(found)


@app.command()
def count(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders with all in them.")],
    *,
    prefix: Annotated[
        str | None, typer.Option(help="Hold them to the contract of uploads under it, too.")
    ] = None,
    contracts: Annotated[Path, typer.Option(help="The folder of contracts.")] = CONTRACTS,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines: always so.")] = True,
) -> None:
    """Validate and count files here, without AWS: a JSON line for each.

    Exit codes: 0 all were counted, 1 any was rejected, 2 a path that does not exist or a contract
    that is none.
    """
    from functions.core.contracts.contract import NONE
    from functions.core.contracts.reading import read_folder
    from functions.core.counting.counted import Counted
    from functions.core.errors import InvalidContract, InvalidFile
    from functions.core.processing.local_file import count_path
    from ops.pipeline.count import Rejected, count_files
    from ops.pipeline.errors import BAD_USAGE, OpsError

    try:
        known = NONE if prefix is None else read_folder(contracts)
    except InvalidContract as error:
        raise OpsError(str(error), BAD_USAGE) from error

    def counted(path: Path) -> Counted:
        try:
            return count_path(path, known.of(f"{prefix}{path.name}"))
        except InvalidFile as error:
            raise Rejected(error.code, error.message) from error

    del as_json
    raise typer.Exit(count_files(paths, counted))


@local_app.command()
def run(
    paths: Paths = None,
    *,
    date: Annotated[str | None, typer.Option(help="Report this UTC day (YYYY-MM-DD).")] = None,
    out: Annotated[Path, typer.Option(help="Where the reports are copied to.")] = Path(".tally"),
    project: Annotated[Path, typer.Option(help="The CDK app's folder.")] = PROJECT,
    as_json: AsJson = False,
) -> None:
    """Run real files through the deployed pipeline on this machine, to a daily report.

    Without PATHS: the data of the vega_datasets package, and a few bad files.

    Exit codes: 0 every file is accounted for (rejected ones included), 1 any execution failed,
    2 bad usage.
    """
    from ops.local_run.command import run_command

    raise typer.Exit(run_command(project, paths or [], out, date, as_json=as_json))


@local_app.command()
def up(
    context: typer.Context,
    port: Annotated[int, typer.Option(help="0 takes any free port.")] = 4566,
    *,
    with_console: Annotated[
        bool, typer.Option("--console/--no-console", help="The web page, on the next port.")
    ] = True,
) -> None:
    """Serve AWS on loopback until Ctrl-C, for boto3, `aws` and `cdk`.

    The console follows on the next port as soon as something is deployed (not with --port 0).
    """
    from contextlib import nullcontext

    from local.endpoint import serve
    from ops.console.companion import running_console

    named = context.find_root().obj
    with (
        running_console(port, named["project"], named["environment"])
        if with_console and port
        else nullcontext()
    ):
        code = serve(port)
    raise typer.Exit(code)


@app.command()
def console(
    context: typer.Context,
    port: Annotated[int, typer.Option(help="0 takes any free port.")] = 4570,
) -> None:
    """Serve the operator's web page on loopback until Ctrl-C.

    Exit codes: 0 ended by Ctrl-C, 2 bad usage or the port is taken, 3 no deployment to look at.
    """
    from ops.cli.options import connect
    from ops.console.server import serve

    serve(connect(context), port)


def main() -> None:
    """Run the command line; a user's mistake is one line on stderr, never a traceback."""
    from local.errors import LocalError
    from ops.pipeline.errors import OpsError, plainly

    try:
        with plainly():
            app()
    except (LocalError, OpsError) as error:
        print(f"tally: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except OSError as error:
        if error.filename is None:
            raise
        print(f"tally: {error.filename}: {error.strerror}", file=sys.stderr)
        sys.exit(1)
