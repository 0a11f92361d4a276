"""What a redrive would do: what can go on, what cannot and what to do about it instead."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from ops.pipeline import dead_letters
from ops.pipeline.errors import code_of
from ops.pipeline.executions import FAILED, RUNNING, SUCCEEDED, Details, executions
from ops.pipeline.shell import command, replay_command
from ops.pipeline.waiting import described_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from ops.pipeline.deployment import Deployment
    from ops.pipeline.letters import Letter
    from ops.pipeline.uploads import Identity


WINDOW: Final = timedelta(days=14)
"""How long after its end an execution can be redriven (AWS Step Functions Developer Guide,
"Redrive eligibility for unsuccessful executions")."""


@dataclass(frozen=True)
class RedriveRequest:
    """What to redrive: these executions (ARNs), all that ListExecutions shows, or the queue's."""

    executions: Sequence[str] = ()
    failed: bool = False
    error: str | None = None
    since: datetime | None = None
    old_definition: bool = False
    """Whether to redrive what would go on by a definition that was replaced since."""


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
class RedrivePlan:
    """What would be done.

    `running` were redriven by somebody else and are only followed. `succeeded` are those asked for
    that such a redrive has brought to a good end already: their days are still to be restated.
    """

    targets: list[Details] = field(default_factory=list)
    running: list[Details] = field(default_factory=list)
    succeeded: list[Details] = field(default_factory=list)
    impossible: list[Impossible] = field(default_factory=list)
    settled: list[Letter] = field(default_factory=list)
    """Messages whose execution succeeded since."""
    held: list[Letter] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._about: dict[str, list[Letter]] = {}
        for each in self.held:
            if each.kind == "failed" and each.execution:
                self._about.setdefault(each.execution, []).append(each)

    @property
    def followed(self) -> int:
        """How many executions end in the course of it."""
        return len(self.targets) + len(self.running) + len(self.succeeded)

    @property
    def until(self) -> datetime | None:
        """When the first of the targets can be redriven no more."""
        ends = [each.stopped for each in self.targets if each.stopped]
        return min(ends) + WINDOW if ends else None

    def letters_of(self, arn: str) -> list[Letter]:
        """The messages that say that this execution failed."""
        return self._about.get(arn, [])


def plan(deployment: Deployment, request: RedriveRequest) -> RedrivePlan:
    """Look up what can be redriven. The queue's messages are held: `release` them at the end."""
    made = RedrivePlan(held=dead_letters.letters(deployment, dead_letters.HOLD_SECONDS))
    found = described_all(deployment, _wanted(deployment, request, made.held))
    for arn, details in found.items():
        _sort_in(made, arn, details, request)
    if not (request.executions or request.failed):
        made.impossible += [
            _not_redrivable(each) for each in made.held if _is_asked_for(each, request)
        ]
    if not request.old_definition:
        _set_aside_outdated(deployment, made)
    return made


def release(deployment: Deployment, made: RedrivePlan) -> None:
    """Let others see the messages of a plan that is not carried out."""
    dead_letters.release(deployment, made.held)


def _wanted(deployment: Deployment, request: RedriveRequest, held: Iterable[Letter]) -> list[str]:
    if request.executions:
        return list(request.executions)
    if request.failed:
        return [
            each.arn
            for machine in deployment.machines
            for status in FAILED
            for each in executions(deployment, machine, status, request.since)
        ]
    return [
        each.execution
        for each in held
        if each.kind == "failed"
        and each.execution
        and (request.since is None or each.sent >= request.since)
    ]


def _is_asked_for(letter: Letter, request: RedriveRequest) -> bool:
    """Whether a message that is not about a failed execution is among those asked for."""
    recent = request.since is None or letter.sent >= request.since
    return letter.kind != "failed" and recent and request.error in {None, letter.error}


def _not_redrivable(letter: Letter) -> Impossible:
    identity = letter.identity
    if letter.kind == "rejected" and identity:
        instead = f"upload it again once mended; if the rule was wrong: {replay_command(identity)}"
        return Impossible(letter.about, f"rejected: {letter.error}", instead)
    if letter.kind == "undelivered" and identity:
        return Impossible(letter.about, "never started", replay_command(identity))
    reason = f"{letter.kind}: {letter.error}"
    instead = command("dlq", "--acknowledge", "REASON", names=(letter.id,))
    return Impossible(letter.about, reason, f"look at it (tally dlq --json), then {instead}")


def _sort_in(made: RedrivePlan, arn: str, details: Details | None, request: RedriveRequest) -> None:
    if details is None:
        identities = (each.identity for each in made.letters_of(arn))
        reason = "there is no such execution any more"
        made.impossible.append(impossible(arn, next(identities, None), reason))
    elif details.status == SUCCEEDED:
        made.settled += made.letters_of(arn)
        if arn in request.executions and details.redrives:
            made.succeeded.append(details)
    elif request.error is not None and details.error != request.error:
        return
    elif details.status == RUNNING:
        made.running.append(details)
    elif details.redrive_status == "NOT_REDRIVABLE":
        reason = details.redrive_reason or "it cannot be redriven"
        made.impossible.append(impossible(arn, identity_of(details), reason))
    else:
        made.targets.append(details)


def identity_of(details: Details) -> Identity | None:
    """The object version that an execution is about."""
    return details.upload.identity if details.upload else None


def impossible(arn: str, identity: Identity | None, reason: str) -> Impossible:
    """Name an execution that cannot be redriven."""
    if identity is None:
        return Impossible(arn.rpartition(":")[2], reason, "tally report DATE --rebuild")
    return Impossible(identity[0], reason, replay_command(identity))


def _set_aside_outdated(deployment: Deployment, made: RedrivePlan) -> None:
    """Name what would go on by a definition that was replaced since its execution started."""
    reason = "the definition changed since; a redrive goes on by the old one (--old-definition)"
    for name, machine in deployment.machines.items():
        ours = [each for each in made.targets if each.machine == name]
        for each in _outdated(deployment, machine, ours):
            made.targets.remove(each)
            made.impossible.append(impossible(each.arn, identity_of(each), reason))


def _outdated(deployment: Deployment, machine: str, ours: Sequence[Details]) -> list[Details]:
    """Those of a machine's executions whose definition is not its newest.

    A redrive runs the definition, and the version, that the execution began with, wherever an alias
    leads meanwhile (Step Functions guide, "Restarting state machine executions with redrive").
    """
    if not ours:
        return []
    newest = _definition(deployment, machine)
    replaced = {
        version
        for version in {each.version for each in ours if each.version}
        if _definition(deployment, version) != newest
    }
    plain = sorted((each for each in ours if not each.version), key=lambda each: each.started)
    of_versions = [each for each in ours if each.version in replaced]
    return [*plain[: _older(deployment, newest, plain)], *of_versions]


def _definition(deployment: Deployment, machine: str) -> str | None:
    """The definition of a state machine or of a version; None of a version that was deleted."""
    try:
        found = deployment.clients.states.describe_state_machine(stateMachineArn=machine)
    except ClientError as error:
        if code_of(error) != "StateMachineDoesNotExist":
            raise
        return None
    return found["definition"]


def _older(deployment: Deployment, newest: str | None, ours: Sequence[Details]) -> int:
    """How many executions without a version, in the order of their start, have an older definition.

    They run what was newest at their start, so a later one never has an older definition. The first
    with today's is looked for by halves: DescribeStateMachineForExecution allows one request a
    second. By an alias of two versions there is no such order, but each version says itself.
    """
    states = deployment.clients.states
    first, after = 0, len(ours)
    while first < after:
        middle = (first + after) // 2
        of_it = states.describe_state_machine_for_execution(executionArn=ours[middle].arn)
        first, after = (first, middle) if of_it["definition"] == newest else (middle + 1, after)
    return first
