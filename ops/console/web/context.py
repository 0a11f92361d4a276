"""What every page may use: the deployment, the templates, and what was read from AWS already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threading import Lock

    from starlette.requests import Request

    from ops.console.views.execution_reader import ExecutionReader
    from ops.console.views.upload_index import UploadIndex
    from ops.console.web.background_job import Jobs
    from ops.console.web.background_query import BackgroundQuery
    from ops.console.web.file_index import FileIndex
    from ops.console.web.html import Templates
    from ops.pipeline.deployment import Deployment
    from ops.pipeline.letters import Group
    from ops.pipeline.status import Status


@dataclass(frozen=True)
class Console:
    """Everything of one running console. It is `request.app.state.console`."""

    deployment: Deployment
    templates: Templates
    executions: ExecutionReader
    uploads: UploadIndex
    overview: BackgroundQuery[Status]
    dead_letters: BackgroundQuery[list[Group]]
    report_days: BackgroundQuery[list[str]]
    files: FileIndex
    jobs: Jobs
    queue: Lock
    """Held while messages are received: who receives at the same time would not see them all."""


def console_of(request: Request) -> Console:
    """The console that a request is for."""
    found: Console = request.app.state.console
    return found
