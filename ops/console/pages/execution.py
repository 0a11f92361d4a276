"""The page of one execution: its graph, its states, its events; redrive, stop, download."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from starlette.responses import RedirectResponse, StreamingResponse

from ops.console.app import of
from ops.console.execution_logs import logs_of
from ops.console.execution_pages import Wanted, page_of
from ops.console.html import link
from ops.pipeline.errors import NotFoundError, OpsError, plainly
from ops.pipeline.executions import FAILED, RUNNING, SUCCEEDED
from ops.pipeline.replay import became

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.responses import Response

    from ops.console.execution_view import Seen

EVERY_MS: Final = 700
EVENTS: Final = 200
"""Events on a page."""
READABLE: Final = 0.85
"""How small the graph is drawn at most, of its full size; a narrower window scrolls."""
CHUNK_BYTES: Final = 256 * 1024


def shown(request: Request) -> Response:
    """One execution, live while it runs; `?state=` shows one state of it, `?events=` a page."""
    console, query = of(request), request.query_params
    seen = console.sight.of(query.get("arn", ""))
    chosen = query.get("state") or _interesting(seen)
    upload = seen.details.upload
    if seen.details.machine == "process_file":
        console.inputs.remember(seen.details)
    begin = int(query["events"]) if query.get("events", "").isdecimal() else None
    return console.pages.answer(
        request,
        "execution.html.jinja",
        every=EVERY_MS if seen.details.status == RUNNING else None,
        seen=seen,
        it=seen.details,
        upload=upload,
        became=became(seen.details) if upload and seen.details.status == SUCCEEDED else None,
        chosen=chosen,
        node=next((node for node in seen.machine.graph.walk() if node.name == chosen), None),
        redrivable=seen.details.redrive_status == "REDRIVABLE",
        failed=seen.details.status in FAILED,
        events=_events(seen, begin),
        events_from=begin,
        events_step=EVENTS,
        readable=READABLE,
        children=_children(request, seen),
    )


def _interesting(seen: Seen) -> str:
    """The state that an operator looks for first: that which failed or runs; else the last."""
    runs = seen.happened.runs
    for statuses in ({"failed", "timed_out"}, {"running"}, {"aborted"}, {"caught"}):
        found = [run.name for run in runs if run.status in statuses and run.type != "Map"]
        if found:
            return found[-1]
    return runs[-1].name if runs else seen.machine.graph.start


def _events(seen: Seen, begin: int | None) -> list[tuple[Any, dict[str, Any]]]:
    """A page of events, each with the details that are particular to its type."""
    if begin is None:
        return []
    page = seen.events[begin : begin + EVENTS]
    return [
        (event, next((v for k, v in event.items() if k.endswith("EventDetails")), {}))
        for event in page
    ]


def _children(request: Request, seen: Seen) -> dict[str, Any]:
    """The first children of each Map Run, or the page of one that was asked for."""
    deployment, query = of(request).deployment, request.query_params
    pages = {}
    for run in seen.map_runs:
        arn = run["mapRunArn"]
        cursor = query.get("page") if query.get("run") == arn else None
        pages[arn] = page_of(deployment, Wanted(map_run=arn), cursor)
    return pages


def logs(request: Request) -> Response:
    """What the function of a state wrote for this execution."""
    console, query = of(request), request.query_params
    seen, name = console.sight.of(query.get("arn", "")), query.get("state", "")
    running = seen.details.status == RUNNING
    return console.pages.answer(
        request,
        "logs.html.jinja",
        every=EVERY_MS * 2 if running else None,
        it=seen.details,
        state=name,
        logs=logs_of(console.deployment, seen, name),
    )


def redrive(request: Request) -> Response:
    """Let a failed execution go on from where it failed."""
    console = of(request)
    arn = console.sight.details(request.state.form.get("arn", "")).arn
    with plainly():
        console.deployment.clients.states.redrive_execution(executionArn=arn)
    return RedirectResponse(link("/execution", arn=arn), 303)


def stop(request: Request) -> Response:
    """End an execution that runs."""
    console = of(request)
    details = console.sight.details(request.state.form.get("arn", ""))
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
    console = of(request)
    upload = console.sight.details(request.query_params.get("arn", "")).upload
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
