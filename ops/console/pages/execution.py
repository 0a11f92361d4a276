"""The page of one execution: its graph, its states, its events; redrive, stop, download."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from starlette.responses import RedirectResponse, StreamingResponse

from ops.console.pages.executions import beside
from ops.console.views.execution_logs import logs_of
from ops.console.views.execution_pages import ExecutionFilter, page_of
from ops.console.views.state_table import state_table
from ops.console.web import queue_jobs
from ops.console.web.context import console_of
from ops.console.web.html import link
from ops.pipeline.errors import NotFoundError, OpsError, plainly
from ops.pipeline.executions import FAILED, RUNNING, SUCCEEDED, became
from ops.pipeline.replay_plan import ReplayRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.responses import Response

    from ops.console.views.execution_view import ExecutionView
    from ops.pipeline.deployment import Deployment

EVERY_MS: Final = 700
EVENTS: Final = 200
"""Events on a page."""
READABLE: Final = 0.85
"""How small the graph is drawn at most, of its full size; a narrower window scrolls."""
CHUNK_BYTES: Final = 256 * 1024


def show(request: Request) -> Response:
    """One execution, live while it runs; `?state=` shows one state of it, `?events=` a page."""
    console, query = console_of(request), request.query_params
    view = console.executions.view(query.get("arn", ""))
    chosen = query.get("state") or _interesting(view)
    opened_from = query.get("list", "")
    upload = view.details.upload
    if view.details.machine == "process_file":
        console.uploads.remember(view.details)
    begin = int(query["events"]) if query.get("events", "").isdecimal() else None
    return console.templates.page(
        request,
        "execution.html.jinja",
        every=EVERY_MS if view.details.status == RUNNING else None,
        view=view,
        it=view.details,
        upload=upload,
        became=became(view.details) if upload and view.details.status == SUCCEEDED else None,
        chosen=chosen,
        node=next((node for node in view.machine.graph.walk() if node.name == chosen), None),
        redrivable=view.details.redrive_status == "REDRIVABLE",
        failed=view.details.status in FAILED,
        events=_events(view, begin),
        events_from=begin,
        events_step=EVENTS,
        readable=READABLE,
        children=_children(request, view),
        states=state_table(view, query.get("sort", ""), datetime.now(UTC)),
        definition=json.dumps(view.machine.definition),
        aws_page=aws_page(console.deployment, view.details.arn),
        opened_from=opened_from,
        beside=beside(console, view.details.arn, view.details.machine, opened_from),
    )


def aws_page(deployment: Deployment, arn: str) -> str | None:
    """Where the AWS console shows an execution; None off AWS, and where its address is another."""
    endpoint = deployment.clients.states.meta.endpoint_url
    if not endpoint.endswith(".amazonaws.com") or not arn.startswith("arn:aws:"):
        return None
    region = deployment.region
    host = f"https://{region}.console.aws.amazon.com/states/home?region={region}"
    return f"{host}#/v2/executions/details/{quote(arn, safe=':/')}"


def _interesting(view: ExecutionView) -> str:
    """The state that an operator looks for first: that which failed or runs; else the last."""
    runs = view.happened.runs
    for statuses in ({"failed", "timed_out"}, {"running"}, {"aborted"}, {"caught"}):
        found = [run.name for run in runs if run.status in statuses and run.type != "Map"]
        if found:
            return found[-1]
    return runs[-1].name if runs else view.machine.graph.start


def _events(view: ExecutionView, begin: int | None) -> list[tuple[Any, dict[str, Any]]]:
    """A page of events, each with the details that are particular to its type."""
    if begin is None:
        return []
    page = view.events[begin : begin + EVENTS]
    return [
        (event, next((v for k, v in event.items() if k.endswith("EventDetails")), {}))
        for event in page
    ]


def _children(request: Request, view: ExecutionView) -> dict[str, Any]:
    """The first children of each Map Run, or the page of one that was asked for."""
    deployment, query = console_of(request).deployment, request.query_params
    pages = {}
    for run in view.map_runs:
        arn = run["mapRunArn"]
        cursor = query.get("page") if query.get("run") == arn else None
        pages[arn] = page_of(deployment, ExecutionFilter(map_run=arn), cursor)
    return pages


def show_logs(request: Request) -> Response:
    """What the function of a state wrote for this execution."""
    console, query = console_of(request), request.query_params
    view, name = console.executions.view(query.get("arn", "")), query.get("state", "")
    running = view.details.status == RUNNING
    return console.templates.page(
        request,
        "logs.html.jinja",
        every=EVERY_MS * 2 if running else None,
        it=view.details,
        state=name,
        logs=logs_of(console.deployment, view, name),
    )


def redrive(request: Request) -> Response:
    """Let a failed execution go on from where it failed."""
    console = console_of(request)
    details = console.executions.details(request.state.form.get("arn", ""))
    with plainly():
        console.deployment.clients.states.redrive_execution(executionArn=details.arn)
    queue_jobs.redrive_executions(console, [details.arn], queue_jobs.name_of(details))
    return RedirectResponse(link("/execution", arn=details.arn), 303)


def replay(request: Request) -> Response:
    """Start a new execution for the object version that an execution is about."""
    console = console_of(request)
    upload = console.executions.details(request.state.form.get("arn", "")).upload
    if upload is None:
        raise NotFoundError("this execution is about no upload")
    queue_jobs.replay_versions(console, ReplayRequest(versions=[upload.identity]), upload.key)
    return RedirectResponse("/dead-letters", 303)


def stop(request: Request) -> Response:
    """End an execution that runs."""
    console = console_of(request)
    details = console.executions.details(request.state.form.get("arn", ""))
    if details.status != RUNNING:
        raise OpsError("it has ended already")
    with plainly():
        console.deployment.clients.states.stop_execution(
            executionArn=details.arn, error="Stopped", cause="Stopped by hand in tally console"
        )
    return RedirectResponse(link("/execution", arn=details.arn), 303)


def download(request: Request) -> Response:
    """The object version that an execution is about, as it was uploaded.

    It is named by its execution, never by a key: nothing else of the bucket can be had here.
    """
    console = console_of(request)
    upload = console.executions.details(request.query_params.get("arn", "")).upload
    if upload is None or upload.bucket != console.deployment.raw_bucket:
        raise NotFoundError("this execution is about no upload")
    with plainly():
        found = console.deployment.clients.s3.get_object(
            Bucket=upload.bucket, Key=upload.key, VersionId=upload.version_id
        )
    body = found["Body"]

    def chunks() -> Iterator[bytes]:
        with body:
            yield from body.iter_chunks(CHUNK_BYTES)

    return StreamingResponse(
        chunks(), media_type="application/octet-stream", headers=attachment(upload.key, found)
    )


def attachment(key: str, found: Any) -> dict[str, str]:
    """Headers of a download: never shown in the page's place, and named by the key's last part.

    The name is percent-encoded UTF-8 (RFC 6266, RFC 8187): nothing in it can end the header.
    """
    name = key.rstrip("/").rpartition("/")[2] or "file"
    return {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "content-length": str(found["ContentLength"]),
        "content-security-policy": "sandbox; default-src 'none'",
    }
