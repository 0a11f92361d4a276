"""The page of the dead-letter queue: by cause, with what can be done about each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import RedirectResponse

from ops.console.app import Console, of
from ops.pipeline import reports
from ops.pipeline.dead_letters import Group, Letter, by_cause, look
from ops.pipeline.errors import NotFoundError
from ops.pipeline.executions import SUCCEEDED
from ops.pipeline.redrive import Wish, carry_out, plan
from ops.pipeline.replay import became, replay

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from ops.console.background_job import Job
    from ops.pipeline.deployment import Deployment
    from ops.pipeline.executions import Details

EVERY_MS: Final = 1500
LOOK_SECONDS: Final = 5.0
"""The least time between two looks into the queue: each hides the messages for a moment."""
SHOWN: Final = 100
"""Messages of one cause on the page."""


def groups(deployment: Deployment) -> list[Group]:
    """What is in the queue, by cause."""
    return by_cause(look(deployment))


def shown(request: Request) -> Response:
    """The queue as it was at the last look, and what became of the last redrive or replay."""
    console = of(request)
    found = console.dead_letters.value()
    return console.pages.answer(
        request,
        "letters.html.jinja",
        every=EVERY_MS if found is not None else EVERY_MS // 3,
        groups=found,
        problem=console.dead_letters.problem,
        job=console.jobs.last,
        shown=SHOWN,
    )


def redrive(request: Request) -> Response:
    """Redrive one execution that the queue tells of, or all that failed by one error."""
    console, form = of(request), request.state.form
    chosen = _chosen(console, "failed", form.get("error"), form.get("id"))
    arns = [each.execution for each in chosen if each.execution]

    def work(job: Job) -> None:
        made = plan(console.deployment, Wish(executions=arns))
        job.total = len(made.targets) + len(made.running)

        def told(ended: Details) -> None:
            job.ended += 1
            if ended.status != SUCCEEDED:
                job.lines.append(f"{_name(ended)}: failed again: {ended.error}")

        done = carry_out(console.deployment, made, told=told)
        job.lines += [f"{each.what}: {each.reason}; {each.instead}" for each in done.impossible]
        job.lines.append(f"{len(done.succeeded):,} succeeded, {len(done.failed):,} failed again")
        _restate(console, job, done.dates)

    return _started(console, f"Redrive of {_all(chosen)}", work)


def replay_them(request: Request) -> Response:
    """Start new executions for the current versions of one key, or of all of one cause."""
    console, form = of(request), request.state.form
    kind = "undelivered" if form.get("kind") == "undelivered" else "rejected"
    chosen = _chosen(console, kind, form.get("error"), form.get("id"))
    return _replayed(console, [each.key for each in chosen if each.key], _all(chosen))


def replay_file(request: Request) -> Response:
    """Start a new execution for the current version of the file that an execution is about."""
    console = of(request)
    upload = console.sight.details(request.state.form.get("arn", "")).upload
    if upload is None:
        raise NotFoundError("this execution is about no upload")
    return _replayed(console, [upload.key], upload.key)


def _replayed(console: Console, keys: Sequence[str], what: str) -> Response:
    def work(job: Job) -> None:
        job.total = len(set(keys))

        def told(ended: Details) -> None:
            job.ended += 1
            job.lines.append(f"{_name(ended)}: {became(ended)}")

        done = replay(console.deployment, keys, told=told)
        job.lines += [f"{key}: it is no longer there" for key in done.missing]
        _restate(console, job, done.dates)

    return _started(console, f"Replay of {what}", work)


def _chosen(console: Console, kind: str, error: str | None, id_: str | None) -> Sequence[Letter]:
    """The messages that a form is about: only what the page showed can be acted upon.

    Raises:
        NotFoundError: they are gone.
    """
    found = [
        letter
        for group in console.dead_letters.value() or ()
        if group.kind == kind and (error is None or group.error == error)
        for letter in group.letters
        if id_ is None or letter.id == id_
    ]
    if not found or (error is None and id_ is None):
        raise NotFoundError("no such message is in the queue by now")
    return found


def _restate(console: Console, job: Job, dates: Sequence[str]) -> None:
    """Write the reports again of those days that have one, as their numbers changed."""
    console.dead_letters.again()
    known = set(reports.days(console.deployment))
    changed = [date for date in dates if date in known]
    if changed:
        reports.restate(console.deployment, changed)
        job.lines.append(f"reports written again: {', '.join(changed)}")


def _started(console: Console, title: str, work: Callable[[Job], None]) -> Response:
    console.jobs.start(title, work)
    return RedirectResponse("/letters", 303)


def _name(details: Details) -> str:
    return details.upload.key if details.upload else details.name


def _all(chosen: Sequence[Letter]) -> str:
    return chosen[0].about if len(chosen) == 1 else f"{len(chosen):,} messages"
