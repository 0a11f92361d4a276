"""Jobs on dead letters: redriving executions and replaying files, each followed to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.pipeline import redrive, reports
from ops.pipeline.executions import SUCCEEDED
from ops.pipeline.replay import became, replay

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ops.console.web.background_job import Job
    from ops.console.web.context import Console
    from ops.pipeline.executions import Details


def redrive_executions(console: Console, arns: Sequence[str], title: str) -> None:
    """Redrive executions that failed.

    Raises:
        OpsError: another job still runs.
    """

    def work(job: Job) -> None:
        plan = redrive.plan(console.deployment, redrive.Wish(executions=arns))
        job.total = len(plan.targets) + len(plan.running)

        def on_ended(ended: Details) -> None:
            job.ended += 1
            if ended.status != SUCCEEDED:
                job.lines.append(f"{_name(ended)}: failed again: {ended.error}")

        done = redrive.carry_out(console.deployment, plan, told=on_ended)
        job.lines += [f"{each.what}: {each.reason}; {each.instead}" for each in done.impossible]
        job.lines.append(f"{len(done.succeeded):,} succeeded, {len(done.failed):,} failed again")
        _restate(console, job, done.dates)

    console.jobs.start(f"Redrive of {title}", work)


def replay_keys(console: Console, keys: Sequence[str], title: str) -> None:
    """Start new executions for the current versions of keys.

    Raises:
        OpsError: another job still runs.
    """

    def work(job: Job) -> None:
        job.total = len(set(keys))

        def on_ended(ended: Details) -> None:
            job.ended += 1
            job.lines.append(f"{_name(ended)}: {became(ended)}")

        done = replay(console.deployment, keys, told=on_ended)
        job.lines += [f"{key}: it is no longer there" for key in done.missing]
        _restate(console, job, done.dates)

    console.jobs.start(f"Replay of {title}", work)


def _restate(console: Console, job: Job, dates: Sequence[str]) -> None:
    """Write the reports again of those days that have one, as their numbers changed."""
    console.dead_letters.refresh()
    known = set(reports.days(console.deployment))
    changed = [date for date in dates if date in known]
    if changed:
        reports.restate(console.deployment, changed)
        job.lines.append(f"reports written again: {', '.join(changed)}")


def _name(details: Details) -> str:
    return details.upload.key if details.upload else details.name
