"""The page of the dead-letter queue: by cause, with what can be done about each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import RedirectResponse

from ops.console.web import queue_jobs
from ops.console.web.context import Console, console_of
from ops.pipeline.acknowledging import AcknowledgeRequest
from ops.pipeline.dead_letters import look
from ops.pipeline.errors import NotFoundError
from ops.pipeline.letters import Group, Letter, by_cause
from ops.pipeline.replay_plan import ReplayRequest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from threading import Lock

    from starlette.requests import Request
    from starlette.responses import Response

    from ops.pipeline.deployment import Deployment

EVERY_MS: Final = 1500
RECEIVE_SECONDS: Final = 5.0
"""The least time between two reads of the queue: each hides the messages for a moment."""
ROWS: Final = 100
"""Messages of one cause on the page."""


def groups(deployment: Deployment, queue: Lock) -> list[Group]:
    """What is in the queue, by cause."""
    with queue:
        return by_cause(look(deployment))


def show(request: Request) -> Response:
    """The queue as it was last read, and what became of the last redrive or replay."""
    console = console_of(request)
    found = console.dead_letters.value()
    return console.templates.page(
        request,
        "dead_letters.html.jinja",
        every=EVERY_MS if found is not None else EVERY_MS // 3,
        groups=found,
        problem=console.dead_letters.problem,
        age=console.dead_letters.age,
        jobs=console.jobs.unfinished_or_last(),
        rows=ROWS,
    )


def redrive(request: Request) -> Response:
    """Redrive one execution that the queue names, or all that failed by one error."""
    console, form = console_of(request), request.state.form
    chosen = _chosen(console, "failed", form.get("error"), form.get("id"))
    arns = [each.execution for each in chosen if each.execution]
    queue_jobs.redrive_executions(console, arns, _title(chosen))
    return RedirectResponse("/dead-letters", 303)


def replay(request: Request) -> Response:
    """Start new executions for the object version of one message, or of all of one cause."""
    console, form = console_of(request), request.state.form
    kind = "undelivered" if form.get("kind") == "undelivered" else "rejected"
    chosen = _chosen(console, kind, form.get("error"), form.get("id"))
    letters = [each.id for each in chosen]
    queue_jobs.replay_versions(console, ReplayRequest(letters=letters), _title(chosen))
    return RedirectResponse("/dead-letters", 303)


def acknowledge(request: Request) -> Response:
    """Let one message, or all of one cause, leave the queue; the report of the day says why."""
    console, form = console_of(request), request.state.form
    chosen = _chosen(console, form.get("kind", ""), form.get("error"), form.get("id"))
    wanted = AcknowledgeRequest(form.get("reason", ""), [each.id for each in chosen])
    queue_jobs.acknowledge_letters(console, wanted, _title(chosen))
    return RedirectResponse("/dead-letters", 303)


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


def _title(chosen: Sequence[Letter]) -> str:
    return chosen[0].about if len(chosen) == 1 else f"{len(chosen):,} messages"
