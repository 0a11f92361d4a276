"""Which object versions a replay is about, and what is known of each.

Everything goes by key and version: an old version that has no record is replayed as the old
version that it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ops.pipeline import dead_letters
from ops.pipeline.ignored_keys import is_ignored
from ops.pipeline.object_versions import by_identity, version_of, versions_of
from ops.pipeline.traces import look_up
from ops.pipeline.waiting import together

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ops.pipeline.deployment import Deployment
    from ops.pipeline.letters import Letter
    from ops.pipeline.object_versions import StoredVersion
    from ops.pipeline.traces import Trace
    from ops.pipeline.uploads import Identity


@dataclass(frozen=True)
class ReplayRequest:
    """What to replay.

    `keys`: the versions of each key that need it, for they have no processed record; with
    `all_versions` every version. `versions`: these in any case. `queued`: what the queue says was
    rejected or never began; `letters` (ids) narrows that down.
    """

    keys: Sequence[str] = ()
    all_versions: bool = False
    versions: Sequence[Identity] = ()
    queued: bool = False
    letters: Sequence[str] | None = None


@dataclass
class ReplayPlan:
    """What would be done, by object version."""

    targets: list[Trace] = field(default_factory=list)
    counted: list[Trace] = field(default_factory=list)
    """Those that are processed already, and need nothing."""
    running: list[Trace] = field(default_factory=list)
    missing: list[tuple[str, str | None]] = field(default_factory=list)
    """Keys, or keys and versions, that the raw bucket has not (any more)."""
    nameless: list[Letter] = field(default_factory=list)
    """Rejections of events that name no object version: there is nothing to replay."""
    held: list[Letter] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._about: dict[Identity, list[Letter]] = {}
        for each in self.held:
            if each.identity is not None:
                self._about.setdefault(each.identity, []).append(each)

    def letters_of(self, identity: Identity) -> list[Letter]:
        """The messages about an object version."""
        return self._about.get(identity, [])


def plan(deployment: Deployment, request: ReplayRequest) -> ReplayPlan:
    """Look up what to replay. The queue's messages are held: `release` them at the end."""
    made = ReplayPlan(held=dead_letters.letters(deployment, dead_letters.HOLD_SECONDS))
    try:
        _fill(deployment, request, made)
    except BaseException:
        release(deployment, made)
        raise
    return made


def release(deployment: Deployment, made: ReplayPlan) -> None:
    """Let others see the messages of a plan that is not carried out."""
    dead_letters.release(deployment, made.held)


def _fill(deployment: Deployment, request: ReplayRequest, made: ReplayPlan) -> None:
    anyway = set(request.versions)
    queued = [each for each in made.held if _is_wanted(each, request)]
    made.nameless = [each for each in queued if each.identity is None]
    identities = [*request.versions, *(each.identity for each in queued)]
    named = [each for each in dict.fromkeys(identities) if each is not None]
    found = by_identity(_present(deployment, named, made))
    for key in dict.fromkeys(request.keys):
        found |= by_identity(_of_key(deployment, key, made))
    if request.all_versions:
        anyway |= {identity for identity in found if identity[0] in set(request.keys)}
    for trace in look_up(deployment, list(found.values()), made.held):
        _sort_in(made, trace, anyway=trace.identity in anyway)


def _is_wanted(letter: Letter, request: ReplayRequest) -> bool:
    if letter.key in set(request.keys):
        return True
    wanted = request.queued if request.letters is None else letter.id in set(request.letters)
    return wanted and letter.kind in {"rejected", "undelivered"}


def _present(
    deployment: Deployment, named: Iterable[Identity], made: ReplayPlan
) -> list[StoredVersion]:
    """Those versions that are there; the others are noted as missing."""
    wanted = list(named)
    found = together(lambda each: version_of(deployment, *each), wanted)
    made.missing += [each for each, there in zip(wanted, found, strict=True) if there is None]
    return [each for each in found if each is not None]


def _of_key(deployment: Deployment, key: str, made: ReplayPlan) -> list[StoredVersion]:
    """Every version of a key; one without any is noted as missing."""
    found = versions_of(deployment, key)
    if not found and not any(key == each for each, _ in made.missing):
        made.missing.append((key, None))
    return found if not is_ignored(key, deployment.ignored_keys) else []


def _sort_in(made: ReplayPlan, trace: Trace, *, anyway: bool) -> None:
    if anyway:
        made.targets.append(trace)
    elif trace.state == "processed":
        made.counted.append(trace)
    elif trace.state == "running":
        made.running.append(trace)
    else:
        made.targets.append(trace)
