"""`tally demo`: the pipeline on this machine with a week in it, the console, and a tour."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from local.deploy import deploy
from local.deploy.kept_assembly import assembly_of
from local.deploy.session import endpoint
from local.exports import exports
from ops.console.server import serving
from ops.local_run import demo_week
from ops.local_run.command import Bars
from ops.local_run.job import deployment_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ops.pipeline.deployment import Deployment

COLUMNS = ("received", "processed", "rejected", "failed", "records")
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")
TOUR = """\
A tour of six steps. In another terminal, paste the lines above, then:

1. How does the day stand?               {tally} status
2. What failed?                          {tally} executions --status failed
3. Where did it stop?                    {tally} show {failed}
4. The cause is gone; let it go on:      {tally} redrive --failed --since 1d
5. What does the report of that day say? {tally} report {day}
6. A file of your own:                   {tally} upload FILE --prefix in/ --wait
"""


def demo(project: Path, port: int, *, browser: bool) -> int:
    """Run the demonstration until Ctrl-C; its exit code.

    Raises:
        LocalError: the port is taken, or the week could not be played.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="tally-demo-") as folder, endpoint(port) as url:
            _guide(url, *_prepared(project, Path(folder), url), browser=browser)
    except KeyboardInterrupt:
        return 0
    return 0


def _prepared(project: Path, folder: Path, url: str) -> tuple[Deployment, list[dict[str, Any]]]:
    """Deploy the pipeline and play the week; both."""
    with Bars() as progress:
        progress.step("synthesizing the stacks")
        assembly = assembly_of(project, folder / "cdk.out")
        progress.step("deploying")
        deployment = deployment_at(url, deploy(assembly, url))
        return deployment, demo_week.play(deployment, progress)


def _guide(url: str, deployment: Deployment, week: list[dict[str, Any]], *, browser: bool) -> None:
    """Show the week and the tour, and serve the console until Ctrl-C."""
    with serving(deployment) as address:
        Console().print(_table(week))
        print("\n".join(exports(url)), end="\n\n")
        failed = demo_week.failed_execution(week)
        day = next(each["date"] for each in week if each["failures"])
        print(TOUR.format(tally=command(), failed=failed, day=day))
        print(f"The console: {address}", flush=True)
        if browser and has_display(sys.platform, os.environ):
            webbrowser.open(address)
        print("Ctrl-C ends all.", flush=True)
        threading.Event().wait()


def _table(week: Iterable[dict[str, Any]]) -> Table:
    """A row for each day of the week."""
    table = Table("day", *COLUMNS)
    for column in table.columns[1:]:
        column.justify = "right"
    for report in week:
        table.add_row(report["date"], *(f"{report['totals'][name]:,}" for name in COLUMNS))
    return table


def has_display(platform: str, environment: os._Environ[str] | dict[str, str]) -> bool:
    """Whether a browser can open a window here: X11 and Wayland say so by a variable."""
    if platform in {"darwin", "win32"}:
        return True
    return any(environment.get(name) for name in DISPLAYS)


def command() -> str:
    """How this command was called: `tally`, or the path to it."""
    called = Path(sys.argv[0]).absolute()
    if shutil.which("tally") == str(called):
        return "tally"
    here = Path.cwd()
    return str(called.relative_to(here) if called.is_relative_to(here) else called)
