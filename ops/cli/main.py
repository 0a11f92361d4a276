"""The `tally` command: its options, its commands, and how it ends.

Exit codes: 0 done; 1 something failed or was rejected, as each command's help says; 2 bad usage;
3 no access to the deployment; 130 Ctrl-C (docs/commands.md).
"""

from __future__ import annotations

import os
import sys
from importlib.metadata import version
from typing import Annotated, ClassVar, Final

import typer

from local.errors import LocalError
from ops.cli import interrupts
from ops.cli.lazy import LazyGroup
from ops.pipeline.errors import OpsError, plainly

DISTRIBUTION: Final = "tally"


class Commands(LazyGroup):
    """Every command, in the order of `tally --help`."""

    summaries: ClassVar = {
        "status": "Show how a day stands: equation, deliveries, what runs, queue, last report.",
        "executions": "List executions, newest first, with their files and what went wrong.",
        "show": "Show an execution as its graph: each state's time, tries and error.",
        "file": "Say where a file is: each version's status, what it is, what to do next.",
        "files": "List the files of a day (today's if none is given), and what became of each.",
        "upload": "Upload files; skip those that are there already with the same content.",
        "dlq": "Show what is in the dead-letter queue, by cause.",
        "redrive": "Resume failed executions where they failed, and restate their days.",
        "replay": "Process object versions again, in new executions, and restate their days.",
        "report": "Show a day's report (yesterday's if no day is given).",
        "audit": "Compare the raw bucket's object versions with the records of a day.",
        "cost": "Estimate what a day costs on AWS, with the arithmetic (us-east-1, list prices).",
        "grafana": "Print the deployed CloudWatch dashboard as JSON that Grafana imports.",
        "count": "Validate and count files here, without AWS: a JSON line for each.",
        "contract": "Hold files to a contract here, or write one from samples or other standards.",
        "console": "Serve the operator's web page on loopback until Ctrl-C.",
        "demo": "Show a week of sample files on this machine, with a tour, until Ctrl-C.",
        "local": "The whole pipeline on this machine.",
    }
    extras: ClassVar = {
        "console": "console",
        "demo": "local,console,deploy",
        "local": "local,console,deploy",
    }


app = typer.Typer(
    name="tally",
    cls=Commands,
    help="Every file is accounted for, exactly once, and you can see where it is.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)


def _say_version(*, wanted: bool) -> None:
    if wanted:
        print(f"{DISTRIBUTION} {version(DISTRIBUTION)}")
        raise typer.Exit


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
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=lambda wanted: _say_version(wanted=wanted),
            is_eager=True,
            help="Print the version.",
        ),
    ] = False,
) -> None:
    """Every file is accounted for, exactly once, and you can see where it is."""
    context.obj = {
        "project": project,
        "environment": environment,
        "profile": profile,
        "region": region,
    }
    interrupts.let_commands_clean_up()


def main() -> None:
    """Run the command line; a user's mistake is one line on stderr, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        # A name may have characters that the terminal's encoding lacks.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        code = _run()
        sys.stdout.flush()
    except BrokenPipeError:  # `tally ... | head`
        code = _say_no_more()
    except OSError as error:
        code = _fail(f"{error.filename or 'output'}: {error.strerror or error}")
    finally:
        interrupts.end_at_once()
    sys.exit(code)


def _run() -> int:
    """The command's exit code.

    Raises:
        OSError: of a file, or of standard output.
    """
    try:
        with plainly():
            app()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    except (LocalError, OpsError) as error:
        return _fail(str(error), error.exit_code)
    return 0


def _fail(problem: str, code: int = 1) -> int:
    print(f"tally: {problem}", file=sys.stderr)
    return code


def _say_no_more() -> int:
    """Nobody reads on: Python's own flush at the end must not fail again (library, `signal`)."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1
