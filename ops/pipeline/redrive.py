"""Redrive what failed: from the dead-letter queue, from ListExecutions, or by name.

A message leaves the queue only when its execution succeeded. What cannot be redriven is named with
what to do instead, and is left as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from ops.pipeline import dead_letters
from ops.pipeline.errors import code_of
from ops.pipeline.executions import FAILED, RUNNING, SUCCEEDED, Details, executions
from ops.pipeline.waiting import RATE, TIMEOUT_SECONDS, Pacer, described_all, together, until_ended

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from ops.pipeline.dead_letters import Letter
    from ops.pipeline.deployment import Deployment

HOLD_SECONDS: Final = 3600
"""How long a redrive hides the queue's messages from other redrives, if it dies."""
NOT_REDRIVABLE: Final = {
    "ExecutionNotRedrivable",
    "ExecutionLimitExceeded",
    "ExecutionDoesNotExist",
}


@dataclass(frozen=True)
class Impossible:
    """What cannot be redriven, why, and what to do instead."""

    what: str
    reason: str
    instead: str

    def to_json(self) -> dict[str, str]:
        """For programs."""
        return {"what": self.what, "reason": self.reason, "instead": self.instead}


@dataclass
class Plan:
    """What a redrive would do. `running` were redriven by somebody else and are only followed."""

    targets: list[Details] = field(default_factory=list)
    running: list[Details] = field(default_factory=list)
    impossible: list[Impossible] = field(default_factory=list)
    settled: list[Letter] = field(default_factory=list)
    """Messages whose execution succeeded since."""
    held: list[Letter] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._about: dict[str, list[Letter]] = {}
        for each in self.held:
            if each.kind == "failed" and each.execution:
                self._about.setdefault(each.execution, []).append(each)

    def letters_of(self, arn: str) -> list[Letter]:
        """The messages that say that this execution failed."""
        return self._about.get(arn, [])


@dataclass
class Redriven:
    """What became of it."""

    succeeded: list[Details] = field(default_factory=list)
    failed: list[Details] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    """ARNs of those that still ran when the time was up."""
    impossible: list[Impossible] = field(default_factory=list)

    @property
    def dates(self) -> list[str]:
        """The days whose reports are to be written again, oldest first."""
        uploads = (each.upload for each in self.succeeded)
        return sorted({upload.date for upload in uploads if upload is not None})


@dataclass(frozen=True)
class Wish:
    """What to redrive: these executions, all that ListExecutions shows, or else the queue's."""

    executions: Sequence[str] = ()
    failed: bool = False
    error: str | None = None
    since: datetime | None = None
    old_definition: bool = False
    """Whether to redrive what would go on by a definition that was replaced since."""


def plan(deployment: Deployment, wish: Wish) -> Plan:
    """Look up what can be redriven. The queue's messages are held: release `held` at the end."""
    made = Plan(held=dead_letters.letters(deployment, HOLD_SECONDS))
    found = described_all(deployment, _wanted(deployment, wish, made.held))
    for arn, details in found.items():
        _sort_in(made, arn, details, wish)
    if not (wish.executions or wish.failed):
        made.impossible += [_unredrivable(each) for each in made.held if _asked(each, wish)]
    if not wish.old_definition:
        _set_aside_outdated(deployment, made)
    return made


def _wanted(deployment: Deployment, wish: Wish, held: Iterable[Letter]) -> list[str]:
    if wish.executions:
        return list(wish.executions)
    if wish.failed:
        return [
            each.arn
            for machine in deployment.machines
            for status in FAILED
            for each in executions(deployment, machine, status, wish.since)
        ]
    return [
        each.execution
        for each in held
        if each.kind == "failed"
        and each.execution
        and (wish.since is None or each.sent >= wish.since)
    ]


def _asked(letter: Letter, wish: Wish) -> bool:
    """Whether a message that is not about a failed execution is among those asked for."""
    recent = wish.since is None or letter.sent >= wish.since
    return letter.kind != "failed" and recent and wish.error in {None, letter.error}


def _unredrivable(letter: Letter) -> Impossible:
    if letter.kind == "rejected":
        instead = (
            f"upload it again once mended, or if the rule was wrong: tally replay {letter.key}"
        )
        return Impossible(letter.about, f"rejected: {letter.error}", instead)
    if letter.kind == "undelivered" and letter.key:
        return Impossible(letter.about, "never started", f"tally replay {letter.key}")
    return Impossible(
        letter.about, f"{letter.kind}: {letter.error}", "look at it: tally dlq --json"
    )


def _sort_in(made: Plan, arn: str, details: Details | None, wish: Wish) -> None:
    if details is None:
        keys = (each.key for each in made.letters_of(arn))
        reason = "there is no such execution any more"
        made.impossible.append(_impossible(arn, next(keys, None), reason))
    elif details.status == SUCCEEDED:
        made.settled += made.letters_of(arn)
    elif wish.error is not None and details.error != wish.error:
        return
    elif details.status == RUNNING:
        made.running.append(details)
    elif details.redrive_status == "NOT_REDRIVABLE":
        reason = details.redrive_reason or "it cannot be redriven"
        made.impossible.append(_impossible(arn, _key(details), reason))
    else:
        made.targets.append(details)


def _key(details: Details) -> str | None:
    return details.upload.key if details.upload else None


def _impossible(arn: str, key: str | None, reason: str) -> Impossible:
    again = f"tally replay {key}" if key else "tally report DATE --rebuild"
    return Impossible(key or arn.rpartition(":")[2], reason, again)


def _set_aside_outdated(deployment: Deployment, made: Plan) -> None:
    """Name what would go on by a definition that was replaced since its execution started.

    A later execution never has an older definition, so the first with today's is looked for by
    halves: DescribeStateMachineForExecution allows one request a second.
    """
    states = deployment.clients.states
    for name, machine in deployment.machines.items():
        ours = [each for each in made.targets if each.machine == name]
        ours.sort(key=lambda each: each.started)
        if not ours:
            continue
        today = states.describe_state_machine(stateMachineArn=machine)["definition"]
        first, after = 0, len(ours)
        while first < after:
            middle = (first + after) // 2
            of_it = states.describe_state_machine_for_execution(executionArn=ours[middle].arn)
            first, after = (first, middle) if of_it["definition"] == today else (middle + 1, after)
        reason = "the definition changed since; a redrive goes on by the old one (--old-definition)"
        for each in ours[:first]:
            made.targets.remove(each)
            made.impossible.append(_impossible(each.arn, _key(each), reason))


def carry_out(
    deployment: Deployment,
    made: Plan,
    rate: float = RATE,
    timeout: float = TIMEOUT_SECONDS,
    told: Callable[[Details], None] = lambda _: None,
) -> Redriven:
    """Redrive the plan's targets and follow them; `told` hears of each that ended.

    Messages of executions that succeeded leave the queue soon after they did, a request's worth at
    once; the others are released in any case.
    """
    done = Redriven(impossible=list(made.impossible))
    leaving, gone = list(made.settled), set[str]()
    try:
        following = {each.arn: each.redrives for each in made.running}
        following |= _redrive_all(deployment, made.targets, rate, done)
        for ended in until_ended(deployment, following, timeout):
            del following[ended.arn]
            told(ended)
            if ended.status != SUCCEEDED:
                done.failed.append(ended)
                continue
            done.succeeded.append(ended)
            leaving += made.letters_of(ended.arn)
            if len(leaving) >= dead_letters.BATCH:
                gone |= _let_leave(deployment, leaving)
        done.unfinished = list(following)
    finally:
        gone |= _let_leave(deployment, leaving)
        dead_letters.release(deployment, [each for each in made.held if each.id not in gone])
    return done


def _let_leave(deployment: Deployment, leaving: list[Letter]) -> set[str]:
    """Delete the messages, and empty the list of them; their ids."""
    dead_letters.delete(deployment, leaving)
    gone = {each.id for each in leaving}
    leaving.clear()
    return gone


def _redrive_all(
    deployment: Deployment, targets: Iterable[Details], rate: float, done: Redriven
) -> dict[str, int]:
    """Redrive each; how often each was redriven by now."""
    pacer = Pacer(rate)

    def one(target: Details) -> tuple[Details, str | None]:
        pacer.wait()
        try:
            deployment.clients.states.redrive_execution(executionArn=target.arn)
        except ClientError as error:
            if code_of(error) not in NOT_REDRIVABLE:
                raise
            return target, str(error.response["Error"].get("Message", code_of(error)))
        return target, None

    answers = together(one, targets)
    done.impossible += [_impossible(each.arn, _key(each), why) for each, why in answers if why]
    return {each.arn: each.redrives + 1 for each, why in answers if why is None}


def summary(done: Redriven) -> dict[str, Any]:
    """For programs."""
    return {
        "succeeded": [each.arn for each in done.succeeded],
        "failed": [{"execution": each.arn, "error": each.error} for each in done.failed],
        "unfinished": done.unfinished,
        "impossible": [each.to_json() for each in done.impossible],
        "days": done.dates,
    }
