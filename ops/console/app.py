"""The console put together: what it needs, its pages and its answers to what goes wrong."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from ops.console.guard import Guard
from ops.console.inputs import Inputs
from ops.console.rendering import FOLDER, Pages
from ops.console.seen import Sight
from ops.errors import NO_ACCESS, NotFoundError, OpsError, explained

if TYPE_CHECKING:
    from starlette.requests import Request

    from ops.deployment import Deployment


@dataclass(frozen=True)
class Console:
    """What every page may use. It is `request.app.state.console`."""

    deployment: Deployment
    pages: Pages
    inputs: Inputs
    sight: Sight


def console(deployment: Deployment) -> Starlette:
    """The console of a deployment, as an ASGI application."""
    from ops.console import executions, one  # noqa: PLC0415 - they read Console

    token = secrets.token_urlsafe(32)
    app = Starlette(
        routes=[
            Route("/", lambda _: RedirectResponse("/executions")),
            Route("/executions", executions.listed),
            Route("/execution", one.shown),
            Route("/execution/logs", one.logs),
            Route("/execution/redrive", one.redrive, methods=["POST"]),
            Route("/execution/stop", one.stop, methods=["POST"]),
            Route("/execution/file", one.download),
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
    )
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
