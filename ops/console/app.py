"""The console put together: what it needs, its pages and its answers to what goes wrong."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from ops.console.background_job import Jobs
from ops.console.background_query import Glance
from ops.console.execution_view import Sight
from ops.console.html import FOLDER, Pages
from ops.console.security import Guard
from ops.console.upload_index import Inputs
from ops.pipeline import reports
from ops.pipeline.errors import NO_ACCESS, NotFoundError, OpsError, explained

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from ops.console.pages.home import Overview
    from ops.pipeline.dead_letters import Group
    from ops.pipeline.deployment import Deployment

COUNT_SECONDS: Final = 5.0
"""The least time between two lists of the reports."""


@dataclass(frozen=True)
class Console:
    """What every page may use. It is `request.app.state.console`."""

    deployment: Deployment
    pages: Pages
    inputs: Inputs
    sight: Sight
    home: Glance[Overview]
    dead_letters: Glance[list[Group]]
    reported: Glance[list[str]]
    jobs: Jobs


def console(deployment: Deployment) -> Starlette:
    """The console of a deployment, as an ASGI application."""
    from ops.console.pages import dead_letters, execution, executions, home, upload
    from ops.console.pages import reports as reporting

    token = secrets.token_urlsafe(32)
    app = Starlette(
        routes=[
            Route("/", home.shown),
            Route("/executions", executions.listed),
            Route("/execution", execution.shown),
            Route("/execution/logs", execution.logs),
            Route("/execution/redrive", execution.redrive, methods=["POST"]),
            Route("/execution/replay", dead_letters.replay_file, methods=["POST"]),
            Route("/execution/stop", execution.stop, methods=["POST"]),
            Route("/execution/file", execution.download),
            Route("/letters", dead_letters.shown),
            Route("/letters/redrive", dead_letters.redrive, methods=["POST"]),
            Route("/letters/replay", dead_letters.replay_them, methods=["POST"]),
            Route("/reports", reporting.listed),
            Route("/reports/rebuild", reporting.rebuild, methods=["POST"]),
            Route("/reports/{date}", reporting.shown),
            Route("/reports/{date}/report.{form}", reporting.stored),
            Route("/upload", upload.shown),
            Route("/upload/status", upload.status),
            Route("/upload/file", upload.put, methods=["PUT"]),
            Mount("/static", StaticFiles(directory=FOLDER / "static")),
        ],
        middleware=[Middleware(Guard, token=token)],
        exception_handlers={
            HTTPException: _refused,
            OpsError: _failed,
            ClientError: _failed,
            BotoCoreError: _failed,
        },
    )
    app.state.console = Console(
        deployment,
        Pages(deployment.name, deployment.region, token),
        Inputs(deployment),
        Sight(deployment),
        Glance(partial(home.overview, deployment), home.COUNT_SECONDS),
        Glance(partial(dead_letters.groups, deployment), dead_letters.LOOK_SECONDS),
        Glance(partial(reports.days, deployment), COUNT_SECONDS),
        Jobs(),
    )
    app.state.upload_limit = upload.LIMIT_BYTES
    return app


def of(request: Request) -> Console:
    """The console that a request is for."""
    found: Console = request.app.state.console
    return found


def _refused(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 500)
    return of(request).pages.problem(request, status, str(getattr(error, "detail", error)))


def _failed(request: Request, error: Any) -> Response:
    """What an operator reads of an error: one line, and a status that says whose fault it is."""
    problem = error if isinstance(error, OpsError) else explained(error)
    if isinstance(problem, NotFoundError):
        status = 404
    else:
        status = 502 if problem.exit_code == NO_ACCESS else 409
    return of(request).pages.problem(request, status, str(problem))
