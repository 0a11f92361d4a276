"""Replay: new executions for object versions, whatever became of them before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ops.pipeline.dead_letters import Settling
from ops.pipeline.executions import SUCCEEDED, Details, became
from ops.pipeline.reports import Restated, restate_changed
from ops.pipeline.uploads import replay_event
from ops.pipeline.waiting import RATE, TIMEOUT_SECONDS, Pacer, together, until_ended

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ops.pipeline.deployment import Deployment
    from ops.pipeline.letters import Letter
    from ops.pipeline.replay_plan import ReplayPlan
    from ops.pipeline.traces import Trace


@dataclass
class Replayed:
    """What became of a replay, and of the reports of the days concerned.

    `assumed` are the object versions whose day nothing but S3's LastModified says; `counted`,
    `running`, `missing` and `nameless` are as in the plan.
    """

    ended: list[Details] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    assumed: list[Trace] = field(default_factory=list)
    counted: list[Trace] = field(default_factory=list)
    running: list[Trace] = field(default_factory=list)
    missing: list[tuple[str, str | None]] = field(default_factory=list)
    nameless: list[Letter] = field(default_factory=list)
    reports: Restated = field(default_factory=Restated)

    @property
    def dates(self) -> list[str]:
        """The days of what ended well, oldest first."""
        uploads = (each.upload for each in self.ended if each.status == SUCCEEDED)
        return sorted({upload.date for upload in uploads if upload is not None})

    @property
    def complete(self) -> bool:
        """Whether every version was processed, now or before, and the reports were written."""
        processed = all(became(each) == "processed" for each in self.ended)
        return (
            processed
            and self.reports.complete
            and not (self.missing or self.unfinished or self.running)
        )

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "replayed": [_line(each) for each in self.ended],
            "unfinished": self.unfinished,
            "already_processed": [_named(*each.identity) for each in self.counted],
            "running": [_named(*each.identity) for each in self.running],
            "missing": [_named(*each) for each in self.missing],
            "nameless": [each.id for each in self.nameless],
            "assumed_days": [
                _named(*each.identity) | {"date": each.upload.date} for each in self.assumed
            ],
            "days": self.dates,
            **self.reports.to_json(),
        }


def _line(details: Details) -> dict[str, Any]:
    upload = details.upload
    return {
        "key": upload.key if upload else None,
        "version_id": upload.version_id if upload else None,
        "date": upload.date if upload else None,
        "execution": details.arn,
        "became": became(details),
        "error": details.result.get("error") or details.error,
    }


def _named(key: str, version_id: str | None) -> dict[str, str | None]:
    return {"key": key, "version_id": version_id}


def carry_out(
    deployment: Deployment,
    plan: ReplayPlan,
    *,
    rate: float = RATE,
    timeout: float = TIMEOUT_SECONDS,
    running_day: bool = False,
    on_ended: Callable[[Details], None] = lambda _: None,
) -> Replayed:
    """Start an execution for each of the plan's targets, follow them, and restate their days.

    The queue's messages about an object version leave it once its new execution succeeded: if that
    rejected the file again, it has sent a message of its own. Those about a version that is
    processed already leave at once. `on_ended` and `running_day` are as of a redrive.
    """
    done = Replayed(
        assumed=[each for each in plan.targets if each.assumed],
        counted=plan.counted,
        running=plan.running,
        missing=plan.missing,
        nameless=plan.nameless,
    )
    with Settling(deployment, plan.held) as queue:
        for each in plan.counted:
            queue.settle(plan.letters_of(each.identity))
        started = _start_all(deployment, plan.targets, rate)
        for ended in until_ended(deployment, dict.fromkeys(started, 0), timeout):
            on_ended(ended)
            done.ended.append(ended)
            if ended.status == SUCCEEDED:
                queue.settle(plan.letters_of(started[ended.arn].identity))
        done.unfinished = sorted(set(started) - {each.arn for each in done.ended})
    done.reports = restate_changed(deployment, done.dates, running_day=running_day, timeout=timeout)
    return done


def _start_all(deployment: Deployment, targets: Iterable[Trace], rate: float) -> dict[str, Trace]:
    pacer = Pacer(rate)

    def start(trace: Trace) -> tuple[str, Trace]:
        pacer.wait()
        return _start(deployment, trace), trace

    return dict(together(start, targets))


def _start(deployment: Deployment, trace: Trace) -> str:
    """Start one execution; its ARN.

    Only what is processed already is counted by force. What is not is counted by the event that S3
    would have sent: if that comes after all, the later of the two is a duplicate.
    """
    event = replay_event(
        trace.upload, deployment, force=trace.state == "processed", day_assumed=trace.assumed
    )
    return deployment.start(deployment.process_file, event)
