"""`tally local run`: the main job with its progress, its table and its exit code."""

from __future__ import annotations

import dataclasses
import json
from datetime import date as calendar_date
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text

from local.errors import LocalError
from ops.local_run.job import Request, RunResult, run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.progress import TaskID

VIOLATION: Final = "CONTRACT_VIOLATION"
"""Its message is shown: the code says nothing of the rule."""
STYLES = {"processed": "green", "rejected": "yellow"}


def run_command(
    project: Path, paths: Sequence[Path], out: Path, date: str | None, *, as_json: bool
) -> int:
    """Do the job and print it; 0 if every file is accounted for, else 1.

    Raises:
        LocalError: bad usage (exit code 2), or a part of the runtime failed (1).
    """
    _check_date(date)
    with Bars() as progress:
        result = run(Request(project, paths, out, date), progress)
    if as_json:
        print(json.dumps(document(result), ensure_ascii=False, indent=2))
    else:
        show(result, Console())
    return 0 if result.accounted_for else 1


def document(result: RunResult) -> dict[str, object]:
    """The result as `--json` prints it: `files`, `report` (report.json) and `executions`."""
    return {
        "files": [dataclasses.asdict(file) for file in result.files],
        "report": result.report,
        "executions": result.executions,
    }


def show(result: RunResult, console: Console) -> None:
    """Print the table of files, the totals and where the report is."""
    table = Table("file", "status", "format", "records", "error")
    table.columns[3].justify = "right"
    for file in result.files:
        records = "" if file.records is None else f"{file.records:,}"
        status = Text(file.status, style=STYLES.get(file.status, "bold red"))
        table.add_row(Text(file.key), status, file.format or "", records, Text(file.error or ""))
    console.print(table)
    for file in result.files:
        if file.error == VIOLATION:
            console.print(Text(f"{file.key}: {file.message}"), soft_wrap=True)
    console.print(_totals(result))
    for path in result.report_files:
        console.print(Text(f"report: {path}"), soft_wrap=True)


def _totals(result: RunResult) -> str:
    records = sum(file.records or 0 for file in result.files)
    statuses: dict[str, int] = {}
    for file in result.files:
        statuses[file.status] = statuses.get(file.status, 0) + 1
    counts = ", ".join(f"{number:,} {status}" for status, number in sorted(statuses.items()))
    return f"{len(result.files):,} files: {counts}; {records:,} records"


def _check_date(date: str | None) -> None:
    if date is None:
        return
    try:
        calendar_date.fromisoformat(date)
    except ValueError as error:
        raise LocalError(f"--date must be YYYY-MM-DD, not {date!r}", exit_code=2) from error


class Bars(Progress):
    """The job's progress on stderr, a line a step."""

    def __init__(self) -> None:
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(20))
        super().__init__(
            *columns, MofNCompleteColumn(), TimeElapsedColumn(), console=Console(stderr=True)
        )
        self._current: TaskID | None = None

    def step(self, name: str, total: int | None = None) -> None:
        """End the step before and begin a new one."""
        self._finish()
        self._current = self.add_task(name, total=total)

    def done(self, number: int = 1) -> None:
        """So many more things of the current step are done."""
        if self._current is not None:
            self.advance(self._current, number)

    def stop(self) -> None:
        """Show the last step as finished, and stop drawing."""
        self._finish()
        super().stop()

    def _finish(self) -> None:
        if self._current is not None:
            task = self.tasks[self._current]
            total = task.total if task.total is not None else 1
            self.update(self._current, total=total, completed=total)
            self._current = None
