"""The page of all executions: filtered, page by page."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from starlette.background import BackgroundTask

from ops.console.views.execution_pages import ExecutionFilter, ExecutionPage, page_of
from ops.console.views.neighbours import listed_from, neighbours, newest_of
from ops.console.web.context import Console, console_of
from ops.pipeline import times
from ops.pipeline.executions import STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from ops.console.views.neighbours import Neighbours
    from ops.console.views.upload_index import KnownUpload
    from ops.pipeline.executions import Execution

PATIENCE_SECONDS: Final = 0.06
"""How long the first answer waits for the uploads' keys; the next request has the rest."""
REJECTED: Final = "rejected"
"""A file's verdict, not an execution's status: the execution of a rejected file succeeded."""
SEARCH_SECONDS: Final = 4.0
BESIDE_SECONDS: Final = 0.5
"""How long it is searched on for what comes before and after an execution."""
SOON_MS: Final = 400
LATER_MS: Final = 2000


@dataclass(frozen=True)
class Filters:
    """What was typed into the page's form."""

    machine: str = "process_file"
    status: str = ""
    key: str = ""
    since: str = ""
    until: str = ""

    @property
    def searches(self) -> bool:
        """Whether executions are to be asked for one by one: the API lists no file."""
        return bool(self.key) or self.status == REJECTED

    def match(self, known: KnownUpload | None) -> bool:
        """Whether a file is one of those looked for."""
        if known is None or known.upload is None:
            return False
        verdict = self.status != REJECTED or known.became == REJECTED
        return verdict and self.key.lower() in known.upload.key.lower()

    def to_filter(self) -> ExecutionFilter:
        """What to list.

        Raises:
            OpsError: a time that is none.
        """
        return ExecutionFilter(
            machine=self.machine or None,
            status="SUCCEEDED" if self.status == REJECTED else self.status or None,
            since=times.since(self.since or None),
            until=times.since(self.until or None),
        )


def show(request: Request) -> Response:
    """A page of executions, newest first."""
    console, query = console_of(request), request.query_params
    filters = _filters(console, query)
    cursor = query.get("page")
    page = (_searched if filters.searches else _page)(console, filters, cursor)
    learnt = console.uploads.learn(page.executions, PATIENCE_SECONDS)
    answer = console.templates.page(
        request,
        "executions.html.jinja",
        every=LATER_MS if learnt else SOON_MS,
        filters=filters,
        statuses=STATUSES,
        machines=list(console.deployment.machines),
        page=page,
        cursor=cursor,
        about={each.arn: console.uploads.known(each.arn) for each in page.executions},
        opened_from=request.url.query,
    )
    answer.background = BackgroundTask(console.uploads.go_on)
    return answer


def beside(console: Console, arn: str, machine: str, opened_from: str) -> Neighbours:
    """The executions before and after one in the list it was opened from, given by its query.

    Without one it is the list of its state machine's newest executions.
    """
    query = dict(parse_qsl(opened_from))
    if not query:
        return neighbours(newest_of(console.deployment, machine), arn)
    filters = _filters(console, query)
    if filters.searches:
        found = _found_from(console, filters, query.get("page"))
    else:
        found = listed_from(console.deployment, filters.to_filter(), query.get("page"))
    return neighbours(found, arn)


def _found_from(console: Console, filters: Filters, cursor: str | None) -> Iterator[Execution]:
    """What a search finds from a page of it on, as far as it comes in a moment."""
    until = time.monotonic() + BESIDE_SECONDS
    while time.monotonic() < until:
        page = _searched(console, filters, cursor, until - time.monotonic())
        yield from page.executions
        if page.next is None:
            return
        cursor = page.next


def _filters(console: Console, query: Mapping[str, str]) -> Filters:
    return Filters(
        machine=_allowed(query.get("machine", "process_file"), tuple(console.deployment.machines)),
        status=_allowed(query.get("status", ""), (*STATUSES, "redrivable", REJECTED)),
        key=query.get("key", "").strip(),
        since=query.get("since", "").strip(),
        until=query.get("until", "").strip(),
    )


def _allowed(given: str, allowed: tuple[str, ...]) -> str:
    """What was chosen, if it can be; nothing means all."""
    return given if given in allowed else ""


def _page(console: Console, filters: Filters, cursor: str | None) -> ExecutionPage:
    return page_of(console.deployment, filters.to_filter(), cursor)


def _searched(
    console: Console, filters: Filters, cursor: str | None, seconds: float = SEARCH_SECONDS
) -> ExecutionPage:
    """Those whose file is looked for. It goes on for some seconds; `next` goes on further.

    Step Functions keeps no index of inputs: each execution is asked for, once.
    """
    until = time.monotonic() + seconds
    wanted = replace(filters, machine="process_file").to_filter()
    found = ExecutionPage([], cursor)
    while True:
        page = page_of(console.deployment, wanted, found.next)
        console.uploads.learn(page.executions, max(until - time.monotonic(), 0.1))
        for each in page.executions:
            if filters.match(console.uploads.known(each.arn)):
                found.executions.append(each)
        found.next = page.next
        if page.next is None or found.executions or time.monotonic() > until:
            return found
