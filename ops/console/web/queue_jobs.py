"""Jobs on dead letters: redriving executions and replaying files, each followed to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ops.pipeline import acknowledging, redrive, redrive_plan, replay, replay_plan
from ops.pipeline.executions import SUCCEEDED, became

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ops.console.web.background_job import Job
    from ops.console.web.context import Console
    from ops.pipeline.acknowledging import AcknowledgeRequest
    from ops.pipeline.executions import Details
    from ops.pipeline.replay_plan import ReplayRequest
    from ops.pipeline.reports import Restated

NAMED: Final = 5
"""So many files without a message are named."""


def redrive_executions(console: Console, arns: Sequence[str], title: str) -> None:
    """Redrive executions that failed; one that runs again already is only followed.

    Messages of those that succeed leave the queue, and the days that are over are restated.
    """

    def work(job: Job) -> None:
        request = redrive_plan.RedriveRequest(executions=arns)
        with console.queue:
            plan = redrive_plan.plan(console.deployment, request)
        job.total = plan.followed

        def on_ended(ended: Details) -> None:
            job.ended += 1
            if ended.status != SUCCEEDED:
                job.lines.append(f"{name_of(ended)}: failed again: {ended.error}")

        done = redrive.carry_out(console.deployment, plan, on_ended=on_ended)
        job.lines += [f"{each.what}: {each.reason}; {each.instead}" for each in done.impossible]
        job.lines.append(f"{len(done.succeeded):,} succeeded, {len(done.failed):,} failed again")
        _say_restated(console, job, done.reports)

    console.jobs.start(f"Redrive of {title}", work)


def replay_versions(console: Console, request: ReplayRequest, title: str) -> None:
    """Start new executions for object versions, and do as much for them."""

    def work(job: Job) -> None:
        with console.queue:
            plan = replay_plan.plan(console.deployment, request)
        job.total = len(plan.targets)

        def on_ended(ended: Details) -> None:
            job.ended += 1
            job.lines.append(f"{name_of(ended)}: {became(ended)}")

        done = replay.carry_out(console.deployment, plan, on_ended=on_ended)
        job.lines += [f"{key}: it is no longer there" for key, _ in done.missing]
        job.lines += [f"{each.upload.key}: it was processed before" for each in done.counted]
        job.lines += [
            f"{each.upload.key}: that its day is {each.upload.date} is an assumption"
            for each in done.assumed
        ]
        _say_restated(console, job, done.reports)

    console.jobs.start(f"Replay of {title}", work)


def acknowledge_letters(console: Console, wanted: AcknowledgeRequest, title: str) -> None:
    """Take messages out of the queue that nobody can mend, with the reason."""

    def work(job: Job) -> None:
        job.total = len(wanted.letters) + len(wanted.versions)
        with console.queue:
            done = acknowledging.acknowledge(console.deployment, wanted)
        job.ended = len(done.letters)
        job.lines.append(f"{job.ended:,} acknowledged: the report of {done.date} says why")
        job.lines += [f"{each}: no longer in the queue" for each in done.missing]
        without = set(wanted.versions) - {each.identity for each in done.letters}
        job.lines += [f"{key}: no message is about it" for key, _ in sorted(without)[:NAMED]]
        if len(without) > NAMED:
            job.lines.append(f"{len(without) - NAMED:,} more have no message")
        console.dead_letters.refresh()

    console.jobs.start(f"Acknowledgement of {title}", work)


def _say_restated(console: Console, job: Job, restated: Restated) -> None:
    """Name the days whose reports were written again: those that are over."""
    console.dead_letters.refresh()
    if restated.written:
        job.lines.append(f"reports written again: {', '.join(restated.written)}")
    if restated.left:
        days = ", ".join(restated.left)
        job.lines.append(f"its report is written after midnight (UTC): {days}")


def name_of(details: Details) -> str:
    """What a person knows an execution by."""
    return details.upload.key if details.upload else details.name
