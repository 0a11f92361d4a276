"""The page of today: the equation, files over the day, failures, the queue, the last reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ops.console.web.context import console_of
from ops.pipeline import times
from ops.pipeline.status import status

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from ops.pipeline.deployment import Deployment
    from ops.pipeline.status import Status

EVERY_MS: Final = 2000
COUNT_SECONDS: Final = 4.0
"""The least time between two counts of the day."""
ROWS: Final = 20
"""Failures on the page; the list of executions has all."""


def today(deployment: Deployment) -> Status:
    """How the current UTC day stands."""
    return status(deployment, times.today())


def show(request: Request) -> Response:
    """The day as it stands, counted again while somebody has the page open."""
    console = console_of(request)
    found = console.overview.value()
    return console.templates.page(
        request,
        "home.html.jinja",
        every=EVERY_MS if found else EVERY_MS // 4,
        found=found,
        problem=console.overview.problem,
        age=console.overview.age,
        rows=ROWS,
    )
