"""The console put together: what it needs, its routes, and its answers to what goes wrong."""

from __future__ import annotations

import secrets
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from ops.console.pages import (
    dead_letters,
    execution,
    executions,
    file,
    files,
    home,
    report,
    reports,
    trends,
    upload,
)
from ops.console.views.execution_reader import ExecutionReader
from ops.console.views.upload_index import UploadIndex
from ops.console.web.access import Access
from ops.console.web.background_job import Jobs
from ops.console.web.background_query import BackgroundQuery
from ops.console.web.context import Console, console_of
from ops.console.web.file_index import FileIndex
from ops.console.web.html import FOLDER, Templates
from ops.console.web.security import RequestGuard
from ops.pipeline.errors import NO_ACCESS, NotFoundError, OpsError, explained
from ops.pipeline.reports import days

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from ops.pipeline.deployment import Deployment


def console(deployment: Deployment, secret: str) -> Starlette:
    """The console of a deployment, as an ASGI application; `secret` opens it."""
    token = secrets.token_urlsafe(32)
    failures = dict.fromkeys((OpsError, ClientError, BotoCoreError), _failed)
    app = Starlette(
        routes=_routes(),
        middleware=[Middleware(RequestGuard, access=Access(secret), token=token)],
        exception_handlers={HTTPException: _refused, **failures},
    )
    app.state.console = _context(deployment, token)
    app.state.upload_limit = upload.LIMIT_BYTES
    return app


def _routes() -> list[BaseRoute]:
    """A page's first route shows it; those below it are its actions."""
    return [
        Route("/", home.show),
        Route("/executions", executions.show),
        Route("/execution", execution.show),
        Route("/execution/logs", execution.show_logs),
        Route("/execution/redrive", execution.redrive, methods=["POST"]),
        Route("/execution/replay", execution.replay, methods=["POST"]),
        Route("/execution/stop", execution.stop, methods=["POST"]),
        Route("/execution/file", execution.download),
        Route("/files", files.show),
        Route("/files/replay", files.replay, methods=["POST"]),
        Route("/files/redrive", files.redrive, methods=["POST"]),
        Route("/files/acknowledge", files.acknowledge, methods=["POST"]),
        Route("/file", file.show),
        Route("/dead-letters", dead_letters.show),
        Route("/dead-letters/redrive", dead_letters.redrive, methods=["POST"]),
        Route("/dead-letters/replay", dead_letters.replay, methods=["POST"]),
        Route("/dead-letters/acknowledge", dead_letters.acknowledge, methods=["POST"]),
        Route("/reports", reports.show),
        Route("/reports/rebuild", report.rebuild, methods=["POST"]),
        Route("/reports/{date}", report.show),
        Route("/reports/{date}/report.{form}", report.show_stored),
        Route("/trends", trends.show),
        Route("/upload", upload.show),
        Route("/upload/status", upload.status),
        Route("/upload/file", upload.store, methods=["PUT"]),
        Mount("/static", StaticFiles(directory=FOLDER / "static")),
    ]


def _context(deployment: Deployment, token: str) -> Console:
    queue = Lock()
    return Console(
        deployment=deployment,
        templates=Templates(deployment.name, deployment.region, token),
        executions=ExecutionReader(deployment),
        uploads=UploadIndex(deployment),
        overview=BackgroundQuery(partial(home.today, deployment), home.COUNT_SECONDS),
        dead_letters=BackgroundQuery(
            partial(dead_letters.groups, deployment, queue), dead_letters.RECEIVE_SECONDS
        ),
        report_days=BackgroundQuery(partial(days, deployment), reports.LIST_SECONDS),
        files=FileIndex(deployment),
        jobs=Jobs(),
        queue=queue,
    )


def _refused(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 500)
    message = str(getattr(error, "detail", error))
    return console_of(request).templates.problem(request, status, message)


def _failed(request: Request, error: Any) -> Response:
    """What an operator reads of an error: one line, and a status that says whose fault it is."""
    problem = error if isinstance(error, OpsError) else explained(error)
    if isinstance(problem, NotFoundError):
        status = 404
    else:
        status = 502 if problem.exit_code == NO_ACCESS else 409
    return console_of(request).templates.problem(request, status, str(problem))
